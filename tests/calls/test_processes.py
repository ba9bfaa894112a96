"""The same stories against the real processes: gunicorn answers, the worker does what time does."""

import pytest

from tests.audio.sounds import tone, wav
from tests.support.far_end import FarEnd
from tests.support.installation import NUMBER, Installation
from tests.support.processes import Programs
from tests.support.servers import beside
from tests.support.waiting import wait_until


@pytest.mark.timeout(180)
def test_gunicorn_and_the_worker_bring_calls_to_their_end(
    house: Installation, crm: FarEnd, rest: FarEnd, start_program: Programs
) -> None:
    servers = beside(house, start_program)
    servers.start()
    carrier = servers.carrier
    voicemail = carrier.call(NUMBER).arrive().press("2").speak(3)
    sid = voicemail.recordings[0]
    sound = wav(tone(1.5))
    rest.answers[rf"GET /2010-04-01/Accounts/\w+/Recordings/{sid}\.wav "] = [404, sound]
    voicemail.report_recording(sid)
    silent = carrier.call(NUMBER).arrive().press("2").hang_up()
    crm.gate.clear()
    slow = carrier.call(NUMBER).arrive()
    slow.follow = False
    slow.press("1")
    assert slow.waits == "Redirect", "the turn's budget is over, the caller is on hold"
    slow.fetch(slow.verbs[0].text, {})
    assert slow.waits == "Redirect"
    crm.gate.set()
    wait_until(lambda: not house.run(slow).awaits, what="the answer of the CRM")
    slow.follow = True
    slow.fetch(slow.verbs[0].text, {})
    assert "Hello Ada." in slow.heard
    assert len(crm.asked()) == 1

    def kept() -> bool:
        return house.house.past.recordings(house.run(voicemail).id)[0].state == "kept"

    wait_until(kept, 40, what="our copy of the recording")
    wait_until(lambda: house.run(silent).outcome == "hung_up", 40, what="the end of a silent call")
    assert len(rest.asked("GET .*Recordings")) == 2
    slow.press("0")
    assert slow.over
    assert servers.web is not None
    assert servers.web.stop() == 0, servers.web.output
    assert b"Traceback" not in servers.logs()
