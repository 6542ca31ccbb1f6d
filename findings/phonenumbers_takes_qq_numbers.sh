#!/usr/bin/env bash
# Two QQ numbers of ten digits in five are valid Chinese telephone numbers to phonenumbers: it wants neither the 0 before
# an area code nor anything else that tells them apart, so the numbers found in a text hold what is said to be a QQ
# number. A Chinese mobile number has eleven digits; only asking for its type too keeps the others out.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet phonenumbers==9.0.43
venv/bin/python - <<'PY'
import phonenumbers
from phonenumbers import PhoneNumberMatcher, PhoneNumberType, number_type

found = [match.raw_string for match in PhoneNumberMatcher("工号 A0123，QQ：1062345678", "CN")]
print("phonenumbers", phonenumbers.__version__, "finds the telephone number", found)
assert found == ["1062345678"]


def parsed(number):
    try:
        return phonenumbers.parse(str(number), "CN")
    except phonenumbers.NumberParseException:
        return None


# Some of ten digits that begin with 1, 2 or 3, as nearly all QQ numbers of ten digits do.
numbers = range(1_000_000_000, 4_000_000_000, 99_989)
valid = [number for each in numbers if (number := parsed(each)) and phonenumbers.is_valid_number(number)]
mobile = [number for number in valid if number_type(number) == PhoneNumberType.MOBILE]
share = len(valid) / len(numbers)
print(f"of {len(numbers)} QQ numbers {share:.0%} are valid telephone numbers, {len(mobile)} of them mobile")
assert share > 0.4 and not mobile
PY
