"""E-mails and messages in `walk` and `test`: shown, expected, and failing as the script says."""

from flow.language.load import load
from web.cli.simulator.dialogue import Dialogue
from web.cli.simulator.play import Played, play

FLOW = """
linewalk: 1
flow: letters
type: incoming_call
start: message
steps:
  message:
    component: record_message
    deliver: {ring_groups: [support], email: desk@example.com}
    exits: {recorded: mail, empty: end}
  mail:
    component: send_email
    to: [boss@example.com]
    subject: "Call from {{ call.from }}"
    text: "Please\\nlisten."
    attachments: [{step: message}, {name: a.txt, text: x}]
    exits: {sent: sent, failed: sorry, opted_out: end}
  sent: {component: play, message: We have told them., exits: {done: end}}
  sorry: {component: play, message: Nobody knows., exits: {done: end}}
  end: {component: end}
"""
EXPECTED = [
    "mail: a message of 12 s for support, desk@example.com",
    "mail: to boss@example.com: Call from +15550123456",
    "mail: Please",
    "mail: listen.",
    "mail: attached RE",
    "mail: attached a.txt",
]


def played(**given: object) -> Played:
    return play(Dialogue.model_validate({"name": "x", **given}), load(FLOW))


def test_mail_is_shown_and_expected() -> None:
    expected = [{"mail": text} for text in EXPECTED]
    done = played(talk=[{"record": "12s"}, {"expect": [*expected, "We have told them"]}])
    assert done.failure is None
    shown = "\n".join(done.transcript)
    assert all(f"[{text}" in shown for text in EXPECTED)
    assert "[e-mail to boss@example.com → sent]" in shown


def test_what_was_not_mailed_is_said() -> None:
    done = played(talk=[{"record": "12s"}, {"expect": {"mail": "to eve@evil.example"}}])
    assert "was not mailed; mailed was mail: a message of 12 s" in str(done.failure)


def test_mail_is_expected_only_since_the_caller_did_something() -> None:
    done = played(talk=[{"expect": {"mail": "boss"}}])
    assert str(done.failure) == "'boss' was not mailed; mailed was -"


def test_a_script_lets_it_fail() -> None:
    fails = [{"step": "mail", "outcome": "failed"}]
    done = played(effects=fails, talk=[{"record": "12s"}, {"expect": "Nobody knows"}])
    assert done.failure is None
