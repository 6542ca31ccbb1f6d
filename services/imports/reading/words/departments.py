"""A department's cell: one department or several, with levels, the company in front of them or not."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from regulation.cards.names import HAN, department_key
from regulation.policy import Company, DepartmentNames
from regulation.registry import canonical_path

SURELY_SEVERAL = re.compile(r"[;；|]")
_PERHAPS_SEVERAL = re.compile(r"[,，、\n]")
_LEVEL = re.compile(r"\s*(?:/|／|\\|>|＞|→|»)\s*")
_DASH = re.compile(r"\s*(?:-|－|—|–|_|[·•‧・])+\s*")
_SPACED = re.compile(r"\s*[+＋&＆\s]\s*")
_PADDED = re.compile(rf"[{HAN}](?:\s+[{HAN}])+")
_ENDS = re.compile(
    r"(?:部|部门|中心|组|室|处|科|所|院|厂|公司|集团|团队|办|委员会|店|队|站|库|课|系|车间|工会|支部|党委|董事会)"
    r"(?:[(（].{1,12}[)）])?$"
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9 &.]{0,30}")
_COMPANY = re.compile(
    r"(?:(?:科技|信息技术|网络|技术|实业|控股)*(?:(?:股份)?(?:有限)?(?:责任)?公司|股份)|科技|实业|控股|集团|集团公司|总公司|总部|本部)(?:[(（].{1,12}[)）])?$"
)
# What systems call the whole, above its departments.
_ROOTS = frozenset({"公司", "本公司", "全公司", "总公司", "集团", "根部门", "组织架构"})
_BRANCH = re.compile(r"(?:分公司|子公司|事业部)$")


class SeveralError(Exception):
    """It can't be told whether a cell names one department or several."""


@dataclass(slots=True)
class DepartmentReader:
    """Reads departments as a company calls them. `company`: its name in front of a path is no department.

    `listed`: a system says which departments there are, so a comma is part of a name.
    """

    names: DepartmentNames
    company: Company
    listed: bool = False
    _read_before: dict[str, tuple[str, frozenset[str]]] = field(
        default_factory=dict[str, tuple[str, frozenset[str]]]
    )

    def path(self, text: str) -> str:
        """Return the canonical path of one department, without the company at its head."""
        return self._one(text)[0]

    def several(self, text: str) -> tuple[tuple[str, ...], frozenset[str]]:
        """Return the paths of all departments that a cell names, the main one first, and what is to be said.

        Raises `SeveralError`.
        """
        parts = [part.strip() for part in SURELY_SEVERAL.split(text) if part.strip()]
        found = [self._one(one) for part in parts for one in self._perhaps(part)]
        paths = tuple(dict.fromkeys(path for path, _ in found if path))
        said = frozenset[str]().union(*(notes for _, notes in found))
        return paths, said | {"several"} if len(paths) > 1 else said

    def _one(self, text: str) -> tuple[str, frozenset[str]]:
        found = self._read_before.get(text)
        if found is None:
            found = self._read_before[text] = self._read(text)
        return found

    def _perhaps(self, text: str) -> Sequence[str]:
        if self.listed or self._is_called(text):
            return [text]
        parts = [part.strip() for part in _PERHAPS_SEVERAL.split(text) if part.strip()]
        spaced = _SPACED.split(text)
        if len(parts) < 2 and len(spaced) > 1 and all(map(_ENDS.search, spaced)):
            raise SeveralError
        if len(parts) < 2 or all(self._looks_whole(part) for part in parts):
            return parts
        if "\n" in text and not re.search("[,，、]", text):
            # A long name that was broken to fit the cell.
            return ["".join(parts)]
        raise SeveralError

    def _looks_whole(self, text: str) -> bool:
        leaf = _LEVEL.split(text)[-1]
        whole = _ENDS.search(leaf) is not None or _LATIN.fullmatch(leaf) is not None
        return whole or self._is_called(leaf)

    def _is_called(self, text: str) -> bool:
        key = department_key(text)
        called = (alias for aliases in self.names.aliases.values() for alias in aliases)
        return any(department_key(name) == key for name in (*self.names.aliases, *called))

    def _read(self, text: str) -> tuple[str, frozenset[str]]:
        parts = [_unpadded(part) for part in _LEVEL.split(text.strip()) if part]
        said: set[str] = set()
        if len(parts) == 1 and len(dashed := self._dashed(parts[0])) > 1:
            parts = dashed
            said.add("dashes")
        while len(parts) > 1 and self._is_company(parts[0]):
            parts = parts[1:]
            said.add("company")
        return canonical_path("/".join(parts), self.names), frozenset(said)

    def _dashed(self, text: str) -> list[str]:
        """Return the levels of a department that dashes tell apart (市场部-华东组), if they do."""
        parts = [part for part in _DASH.split(text) if part]
        if len(parts) < 2 or self._is_called(text):
            return [text]
        upper = parts[1:-1] if self._is_company(parts[0]) else parts[:-1]
        return parts if all(_ENDS.search(part) for part in upper) else [text]

    def _is_company(self, text: str) -> bool:
        key = _key(text)
        if _BRANCH.search(key):
            return False
        short = _COMPANY.sub("", key)
        keys = [_key(word) for word in (self.company.name, *self.company.keywords)]
        return (
            key in _ROOTS
            or key in keys
            or short in keys
            or (short != key and any(key.startswith(word) for word in keys))
        )


def _unpadded(text: str) -> str:
    """Return a name without the spaces that spread it over its cell: 市 场 部."""
    return "".join(text.split()) if _PADDED.fullmatch(text) else text


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
