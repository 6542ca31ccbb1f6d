"""Distinguished names as directories write them."""

import re
import unicodedata

# What a name may not hold plainly: bytes in hexadecimal, or a character behind a backslash (RFC 4514, 2.4).
_ESCAPED = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)")
# One part of a name, up to a comma, or the semicolon of old, that is not escaped.
_PART = re.compile(r"(?:\\.|[^,;\\])+")


def plain(value: str) -> str:
    """Return a part of a name as people wrote it: ldap3 leaves it escaped, each server in its own way."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(
        lambda found: bytes.fromhex(found[1].replace("\\", "")).decode() if found[1] else found[2], value
    )


def key_of(dn: str) -> str:
    """Return what the spellings of one name have in common; "" of none. Raises UnicodeDecodeError.

    A server writes an entry's own name its way, and gives a name that stands in an attribute back as
    somebody wrote it: with other letters, widths, spaces or escapes. ldap3's parse_dn refuses a space
    behind a comma.
    """
    if "\\" not in dn and ";" not in dn:
        folded = unicodedata.normalize("NFKC", dn.replace(",", "\n")).casefold()
        # Nearly always: there is no space that somebody might write otherwise.
        if folded.split() == folded.split("\n"):
            return folded
    return "\n".join(map(_folded, _PART.findall(dn)))


def _folded(part: str) -> str:
    name, _, value = part.partition("=")
    return f"{name.strip()}={' '.join(unicodedata.normalize('NFKC', plain(value)).split())}".casefold()
