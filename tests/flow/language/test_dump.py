"""Exported documents: the same order always, friendly to git."""

from pathlib import Path

from flow.language.dump import dump
from flow.language.load import load
from flow.language.reader import read

GOOD = Path(__file__).parent / "good" / "everything.yaml"


def test_fields_come_in_the_order_of_the_reference() -> None:
    text = dump(
        {
            "steps": {
                "b": {"exits": {"on": "a"}, "message": "no", "component": "play"},
                "a": {"component": "hang_up", "title": "Bye"},
            },
            "start": "b",
            "flow": "x",
            "linewalk": 1,
        }
    )
    assert text == (
        "linewalk: 1\nflow: x\nstart: b\nsteps:\n  b:\n    component: play\n    message: 'no'\n"
        "    exits:\n      'on': a\n  a:\n    component: hang_up\n    title: Bye\n"
    )


def test_a_dumped_flow_is_the_same_flow() -> None:
    text = GOOD.read_text()
    again = dump(read(text).value)
    assert load(again) == load(text)
    assert dump(read(again).value) == again


def test_long_texts_stay_readable() -> None:
    assert "source: |" in dump({"source": "first line\nsecond line\n"})


def test_malformed_documents_are_written_too() -> None:
    assert dump({"steps": {"a": 1, "b": {"component": "unheard_of", "z": 1, "a": 2}}}) == (
        "steps:\n  a: 1\n  b:\n    component: unheard_of\n    a: 2\n    z: 1\n"
    )
