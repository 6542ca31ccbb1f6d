#!/usr/bin/env bash
# Unicode's NFKC turns every Kangxi radical (U+2F00..) into its character, but only two of the 115 in the CJK
# radicals supplement (U+2E80..): a name copied from a PDF may hold U+2EE2, which looks like 马 and stays another.
# It is so in Unicode 16 still.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet unicodedata2==16.0.0
venv/bin/python - <<'PY'
import unicodedata2 as unicodedata

def left(first, last):
    known = [chr(c) for c in range(first, last + 1) if unicodedata.name(chr(c), "")]
    return len(known), [c for c in known if unicodedata.normalize("NFKC", c) == c]

kangxi, supplement = left(0x2F00, 0x2FD5), left(0x2E80, 0x2EF3)
print("Unicode", unicodedata.unidata_version, kangxi[0], len(kangxi[1]), supplement[0], len(supplement[1]))
assert kangxi == (214, [])
assert supplement[0] == 115 and len(supplement[1]) == 113 and "\u2ee2" in supplement[1]
PY
