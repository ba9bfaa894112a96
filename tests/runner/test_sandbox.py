"""A flow author's JavaScript gives a result or a plain reason, and harms nothing."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from runner.sandbox import FunctionResult, Limits, run_javascript
from runner.sandbox import run as sandbox

SHORT = Limits(seconds=0.3)


def run(source: str, args: dict[str, Any] | None = None) -> FunctionResult:
    return run_javascript(source, args or {"a": 2}, SHORT)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        pytest.param("(args) => args.a + 1", 3, id="arrow"),
        pytest.param("args => ({b: args.a})", {"b": 2}, id="arrow without brackets"),
        pytest.param("function (args) { return args.a }", 2, id="function expression"),
        pytest.param("function main(args) { return [args.a] }", [2], id="main alone"),
        pytest.param("const r = 2; function main(a) { return a.a * r }", 4, id="main and others"),
        pytest.param("const main = (args) => args.a;", 2, id="main as a constant"),
        pytest.param("return args.a // the answer", 2, id="body ending in a comment"),
        pytest.param("args.a * 3", 6, id="expression"),
        pytest.param("if (args.a > 1) { return 'many' }\nreturn 'few'", "many", id="body"),
        pytest.param("() => undefined", None, id="undefined"),
        pytest.param("() => NaN", None, id="not a number"),
        pytest.param("() => new Date(0)", "1970-01-01T00:00:00.000Z", id="date"),
        pytest.param("() => 'é\U0001f642'", "é\U0001f642", id="unicode"),
        pytest.param("() => '\\ud800x\\u0000'", "\ufffdx\ufffd", id="what no database stores"),
        pytest.param("const x = 1;", None, id="nothing returned"),
    ],
)
def test_every_form_of_source_gives_its_result(source: str, result: object) -> None:
    assert run(source) == FunctionResult("success", result)


def test_arguments_arrive_as_they_are() -> None:
    args = {
        "text": "\u2028</script>\"'`${1}",
        "deep": [{"x": None}, True, 1.5],
        "__proto__": {"p": 1},
    }
    assert run("(args) => args", args).result == args


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("while (true) {}", id="loop"),
        pytest.param("try { while (true) {} } finally { while (true) {} }", id="loop in finally"),
        pytest.param("() => /(a+)+$/.test('a'.repeat(40) + 'b')", id="regular expression"),
        pytest.param("() => new Array(4294967295).sort()", id="native loop, sparse array"),
        pytest.param("throw {toString() { while (true) {} }}", id="loop in an error's text"),
        pytest.param("() => ({toJSON() { while (true) {} }})", id="loop in toJSON"),
    ],
)
def test_what_never_ends_is_ended(source: str) -> None:
    began = time.monotonic()
    result = run(source)
    assert result.outcome == "timeout"
    assert "0.3 s" in result.reason or "its time" in result.reason
    assert time.monotonic() - began < sandbox.START_SECONDS + SHORT.seconds


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        pytest.param("() => 'x'.repeat(1e9)", "out of memory", id="long string"),
        pytest.param(
            "let a = []; while (true) a.push(new Array(10000).fill(1))",
            "out of memory",
            id="memory bomb",
        ),
        pytest.param("function f() { return f() + 1 }; return f()", "stack overflow", id="depth"),
        pytest.param("() => 'x'.repeat(65535)", "larger than 64 KB", id="huge result"),
        pytest.param(
            "let o = {}; for (let i = 0; i < 99; i++) o = {o}; return o",
            "nested more than 50",
            id="deep result",
        ),
        pytest.param(
            "let o = {}; for (let i = 0; i < 1e6; i++) o = {o}; return o",
            "not enough memory",
            id="no memory left for the error",
        ),
        pytest.param("() => { let o = {}; o.o = o; return o }", "circular", id="cycle"),
        pytest.param("() => 10n", "bigint", id="bigint"),
        pytest.param("() => () => 1", "a function or a symbol", id="function as result"),
        pytest.param("async () => 1", "promise", id="promise"),
        pytest.param(
            "() => {\n\n null.foo }", "read property 'foo' of null (line 3)", id="error with line"
        ),
        pytest.param(
            "let x = 1;\nlet y = ;\nreturn x",
            "unexpected token in expression: ';' (line 2)",
            id="syntax error with line",
        ),
        pytest.param("throw new Error('boom')", "Error: boom", id="thrown"),
        pytest.param("throw null", "without a message", id="null thrown"),
        pytest.param("a\x00b", "NUL", id="NUL in the source"),
        pytest.param("1" * 65537, "longer than 64 KB", id="huge source"),
        pytest.param("import x from 'fs'; return 1", "SyntaxError", id="module import"),
        pytest.param("() => Deno.readFile('x')", "ReferenceError", id="another runtime's I/O"),
    ],
)
def test_what_goes_wrong_is_said(source: str, reason: str) -> None:
    result = run(source)
    assert result.outcome == "failed"
    assert reason in result.reason


def test_a_long_message_is_cut_but_keeps_its_line() -> None:
    result = run("() => {\n throw new Error('x'.repeat(5000)) }")
    assert len(result.reason) <= sandbox.MAX_REASON
    assert result.reason.endswith("(line 2)")


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("JSON.stringify = () => 'forged'; return [1]", [1]),
        ("JSON.parse = null; Reflect.apply = null; return 1", 1),
        ("globalThis.Promise = function () {}; return {a: 1}", {"a": 1}),
        ("String.prototype.toString = () => 'forged'; return 'x'", "x"),
        ("return (() => this)() === undefined ? 1 : typeof this", 1),
    ],
)
def test_changed_builtins_do_not_change_the_harness(source: str, result: object) -> None:
    outcome = run(source)
    assert outcome.outcome == "success"
    assert outcome.result in (result, "object")


def test_there_is_no_way_out() -> None:
    names = "std os require process fetch XMLHttpRequest setTimeout print console scriptArgs load"
    source = f"() => {names.split()!r}.filter((name) => name in globalThis)"
    assert run(source) == FunctionResult("success", [])
    assert run("() => (0, Function)('return typeof require')()").result == "undefined"


def test_one_run_leaves_nothing_for_the_next() -> None:
    assert run("globalThis.kept = 1; return 1").result == 1
    assert run("() => typeof kept").result == "undefined"


@pytest.mark.parametrize("args", [{"a": float("nan")}, {"a": object()}, {"a": "x" * 600_000}])
def test_arguments_that_are_not_small_json_are_refused(args: dict[str, Any]) -> None:
    result = run("() => 1", args)
    assert result.outcome == "failed"
    assert "was not run" in result.reason


@pytest.mark.parametrize(
    "limits", [{"seconds": 0}, {"seconds": 6}, {"memory_bytes": 1}, {"result_bytes": 1 << 20}]
)
def test_limits_have_limits(limits: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        Limits(**limits)


def test_a_crash_of_the_library_is_a_failure_and_nothing_else(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    monkeypatch.setattr(sandbox, "_CHILD", child)
    assert run("1") == FunctionResult("failed", reason="the function's process was stopped")
    assert os.getpid()


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("import time; time.sleep(60)", "timeout"),
        ("import sys\nsys.stdin.read()\nwhile True: sys.stdout.write('x' * 65536)", "failed"),
        ("print('{}')", "failed"),
        ("print('not json')", "failed"),
    ],
)
def test_a_child_gone_wrong_is_bounded(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, program: str, outcome: str
) -> None:
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(sandbox, "_CHILD", child)
    monkeypatch.setattr(sandbox, "START_SECONDS", 0.3)
    assert run("1", {"a": "x" * 300_000}).outcome == outcome


def test_threads_get_their_own_results_and_no_process_is_left() -> None:
    with ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda n: run("(args) => args.n", {"n": n}), range(24)))
    assert [result.result for result in results] == list(range(24))
    children = [" ".join(child.cmdline()) for child in psutil.Process().children()]
    assert [command for command in children if "sandbox" in command] == []
    assert not [
        thread
        for thread in threading.enumerate()
        if isinstance(thread, threading.Timer) and not thread.finished.is_set()
    ]
