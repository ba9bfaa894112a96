"""What a component may see while it works: its flow, the execution, the event's time, templates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flow.errors import StepError
from flow.execution import Execution
from flow.flow import Flow
from flow.instructions import Play, Say, Spoken
from flow.language import templates
from flow.message import Item


class _Secrets(Mapping[str, str]):
    """Gives a marker for every name; only the performer of the effect knows the value."""

    def __init__(self, effect: str) -> None:
        self._effect = effect

    def __getitem__(self, name: str) -> str:
        return f"[[secret:{self._effect}:{name}]]"

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(slots=True)
class Context:
    """One step at one moment. `state` is what the component kept when it began to wait.

    Components read it and answer with an outcome; only `effect_id` moves anything (a counter).
    """

    root: Flow
    flow: Flow
    execution: Execution
    step: str
    at: datetime
    zone: str = "UTC"
    _scope: dict[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> dict[str, Any]:
        """What the component kept when it began to wait."""
        return self.execution.frame.state

    @property
    def private_state(self) -> dict[str, Any]:
        """What the component kept sealed when it began to wait."""
        return self.execution.private_state

    @property
    def timezone(self) -> ZoneInfo:
        """The flow's time zone.

        Raises:
            StepError: there is no such zone.
        """
        return zone(self.flow.timezone or self.zone)

    @property
    def now(self) -> datetime:
        """The event's time in the flow's zone."""
        return self.at.astimezone(self.timezone)

    @property
    def language(self) -> str:
        """The flow's language now; a flow may set it by a variable."""
        return self.render(self.flow.language) or "en-US"

    @property
    def live(self) -> bool:
        """Whether the contact is on the line."""
        return self.execution.live

    @property
    def texting(self) -> bool:
        """Whether the contact is asked by messages: there is a conversation, and no live call."""
        return bool(self.execution.conversation) and not self.execution.live

    @property
    def scope(self) -> Mapping[str, Any]:
        """The names templates see (design, section 3)."""
        if not self._scope:
            self._scope = self._build_scope()
        return self._scope

    def forget_scope(self) -> None:
        """Build the names anew when they are next asked for; the engine says so after a change."""
        self._scope = {}

    def _build_scope(self) -> dict[str, Any]:
        run, frame, now = self.execution, self.execution.frame, self.now
        steps: Mapping[str, Any] = frame.steps
        private = run.private.get(str(len(run.frames)))
        if private:
            steps = dict(steps)
            for step, values in private.items():
                steps[step] = {**steps.get(step, {}), **values}
        return {
            "vars": frame.vars,
            "inputs": frame.inputs,
            "contact": run.contact,
            "call": run.call,
            "message": run.message,
            "channel": run.channel,
            "flow": {"name": self.flow.slug, "title": self.flow.title, "execution": run.id},
            "steps": steps,
            "now": now,
            "today": now.date(),
        }

    def render(self, text: str, *, escape: bool = False) -> str:
        """Render a template to text; with `escape`, what it renders is safe inside XML.

        Raises:
            TemplateError: it does not render.
        """
        if not templates.is_template(text):
            return text
        return templates.render(text, self.scope, escape=escape)

    def evaluate(self, value: Any, **extra: Any) -> Any:
        """Render the templates inside a value, keeping types; `extra` names are added.

        Raises:
            TemplateError: one does not render.
        """
        return templates.evaluate(value, {**self.scope, **extra} if extra else self.scope)

    def evaluate_with_secrets(self, value: Any, effect: str) -> Any:
        """Render with `secrets.NAME` as markers that only `effect`'s performer can replace.

        Raises:
            TemplateError: one does not render.
        """
        return self.evaluate(value, secrets=_Secrets(effect))

    def number(self, value: Any, name: str) -> float:
        """Render and read a number for the field `name`.

        Raises:
            StepError: it is none.
        """
        found = self.evaluate(value)
        try:
            return float(found)
        except (TypeError, ValueError):
            raise StepError(f"{name} must be a number") from None

    def speak(self, message: list[Item]) -> tuple[Spoken, ...]:
        """Turn a message into what is said now, in the language of the moment.

        Raises:
            TemplateError: one of its templates does not render.
        """
        spoken = (self._speak(item) for item in message)
        return tuple(part for part in spoken if part is not None)

    def _speak(self, item: Item) -> Spoken | None:
        kind = item.kind
        language = self.render(item.language) if item.language else self.language
        # Values inside SSML are escaped: what a caller said must not become markup.
        words = self.render(item.words(language), escape=kind == "ssml")
        if not words.strip():
            return None
        if kind == "audio":
            return Play(audio=words)
        if kind == "url":
            return Play(url=words)
        voice = self.render(item.voice or self.flow.voice)
        return Say(words, language, voice, ssml=kind == "ssml")

    def effect_id(self) -> str:
        """Make the id of the next effect: the execution's id and a counter."""
        self.execution.counter += 1
        return f"{self.execution.id}.{self.execution.counter}"

    def chance(self, key: str = "") -> float:
        """Draw a number in [0, 1): the same for the same `key`, else new for each run and visit."""
        drawn = key or f"{self.execution.id}:{self.execution.seq}"
        digest = sha256(f"{self.flow.slug}:{self.step}:{drawn}".encode()).digest()
        return int.from_bytes(digest[:7], "big") / (1 << 56)


def zone(name: str) -> ZoneInfo:
    """Find a time zone in the pinned database.

    Raises:
        StepError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise StepError(f"there is no time zone {name!r}") from None


def parse_time(text: str) -> datetime:
    """Read an ISO time the rules wrote; UTC when it names no offset."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
