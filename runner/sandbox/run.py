"""Start the sandbox process for one script and read what became of it."""

import json
import re
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from runner.egress.jsontext import JsonError, parse_json, storable

MAX_SOURCE = 64 * 1024  # characters
MAX_ARGS = 512 * 1024  # bytes of JSON; an HTTP answer of 256 KB with escapes fits
MAX_REASON = 300  # characters
MAX_SECONDS = 5.0
MAX_MEMORY = 64 * 1024 * 1024
START_SECONDS = 2.0  # allowed for the process to start, beyond the script's own time
_SLOTS = threading.BoundedSemaphore(8)  # sandbox processes at once in one server process
_CHILD = Path(__file__).with_name("child.py")
_ALARM = -14  # how subprocess tells that SIGALRM ended the process
_WHERE = re.compile(r"\(<input>:(\d+)\)|<input>:(\d+)")


@dataclass(frozen=True)
class Limits:
    """What a script may use.

    At most 5 seconds, 64 MB of memory and 64 KB of JSON in its result. Raises `ValueError`.
    """

    seconds: float = 1.0
    memory_bytes: int = 16 * 1024 * 1024
    result_bytes: int = 64 * 1024

    def __post_init__(self) -> None:
        if not 0 < self.seconds <= MAX_SECONDS:
            raise ValueError(f"seconds must be more than 0 and at most {MAX_SECONDS:g}")
        if not 1024 * 1024 <= self.memory_bytes <= MAX_MEMORY:
            raise ValueError("memory_bytes must be from 1 MB to 64 MB")
        if not 0 < self.result_bytes <= 64 * 1024:
            raise ValueError("result_bytes must be from 1 to 64 KB")


@dataclass(frozen=True)
class FunctionResult:
    """What became of a script: its result (JSON), or why there is none.

    `reason` is for the flow's author: the JavaScript error's message and line. The message is
    the script's own and may hold what a caller said, so it belongs in no log.
    """

    outcome: Literal["success", "failed", "timeout"]
    result: Any = field(default=None, repr=False)
    reason: str = field(default="", repr=False)


class _StoppedError(Exception):
    """The process ended without an outcome."""


def run_javascript(source: str, args: dict[str, Any], limits: Limits) -> FunctionResult:
    """Run JavaScript (ES2020) in a process of its own and give its result.

    The source is one of, tried in this order:

    - an expression: a function, `(args) => args.a + 1` or `function (args) {…}`, which is called
      with the arguments; any other expression's value is the result (`args` is known in it);
    - statements with `return`, or with a `main` that is called with the arguments:
      `const rate = 2; function main(args) { return args.a * rate; }`.

    The result goes through `JSON.stringify`: `undefined` becomes None, NaN too; a function, a
    symbol, a BigInt, a cycle or a promise is a failure. There is no I/O, no timer, no module
    import; `Date` and `Math.random` exist, so the result belongs in the history, to be read
    again and not to be computed again. Thread-safe. Never raises for what a script does.
    """
    try:
        job = _job(source, args, limits)
    except (TypeError, ValueError, RecursionError) as error:
        return FunctionResult("failed", reason=f"the function was not run: {error}")
    if not _SLOTS.acquire(timeout=START_SECONDS):
        return FunctionResult("failed", reason="too many functions are running; try again")
    try:
        return _outcome(_perform(job, limits))
    except TimeoutError:
        return FunctionResult("timeout", reason=f"it took longer than {limits.seconds:g} s")
    except (_StoppedError, OSError, JsonError):
        return FunctionResult("failed", reason="the function's process was stopped")
    finally:
        _SLOTS.release()


def _job(source: str, args: dict[str, Any], limits: Limits) -> bytes:
    if len(source) > MAX_SOURCE:
        raise ValueError(f"its source is longer than {MAX_SOURCE // 1024} KB")
    text = json.dumps(args, allow_nan=False)
    if len(text) > MAX_ARGS:
        raise ValueError(f"its arguments are larger than {MAX_ARGS // 1024} KB")
    job = {
        "source": source.encode("utf-8", "replace").decode(),
        "args": text,
        "seconds": limits.seconds,
        "memory": limits.memory_bytes,
        "result": limits.result_bytes,
    }
    return json.dumps(job).encode()


def _perform(job: bytes, limits: Limits) -> str:
    """Run the process; the timer is for one that hangs before it has set its own alarm."""
    command = [sys.executable, "-I", "-S", "-B", str(_CHILD), _quickjs_path()]
    with subprocess.Popen(  # noqa: S603  our own interpreter and program, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    ) as process:
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(START_SECONDS + limits.seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            output = _converse(process, job, limits.result_bytes * 6 + 4096)
            code = process.wait()
        finally:
            process.kill()
            timer.cancel()
    if code == _ALARM or (code != 0 and late.is_set()):
        raise TimeoutError
    if code != 0:
        raise _StoppedError
    return output.decode("ascii", "replace")


def _converse(process: subprocess.Popen[bytes], job: bytes, most: int) -> bytes:
    """Write the job, then read at most so many bytes; a process that writes more is ended."""
    if process.stdin is None or process.stdout is None:
        raise _StoppedError
    with suppress(BrokenPipeError), process.stdin:
        process.stdin.write(job)
    output = process.stdout.read(most + 1)
    if len(output) > most:
        raise _StoppedError
    return output


def _outcome(output: str) -> FunctionResult:
    answer = parse_json(output)
    if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
        raise _StoppedError
    text = answer["text"]
    if answer.get("outcome") == "timeout":
        return FunctionResult("timeout", reason="it used up its time")
    if answer.get("outcome") != "success":
        return FunctionResult("failed", reason=_reason(text))
    try:
        return FunctionResult("success", parse_json(text))
    except JsonError as error:
        return FunctionResult("failed", reason=f"the result cannot be kept: {error}")


def _reason(text: str) -> str:
    """Make one short line of a QuickJS error: its message, and the script's line if known."""
    message = text.partition("\n")[0].strip()
    if message in ("", "null"):  # what QuickJS throws when it has no memory left for an error
        message = "an error without a message, or not enough memory"
    where = _WHERE.search(text)
    line = f" (line {where[1] or where[2]})" if where else ""
    return storable(message)[: MAX_REASON - len(line)] + line


def _quickjs_path() -> str:
    spec = find_spec("_quickjs")
    if spec is None or spec.origin is None:
        raise _StoppedError
    return spec.origin
