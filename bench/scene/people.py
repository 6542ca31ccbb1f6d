"""The invented people of `bench.sources`, the same whatever source names them."""

# Departments, of two levels, and who heads each: the first of them.
UPPER, LOWER = 40, 10
PEOPLE = 100_000
_FAMILY, _GIVEN = "王李张刘陈杨赵黄周吴徐孙", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰"
# Number, name, department, title, head, phone.
Person = tuple[str, str, tuple[str, str], str, bool, str]


def people() -> list[Person]:
    """Return everybody."""
    many = UPPER * LOWER
    return [
        (
            f"E{n:06d}", _FAMILY[n % 12] + _GIVEN[n // 12 % 20] + _GIVEN[n // 240 % 20],
            (f"第{n % UPPER}部", f"第{n // UPPER % LOWER}组"), "经理" if n < many else "专员", n < many,
            f"138{n * 7919 % 10**8:08d}",
        )
        for n in range(PEOPLE)
    ]  # fmt: skip
