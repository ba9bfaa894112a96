"""Templates: what they read, and that a caller's words stay words."""

from collections.abc import Callable
from typing import Any

import pytest
from defusedxml import ElementTree  # type: ignore[import-untyped]  # it has no type stubs here

from flow.context import Context
from flow.errors import TemplateError
from flow.instructions import Say
from flow.language import templates
from flow.message import Item

CALLER = "</p><audio src='http://evil'/>&\"<p>"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("no template", []),
        ("{{ vars.a.b }}", [("vars", "a", "b")]),
        ("{{ vars['a b'][0] }}", [("vars", "a b", "0")]),
        ("{{ steps.queue-support.position }}", [("steps", "queue-support", "position")]),
        ("{{ vars[inputs.which].x }}", [("inputs", "which"), ("vars",)]),
        ("{% for i in vars.list %}{{ i.x }}{{ forloop.index }}{% endfor %}", [("vars", "list")]),
        ("{% assign x = call.from %}{{ x }}", [("call", "from")]),
        ("{% if a == b %}{{ c | append: d }}{% endif %}", [("a",), ("b",), ("c",), ("d",)]),
    ],
)
def test_names_that_a_template_reads(text: str, names: list[tuple[str, ...]]) -> None:
    assert list(templates.names(text)) == names


def test_filters_that_do_not_exist() -> None:
    assert templates.unknown_filters("{{ a | upcase | shout | safe }}") == ["shout", "safe"]
    assert templates.unknown_filters("{{ a | to_json | date: '%A' }} plain") == []


@pytest.mark.parametrize(
    "text",
    [
        "{{ x }}",
        "{{ x | upcase | downcase }}",
        "{% echo x %}",
        "{% assign y = x %}{{ y }}",
        "{% capture y %}{{ x }}{% endcapture %}{{ y }}",
        "{% cycle x, 'b' %}",
        "{% for i in list %}{{ i }}{% endfor %}",
        "{{ list | join: ', ' }}{{ list }}{{ list | to_json }}",
        "{{ 'a' | append: x }}{{ x | prepend: 'b' }}",
        "{{ 'zero' | replace: 'zero', x }}",
        "{{ nothing | default: x }}",
        "{{ x | strip_html | split: 'u' | last }}",
        "{{ coded | base64_decode }}{{ quoted | url_decode }}",
        "{{ 'now' | date: x }}{{ x | date: '%A' }}",
        "{{ x | escape }}{{ x | newline_to_br }}{{ x | truncate: 9 }}",
    ],
)
def test_escaped_values_never_become_markup(text: str) -> None:
    scope: dict[str, Any] = {
        "x": CALLER,
        "list": [CALLER, {"k": CALLER}],
        "coded": "PGF1ZGlvLz4=",
        "quoted": "%3Caudio%2F%3E",
    }
    rendered = templates.render(f"<p>{text}</p>", scope, escape=True)
    assert "<audio" not in rendered
    assert ElementTree.fromstring(rendered).findall(".//audio") == []


def test_without_escaping_values_stay_as_they_are() -> None:
    assert templates.render("{{ x }}", {"x": CALLER}) == CALLER


def test_the_safe_filter_is_gone() -> None:
    with pytest.raises(TemplateError, match="safe"):
        templates.render("{{ x | safe }}", {"x": CALLER}, escape=True)


def test_ssml_items_escape_and_texts_do_not(make_context: Callable[..., Context]) -> None:
    context = make_context(x=CALLER)
    ssml, text = context.speak([Item(ssml="<p>{{ vars.x }}</p>"), Item(text="{{ contact.name }}")])
    assert isinstance(ssml, Say)
    assert isinstance(text, Say)
    assert ElementTree.fromstring(ssml.text).text == CALLER
    assert text.text == "Ann <b>& Co</b>"


@pytest.mark.parametrize(
    "text", ["{{ a", "{% if %}", "{% nothing %}", "{% include 'x' %}", "{{ }} }}{% endif %}"]
)
def test_what_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        templates.parse(text)


def test_deep_nesting_is_refused_not_a_crash() -> None:
    with pytest.raises(TemplateError):
        templates.parse("{% if a %}" * 2_000)
