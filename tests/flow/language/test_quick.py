"""The short way through a template gives what the renderer gives, or leaves it to the renderer."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow import limits
from flow.language import quick
from flow.language.templates import parse

SCOPE: dict[str, Any] = {
    "vars": {"a": "x", "n": 7, "f": 2.5, "yes": True, "nothing": None, "list": [1], "size": "s"},
    "steps": {"ask-it": {"exit": "one", "deep": {"er": 1}}},
    "long": "y" * limits.TEMPLATE_OUTPUT,
    "secrets": Mapping,
}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("plain", "plain"),
        ("{{ vars.a }}", "x"),
        ("{{vars.n}}", "7"),
        ("a {{ vars.a }}{{ vars.n }} b }} ", "a x7 b }} "),
        ("{{ steps.ask-it.deep.er }}!", "1!"),
    ],
)
def test_plain_names_are_filled_in(text: str, rendered: str) -> None:
    assert quick.render(text, SCOPE) == rendered
    assert parse(text).render(SCOPE) == rendered


@pytest.mark.parametrize(
    "text",
    [
        "{{ vars.a | upcase }}",
        "{{- vars.a }}",
        "{{ vars['a'] }}",
        "{{ vars.list[0] }}",
        "{% if vars.a %}y{% endif %}",
        "{{{ vars.a }}",
        "{{ vars.gone }}",
        "{{ vars.a.b }}",
        "{{ vars.nothing }}",
        "{{ vars.yes }}",
        "{{ vars.f }}",
        "{{ vars.list }}",
        "{{ vars.size }}",
        "{{ vars.list.first }}",
        "{{ secrets.NAME }}",
        "{{ true }}",
        "{{ long }}",
        "{{ }}",
        "{{ 'vars.a' }}",
    ],
)
def test_the_rest_is_left_to_the_renderer(text: str) -> None:
    assert quick.render(text, SCOPE) is quick.LEFT


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ vars.a }}", "x"),
        ("{{ vars.f }}", 2.5),
        ("{{ vars.yes }}", True),
        ("{{ vars.list }}", [1]),
        ("{{ steps.ask-it.deep }}", {"er": 1}),
    ],
)
def test_a_lone_name_keeps_its_type(text: str, value: object) -> None:
    assert quick.evaluate(text, SCOPE) == value


@pytest.mark.parametrize(
    "text", ["x{{ vars.a }}", "{{ vars.a }}{{ vars.a }}", "{{ vars.nothing }}"]
)
def test_what_is_more_than_a_name_is_no_value(text: str) -> None:
    assert quick.evaluate(text, SCOPE) is quick.LEFT


@given(
    st.lists(
        st.sampled_from(
            [
                "{{ vars.a }}",
                "{{vars.n}}",
                "{{ vars.gone }}",
                "{{",
                "}}",
                "{",
                "}",
                "{% ",
                " x ",
                "é",
            ]
        ),
        max_size=6,
    ).map("".join)
)
def test_it_never_differs_from_the_renderer(text: str) -> None:
    done = quick.render(text, SCOPE)
    if done is not quick.LEFT:
        assert parse(text).render(SCOPE) == done
