"""Whether every comment that switches a tool off carries a code and a reason."""

import io
import re
import tokenize

CODED = (
    re.compile(r"noqa:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*", re.IGNORECASE),
    re.compile(r"type:\s*ignore\[[a-z-]+(\s*,\s*[a-z-]+)*\]"),
    re.compile(r"nosec[:\s]\s*B\d+(\s*,\s*B\d+)*"),
    re.compile(r"pragma:\s*no (cover|branch)"),
)
ANY = re.compile(r"#\s*(noqa|type:\s*ignore|nosec|pragma:\s*no)\b|\bnoqa:", re.IGNORECASE)
WHOLE_FILE = re.compile(r"#\s*(ruff:\s*noqa|flake8:\s*noqa|mypy:)", re.IGNORECASE)
REASON = re.compile(r"[^\W\d]{2,}\W+\w+")  # at least two words


def unexplained(text: str) -> list[str]:
    """The comments that switch something off without saying what exactly and why."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [
        f"{token.start[0]}: {problem}: {token.string}"
        for token in tokens
        if token.type == tokenize.COMMENT and (problem := _problem(token.string))
    ]


def _problem(comment: str) -> str:
    if WHOLE_FILE.search(comment):
        return "a whole file may not be switched off"
    if not ANY.search(comment):
        return ""
    rest = comment
    for pattern in CODED:
        rest = pattern.sub("", rest)
    if ANY.search(rest):
        return "needs a code"
    return "" if REASON.search(rest) else "needs a reason"
