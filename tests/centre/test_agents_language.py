"""What agents hear is in their own language, else in that of the flow."""

from pathlib import Path

import pytest

from runner.outgoing import Placed, Wanted
from tests.centre.centre import ANN, BOB, SUPPORT, Centre
from tests.centre.handled import SUE, begin

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ADA = "+15550101234"


@pytest.mark.parametrize(
    ("own", "flow", "said"),
    [
        ("de", "en-US", "Ein Anruf für support. | Drücken Sie die 1, um ihn anzunehmen."),
        ("", "fr-FR", "Un appel pour support. | Appuyez sur 1 pour le prendre."),
        ("", "sv-SE", "A call for support. | Press 1 to take it."),
    ],
)
def test_an_agent_is_asked_in_the_language(centre: Centre, own: str, flow: str, said: str) -> None:
    centre.house.publish(SUPPORT, replacing={"language: en-US": f"language: {flow}"})
    centre.hire({"id": "ann", "address": ANN, "language": own})
    caller = centre.call()
    agent = centre.joined(caller, ANN)
    assert agent.said() == said
    caller.hang_up()
    centre.carrier.until(lambda: agent.over)


def test_an_agent_who_calls_hears_it_too(centre: Centre) -> None:
    centre.house.publish(EXAMPLES / "direct-call.yaml")
    centre.hire({"id": "ann", "address": ANN, "language": "es"})
    placed = centre.house.telephony.outgoing.place(Wanted("ann", ADA))
    assert isinstance(placed, Placed), placed
    agent = centre.carrier.leg_to(ANN)
    agent.answer()
    centre.carrier.leg_to(ADA).busy()
    centre.carrier.until(lambda: agent.over)
    assert agent.said() == "Estamos llamando. Espere, por favor. | El número está ocupado."


def test_the_language_is_changed_by_api_and_file(centre: Centre) -> None:
    centre.hire({"id": "ann", "address": ANN, "language": "de"})
    assert centre.staff.agents()[0].language == "de"
    centre.staff.change("ann", {"name": "Ann Lee"})
    assert centre.staff.agents()[0].language == "de"
    centre.staff.change("ann", {"language": ""})
    assert centre.staff.agents()[0].language == ""


def test_a_transfer_and_a_supervision_are_announced_in_it(centre: Centre) -> None:
    talk = begin(centre)
    centre.staff.change("bob", {"language": "nl"})
    centre.staff.change("sue", {"language": "it"})
    talk.do("supervise", {"agent": "sue", "mode": "listen"})
    assert talk.takes(SUE).said().startswith("Le viene chiesto di supervisionare una chiamata.")
    talk.do("add", {"agent": "bob"})
    assert talk.takes(BOB).said().startswith("Een gesprek van Ann.")
    talk.caller.hang_up()
    talk.quiet()
