"""`survey`: asks one question of a survey and keeps the answer for the reports."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from flow import limits
from flow.asking import Asking
from flow.component import Leave, Outcome
from flow.context import Context
from flow.effects import SurveyAnswer
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
from flow.language.keyed import is_number
from flow.language.phrases import choose
from flow.language.spoken import no_word, spoken_number, yes_or_no, yes_word
from flow.message import Item, Message
from flow.writing import Choices, by_key, written_keys

_SCALES = {"rating": (1, 5), "nps": (0, 10)}
_YES_NO = {"1": "yes", "2": "no"}


class Choice(BaseModel):
    """One answer of a `choice` question: its value for the reports, how it is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: str = Field(min_length=1, description="What is kept.")
    keys: str = Field(default="", pattern=r"^[0-9*]*$", description="The key or keys to press.")
    phrases: tuple[str, ...] = Field(default=(), description="Words that choose it.")


@dataclass(frozen=True, slots=True)
class _Answer:
    """An understood answer: what the step stores, and the number behind it."""

    value: str | int
    score: float | None = None


class Survey(Asking):
    """Ask a survey question: by key, word or message, or in the contact's own words (`open`).

    Yes is key 1 and no is key 2. The answer is one fact for the reports; a caller who hangs up
    in the question has not answered. In a conversation yes and no, and the values of a choice, go
    along as quick replies.
    """

    TYPES: ClassVar[tuple[str, ...]] = (
        "incoming_call",
        "api_request",
        "incoming_message",
        "module",
    )
    TEXTS: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("answered", "no_answer")
    FALLBACK: ClassVar[str] = "no_answer"
    STORES: ClassVar[tuple[str, ...]] = ("answer",)

    component: Literal["survey"]
    survey: str = Field(min_length=1, description="The survey's name in the reports.")
    question: Message = Field(description="What is asked.")
    kind: Literal["rating", "nps", "yes_no", "choice", "open"] = Field(
        description="What kind of answer is wanted."
    )
    scale: tuple[int, int] | None = Field(
        default=None, description="Lowest and highest answer; rating 1 to 5, nps 0 to 10."
    )
    options: tuple[Choice, ...] = Field(default=(), description="The answers of a choice.")
    metric: Literal["csat", "nps", "ces", "none"] | None = Field(
        default=None, description="The figure it counts for; nps for kind nps, else none."
    )

    def problems(self) -> list[tuple[str, str]]:
        """Find scales and options that do not go with the kind, or cannot be answered."""
        found: list[tuple[str, str]] = []
        if self.scale is not None and self.kind not in _SCALES:
            found.append(("scale", f"{self.kind} has no scale"))
        low, high = self._scale()
        if not 0 <= low < high <= 99:  # noqa: PLR2004 two keys at the most
            found.append(("scale", "give two different numbers from 0 to 99, the lower first"))
        if self.kind != "choice" and self.options:
            found.append(("options", "only kind: choice has options"))
        if self.kind == "choice" and not self.options:
            found.append(("options", "give the answers that can be chosen"))
        return found + self._unclear_options()

    def _unclear_options(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        taken: dict[str, int] = {}
        for index, option in enumerate(self.options):
            if not (option.keys or option.phrases):
                found.append((f"options.{index}", "give keys or phrases, so it can be chosen"))
            if option.keys and option.keys in taken:
                other = taken[option.keys]
                found.append((f"options.{index}.keys", f"option {other} has the same keys"))
            taken.setdefault(option.keys, index)
        return found

    def _scale(self) -> tuple[int, int]:
        return self.scale or _SCALES.get(self.kind, (0, 1))

    def prompt(self) -> list[Item]:
        """Give what is asked."""
        return self.question

    def collect(self, context: Context, prompts: tuple[Spoken, ...]) -> Collect:
        """Ask for keys and speech, for speech alone where the answer is open."""
        longest = self._longest_keys()
        return Collect(
            prompts,
            keys=longest > 0,
            speech=self.kind != "choice" or any(option.phrases for option in self.options),
            max_digits=longest,
            finish_key="#" if longest > 1 else "",
            timeout=self.seconds(),
            hints=tuple(phrase for option in self.options for phrase in option.phrases),
            language=context.language,
        )

    def choices(self, context: Context) -> Choices:
        """Give the answers that can be tapped; a number is written."""
        match self.kind:
            case "yes_no":
                words = {"yes": yes_word(context.language), "no": no_word(context.language)}
                return tuple(
                    {"label": words[value].capitalize(), "value": value, "key": key}
                    for key, value in _YES_NO.items()
                )
            case "choice":
                keys = written_keys([option.keys for option in self.options])
                return tuple(
                    {"label": option.value, "value": option.value, "key": key}
                    for option, key in zip(self.options, keys, strict=True)
                )
            case _:
                return ()

    def _longest_keys(self) -> int:
        match self.kind:
            case "open":
                return 0
            case "choice":
                return max((len(option.keys) for option in self.options), default=0)
            case "yes_no":
                return 1
            case "rating" | "nps":
                return len(str(self._scale()[1]))

    def start(self, context: Context) -> Outcome:
        """Ask for the first time."""
        return self.ask(context)

    def resume(self, context: Context, event: Event) -> Outcome:
        """Keep an answer that was understood, else ask again or give up."""
        match event:
            case Digits(digits=digits):
                answer = self._pressed(digits)
            case Speech(text=said):
                answer = self._heard(said.strip(), context.language)
            case MessageIn(text=text, choice=tapped):
                answer = self._written(text.strip(), tapped, context.language)
            case EffectDone() if context.texting:
                return self.sent(context, event)
            case Silence() | Continued() | TimerFired():
                return self.retry(context, "no_answer", silent=True)
            case _:
                raise StepError(f"a survey is not answered by {type(event).__name__}")
        return self._keep(context, answer) if answer else self.retry(context, "no_answer")

    def _pressed(self, digits: str) -> _Answer | None:
        match self.kind:
            case "yes_no":
                return _yes_no(_YES_NO.get(digits))
            case "choice":
                keys = (o.value for o in self.options if o.keys and o.keys == digits)
                return _choice(next(keys, None))
            case "rating" | "nps":
                return self._number(int(digits)) if is_number(digits) else None
            case "open":
                return None

    def _heard(self, said: str, language: str) -> _Answer | None:
        match self.kind:
            case "yes_no":
                return _yes_no(yes_or_no(said, language))
            case "choice":
                chosen = choose(said, [option.phrases for option in self.options])
                return None if chosen is None else _choice(self.options[chosen].value)
            case "rating" | "nps":
                return self._number(spoken_number(said, language))
            case "open":
                return _Answer(said[: limits.SURVEY_TEXT]) if said else None

    def _written(self, text: str, tapped: str, language: str) -> _Answer | None:
        if self.kind == "choice":
            return _choice(self._chosen(text, tapped))
        if self.kind == "yes_no" and tapped in _YES_NO.values():
            return _yes_no(tapped)
        return self._pressed(text.rstrip(".)")) or self._heard(text, language)

    def _chosen(self, text: str, tapped: str) -> str | None:
        if tapped in {option.value for option in self.options}:
            return tapped
        index = by_key([option.keys for option in self.options], text)
        if index is None:
            index = choose(text, [(*option.phrases, option.value) for option in self.options])
        return None if index is None else self.options[index].value

    def _number(self, number: int | None) -> _Answer | None:
        low, high = self._scale()
        if number is None or not low <= number <= high:
            return None
        return _Answer(number, float(number))

    def _keep(self, context: Context, answer: _Answer) -> Leave:
        fact = SurveyAnswer(
            survey=self.survey,
            step=context.step,
            question=self._asked(context),
            kind=self.kind,
            metric=self.metric or ("nps" if self.kind == "nps" else "none"),
            answer=str(answer.value),
            score=answer.score,
            agent=context.execution.agent,
            queue=context.execution.queue,
        )
        found: dict[str, Any] = {"answer": answer.value}
        return Leave("answered", found, facts=(fact,))

    def _asked(self, context: Context) -> str:
        return " ".join(context.render(item.words(context.language)) for item in self.question)


def _yes_no(word: str | None) -> _Answer | None:
    return _Answer(word, 1.0 if word == "yes" else 0.0) if word else None


def _choice(value: str | None) -> _Answer | None:
    return None if value is None else _Answer(value)
