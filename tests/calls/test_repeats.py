"""The same request again, by retry or by the fallback, and requests nobody signed."""

from urllib.parse import urlencode

from app import create_app
from tests.support.carrier import Call, Carrier, Form, Sent
from tests.support.far_end import FarEnd
from tests.support.installation import BASE, Installation
from tests.support.transport import InProcess


def walked(house: Installation, keys: str) -> Call:
    """A call that has pressed some keys."""
    call = house.call().arrive()
    for key in keys:
        call.press(key)
    return call


def test_a_repeat_gets_the_same_bytes_and_leaves_one_history(house: Installation) -> None:
    for keys in ("", "1", "3", "35", "2", "4", "7", "9"):
        repeated(house, keys)


def repeated(house: Installation, keys: str) -> None:
    """Repeat the request that some keys led to, in every way a carrier repeats."""
    call = walked(house, keys)
    first, before = call.replies[-1], house.counts()
    repeats = [call.again() for _ in range(2)]
    repeats.append(call.carrier.resend(call.fallback(call.sent[-1])))
    repeats.append(call.carrier.resend(call.sent[-1]))
    assert {reply.body for reply in repeats} == {first.body}
    assert {reply.status for reply in repeats} == {200}
    assert house.counts() == before


def test_a_first_request_known_only_by_its_fallback_begins_the_call_once(
    house: Installation,
) -> None:
    call = house.call()
    lost = Sent(f"{BASE}/ivr/voice", call.common(), "t")
    reply = call.send(call.fallback(lost))
    assert call.heard == "Main menu."
    assert call.carrier.resend(lost).body == reply.body
    assert house.counts()["executions"] == 1
    assert house.counts()["turns"] == 1


def test_the_fallback_of_a_turn_that_never_came_moves_the_walk_once(house: Installation) -> None:
    call = house.call().arrive()
    url, pressed = call.pressed("3")
    lost = Sent(url, {**call.common(), **pressed}, "t")
    reply = call.send(call.fallback(lost))
    assert "How was it?" in call.heard
    assert call.carrier.resend(lost).body == reply.body
    assert house.steps(call) == [("menu", "rate")]


def test_a_stale_token_gets_the_present_position(house: Installation, crm: FarEnd) -> None:
    call = walked(house, "35")
    stale = call.sent[1]
    present, before = call.replies[-1], house.counts()
    for digits in ("1", "2", "9", "0"):
        reply = call.carrier.post(stale.url, {**stale.form, "Digits": digits})
        expected = call.replies[1] if digits == "3" else present
        assert reply.body == expected.body
    assert house.counts() == before
    assert not crm.asked()


def test_an_address_of_nobody_ends_the_call_politely(house: Installation) -> None:
    call = house.call()
    call.fetch(f"{BASE}/ivr/turn/{'0' * 32}/AAAAAAAAAAAAAAAAAAAAAA?q=gather", {"Digits": "1"})
    assert call.over
    assert not any(house.counts().values())


def test_an_unknown_number_hears_an_apology_and_nothing_is_kept(house: Installation) -> None:
    for number in ("+15550109999", "sip:nobody@example.com", "", "anonymous"):
        call = house.call(to=number).arrive()
        assert "sorry" in call.heard.lower()
        assert call.over
        assert not any(house.counts().values())


def test_a_flow_that_is_no_longer_published_apologises(house: Installation) -> None:
    (version,) = house.house.library.versions("story")
    house.house.library.archive("story", version.number)
    call = house.call().arrive()
    assert "sorry" in call.heard.lower()
    assert call.over
    assert not any(house.counts().values())


def test_a_caller_without_a_number_is_served(house: Installation) -> None:
    for sender in ("anonymous", "+266696687", "", "Restricted"):
        call = house.call(sender=sender).arrive()
        assert call.heard == "Main menu.", sender


def altered(url: str, form: Form) -> tuple[str, Form]:
    return url, {**form, "Digits": "9"}


def added(url: str, form: Form) -> tuple[str, Form]:
    return url, {**form, "Extra": ""}


def elsewhere(url: str, form: Form) -> tuple[str, Form]:
    return f"{url}&n=1", form


def raw(house: Installation, url: str, form: Form, headers: Form) -> tuple[int, bytes]:
    reply = house.carrier.transport.post(url, urlencode(form).encode(), headers)
    return reply.status, reply.body


def test_an_altered_request_is_refused_and_leaves_nothing(house: Installation) -> None:
    call = house.call().arrive()
    url, pressed = call.pressed("3")
    bare, form = url.partition("#")[0], {**call.common(), **pressed}
    headers, before = house.carrier.headers(bare, form), house.counts()
    for change in (altered, added, elsewhere):
        assert raw(house, *change(bare, form), headers) == (403, b"")
    assert house.counts() == before
    assert raw(house, bare, form, headers)[0] == 200


def test_an_unsigned_request_is_refused_everywhere(house: Installation) -> None:
    for path in ("voice", "status", "recording", "fallback"):
        unsigned(house, path)
    assert not any(house.counts().values())


def unsigned(house: Installation, path: str) -> None:
    """Send what nobody, or somebody else, has signed."""
    url = f"{BASE}/ivr/{path}"
    form = house.call().common() | {"CallStatus": "completed", "ErrorUrl": f"{BASE}/ivr/voice"}
    form["RecordingSid"] = "RE1"
    right = house.carrier.headers(url, form)
    stranger = Carrier(house.carrier.transport, BASE, "another token").headers(url, form)
    bare = {name: value for name, value in right.items() if name != "X-Twilio-Signature"}
    empty = right | {"X-Twilio-Signature": ""}
    wrong = right | {"X-Twilio-Signature": "A" * 27 + "="}
    for headers in (bare, empty, wrong, stranger):
        assert raw(house, url, form, headers) == (403, b"")


def test_what_another_process_did_meanwhile_counts(house: Installation) -> None:
    # Each process remembers the call where it left it; every turn begins from what is stored.
    second = create_app(house.settings)
    other, call = Carrier(InProcess(second), BASE), house.call().arrive()
    for number, key in enumerate("3535"):
        url, pressed = call.pressed(key)
        turn = Sent(url, {**call.common(), **pressed})
        first = other.resend(turn) if number % 2 else call.carrier.resend(turn)
        assert call.send(turn).body == first.body
    second.extensions["linewalk"].database.close()
    assert house.steps(call) == [
        *(("menu", "rate"), ("survey", "answered"), ("thanks", "done")),
        *(("menu", "rate"), ("survey", "answered"), ("thanks", "done")),
    ]
