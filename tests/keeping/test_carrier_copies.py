"""The carrier's copy of a recording goes once ours is verified; retried until it is gone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.centre.centre import Centre, centre_on

STORY = "+15550100002"


@pytest.fixture
def keeping(ready_url: str, tmp_path: Path) -> Iterator[Centre]:
    """A centre whose owner keeps the carrier's copies."""
    with centre_on(ready_url, tmp_path, delete_carrier_recordings=False) as made:
        made.house.publish(Path(__file__).parent / "story.yaml", STORY)
        yield made


def left(centre: Centre) -> str:
    """A caller leaves a message that the carrier keeps, and hangs up; the recording's id."""
    caller = centre.call(STORY)
    centre.carrier.until(lambda: caller.verb == "Gather")
    caller.press("2")
    centre.carrier.until(lambda: caller.verb == "Record")
    caller.speak(3)
    centre.carrier.until(lambda: caller.verb == "Gather")
    caller.hang_up()
    (sid,) = centre.carrier._exchange.recordings
    centre.carrier.until(lambda: centre.house.jobs("recording"))
    return sid


def copies(centre: Centre) -> list[str]:
    """What the carrier keeps."""
    return list(centre.carrier._exchange.recordings)


def gone(centre: Centre) -> bool:
    rows = centre.house.rows("SELECT gone FROM lw_carrier_copies")
    return bool(rows) and rows[0][0] is not None


def test_the_carriers_copy_goes_once_ours_is_kept(centre: Centre) -> None:
    sid = left(centre)
    assert copies(centre) == [sid]
    centre.house.job("recording", {"recording": sid})
    centre.carrier.until(lambda: gone(centre))
    assert copies(centre) == []
    assert centre.house.house.recordings.open(sid).is_file()


def test_it_stays_while_ours_is_not_verified(centre: Centre) -> None:
    sid = left(centre)
    centre.carrier.fail_next("GET", r"/Recordings/", status=503)
    with pytest.raises(Exception, match="503"):
        centre.house.job("recording", {"recording": sid})
    assert copies(centre) == [sid]
    assert centre.house.rows("SELECT sid FROM lw_carrier_copies") == []


def test_it_stays_where_the_owner_wants_it(keeping: Centre) -> None:
    sid = left(keeping)
    keeping.house.job("recording", {"recording": sid})
    assert keeping.house.rows("SELECT state FROM lw_recordings") == [("kept",)]
    assert copies(keeping) == [sid]
    assert keeping.house.rows("SELECT sid FROM lw_carrier_copies") == []


def test_a_refused_deletion_is_asked_for_again_later(centre: Centre) -> None:
    sid = left(centre)
    centre.carrier.fail_next("DELETE", r"/Recordings/", status=403, code=20403)
    centre.house.job("recording", {"recording": sid})
    dead = "SELECT state FROM lw_outbox WHERE kind = 'DeleteRecording'"
    centre.carrier.until(lambda: centre.house.rows(dead) == [("dead",)])
    assert copies(centre) == [sid]
    centre.house.schedule("carrier-copies")  # too early: the order may still be under way
    assert copies(centre) == [sid]
    centre.clock.ahead += timedelta(hours=3)
    centre.house.schedule("carrier-copies")
    centre.carrier.until(lambda: gone(centre))
    assert copies(centre) == []


def test_what_is_gone_there_already_is_done(centre: Centre) -> None:
    sid = left(centre)
    centre.carrier.fail_next("DELETE", r"/Recordings/", status=404, code=20404)
    centre.house.job("recording", {"recording": sid})
    centre.carrier.until(lambda: gone(centre))


def test_what_is_erased_while_it_is_fetched_leaves_no_file(centre: Centre) -> None:
    sid = left(centre)
    recordings = centre.house.house.recordings
    save = recordings.save

    def save_late(name: str, data: bytes) -> object:
        kept = save(name, data)
        with centre.house.house.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM lw_recordings")
        return kept

    recordings.save = save_late  # type: ignore[method-assign, assignment]  # the moment between saving and writing that down
    centre.house.job("recording", {"recording": sid})
    folder = centre.house.settings.data_dir / "recordings"
    assert list(folder.iterdir()) == []
    assert centre.house.rows("SELECT recording_id FROM lw_recording_files") == []
