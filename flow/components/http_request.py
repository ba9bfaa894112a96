"""`http_request`: asks another system over HTTP."""

import json as json_
from typing import Any, ClassVar, Literal
from urllib.parse import quote, urlencode

from pydantic import Field, model_validator

from flow import limits
from flow.component import Component, Leave, Need
from flow.context import Context
from flow.effects import HttpRequest as Request
from flow.errors import StepError
from flow.events import EffectDone, Event
from flow.language.durations import Duration


class HttpRequest(Component):
    """Ask another system over HTTP; its answer is kept for later steps."""

    EXITS: ClassVar[tuple[str, ...]] = ("success", "failed", "timeout", "refused")
    FALLBACK: ClassVar[str] = "failed"
    STORES: ClassVar[tuple[str, ...]] = ("status", "headers", "body", "json")
    WAITS: ClassVar[bool] = True

    component: Literal["http_request"]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = Field(
        default="GET", description="The HTTP method."
    )
    url: str = Field(min_length=1, description="The address; a template, secrets.NAME included.")
    query: dict[str, Any] = Field(default_factory=dict, description="Added to the address.")
    headers: dict[str, str] = Field(default_factory=dict, description="Sent with it; templates.")
    json_body: Any = Field(default=None, alias="json", description="Sent as a JSON document.")
    form: dict[str, Any] | None = Field(default=None, description="Sent as a form.")
    body: str | None = Field(default=None, description="Sent as it is.")
    timeout: Duration = Field(
        default=5.0, gt=0, le=limits.HTTP_TIMEOUT, description="How long the answer may take."
    )
    retries: int = Field(default=0, ge=0, le=3, description="Tries after a failed one.")

    @model_validator(mode="after")
    def _one_body(self) -> "HttpRequest":
        given = [body for body in (self.json_body, self.form, self.body) if body is not None]
        if len(given) > 1:
            raise ValueError("give at most one of json, form, body")
        return self

    def start(self, context: Context) -> Need:
        """Ask; the walk goes on with the answer."""
        effect = context.effect_id()

        def fill(value: Any) -> Any:
            return context.evaluate_with_secrets(value, effect)

        headers = {name: str(fill(value)) for name, value in self.headers.items()}
        body = self._body(fill, headers)
        url = _with_query(str(fill(self.url)), fill(self.query))
        request = Request(effect, self.method, url, headers, body, self.timeout, self.retries)
        return Need(request)

    def _body(self, fill: Any, headers: dict[str, str]) -> str | None:
        named = {name.lower() for name in headers}
        if self.json_body is not None:
            if "content-type" not in named:
                headers["Content-Type"] = "application/json"
            return json_.dumps(fill(self.json_body), ensure_ascii=False)
        if self.form is not None:
            if "content-type" not in named:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            return urlencode(fill(self.form), doseq=True, quote_via=quote, safe="[]:")
        return None if self.body is None else str(fill(self.body))

    def resume(self, context: Context, event: Event) -> Leave:
        """Leave by what the request came to."""
        if not isinstance(event, EffectDone) or event.outcome not in self.EXITS:
            raise StepError(f"the request ended in an unknown way: {type(event).__name__}")
        return Leave(event.outcome, dict(event.result))


def _with_query(url: str, query: dict[str, Any]) -> str:
    # The markers of secrets keep their brackets and colons until the performer replaces them.
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query, doseq=True, safe='[]:')}"
