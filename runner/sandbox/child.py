"""The program inside the sandbox process: one script, run by QuickJS, under hard limits.

Not imported by the server; `run.py` starts it with `python -I -S`, so only the standard library
and the one QuickJS file named on its command line exist here. It reads a JSON job from standard
input and writes a JSON outcome to standard output. Whatever goes wrong beyond that ends the
process, which is the point of it.
"""

import json
import resource
import signal
import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

STACK_BYTES = 512 * 1024  # of 8 MB that the process has; deep recursion ends as a JS error
INTERPRETER_BYTES = 256 * 1024 * 1024  # address space of Python itself, beside the script's

# It takes its copies of the built-ins before the script can change them. It is made one line, so
# that a line number in an error can only be the script's.
_HARNESS = """(function () {
  'use strict';
  const {parse, stringify} = JSON, Promised = Promise, apply = Reflect.apply, text = String;
  return function (start, json) {
    const args = parse(json);
    let value = apply(start, undefined, [args]);
    if (typeof value === 'function') value = apply(value, undefined, [args]);
    if (value instanceof Promised) return 'promise';
    if (value === undefined) return 'json:null';
    const out = stringify(value);
    return out === undefined ? 'unfit' : 'json:' + text(out);
  };
})()"""


def main() -> None:
    """Read the job, run it, write the outcome."""
    job = json.loads(sys.stdin.buffer.read())
    quickjs = _quickjs(sys.argv[1])
    _confine(job)
    outcome, text = _run(quickjs, job)
    sys.stdout.write(json.dumps({"outcome": outcome, "text": text}))
    sys.stdout.flush()


def _quickjs(path: str) -> Any:
    loader = ExtensionFileLoader("_quickjs", path)
    spec = spec_from_loader("_quickjs", loader)
    if spec is None:
        raise ImportError(path)
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def _confine(job: dict[str, Any]) -> None:
    """Give up what a script, or a flaw in QuickJS, could misuse; none of it can be undone.

    No new file or socket can be opened, nothing written to a file, no process started (unless
    the server runs as root, whom the last does not bind). The alarm ends the process even in
    native loops that QuickJS does not interrupt (regular expressions, sparse arrays).
    """
    for limit, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_AS, INTERPRETER_BYTES + job["memory"]),
    ):
        hard = resource.getrlimit(limit)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, job["seconds"])


def _run(quickjs: Any, job: dict[str, Any]) -> tuple[str, str]:
    context = quickjs.Context()
    context.set_memory_limit(job["memory"])
    context.set_time_limit(job["seconds"])
    context.set_max_stack_size(STACK_BYTES)
    try:
        harness = context.eval(" ".join(_HARNESS.split()))
        value = harness(_start(quickjs, context, job["source"]), job["args"])
    except quickjs.JSException as error:
        text = str(error)
        return ("timeout" if text.startswith("InternalError: interrupted") else "failed"), text
    except ValueError:
        return "failed", "the source contains a NUL character"
    if value == "promise":
        return "failed", "the function returned a promise; return the value itself"
    if value == "unfit":
        return "failed", "the result is a function or a symbol, which JSON cannot hold"
    text = value.removeprefix("json:")
    if len(text.encode("utf-8", "replace")) > job["result"]:
        return "failed", f"the result is larger than {job['result'] // 1024} KB"
    return "success", text


def _start(quickjs: Any, context: Any, source: str) -> Any:
    """Compile the source, as an expression if it is one, else as a body; nothing runs yet.

    What stands before the source stands on its first line, so that line numbers stay right.
    """
    try:
        return context.eval(f"(function (args) {{ return ({source}\n) }})")
    except quickjs.JSException as error:
        if not str(error).startswith("SyntaxError"):
            raise
    tail = "\n;if (typeof main === 'function') return main(args);"
    return context.eval(f"(function (args) {{ {source}{tail} }})")


if __name__ == "__main__":
    main()
