"""The form of a component's case file; README.md beside it explains every key."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent / "cases"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Strict):
    """One event (none: the run begins) and what the walk answers to it."""

    event: dict[str, Any] | None = None
    say: list[Any] = []
    effects: list[Any] = []
    moved: bool = True


class Case(_Strict):
    """One short walk through the component: the flow, its turns, and where it stands after."""

    name: str = Field(min_length=1)
    step: dict[str, Any] | None = None
    flow: dict[str, Any] = {}
    modules: dict[str, dict[str, Any]] = {}
    inputs: dict[str, Any] = {}
    run: dict[str, Any] = {}
    at: str = "2026-03-02T10:00:00+00:00"
    turns: list[Turn] = Field(min_length=1)
    exit: str | None
    stores: dict[str, Any] = {}
    private: dict[str, Any] = {}
    vars: dict[str, Any] = {}
    error: str = ""
    state: dict[str, Any] = {}
    history: list[str] | None = None


class CaseFile(_Strict):
    """All cases of one component."""

    about: str = ""
    cases: list[Case] = Field(min_length=1)


def read_cases(name: str) -> CaseFile:
    """Read the case file of the component `name`; a missing file fails the test that asks."""
    path = FOLDER / f"{name}.json"
    assert path.is_file(), f"write {path.name}: every component of the palette has its cases"
    return CaseFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
