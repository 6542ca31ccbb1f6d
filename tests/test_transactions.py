"""No transaction is held open while QQ is asked for something, at any place in services and plugins.

`Database.must_be_free` says so at run time; here it is read off the source, so that no path needs to be run.
"""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from services.ports import Gateway

ROOT = Path(__file__).resolve().parents[1]
ASKING = {name for name, member in vars(Gateway).items() if inspect.iscoroutinefunction(member)}
OPENING = {"transaction", "reading", "alone"}
Function = tuple[str, str]
Definition = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """A file's functions, and what the names in it stand for."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.functions: dict[str, list[Definition]] = {}
        self.names: dict[str, str] = {}
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, Definition):
                self.functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for one in node.names:
                    self.names[one.asname or one.name] = f"{node.module}.{one.name}"

    def called(self, call: ast.Call) -> Function | None:
        """Return the function of ours that a call is of, as far as its name tells."""
        match call.func:
            case ast.Name(id=name):
                module, _, function = self.names.get(name, f"{self.name}.{name}").rpartition(".")
                return module, function
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self.name, name
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in self.names:
                return self.names[owner], name
        return None


def asks_qq(call: ast.Call) -> bool:
    """Tell whether a call is one of the gateway's that wait for an answer."""
    match call.func:
        case ast.Attribute(value=ast.Attribute(attr="qq" | "gateway"), attr=name):
            return name in ASKING
        case ast.Attribute(value=ast.Name(id="qq" | "gateway"), attr=name):
            return name in ASKING
        case ast.Attribute(value=ast.Name(id="connection") | ast.Attribute(attr="_connection"), attr="call"):
            return True
    return False


def calls_in(nodes: list[ast.stmt]) -> Iterator[ast.Call]:
    """Yield the calls of these statements, not of functions that are only defined among them."""
    waiting: list[ast.AST] = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Definition):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def held_parts(function: Definition) -> Iterator[list[ast.stmt]]:
    """Yield the statements that run in a transaction: all of them where one is handed in."""
    if any(argument.arg == "tx" for argument in function.args.args):
        yield function.body
    for node in ast.walk(function):
        if isinstance(node, ast.AsyncWith) and any(opens(item.context_expr) for item in node.items):
            yield node.body


def opens(context: ast.expr) -> bool:
    """Tell whether this opens a transaction."""
    return isinstance(context, ast.Call) and getattr(context.func, "attr", "") in OPENING


def offences(modules: dict[str, Module]) -> list[str]:
    """Return where QQ is asked in a transaction, directly or by functions that ask it."""
    asking: set[Function] = set()

    def asks(module: Module, call: ast.Call) -> bool:
        return asks_qq(call) or module.called(call) in asking

    made = [
        (module, (module.name, name), [call for one in found for call in calls_in(one.body)])
        for module in modules.values()
        for name, found in module.functions.items()
    ]

    def rounds() -> bool:
        before = len(asking)
        asking.update(name for module, name, calls in made if any(asks(module, call) for call in calls))
        return len(asking) > before

    while rounds():
        continue
    return [
        f"{module.name}:{call.lineno}"
        for module in modules.values()
        for found in module.functions.values()
        for function in found
        for part in held_parts(function)
        for call in calls_in(part)
        if asks(module, call)
    ]


def of_ours() -> dict[str, Module]:
    """Read every file of services and plugins."""
    found: dict[str, Module] = {}
    for room in ("services", "plugins"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = Module(name, path.read_text("utf-8"))
    return found


def test_nobody_asks_qq_while_a_transaction_is_open() -> None:
    assert offences(of_ours()) == []


def test_a_breach_is_found_also_through_other_functions() -> None:
    inner = "async def look(app):\n    return await app.qq.read_members(1)\n"
    direct = (
        "async def f(app):\n    async with app.database.reading() as tx:\n        await app.qq.say(1, [])\n"
    )
    through = "from a import look\nasync def g(tx, app):\n    await look(app)\n"
    harmless = "from a import look\nasync def h(app):\n    async with app.database.reading() as tx:\n        pass\n    await look(app)\n"
    texts = {"a": inner, "b": direct, "c": through, "d": harmless}
    assert offences({name: Module(name, text) for name, text in texts.items()}) == ["b:3", "c:3"]
