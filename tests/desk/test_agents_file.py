from datetime import UTC, datetime

import pytest

from desk.agents import Agent, RingGroup
from desk.agents_file import AgentEntry, BadAgentsFile, parse
from desk.presence import start_call
from desk.values import from_json, to_json
from flow.language.reader import read

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)

GOOD = """\
ring_groups: [{id: support, title: Support}, {id: sales}]
agents:
  - {id: ann, name: Ann, address: "+1 (555) 010-1001", ring_groups: [support],
     attributes: {french: 80}, presence: available}
  - {id: bob, name: Bob, address: "sip:bob@pbx.example.com"}
"""


def test_the_file_of_the_design_gives_agents_and_groups() -> None:
    file = parse(read(GOOD), "agents.yaml")
    assert [group.group() for group in file.ring_groups] == [
        RingGroup("support", "Support"),
        RingGroup("sales", "sales"),
    ]
    ann, bob = (entry.agent(None, AT) for entry in file.agents)
    assert ann == Agent(
        "ann",
        "Ann",
        "+15550101001",
        ("support",),
        {"french": 80},
        presence="available",
        since=AT,
        then="available",
    )
    assert (bob.presence, bob.kind, bob.asks_for_key) == ("offline", "sip", False)
    assert (ann.kind, ann.asks_for_key) == ("number", True)


def test_loading_again_disturbs_no_call_and_keeps_a_presence_that_is_not_given() -> None:
    entry = AgentEntry(id="ann", name="Ann", address="client:ann", presence="available")
    serving = start_call(entry.agent(None, AT), "c1", AT)
    silent = entry.model_copy(update={"presence": None, "name": "Ann Lee"})
    assert silent.agent(serving, AT).name == "Ann Lee"
    assert silent.agent(serving, AT).assignment == "c1"
    gone = entry.model_copy(update={"presence": "offline"}).agent(serving, AT)
    assert (gone.presence, gone.then) == ("busy", "offline")


def test_an_agent_survives_json() -> None:
    agent = start_call(parse(read(GOOD), "a").agents[0].agent(None, AT), "c1", AT)
    assert from_json(Agent, to_json(agent)) == agent


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("agents: [{id: a, name: A}]", "1: agents.0.address: is required"),
        (
            "agents:\n- id: a\n  name: A\n  address: +15550101001",
            "4: agents.0.address: must be a text; put it in quotes",
        ),
        (
            'agents:\n- id: a\n  name: A\n  address: "5551"',
            "4: agents.0.address: write a number as +15550101001, sip:ann@example.com or ",
        ),
        (
            'agents:\n- id: a\n  name: A\n  address: "+1555"',
            "4: agents.0.address: it is not a possible number; write +, country code and number",
        ),
        (
            'agents:\n- id: a\n  name: A\n  address: "sip: a b"',
            "4: agents.0.address: it is not a SIP URI; write sip:ann@pbx.example.com",
        ),
        (
            "agents:\n- id: a\n  name: A\n  address: client:a<b",
            "4: agents.0.address: after client: use letters, digits and _ . @ + - only",
        ),
        (
            "agents:\n- id: a\n  name: A\n  address: client:a\n  presence: asleep",
            "5: agents.0.presence: must be one of 'available', 'away', 'busy' or 'offline'",
        ),
        (
            "agents:\n- id: a\n  name: A\n  address: client:a\n  language: Deutsch",
            5,
        ),
        (
            "agents:\n- id: a\n  name: A\n  address: client:a\n  attributes: {french: 101}",
            "5: agents.0.attributes.french: must be at most 100",
        ),
        (
            "agents:\n- id: a\n  name: A\n  address: client:a\n  ring_groups:\n  - x",
            "6: agents.0.ring_groups.0: there is no ring group 'x'; add it under ring_groups",
        ),
        (
            "agents:\n- {id: a, name: A, address: client:a}\n- {id: a, name: B, address: client:b}",
            "3: agents.1.id: 'a' is already that of agents.0; give another",
        ),
        (
            "agents:\n- {id: a, name: A, address: client:a}\n- {id: b, name: B, address: client:a}",
            "3: agents.1.address: 'client:a' is already that of agents.0; give another",
        ),
        ("agents: []\nagent: []", "2: agent: there is no such field"),
        ("agents: []\nagents: []", "2: agents: is given twice, in line 1 and here; keep one"),
        ("ring_groups: [{id: a b}]", "1: ring_groups.0.id: use letters, digits"),
        ("agents: {}", "1: agents: must be a list"),
        ("- a", "1: an agents file is a mapping with ring_groups: and agents:"),
        ("", "1: an agents file is a mapping with ring_groups: and agents:"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_way_out(text: str, line: str) -> None:
    with pytest.raises(BadAgentsFile) as found:
        parse(read(text), "agents.yaml")
    assert any(f.line_text().startswith(f"agents.yaml:{line}") for f in found.value.faults), str(
        found.value
    )


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = "agents:\n- id: a\n  address: x\n- id: b\n  name: B\n  address: client:b\n  color: red"
    with pytest.raises(BadAgentsFile) as found:
        parse(read(text), "f")
    assert [fault.field for fault in found.value.faults] == [
        "agents.0.name",
        "agents.0.address",
        "agents.1.color",
    ]
