"""What a person is given besides the histories: agents' notes, the wish not to be called."""

import json
import zipfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from desk.wrap_up import WrapUp
from flow.ledger import Contact, Ticket
from store.schema import assignments
from tests.keeping.commands import done
from tests.store.builders import begin
from tests.support.installation import Installation

NUMBER, OTHER = "+15550177001", "+15550177002"


def served(house: Installation, run: str, contact: str, notes: str) -> None:
    """An agent served somebody's walk, by messages: no telephone was rung; and noted something."""
    at = house.clock()
    begin(house.house.store, id=run, token=run, contact=contact, status="ended", ended=at)
    with house.house.database.write() as connection:
        row = {"id": f"{run}.a", "contact": f"{run}.1", "agent": "ann", "began": at}
        rest = {"ended": at, "how": "completed", "changed": 1}
        connection.execute(sa.insert(assignments), row | rest)
    with house.house.store.work() as work:
        work.keep_ticket(Ticket(f"{run}.1", run, {"kind": "message"}, at))
        assert work.keep_wrap_up(WrapUp(f"{run}.a", notes, "angry", at))


def exported(house: Installation, folder: Path, who: str) -> Any:
    """Everything of one person."""
    file = folder / "theirs.zip"
    done(house, "contacts", "export", who, "-o", str(file))
    with zipfile.ZipFile(file) as packed:
        return json.loads(packed.read("contact.json"))


def test_agents_notes_and_the_do_not_call_list_are_in_it(
    house: Installation, tmp_path: Path
) -> None:
    house.house.library.load_contacts([Contact("ada", "Ada", NUMBER), Contact("bea", "", OTHER)])
    served(house, "e1", "ada", "Ada shouted")
    served(house, "e2", "bea", "Bea did not")
    done(house, "calls", "block", NUMBER, OTHER, "--reason", "asked us")
    data = exported(house, tmp_path, "ada")
    assert [row["notes"] for row in data["wrap_ups"]] == ["Ada shouted"]
    assert [row["agent"] for row in data["assignments"]] == ["ann"]
    assert [(row["number"], row["reason"]) for row in data["do_not_call"]] == [(NUMBER, "asked us")]
