"""What was kept for long enough goes; what is live, waits, is held or shared stays."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flow.ledger import Contact
from runner.keeping import Keeping
from store.expiry import Expiry, HoldsChanged
from tests.audio.sounds import tone, wav
from tests.centre.centre import ANN, Centre
from tests.keeping.commands import done
from tests.support.carrier import Call
from tests.support.installation import NUMBER, Clock, Installation, installation

STORY = Path(__file__).parent / "story.yaml"
DAYS = {
    "keep_recordings_days": 30, "keep_histories_days": 60, "keep_surveys_days": 90,
    "keep_desk_days": 20,
}  # fmt: skip


@pytest.fixture
def kept(ready_url: str, tmp_path: Path, clock: Clock) -> Iterator[Installation]:
    """An installation that keeps nothing for ever."""
    with installation(ready_url, tmp_path, clock, **DAYS) as made:
        made.publish(STORY, NUMBER)
        yield made


def walked(house: Installation, sender: str = "+15550123456") -> Call:
    """A call that left a message, rated, and is over, in every report of it."""
    call = house.call(sender=sender).arrive()
    call.press("2").speak().press("5")
    call.say("because")
    call.hang_up()
    return call


def rated(house: Installation, sender: str = "+15550123456") -> Call:
    """A call that rated without leaving a message, and is over."""
    call = house.call(sender=sender).arrive()
    call.press("3").press("5")
    call.say("because")
    call.hang_up()
    return call


def recorded(house: Installation, sid: str) -> None:
    """Our copy of a recording, as the fetching job leaves it."""
    saved = house.house.recordings.save(sid, wav(tone(0.3)))
    with house.house.store.work() as work:
        row = work.recording(sid)
        assert row is not None
        row.state, row.file, row.updated = "kept", saved.file_id, house.clock()
        work.keep_recording(row)


def sounds(house: Installation) -> int:
    return len(list((house.settings.data_dir / "recordings").iterdir()))


def test_each_kind_goes_in_its_time(kept: Installation, clock: Clock) -> None:
    call = walked(kept)
    recorded(kept, call.recordings[0])
    kept.house.prompts.add("jingle", wav(tone(0.3)), "jingle.wav")
    whole = kept.counts()
    assert (whole["recordings"], whole["survey_answers"], sounds(kept)) == (1, 2, 1)
    clock.ahead = timedelta(days=29)
    kept.schedule("keep")
    assert kept.counts() == whole
    clock.ahead = timedelta(days=31)
    kept.schedule("keep")
    assert kept.counts() == whole | {"recordings": 0}
    assert sounds(kept) == 0
    clock.ahead = timedelta(days=61)
    kept.schedule("keep")
    nothing = dict.fromkeys(whole, 0)
    assert kept.counts() == nothing | {"survey_answers": 2}
    clock.ahead = timedelta(days=91)
    kept.schedule("keep")
    assert kept.counts() == nothing
    assert kept.house.prompts.get("jingle") is not None
    assert kept.rows("SELECT count(*) FROM lw_versions") == [(1,)]


def test_by_default_only_the_desks_rows_go(house: Installation, clock: Clock) -> None:
    recorded(house, walked(house).recordings[0])
    whole = house.counts()
    clock.ahead = timedelta(days=5_000)
    house.schedule("keep")
    assert house.counts() == whole
    assert house.settings.periods.desk == 400


def test_what_is_live_stays(kept: Installation, clock: Clock) -> None:
    live, over = kept.call().arrive(), rated(kept)
    clock.ahead = timedelta(days=1_000)
    kept.schedule("keep")
    assert kept.run(live).status == "waiting"
    assert kept.rows("SELECT count(*) FROM lw_executions WHERE call = :s", s=over.sid) == [(0,)]
    clock.ahead = timedelta()
    live.press("1")
    assert "Once more" in live.heard


def test_a_history_stays_with_its_recording(kept: Installation, clock: Clock) -> None:
    """The message was never fetched: its row is `ready`, and nobody may lose whose it is."""
    call = walked(kept)
    call.report_recording(call.recordings[0])
    clock.ahead = timedelta(days=1_000)
    kept.schedule("keep")
    assert kept.run(call).outcome
    assert kept.counts()["recordings"] == 1


def test_what_is_held_stays_and_goes_after_its_release(kept: Installation, clock: Clock) -> None:
    kept.house.library.load_contacts([Contact("c-1", "Ada", "+15550177001")])
    held, other = walked(kept, "+15550177001"), walked(kept, "+15550177002")
    for call in (held, other):
        recorded(kept, call.recordings[0])
    done(kept, "contacts", "hold", "c-1")
    clock.ahead = timedelta(days=1_000)
    kept.schedule("keep")
    kept.schedule("keep")
    assert kept.rows("SELECT call FROM lw_executions") == [(held.sid,)]
    assert kept.rows("SELECT DISTINCT sid FROM lw_call_log") == [(held.sid,)]
    assert kept.counts()["survey_answers"] == 2
    assert sounds(kept) == 1
    done(kept, "contacts", "release", "+15550177001")
    kept.schedule("keep")
    kept.schedule("keep")
    assert set(kept.counts().values()) == {0}
    assert sounds(kept) == 0


def test_a_hold_that_comes_meanwhile_stops_the_round(kept: Installation, clock: Clock) -> None:
    call = rated(kept)
    clock.ahead = timedelta(days=1_000)
    expiry = Expiry(kept.house.database)
    expiry.begin()
    done(kept, "contacts", "hold", call.sender)
    with pytest.raises(HoldsChanged):
        expiry.histories(clock())
    assert kept.run(call).outcome


def test_the_desks_rows_go_when_they_are_over(ready_url: str, tmp_path: Path) -> None:
    from tests.centre.centre import centre_on  # noqa: PLC0415  only this test has agents

    with centre_on(ready_url, tmp_path, keep_desk_days=20) as centre:
        centre.hire({"id": "ann", "address": ANN})
        caller = centre.call()
        centre.joined(caller, ANN).hang_up()
        caller.press("4")
        centre.carrier.until(lambda: caller.over)
        centre.hire({"id": "ann", "address": ANN, "presence": "away"})
        waits = centre.call()
        centre.carrier.until(lambda: waits.verb == "Enqueue")
        before = _desk(centre)
        assert before == {"offers": 1, "assignments": 1, "waiting": 2, "tickets": 2, "legs": 1}
        _rounds(centre, 19)
        assert _desk(centre) == before
        _rounds(centre, 21)
        assert _desk(centre) == {
            "offers": 0, "assignments": 0, "waiting": 1, "tickets": 1, "legs": 0,
        }  # fmt: skip
        assert waits.verb == "Enqueue"
        waits.hang_up()


def _desk(centre: Centre) -> dict[str, int]:
    names = ("offers", "assignments", "waiting", "tickets", "legs")
    return {name: centre.house.rows(f"SELECT count(*) FROM lw_{name}")[0][0] for name in names}  # noqa: S608  table names of ours


def _rounds(centre: Centre, days: int) -> None:
    """The nightly job alone, so many days later: the desk itself would end the wait."""
    house = centre.house
    keeping = Keeping(
        Expiry(house.house.database),
        house.house.recordings.discard,
        house.house.media.discard,
        house.settings.periods,
        lambda: centre.clock() + timedelta(days=days),
    )
    keeping.round()


def test_callers_are_served_while_much_is_removed(kept: Installation, clock: Clock) -> None:
    for _ in range(60):
        rated(kept)
    live = kept.call().arrive()
    slowest, stop = [0.0], threading.Event()

    def go_round() -> None:
        while not stop.is_set():
            began = time.monotonic()
            live.press("1")
            slowest[0] = max(slowest[0], time.monotonic() - began)

    caller = threading.Thread(target=go_round)
    caller.start()
    try:
        rests: list[float] = []
        expiry = Expiry(kept.house.database, rests.append)
        expiry.begin()
        gone = expiry.histories(clock() + timedelta(days=1))
    finally:
        stop.set()
        caller.join()
    assert gone == 60
    assert len(rests) == 2, "two transactions of fifty at the most, with a rest after each"
    assert slowest[0] < 1.0


def test_what_went_is_in_the_log(kept: Installation, clock: Clock, capfd: Any) -> None:
    walked(kept, "+15550177001")
    clock.ahead = timedelta(days=1_000)
    kept.schedule("keep")
    said = capfd.readouterr().err
    assert '"event": "kept for long enough"' in said
    assert "+15550177001" not in said
