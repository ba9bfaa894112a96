"""`flask agents …`: load, list, presence, remove, against the real application."""

from pathlib import Path

from tests.centre.centre import ANN, Centre

FILE = """ring_groups: [{id: support, title: Support}]
agents:
  - id: ann
    name: Ann
    address: "+15550101001"
    ring_groups: [support]
    attributes: {french: 80}
    presence: available
  - {id: bob, name: Bob, address: "sip:bob@example.com"}
"""


def run(centre: Centre, *words: str) -> tuple[int, str]:
    result = centre.house.app.test_cli_runner().invoke(args=["agents", *words])
    return result.exit_code, result.output


def load(centre: Centre, folder: Path, text: str = FILE) -> tuple[int, str]:
    path = folder / "agents.yaml"
    path.write_text(text)
    return run(centre, "load", str(path))


def test_a_file_is_loaded_listed_and_loaded_again(centre: Centre, tmp_path: Path) -> None:
    assert run(centre, "list") == (0, "no agents; add some with flask agents load FILE\n")
    loaded = "2 agents loaded, 2 of them new\n1 ring group loaded\n"
    assert load(centre, tmp_path) == (0, loaded)
    assert run(centre, "list")[1].splitlines() == [
        "ann  available  +15550101001         support  french 80",
        "bob  offline    sip:bob@example.com  -        -",
    ]
    again = FILE.replace("name: Ann", "name: Anna").replace("    presence: available\n", "")
    assert load(centre, tmp_path, again) == (0, "2 agents loaded\n1 ring group loaded\n")
    agent = centre.staff.agent("ann")
    assert agent is not None
    assert (agent.name, agent.presence) == ("Anna", "available")


def test_a_file_with_mistakes_changes_nothing_and_says_where(
    centre: Centre, tmp_path: Path
) -> None:
    wrong = FILE.replace("french: 80", "french: 101").replace("[support]\n", "[supprot]\n")
    code, output = load(centre, tmp_path, wrong)
    assert code == 1
    assert f"{tmp_path}/agents.yaml:7: agents.0.attributes.french: " in output
    assert centre.staff.agents() == []
    code, output = load(centre, tmp_path, "agents: [")
    assert (code, output.startswith(f"{tmp_path}/agents.yaml:1: ")) == (1, True)


def test_presence_is_set_and_a_waiting_caller_is_served(centre: Centre, tmp_path: Path) -> None:
    """The command leaves the ringing to the worker."""
    load(centre, tmp_path, FILE.replace("presence: available", "presence: away"))
    caller = centre.call()
    centre.carrier.until(lambda: caller.verb == "Enqueue")
    assert run(centre, "presence", "ann", "available") == (0, "ann is available\n")
    centre.later(1)
    centre.joined(caller, ANN)
    assert run(centre, "presence", "ann", "offline") == (0, "ann is busy (then offline)\n")
    assert run(centre, "list")[1].startswith("ann  busy, on a call  +15550101001 ")
    assert run(centre, "remove", "ann") == (1, "Error: ann is on a call; try again after it\n")


def test_what_cannot_be_is_said_in_one_line(centre: Centre, tmp_path: Path) -> None:
    load(centre, tmp_path)
    assert run(centre, "presence", "zoe", "away") == (
        1,
        "Error: there is no agent 'zoe'; flask agents list shows those there are\n",
    )
    assert run(centre, "presence", "ann", "asleep") == (
        1,
        "Error: 'asleep' cannot be chosen; choose one of available, away, busy, offline\n",
    )
    assert run(centre, "remove", "bob") == (0, "bob is removed\n")
    assert [agent.id for agent in centre.staff.agents()] == ["ann"]
    assert run(centre, "remove", "bob")[0] == 1
