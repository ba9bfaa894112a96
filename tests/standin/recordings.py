"""Recordings of calls: started, paused, stopped, reported and kept."""

import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.standin.exchange import Exchange, new_sid
from tests.support.carrier import ACCOUNT

if TYPE_CHECKING:
    from tests.standin.player import Player

LIVE = ("in-progress", "paused")


@dataclass(eq=False)
class Recording:
    """`status`: in-progress, paused, completed, absent; `seconds` without the pauses."""

    exchange: Exchange
    sid: str
    call: str
    source: str
    callback: str
    events: frozenset[str]
    status: str = "in-progress"
    channels: int = 1
    seconds: float = 0.0
    created: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.created = self.exchange.clock.now()
        self._since = self.exchange.clock.elapsed
        self.exchange.recordings[self.sid] = self

    @property
    def live(self) -> bool:
        """Whether it still goes on."""
        return self.status in LIVE

    @property
    def url(self) -> str:
        """The address that webhooks carry."""
        return f"https://api.example.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{self.sid}"

    def pause(self) -> None:
        """Record nothing from here."""
        self._count()
        self.status = "paused"

    def resume(self) -> None:
        """Go on after a pause."""
        self._count()
        self.status = "in-progress"

    def stop(self, seconds: int | None = None) -> None:
        """End it and report; `seconds` where the length is known."""
        if self.live:
            self._count()
            self.seconds = self.seconds if seconds is None else seconds
            self.status = "completed"
            self.announce()

    def _count(self) -> None:
        now = self.exchange.clock.elapsed
        if self.status == "in-progress":
            self.seconds += now - self._since
        self._since = now

    def announce(self) -> None:
        """Post how it stands, if that was asked for."""
        if self.status not in self.events:
            return
        form = {
            "AccountSid": ACCOUNT,
            "CallSid": self.call,
            "RecordingSid": self.sid,
            "RecordingUrl": self.url,
            "RecordingStatus": self.status,
            "RecordingDuration": str(int(self.seconds)),
            "RecordingChannels": str(self.channels),
            "RecordingSource": self.source,
            "RecordingStartTime": self.exchange.clock.stamp(),
        }
        self.exchange.callbacks.send("recording", self.sid, self.callback, form)


def begin(player: "Player", source: str, given: Mapping[str, str]) -> Recording:
    """Start a recording with the attributes of a verb."""
    callback = given.get("recordingStatusCallback", "")
    return Recording(
        player.leg.exchange,
        new_sid("RE"),
        player.leg.sid,
        source,
        player.address(callback) if callback else "",
        frozenset(given.get("recordingStatusCallbackEvent", "completed").split()),
        channels=2 if given.get("channels") == "dual" else 1,
    )


def sound() -> bytes:
    """A tenth of a second of silence as a WAV file."""
    with io.BytesIO() as file:
        with wave.open(file, "wb") as writer:
            writer.setnchannels(1)
            writer.setsampwidth(2)
            writer.setframerate(8000)
            writer.writeframes(bytes(1600))
        return file.getvalue()
