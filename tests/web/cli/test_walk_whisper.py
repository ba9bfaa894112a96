"""What an agent hears before the join, in `walk` and `test` of an outgoing call."""

from flow.language.load import load
from web.cli.simulator.dialogue import Dialogue
from web.cli.simulator.play import Played, play

FLOW = """
linewalk: 1
flow: debts
type: outgoing_call
start: auto
variables: {sum: {type: string, default: "12"}}
steps:
  auto: {component: auto_answer, exits: {done: words}}
  words: {component: whisper, message: "{{ vars.sum }} euros are due.", exits: {done: hello}}
  hello: {component: play, message: Hello., exits: {done: join}}
  join: {component: connect_agent, exits: {call_finished: end}}
  end: {component: end}
"""


def played(*talk: object) -> Played:
    return play(Dialogue.model_validate({"name": "x", "talk": talk}), load(FLOW))


def test_the_agent_hears_it_when_the_flow_comes_to_the_join() -> None:
    done = played({"expect": ["Hello.", {"whisper": "12 euros"}]}, {"agent": "leaves"})
    shown = "\n".join(done.transcript)
    assert done.failure is None
    assert shown.index("Hello.") < shown.index("[the agent hears: 12 euros are due.]")
    assert shown.index("[the agent hears") < shown.index("[joined with the agent]")


def test_what_the_agent_did_not_hear_is_said() -> None:
    done = played({"expect": {"whisper": "13 euros"}})
    expected = "the agent did not hear '13 euros'; heard was 12 euros are due."
    assert str(done.failure) == expected


def test_the_contact_does_not_hear_it() -> None:
    done = played({"expect": {"not": "euros"}}, {"agent": {"does": "leaves", "after": "1m"}})
    assert done.failure is None
