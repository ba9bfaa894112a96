"""What the names of the language mean; tests compare each table with what the code knows."""

from collections.abc import Mapping

OPERATOR_WORDS: Mapping[str, str] = {
    "equals": "both are the same; what looks like two numbers compares as numbers",
    "matches_any_of": "the value equals one of a list, or of a text with commas",
    "contains": "the text holds the other, or the list has it as an item",
    "starts_with": "the text begins with the other",
    "ends_with": "the text ends with the other",
    "is_blank": "there is nothing: no value, spaces only, an empty list or map; needs no `to`",
    "regex": "the RE2 expression `to` matches somewhere in the text",
    "less_than": "both are numbers and the value is smaller",
    "at_most": "both are numbers and the value is not greater",
    "greater_than": "both are numbers and the value is greater",
    "at_least": "both are numbers and the value is not smaller",
    "before_time": "the time of day is earlier; without `value`, that of now",
    "after_time": "the time of day is later; without `value`, that of now",
    "before_date": "the date is earlier; without `value`, today",
    "after_date": "the date is later; without `value`, today",
}
"""What each operator of a condition tests."""

NAMES: Mapping[str, str] = {
    "vars": "the flow's variables: `vars.NAME`",
    "inputs": "what the run was given: `inputs.NAME`",
    "contact": "the person: `name`, `number`, `email`, `id` and the fields loaded with them",
    "call": "the call: `from`, `to`, `sid`, and what else the carrier told of it",
    "channel": "the way: `type` (`voice`, `sms`, `whatsapp`, `chat`, `email`) and `address`",
    "flow": "`name`, `title`, and `execution`, the id of this run",
    "steps": "what steps have stored: `steps.<step>.<output>`, see [components](components.md)",
    "now": "the moment of the event, in the flow's time zone",
    "today": "its date",
}
"""What templates can read everywhere."""

TYPE_WORDS: Mapping[str, str] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`; `yes`, `no`, `on`, `off`, `1` and `0` become one",
    "date": "a date as `2026-12-24`",
    "object": "a map of names to values, or its JSON text",
    "list": "a list of values, or its JSON text",
}
"""What inputs and variables of each type hold."""

FILTERS = (
    (
        "text",
        (
            *("append", "prepend", "capitalize", "downcase", "upcase", "replace", "replace_first"),
            *("replace_last", "remove", "remove_first", "remove_last", "slice", "split", "strip"),
            *("lstrip", "rstrip", "squish", "strip_newlines", "truncate", "truncatewords", "size"),
        ),
    ),
    (
        "numbers",
        (
            *("abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo"),
            *("plus", "round", "times"),
        ),
    ),
    (
        "lists",
        (
            *("first", "last", "join", "concat", "compact", "find", "find_index", "has", "map"),
            *("reject", "reverse", "sort", "sort_natural", "sum", "uniq", "where"),
        ),
    ),
    ("dates", ("date",)),
    ("what is missing", ("default",)),
    (
        "other systems",
        (
            *("to_json", "url_encode", "url_decode", "base64_encode", "base64_decode"),
            *("base64_url_safe_encode", "base64_url_safe_decode", "escapejs"),
        ),
    ),
    ("markup", ("escape", "escape_once", "newline_to_br", "strip_html")),
)
"""The template filters by what they are for."""
