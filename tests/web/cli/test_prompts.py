"""`flask prompts`: added, listed with who plays them, replaced live, removed when nobody does."""

import pytest

from tests.audio.sounds import tone, wav
from tests.web.cli.office import Office

FLOW = """linewalk: 1
flow: jingles
type: incoming_call
start: say
steps:
  say:
    component: play
    message: {audio: jingle}
    exits: {done: bye}
  bye: {component: end}
"""


@pytest.fixture
def sound(office: Office) -> str:
    path = office.folder / "tone.wav"
    path.write_bytes(wav(tone(1.0)))
    return str(path)


def test_a_prompt_is_added_listed_and_removed(office: Office, sound: str) -> None:
    assert office.done("prompts add jingle", sound).startswith("jingle: 1.0 s, ")
    assert office.done("prompts list") == "jingle\t1.0 s\ttone.wav\tnot used\n"
    assert office.done("prompts remove jingle") == "jingle is removed\n"
    assert office.done("prompts list") == ""


def test_replacing_one_changes_what_is_played_from_now_on(office: Office, sound: str) -> None:
    office.done("prompts add jingle", sound)
    before = office.house.prompts.get("jingle")
    (office.folder / "tone.wav").write_bytes(wav(tone(2.0)))
    office.done("prompts add jingle", sound)
    after = office.house.prompts.get("jingle")
    assert before is not None
    assert after is not None
    assert (after.seconds, before.seconds) == (2.0, 1.0)
    assert office.house.prompts.open(before.file_id).is_file()


def test_one_that_a_published_flow_plays_stays(office: Office, sound: str) -> None:
    office.done("prompts add jingle", sound)
    office.done("flows publish", office.file("jingles.yaml", FLOW))
    assert office.done("prompts list").strip().endswith("\tjingles")
    assert "jingle is played by jingles" in office.refused("prompts remove jingle")
    office.done("flows archive jingles 1")
    assert office.done("prompts remove jingle") == "jingle is removed\n"


def test_what_is_no_sound_is_refused_with_the_reason(office: Office, sound: str) -> None:
    text = office.file("words.wav", "these are words")
    said = office.refused("prompts add jingle", text)
    assert said.startswith("Error: ")
    assert len(said.splitlines()) == 1
    assert office.done("prompts list") == ""
    assert office.refused("prompts add ../jingle", sound).startswith("Error: ")
    assert office.refused("prompts remove nobody").startswith("Error: ")
    assert office.run("prompts add jingle nothing.wav").exit_code == 2
    assert office.run("prompts add jingle", str(office.folder)).exit_code == 2
