"""`/calls/{id}/wrap-up`: what an agent notes of a conversation, during it or after."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from desk.wrap_up import DISPOSITION, NOTES, WrapUp, disposition
from web.api.calls import WrapUpOut
from web.api.doors import doors, note
from web.api.problems import missing, wrong_field
from web.api.resource import Routes
from web.house import house

routes = Routes("wrap-ups", "What agents note of conversations.")


class WrapUpBody(BaseModel):
    """What is noted, instead of what was noted before."""

    model_config = ConfigDict(extra="forbid")

    notes: str = Field(default="", max_length=NOTES)
    disposition: str = Field(
        default="",
        max_length=DISPOSITION,
        description="How it came out: one of DISPOSITIONS where that is set, else any text.",
    )


@routes.put("/calls/<call_id>/wrap-up")
@routes.input(WrapUpBody)
@routes.output(WrapUpOut)
def put_wrap_up(call_id: str, json_data: WrapUpBody) -> Any:
    """Note what came of a conversation, instead of what was noted before."""
    try:
        chosen = disposition(json_data.disposition, house().settings.dispositions)
    except ValueError as error:
        raise wrong_field("disposition", str(error)) from None
    noted = WrapUp(call_id, json_data.notes, chosen, doors().clock())
    with house().store.work() as work:
        is_kept = work.keep_wrap_up(noted)
    if not is_kept:
        raise missing("call of this id")
    note("calls.wrap_up", call_id)
    return {"notes": noted.notes, "disposition": noted.disposition, "at": noted.at}
