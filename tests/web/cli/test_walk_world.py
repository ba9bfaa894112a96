"""What a walked flow asks of the world: requests, functions, the operator's dial rules."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.egress_server import Server, answering, reply, serve
from web.cli.walk import walk


def run(typed: str, *arguments: object, env: dict[str, str] | None = None) -> Result:
    told = [str(argument) for argument in arguments]
    result = CliRunner().invoke(walk, told, input=typed, env=env)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def flow(tmp_path: Path, steps: str, header: str = "") -> Path:
    path = tmp_path / "it.yaml"
    head = f"linewalk: 1\nflow: it\ntype: incoming_call\n{header}start: a\nsteps:\n"
    path.write_text(head + steps + "  end:\n    component: end\n")
    return path


SHOP = """\
  a:
    component: http_request
    url: "http://127.0.0.1:{port}/orders"
    headers: {{Authorization: "Bearer {{{{ secrets.KEY }}}}"}}
    exits: {{success: b, failed: end, timeout: end, refused: end}}
  b:
    component: play
    message: "It is {{{{ steps.a.json.state }}}}."
    exits: {{done: end}}
"""


@pytest.fixture
def shop() -> Iterator[Server]:
    with serve(answering(reply(b'{"state": "sent"}'))) as server:
        yield server


def test_a_request_is_really_sent_to_a_host_that_is_allowed(shop: Server, tmp_path: Path) -> None:
    path = flow(tmp_path, SHOP.format(port=shop.port))
    allowed = {"EGRESS_ALLOW": f"127.0.0.1:{shop.port}"}
    result = run("", path, "--secret", "KEY=abc", env=allowed)
    assert f"[http GET http://127.0.0.1:{shop.port}/orders → success (200)]" in result.output
    assert "It is sent." in result.output
    assert "authorization: bearer abc" in shop.requests[0].lower()


def test_loopback_is_refused_until_it_is_allowed(shop: Server, tmp_path: Path) -> None:
    path = flow(tmp_path, SHOP.format(port=shop.port))
    result = run("", path, "--secret", "KEY=abc", env={"EGRESS_ALLOW": ""})
    assert "→ refused (" in result.output
    assert "EGRESS_ALLOW" in result.output
    assert shop.requests == []


def test_a_secret_that_was_not_given_is_asked_for(shop: Server, tmp_path: Path) -> None:
    path = flow(tmp_path, SHOP.format(port=shop.port))
    allowed = {"EGRESS_ALLOW": f"127.0.0.1:{shop.port}"}
    assert "give the secret: --secret KEY=VALUE" in run("", path, env=allowed).output
    assert shop.requests == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('201 {"state": "new"}', "It is new."),
        ("404", "[the flow has ended: completed]"),
        ("timeout", "[the flow has ended: completed]"),
        ("well\nrefused", "[that is no answer; type 200"),
        ("\n", "give the secret"),
    ],
)
def test_an_answer_can_be_typed_instead(tmp_path: Path, typed: str, told: str) -> None:
    result = run(f"{typed}\n", flow(tmp_path, SHOP.format(port=9)), "--http", "ask")
    assert result.exit_code == 0
    assert told in result.output


def test_a_function_really_runs_and_a_failure_is_told(tmp_path: Path) -> None:
    steps = """\
  a:
    component: run_function
    source: "return {sum: args.a + 1};"
    args: {a: 41}
    exits: {success: b, failed: end, timeout: end}
  b:
    component: run_function
    source: "throw new Error('no');"
    save: {sum: "{{ steps.a.result.sum }}"}
    exits: {success: end, failed: c, timeout: end}
  c:
    component: play
    message: "Sum {{ vars.sum }}"
    exits: {done: end}
"""
    result = run("", flow(tmp_path, steps))
    assert "[run function → success]" in result.output
    assert "[run function → failed (Error: no" in result.output
    assert "Sum 42" in result.output


def test_dialling_is_judged_by_the_operators_rules(tmp_path: Path) -> None:
    steps = """\
  a:
    component: forward_call
    to: "+442071838750"
    exits: {busy: end, no_answer: end, invalid_number: end, refused: end}
"""
    path = flow(tmp_path, steps)
    assert (
        "→ refused (calls to GB are not listed)" in run("", path, env={"DIAL_COUNTRIES": ""}).output
    )
    assert "calling +442071838750" in run("busy\n", path, env={"DIAL_COUNTRIES": "GB"}).output
    wrong = run("", path, env={"DIAL_COUNTRIES": "Narnia"})
    assert (wrong.exit_code, "DIAL_COUNTRIES: 'Narnia'" in wrong.output) == (1, True)


def test_a_step_that_fails_is_told(tmp_path: Path) -> None:
    steps = """\
  a:
    component: set_variables
    values: {n: "{{ call.from }}x"}
    exits: {done: end}
"""
    path = flow(tmp_path, steps, "variables: {n: {type: integer}}\n")
    assert "[error in a: vars.n must be an integer]" in run("", path).output
