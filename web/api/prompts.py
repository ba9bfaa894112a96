"""`/prompts`: the sounds that flows play by name."""

from typing import Any

from pydantic import BaseModel, Field

from web.api.pages import Page, sliced
from web.api.resource import Routes
from web.house import house

routes = Routes("prompts", "The sounds that flows play by name.")


class PromptOut(BaseModel):
    """A sound; `filename` is what its file was called when it was added."""

    name: str
    filename: str
    seconds: float
    size: int = Field(description="Bytes.")
    loudness: float = Field(description="In LUFS.")
    sha256: str


class PromptPage(BaseModel):
    """A page of prompts, by name."""

    items: list[PromptOut]
    next: str | None


@routes.get("/prompts")
@routes.input(Page, location="query")
@routes.output(PromptPage)
def list_prompts(query_data: Page) -> Any:
    """List prompts, by name."""
    found = sliced(list(house().prompts.list()), query_data, lambda prompt: prompt.name)
    names = PromptOut.model_fields
    shown = [{name: getattr(prompt, name) for name in names} for prompt in found["items"]]
    return {**found, "items": shown}
