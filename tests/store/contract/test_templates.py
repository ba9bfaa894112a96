"""Answers that agents have ready: written, written anew, listed, removed."""

from dataclasses import replace

from desk.templates import Template
from tests.store.builders import MINUTE, NOON
from tests.store.conftest import AnyStore

SENT = Template("sent", "Sent Ö", "It is sent, {{ contact.name }}.", NOON)
THANKS = Template("thanks", "thanks", "Thank you.", NOON)


def test_templates_are_kept_until_they_are_removed(store: AnyStore) -> None:
    with store.work() as work:
        assert list(work.templates()) == []
        assert work.template("sent") is None
        work.keep_template(THANKS)
        work.keep_template(SENT)
    with store.work() as work:
        assert list(work.templates()) == [SENT, THANKS]
        assert work.template("sent") == SENT
        assert work.remove_template("sent")
        assert not work.remove_template("sent")
        assert work.template("sent") is None


def test_the_last_text_counts(store: AnyStore) -> None:
    later = replace(SENT, text="It came.", updated=NOON + MINUTE)
    with store.work() as work:
        work.keep_template(SENT)
        work.keep_template(later)
    with store.work() as work:
        assert list(work.templates()) == [later]
