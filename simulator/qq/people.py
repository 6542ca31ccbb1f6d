"""Invented people: Chinese names for simulations."""

from __future__ import annotations

import random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
# fmt: off
GIVEN = (
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇",
    "艳", "杰", "娟", "涛", "明", "超", "霞", "平", "刚", "桂英", "文博",
    "子涵", "雨桐", "浩然", "思远", "佳怡", "梓萱", "宇轩", "欣怡", "建国", "晓明", "志强",
    "秀兰", "海燕", "俊杰", "雪梅", "国栋", "婷婷", "立新", "晨曦", "嘉豪", "若曦", "一鸣",
)
# fmt: on
DEPARTMENTS = ("市场部", "技术部", "行政部", "财务部", "人事部", "生产部", "采购部", "客服部")


def name(chance: random.Random) -> str:
    """An invented Chinese name."""
    return chance.choice(SURNAMES) + chance.choice(GIVEN)


def card(chance: random.Random, person: str, department: str | None = None) -> str:
    """A group card as people write them: mostly right, sometimes odd, sometimes none."""
    department = department or chance.choice(DEPARTMENTS)
    return chance.choice(
        (f"{department}-{person}",) * 6 + (f"{department}—{person}", f"{department} {person}", person, "")
    )
