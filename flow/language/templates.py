"""Renders the Liquid templates of a flow: strict limits, plain JSON values, no clock.

`"now"`, `"today"` and bare times in the `date` filter mean the event's own time, which the scope
carries as `now`: rules may not read a clock. An undefined name renders as nothing, as in Liquid;
`check` is where it is reported.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from itertools import takewhile
from typing import Any

from dateutil import parser
from liquid import BoundTemplate, DictLoader, Environment, RenderContext, Undefined
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.output import OutputNode
from liquid.exceptions import LiquidError
from liquid.filter import with_context
from liquid.static_analysis import TemplateAnalysis, Variable

from flow import limits
from flow.errors import TemplateError
from flow.language import quick

_BANNED_TAGS = ("include", "render")
# A flow's author could take a caller's words out of the escaping with it.
_BANNED_FILTERS = ("safe",)


class _Environment(Environment):
    output_stream_limit = limits.TEMPLATE_OUTPUT
    loop_iteration_limit = limits.TEMPLATE_NODES
    local_namespace_limit = limits.TEMPLATE_NODES
    context_depth_limit = 10
    block_nesting_limit = 20


def _to_json(value: object) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, default=str)


@with_context
def _date(value: object, form: object = None, *, context: RenderContext) -> str:
    moment = _moment(value, context.resolve("now", default=None))
    if moment is None or form is None or isinstance(form, Undefined):
        return "" if isinstance(value, Undefined) or value is None else str(value)
    return moment.strftime(str(form))


def _moment(value: object, now: datetime | None) -> date | None:
    if isinstance(value, date):
        return value
    if now is None:
        return None
    if value in ("now", "today"):
        return now
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, tz=now.tzinfo)
    if not isinstance(value, str) or not value.strip():
        return None
    if value.isdigit() and len(value) > len("20260101"):
        return datetime.fromtimestamp(int(value), tz=now.tzinfo)
    try:
        found: datetime = parser.parse(
            value, default=datetime.combine(now, time(), tzinfo=now.tzinfo)
        )
    except (ValueError, OverflowError):
        return None
    return found


def _environment(*, escape: bool) -> _Environment:
    environment = _Environment(loader=DictLoader({}), autoescape=escape)
    environment.filters["to_json"] = _to_json
    environment.filters["date"] = _date
    for tag in _BANNED_TAGS:
        del environment.tags[tag]
    for name in _BANNED_FILTERS:
        del environment.filters[name]
    return environment


_ENVIRONMENT = _environment(escape=False)
_ESCAPING = _environment(escape=True)


def _plain(value: object) -> object:
    return None if isinstance(value, Undefined) else value


@lru_cache(maxsize=20_000)
def parse(text: str, *, escape: bool = False) -> BoundTemplate:
    """Compile a template, once per text; with `escape`, what it renders is safe inside XML.

    Raises:
        TemplateError: it is no Liquid, or uses a tag that does not exist.
    """
    try:
        return (_ESCAPING if escape else _ENVIRONMENT).from_string(text)
    except LiquidError as error:
        raise TemplateError(_reason(error)) from error
    except RecursionError as error:
        raise TemplateError("the template is nested too deeply") from error


def _reason(error: LiquidError) -> str:
    return str(error).splitlines()[0].replace("liquid: ", "")


def is_template(text: str) -> bool:
    """Say whether a text needs rendering at all; most do not."""
    return "{{" in text or "{%" in text


def render(text: str, scope: Mapping[str, Any], *, escape: bool = False) -> str:
    """Render a template over plain values.

    With `escape`, every rendered value is XML-escaped and only the template's own text may hold
    markup: what a caller said cannot become an element of the SSML around it.

    Raises:
        TemplateError: it does not parse, fails, or passes a limit.
    """
    if not is_template(text):
        return text
    done = quick.LEFT if escape else quick.render(text, scope)
    if done is not quick.LEFT:
        return str(done)
    try:
        return parse(text, escape=escape).render(scope)
    except LiquidError as error:
        raise TemplateError(_reason(error)) from error
    except (ArithmeticError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise TemplateError(f"the template failed: {error}") from error


@lru_cache(maxsize=20_000)
def _single(text: str) -> FilteredExpression | None:
    """Find the expression of a template that is one `{{ … }}` and nothing else."""
    nodes = parse(text).nodes
    if len(nodes) != 1 or not isinstance(nodes[0], OutputNode):
        return None
    expression = nodes[0].expression
    return expression if isinstance(expression, FilteredExpression) else None


def evaluate(value: Any, scope: Mapping[str, Any]) -> Any:
    """Render every template inside a JSON value; a lone `{{ … }}` keeps its value's type.

    Raises:
        TemplateError: as `render`.
    """
    if isinstance(value, str):
        return _evaluate_text(value, scope) if is_template(value) else value
    if isinstance(value, Mapping):
        return {key: evaluate(item, scope) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [evaluate(item, scope) for item in value]
    return value


def _evaluate_text(text: str, scope: Mapping[str, Any]) -> Any:
    done = quick.evaluate(text.strip(), scope)
    if done is not quick.LEFT:
        return done
    expression = _single(text.strip())
    if expression is None:
        return render(text, scope)
    try:
        found = expression.evaluate(RenderContext(parse(text.strip()), globals=scope))
    except LiquidError as error:
        raise TemplateError(_reason(error)) from error
    except (ArithmeticError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise TemplateError(f"the template failed: {error}") from error
    found = _plain(found)
    if isinstance(found, str) and len(found) > limits.TEMPLATE_OUTPUT:
        raise TemplateError("the template renders too much text")
    return found if _is_json(found) else render(text, scope)


def _is_json(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list | dict)


def names(text: str) -> Iterable[tuple[str, ...]]:
    """List the variable paths a template reads, each as its leading name segments.

    A path ends where a segment is only known at run time: `vars[inputs.which]` is `vars`.

    Raises:
        TemplateError: it does not parse.
    """
    if not is_template(text):
        return []
    found = _analysis(text).globals
    return sorted({_known(variable) for variables in found.values() for variable in variables})


def _known(variable: Variable) -> tuple[str, ...]:
    known = takewhile(lambda part: isinstance(part, str | int), variable.segments)
    return tuple(str(part) for part in known)


def unknown_filters(text: str) -> list[str]:
    """List the filters of a template that do not exist.

    Raises:
        TemplateError: it does not parse.
    """
    used = _analysis(text).filters if is_template(text) else ()
    return [name for name in used if name not in _ENVIRONMENT.filters]


def filter_names() -> list[str]:
    """List the filters that templates may use."""
    return sorted(_ENVIRONMENT.filters)


@lru_cache(maxsize=2_000)
def _analysis(text: str) -> TemplateAnalysis:
    try:
        return parse(text).analyze(include_partials=False)
    except LiquidError as error:
        raise TemplateError(_reason(error)) from error


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def is_name(text: str) -> bool:
    """Say whether a text can be read in a template as a name."""
    return _NAME.fullmatch(text) is not None
