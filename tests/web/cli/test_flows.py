"""`flask flows`: checked, published, bound, compared, rolled back; never a stack trace."""

from pathlib import Path

import pytest

from tests.web.cli.office import Office


def test_publishing_again_makes_the_next_version(office: Office) -> None:
    assert office.done("flows publish", office.hello()) == "hello: version 1 published\n"
    assert office.done("flows publish", office.hello("moon")) == "hello: version 2 published\n"
    assert office.done("flows list") == "hello\tincoming_call\tversion 2\n"


def test_publishing_binds_every_address(office: Office) -> None:
    said = office.done(
        "flows publish", office.hello(), "--bind", "+1 555 010 0001", "--bind", "sms:+15550100002"
    )
    assert said.splitlines()[1:] == ["+15550100001 -> hello", "sms:+15550100002 -> hello"]
    assert office.done("flows list").strip().endswith("version 1\t+15550100001, sms:+15550100002")


def test_an_address_moves_to_another_flow_and_is_freed(office: Office) -> None:
    office.done("flows publish", office.hello(), "--bind", "+15550100001")
    other = office.file("other.yaml", HELLO_OTHER)
    office.done("flows publish", other)
    assert office.done("flows bind other +15550100001") == "+15550100001 -> other\n"
    assert office.done("flows unbind +15550100001") == "+15550100001 is free\n"
    assert "is not bound" in office.refused("flows unbind +15550100001")


HELLO_OTHER = """linewalk: 1
flow: other
type: incoming_call
start: bye
steps: {bye: {component: end}}
"""


def test_a_wrong_address_publishes_nothing(office: Office) -> None:
    said = office.refused("flows publish", office.hello(), "--bind", "5550100")
    assert "write +15550100001" in said
    assert office.done("flows list") == ""


def test_binding_needs_one_flow(office: Office) -> None:
    other = office.file("other.yaml", HELLO_OTHER)
    result = office.run("flows publish", office.hello(), other, "--bind", "+15550100001")
    assert result.exit_code == 2
    assert "exactly one flow" in result.output
    assert "there is no flow 'nobody'" in office.refused("flows bind nobody +15550100001")


def test_a_flow_with_an_error_is_not_published_and_neither_are_the_others(office: Office) -> None:
    bad = office.file("bad.yaml", HELLO_OTHER.replace("start: bye", "start: by"))
    said = office.refused("flows publish", office.hello(), bad)
    assert said.startswith(f"{bad}:4: start: ")
    assert office.done("flows list") == ""


def test_export_diff_and_rollback(office: Office) -> None:
    office.done("flows publish", office.hello("one"))
    second = office.hello("two")
    office.done("flows publish", second)
    assert office.done("flows export hello") == Path(second).read_text("utf-8")
    assert "Hello, one." in office.done("flows export hello --version 1")
    changed = [line for line in office.done("flows diff hello 1 2").splitlines() if "Hello" in line]
    assert [line[0] for line in changed] == ["-", "+"]
    assert office.done("flows rollback hello 1") == "hello: version 1 published\n"
    assert "Hello, one." in office.done("flows export hello")


def test_archiving_the_published_version_leaves_none(office: Office) -> None:
    office.done("flows publish", office.hello())
    assert office.done("flows archive hello 1") == "hello: version 1 archived\n"
    assert "not published" in office.done("flows list")
    assert "no published version" in office.refused("flows export hello")
    office.done("flows rollback hello 1")
    assert "Hello" in office.done("flows export hello")


@pytest.mark.parametrize(
    "command",
    [
        "flows export nobody",
        "flows export hello --version 9",
        "flows diff hello 1 9",
        "flows rollback hello 9",
        "flows archive nobody 1",
    ],
)
def test_what_is_not_there_is_said_in_one_line(office: Office, command: str) -> None:
    office.done("flows publish", office.hello())
    said = office.refused(command)
    assert said.startswith("Error: ")
    assert len(said.splitlines()) == 1


def test_a_flow_needs_the_prompts_it_plays(office: Office) -> None:
    text = HELLO_OTHER.replace("linewalk: 1", "linewalk: 1\nmusic: hold")
    said = office.refused("flows publish", office.file("music.yaml", text))
    assert "flask prompts add hold FILE" in said


def test_a_module_is_found_among_the_published(office: Office) -> None:
    module = office.file("later.yaml", MODULE)
    office.done("flows publish", module)
    (office.folder / "later.yaml").unlink()
    user = office.file("user.yaml", USER)
    assert office.done("flows publish", user) == "user: version 1 published\n"
    assert "user: version 2" in office.done("flows publish", user)


MODULE = """linewalk: 1
flow: later
type: module
exits: [over]
start: out
steps: {out: {component: return, exit: over}}
"""
USER = """linewalk: 1
flow: user
type: incoming_call
start: inside
steps:
  inside: {component: run_module, module: later, exits: {over: bye}}
  bye: {component: end}
"""
