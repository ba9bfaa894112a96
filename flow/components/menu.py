"""`menu`: asks the contact to choose, by key, by word or by text."""

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from flow.asking import Asking
from flow.component import EVERY_TYPE, Leave, Outcome
from flow.context import Context
from flow.errors import StepError
from flow.events import (
    Continued,
    Digits,
    EffectDone,
    Event,
    MessageIn,
    Silence,
    Speech,
    TimerFired,
)
from flow.instructions import Collect, Spoken
from flow.language.phrases import choose
from flow.message import Item, Message
from flow.writing import Choices, by_key, written_keys


class Option(BaseModel):
    """One choice: the exit it leads to, the keys and phrases that choose it, its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exit: str = Field(min_length=1, description="The exit it leads to.")
    keys: str = Field(default="", pattern=r"^[0-9*#]*$", description="The key or keys to press.")
    phrases: tuple[str, ...] = Field(default=(), description="Words that choose it.")
    label: str = Field(default="", description="Its name for people and for button texts.")


class Menu(Asking):
    """Ask the contact to choose one of several options.

    In a conversation options with a label go along as quick replies. One is chosen by tapping it,
    or by writing its key (where it has none, its place in the list), its label or a phrase.
    """

    TYPES: ClassVar[tuple[str, ...]] = EVERY_TYPE
    TEXTS: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("invalid", "timeout")
    FALLBACK: ClassVar[str] = "invalid"
    STORES: ClassVar[tuple[str, ...]] = ("selection", "exit", "confidence")

    component: Literal["menu"]
    message: Message
    options: tuple[Option, ...] = Field(min_length=1, description="What can be chosen.")
    barge_in: bool = Field(default=True, description="An answer interrupts the message.")

    def exit_names(self) -> tuple[str, ...]:
        """One exit per option, then `invalid` and `timeout`."""
        return (*dict.fromkeys(option.exit for option in self.options), *self.EXITS)

    def problems(self) -> list[tuple[str, str]]:
        """Find keys that two options share and options nobody can choose."""
        found: list[tuple[str, str]] = []
        taken: dict[str, int] = {}
        for index, option in enumerate(self.options):
            if option.exit in {*self.EXITS, "error"}:
                found.append((f"options.{index}.exit", f"{option.exit!r} is a fixed exit"))
            if not (option.keys or option.phrases or option.label):
                found.append((f"options.{index}", "give keys or phrases, so it can be chosen"))
            if option.keys and option.keys in taken:
                other = taken[option.keys]
                found.append((f"options.{index}.keys", f"option {other} has the same keys"))
            taken.setdefault(option.keys, index)
        return found

    def prompt(self) -> list[Item]:
        """Give what is asked."""
        return self.message

    def collect(self, context: Context, prompts: tuple[Spoken, ...]) -> Collect:
        """Ask for the keys and the words that the options have."""
        keys = [option.keys for option in self.options if option.keys]
        longest = max((len(key) for key in keys), default=0)
        # With keys of several digits, # says that no more will come; unless it chooses itself.
        finish_key = "#" if longest > 1 and not any("#" in key for key in keys) else ""
        return Collect(
            prompts,
            keys=bool(keys),
            speech=any(option.phrases for option in self.options),
            max_digits=longest,
            finish_key=finish_key,
            timeout=self.seconds(),
            barge_in=self.barge_in,
            hints=tuple(phrase for option in self.options for phrase in option.phrases),
            language=context.language,
        )

    def choices(self, context: Context) -> Choices:
        """Give the options that have a label."""
        keys = written_keys([option.keys for option in self.options])
        return tuple(
            {"label": context.render(option.label), "value": option.exit, "key": key}
            for option, key in zip(self.options, keys, strict=True)
            if option.label
        )

    def start(self, context: Context) -> Outcome:
        """Ask for the first time."""
        return self.ask(context)

    def resume(self, context: Context, event: Event) -> Outcome:
        """Leave by the chosen option, ask again, or give up after the last try."""
        match event:
            case Digits(digits=pressed):
                chosen = next((o for o in self.options if o.keys and o.keys == pressed), None)
                answer: dict[str, Any] = {"selection": pressed}
            case Speech(text=said, confidence=confidence):
                index = choose(said, [option.phrases for option in self.options])
                chosen = None if index is None else self.options[index]
                answer = {"selection": said, "confidence": confidence}
            case MessageIn(text=text, choice=tapped):
                chosen = self._written(context, text, tapped)
                answer = {"selection": text or tapped}
            case EffectDone() if context.texting:
                return self.sent(context, event)
            case Silence() | Continued() | TimerFired():
                return self.retry(context, "timeout", silent=True)
            case _:
                raise StepError(f"a menu is not answered by {type(event).__name__}")
        if chosen is None:
            return self.retry(context, "invalid")
        return Leave(chosen.exit, {**answer, "exit": chosen.exit})

    def _written(self, context: Context, text: str, tapped: str) -> Option | None:
        found = next((o for o in self.options if tapped and o.exit == tapped), None)
        if found is not None:
            return found
        index = by_key([option.keys for option in self.options], text)
        if index is None:
            words = [(*option.phrases, context.render(option.label)) for option in self.options]
            index = choose(text, words)
        return None if index is None else self.options[index]
