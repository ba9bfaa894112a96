"""The JSON Schema of flow documents: for editors, forms and anybody who writes flows by program."""

from typing import Annotated, Any, Union

from pydantic import Field, TypeAdapter

from flow.components import PALETTE
from flow.language.document import Document

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = "^[A-Za-z_][A-Za-z0-9_-]*$"


def json_schema() -> dict[str, Any]:
    """Describe the whole document in JSON Schema 2020-12, each step by its `component`."""
    schema = Document.model_json_schema(ref_template=_REF)
    steps, definitions = _steps()
    schema["$schema"] = _DIALECT
    schema["title"] = "Linewalk flow"
    given = schema["properties"]["steps"]
    given["additionalProperties"] = steps
    given["propertyNames"] = {"pattern": _NAME}
    schema["$defs"] = {**schema.get("$defs", {}), **definitions}
    return schema


_REF = "#/$defs/{model}"


def _steps() -> tuple[dict[str, Any], dict[str, Any]]:
    kinds = tuple(PALETTE.values())
    # The palette is a table, so this union can only be made when it is known.
    union = Annotated[Union[kinds], Field(discriminator="component")]  # type: ignore[valid-type]  # noqa: UP007  see above
    schema = TypeAdapter[Any](union).json_schema(ref_template=_REF)
    definitions = schema.pop("$defs", {})
    return schema, definitions
