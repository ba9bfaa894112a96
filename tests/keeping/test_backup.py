"""A backup taken under load is one moment of the installation, and lives on elsewhere."""

import json
import threading
import zipfile
from pathlib import Path
from typing import Any, Self

import pytest

from audio.recordings import RecordingStore
from jobs.queue import migrate as migrate_jobs
from store import migrate
from store.database import Database
from tests.audio.sounds import tone, wav
from tests.keeping.commands import done, flask, refused
from tests.support.carrier import Carrier
from tests.support.installation import KEY, Installation, installation
from tests.support.transport import InProcess
from tests.support.waiting import wait_until
from web.house import House

WALKERS, CALLS = 3, 4


class Walkers:
    """Callers who go round and round until told to stop."""

    def __init__(self, house: Installation) -> None:
        self._house, self._stop = house, threading.Event()
        self.rounds = 0
        self._threads = [threading.Thread(target=self._walk) for _ in range(WALKERS)]
        self.failed: list[BaseException] = []

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _walk(self) -> None:
        try:
            calls = [self._house.call().arrive() for _ in range(CALLS)]
            while not self._stop.is_set():
                for call in calls:
                    call.press("1")
                    self.rounds += 1
        except BaseException as error:  # noqa: BLE001  a thread's error is the test's
            self.failed.append(error)


def test_a_backup_under_load_goes_on_elsewhere(
    house: Installation, elsewhere: str, tmp_path: Path
) -> None:
    here = house.call().arrive()
    house.house.recordings.save("RE1", wav(tone(0.5)))
    house.house.prompts.add("jingle", wav(tone(0.5)), "jingle.wav")
    file = tmp_path / "whole.zip"
    with Walkers(house) as walkers:
        wait_until(lambda: walkers.rounds > WALKERS * CALLS * 2, what="everybody walking")
        seen = walkers.rounds
        said = done(house, "backup", file)
        assert "1 file(s) of prompts, 1 file(s) of recordings" in said
        assert walkers.rounds > seen, "the calls went on meanwhile"
    assert not walkers.failed
    here.press("1")  # after the backup: this turn is not in it
    with installation(elsewhere, tmp_path / "there") as there:
        done(there, "restore", file)
        assert there.rows("SELECT count(*) FROM lw_executions") == [(1 + WALKERS * CALLS,)]
        _every_walk_is_whole(there)
        sound = RecordingStore(
            there.settings.data_dir / "recordings", there.house.recordings._shelf
        )
        assert sound.open("RE1").read_bytes() == wav(tone(0.5))
        assert there.house.prompts.get("jingle") is not None
        here.carrier = Carrier(InProcess(there.app), here.carrier.base)
        before = there.run(here)
        here.carrier.resend(here.sent[-1])  # the press that the backup does not know of
        after = there.run(here)
        assert (before.moves, after.moves) == (1, 2)
        here.again()
        here.press("1")
        assert "Once more, +15550123456." in here.heard
        assert there.run(here).moves == 3


def _every_walk_is_whole(there: Installation) -> None:
    """One moment: no turn without the step it took, no step without its turn."""
    rows = there.rows(
        "SELECT e.moves, (SELECT count(*) FROM lw_turns t WHERE t.execution = e.id)"
        " FROM lw_executions e"
    )
    assert rows
    assert all(moves == turns for moves, turns in rows)


def test_the_jobs_come_along(house: Installation, elsewhere: str, tmp_path: Path) -> None:
    house.call().arrive().report_recording("RE7")
    assert house.jobs("recording") == ["recording-RE7"]
    done(house, "backup", tmp_path / "jobs.zip")
    with installation(elsewhere, tmp_path / "there") as there:
        done(there, "restore", tmp_path / "jobs.zip")
        assert there.jobs("recording") == ["recording-RE7"]
        there.call().arrive().report_recording("RE8")  # their numbering goes on
        assert sorted(there.jobs("recording")) == ["recording-RE7", "recording-RE8"]
        there.call().arrive().hang_up()
        assert there.rows("SELECT count(*) FROM lw_call_log")[0][0] > 0


def test_a_cut_or_foreign_archive_touches_nothing(
    house: Installation, elsewhere: str, tmp_path: Path
) -> None:
    house.call().arrive()
    file = tmp_path / "whole.zip"
    done(house, "backup", file)
    whole = file.read_bytes()
    with installation(elsewhere, tmp_path / "there") as there:
        before = there.counts()
        for share in (0.3, 0.9, 0.999):
            file.write_bytes(whole[: int(len(whole) * share)])
            assert "nothing was touched" in refused(there, "restore", file)
        file.write_bytes(b"no archive at all")
        assert "is no backup" in refused(there, "restore", file)
        with zipfile.ZipFile(file, "w") as foreign:
            foreign.writestr("holiday.txt", "sun")
        assert "is no backup of Linewalk" in refused(there, "restore", file)
        assert there.counts() == before
        assert not list(there.settings.data_dir.glob(".drafts-*"))


@pytest.mark.parametrize("fault", ["changed", "added", "missing", "escaping", "newer", "future"])
def test_an_archive_that_lies_is_refused(
    house: Installation, elsewhere: str, tmp_path: Path, fault: str
) -> None:
    done(house, "backup", tmp_path / "good.zip")
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(tmp_path / "good.zip") as good, zipfile.ZipFile(bad, "w") as file:
        told = json.loads(good.read("manifest.json"))
        entries = {name: good.read(name) for name in good.namelist() if name != "manifest.json"}
        _spoil(fault, told, entries)
        for name, data in entries.items():
            file.writestr(name, data)
        file.writestr("manifest.json", json.dumps(told))
    with installation(elsewhere, tmp_path / "there") as there:
        before = there.counts()
        assert refused(there, "restore", bad)
        assert there.counts() == before
    assert not (tmp_path / "evil").exists()


def _spoil(fault: str, told: dict[str, Any], entries: dict[str, bytes]) -> None:
    first = next(iter(entries))
    if fault == "changed":
        entries[first] = entries[first][:-1] + b"?"
    elif fault == "added":
        entries["prompts/more.wav"] = b"more"
    elif fault == "missing":
        del entries[first]
    elif fault == "escaping":
        entries["../evil"] = entries[first]
        told["entries"]["../evil"] = told["entries"][first]
    elif fault == "newer":
        told["version"] = 2
    else:
        told["revision"] = "9999"


def test_what_is_there_is_replaced_only_when_asked(
    house: Installation, elsewhere: str, tmp_path: Path
) -> None:
    house.call().arrive()
    house.house.recordings.save("RE1", wav(tone(0.5)))
    done(house, "backup", tmp_path / "old.zip")
    with installation(elsewhere, tmp_path / "there") as there:
        there.publish(Path(__file__).parent / "story.yaml", "+15550100001")
        stranger = there.call().arrive()
        there.house.recordings.save("RE9", wav(tone(0.5)))
        assert "is not empty" in refused(there, "restore", tmp_path / "old.zip")
        assert there.run(stranger).moves == 1
        flask(there, "restore", tmp_path / "old.zip", "--replace", stdin="n\n")
        assert there.run(stranger).moves == 1
        done(there, "restore", tmp_path / "old.zip", "--replace", stdin="y\n")
        assert there.rows("SELECT count(*) FROM lw_executions WHERE call = :s", s=stranger.sid) == [
            (0,)
        ]
        assert len(list((there.settings.data_dir / "recordings").iterdir())) == 1
        assert there.house.recordings.open("RE1").is_file()


def test_without_its_key_a_backup_is_refused(
    house: Installation, elsewhere: str, tmp_path: Path
) -> None:
    done(house, "backup", tmp_path / "sealed.zip")
    assert "SECRET_KEY comes from" in refused(house, "backup", tmp_path / "x.zip", "--with-key")
    with installation(elsewhere, tmp_path / "there", secret_key="6b" * 32) as there:
        assert "sealed with another key" in refused(there, "restore", tmp_path / "sealed.zip")
    with installation(elsewhere, tmp_path / "bare", secret_key="") as there:
        assert "sealed with another key" in refused(there, "restore", tmp_path / "sealed.zip")
        (there.settings.data_dir / "secret.key").write_text(KEY)
        done(there, "restore", tmp_path / "sealed.zip")


def test_the_key_goes_along_only_on_request(ready_url: str, elsewhere: str, tmp_path: Path) -> None:
    with installation(ready_url, tmp_path / "one", secret_key="") as one:
        one.house.secrets.set("CRM", "s3cret")
        assert "does not hold the key" in done(one, "backup", tmp_path / "plain.zip")
        assert "holds secret.key" in done(one, "backup", tmp_path / "keyed.zip", "--with-key")
    names = [zipfile.ZipFile(tmp_path / f"{name}.zip").namelist() for name in ("plain", "keyed")]
    assert ["secret.key" in each for each in names] == [False, True]
    with installation(elsewhere, tmp_path / "two", secret_key="") as two:
        done(two, "restore", tmp_path / "keyed.zip")
        again = House(lambda: two.settings)
        assert again.secrets.get("CRM") == "s3cret"
        again.database.close()


def test_an_older_backup_is_brought_up_to_date(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A backup of a version whose schema had no tables for keeping."""
    old = "0003"
    database = Database(database_url, connections=1)
    with database.write() as connection:
        migrate.upgrade_on(connection, old)
    database.close()
    migrate_jobs(database_url)
    with installation(database_url, tmp_path / "old") as before:
        with before.house.database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO lw_contacts (id, name, number, email, fields)"
                " VALUES ('c1', 'Ada', '+15550199001', '', '{}')"
            )
        done(before, "backup", tmp_path / "old.zip")
    told = json.loads(zipfile.ZipFile(tmp_path / "old.zip").read("manifest.json"))
    assert told["revision"] == old
    url = request.getfixturevalue("elsewhere_empty")
    with installation(url, tmp_path / "new") as after:
        done(after, "restore", tmp_path / "old.zip")
        assert migrate.is_current(after.house.database)
        assert after.rows("SELECT name FROM lw_contacts") == [("Ada",)]
