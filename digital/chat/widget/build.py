"""Makes `static/widget.js` of the pieces in this folder: `make widget`.

The pieces share one scope, in the order below. A test sees that the file is of these pieces.
"""

import json
from pathlib import Path

import rcssmin
import rjsmin
import yaml

PIECES = (
    *("begin", "words", "icons", "tools", "server", "state"),
    *("coming", "going", "view", "form", "writing", "opening"),
)

_HERE = Path(__file__).parent

BUILT = _HERE.parent / "static" / "widget.js"


def build() -> str:
    """Give the text of the file."""
    source = "".join((_HERE / f"{piece}.js").read_text("utf-8") for piece in PIECES)
    looks = rcssmin.cssmin((_HERE / "looks.css").read_text("utf-8"))
    keys, table = words()
    for mark, text in (("@@CSS@@", looks), ("@@KEYS@@", " ".join(keys)), ("@@WORDS@@", table)):
        source = source.replace(mark, text)
    plain: str = rjsmin.jsmin(source, keep_bang_comments=True)
    return f"{plain}\n"


def words() -> tuple[list[str], str]:
    """Give the names of the widget's words, and the words of each language in this order.

    Raises:
        KeyError: a language lacks one.
    """
    known = yaml.safe_load((_HERE / "words.yaml").read_text("utf-8"))
    keys = list(known["en"])
    table = {name: [own[key] for key in keys] for name, own in known.items()}
    return keys, json.dumps(table, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    BUILT.write_text(build(), "utf-8")
