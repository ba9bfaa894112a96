"""Writes the generated pages of docs/: `make docs`, or `python -m web.cli.docs`."""

import json
from pathlib import Path

from flow.language.schema import json_schema
from web.cli.reference.commands import commands_page
from web.cli.reference.components import components_page
from web.cli.reference.language import language_page
from web.cli.reference.routes import api_page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def pages() -> dict[Path, str]:
    """Make every generated page: where it belongs, and its text."""
    guide, api = DOCS / "language.md", DOCS / "api.md"
    return {
        DOCS / "components.md": components_page(),
        DOCS / "commands.md": commands_page(),
        DOCS / "flow.schema.json": json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
        guide: language_page(guide.read_text("utf-8")),
        api: api_page(api.read_text("utf-8")),
    }


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
