"""An event loop whose time jumps to the next thing due, and whose threads answer at once.

Nothing in it waits for the outside: `select` advances the clock instead of sleeping, and what is handed to a
thread is done on the spot, its answer coming a drawn moment later, as a thread's would.
"""

import asyncio
import contextvars
import itertools
import random
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
# The bot process that a task belongs to; none: the world around it.
LIFE: contextvars.ContextVar["Life | None"] = contextvars.ContextVar("life", default=None)
# How long an answer of a thread takes, in seconds: mostly nothing, now and then long enough for others to pass.
_THREAD_SECONDS = (0.0, 0.0, 0.0, 0.0005, 0.004)


class Life:
    """One bot process from its start to its end.

    `fuse`: it crashes at that many hops or frames from now. `after_act`: so it does once it has done
    something in QQ, before it can write down that it did.
    """

    def __init__(self, crashed: Callable[[], None]) -> None:
        self.dead = False
        self.fuse: int | None = None
        self.after_act = False
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self._crashed = crashed

    def step(self) -> None:
        """Do one thing that a crash may come before. Raises CancelledError in a process that is no more."""
        if self.fuse is not None and not self.dead:
            self.fuse -= 1
            if self.fuse <= 0:
                self.dead = True
                self._crashed()
        if self.dead:
            raise asyncio.CancelledError

    def acted(self) -> None:
        """Note that something was just done in QQ."""
        if self.after_act:
            self.fuse = 1

    async def end(self) -> None:
        """End what still runs in it, however it clings to life."""
        self.dead = True
        for _ in range(50):
            running = [task for task in self.tasks if not task.done()]
            if not running:
                return
            for task in running:
                task.cancel()
            # Whoever waits for a thread, waits until it has answered.
            await asyncio.sleep(max(_THREAD_SECONDS))
        raise AssertionError("tasks of a dead process live on")


class _NoWaiting(selectors.SelectSelector):
    """A selector that lets virtual time pass instead of waiting."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return at once, having let `timeout` seconds pass."""
        if timeout is None:
            raise RuntimeError("nothing is left that could ever happen")
        self.passed += max(0.0, timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """See the module. `seed` draws how long threads take."""

    def __init__(self, seed: int) -> None:
        self._virtual = _NoWaiting()
        super().__init__(self._virtual)
        self._clock_resolution = 1e-6
        self._chance = random.Random(seed)
        self.hops = 0
        self.task_numbers = itertools.count()
        self.set_task_factory(_make_task)  # pyright: ignore[reportArgumentType]

    def time(self) -> float:
        """Return the virtual time in seconds."""
        return self._virtual.passed

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:  # type: ignore[override]
        """Do `func` now, and tell its result a drawn moment later."""
        if (life := LIFE.get()) is not None:
            life.step()
        self.hops += 1
        told: asyncio.Future[T] = self.create_future()
        seconds = _THREAD_SECONDS[int(self._chance.random() * len(_THREAD_SECONDS))]
        try:
            result = func(*args)
        except StopIteration as error:
            tell, what = told.set_exception, RuntimeError(str(error))
        except Exception as error:
            tell, what = told.set_exception, error
        else:
            tell, what = told.set_result, result
        if seconds:
            self.call_later(seconds, _tell, told, tell, what)
        else:
            self.call_soon(_tell, told, tell, what)
        return told


def _tell(told: asyncio.Future[Any], tell: Callable[[Any], None], what: Any) -> None:
    if not told.done():
        tell(what)


class _Task(asyncio.Task[Any]):
    """A task whose place in a set (asyncio and the bot keep some) doesn't depend on where it lies in memory."""

    def __init__(self, coro: Coroutine[Any, Any, Any], loop: "VirtualLoop", **more: Any) -> None:
        self._number = next(loop.task_numbers)
        super().__init__(coro, loop=loop, **more)

    def __hash__(self) -> int:
        return self._number


def _make_task(
    loop: VirtualLoop,
    coro: Coroutine[Any, Any, T],
    *,
    context: contextvars.Context | None = None,
    **more: Any,
) -> asyncio.Task[T]:
    """Make a task, and note which process it belongs to."""
    task = _Task(coro, loop=loop, context=context, **more)
    life = LIFE.get() if context is None else context.get(LIFE)
    if life is not None:
        life.tasks[task] = None
        task.add_done_callback(lambda done: life.tasks.pop(done, None))
    return task
