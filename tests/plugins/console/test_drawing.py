"""What is drawn for less says the same, letter by letter."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from jinja2 import DictLoader, Environment, StrictUndefined
from jinja2.exceptions import UndefinedError
from markupsafe import Markup

Kind = Callable[..., Environment]

TEMPLATES = {
    "bare.html": "<title>{% block title %}{{ word }}{% endblock %}</title>{% block body %}{% endblock %}",
    "base.html": '{% extends "bare.html" %}{% block body %}<p>{% block text %}{% endblock %}{{ word }}</p>{% endblock %}',
    "page.html": (
        '{% extends "base.html" %}{% block title %}{{ super() }}·{% endblock %}'
        '{% block text %}{% for n in (1, 2) %}{% include "part.html" %}{% endfor %}{% endblock %}'
    ),
    "part.html": (
        '{% macro link(to) %}<a href="{{ to }}">{{ to ~ "&" }}</a>{% endmacro %}'
        "{% set all %}{{ word }}{% endset %}{{ link(word) }}{{ all }}{{ n }}{{ word | upper }}{{ [word] }}"
    ),
}


@pytest.fixture
def ours(site: FastAPI) -> Kind:
    """Our environment; its package needs the site's driver."""
    del site
    from plugins.console.drawing import Templates

    return Templates


def drawn(kind: Kind, word: object, **given: bool) -> str:
    made = kind(loader=DictLoader(TEMPLATES), undefined=StrictUndefined, **given)
    return made.get_template("page.html").render(word=word)


@pytest.mark.parametrize(
    "word",
    [
        "市场部", "", *"&<>'\"", "<script>alert(1)</script>", "a\"b'c&d", "&amp;", 7, -1, True, 1.5, None,
        Markup("<b>ours</b>"), "\u202e<", "x" * 5000,
    ],
)  # fmt: skip
def test_a_page_reads_as_jinja_itself_would_draw_it(ours: Kind, word: object) -> None:
    assert drawn(ours, word) == drawn(Environment, word, autoescape=True)


def test_what_a_stranger_wrote_is_never_markup(ours: Kind) -> None:
    assert "<script>" not in drawn(ours, "<script>")


def test_what_a_page_was_not_given_is_a_mistake(ours: Kind) -> None:
    made = ours(loader=DictLoader({"page.html": "{{ word }}"}), undefined=StrictUndefined)
    with pytest.raises(UndefinedError):
        made.get_template("page.html").render()
