"""How a leg obeys its document."""

import pytest

from tests.standin import Standin
from tests.standin.product import BASE, NUMBER, Product

HELD = "<Gather action='/held' timeout='60'/>"


def test_an_inbound_call_posts_the_signed_webhook_and_rings_until_a_verb_answers(
    carrier: Standin, product: Product
) -> None:
    product.says("/ivr/voice", "<Say>Welcome.</Say><Hangup/>")
    leg = carrier.call(NUMBER, "+15550123456", CallerName="ADA")
    carrier.settle()
    (form,) = product.forms("/ivr/voice")
    assert (form["CallStatus"], form["Direction"]) == ("ringing", "inbound")
    assert form["CallerName"] == "ADA"
    assert (form["From"], form["To"], form["CallSid"]) == ("+15550123456", NUMBER, leg.sid)
    assert leg.status == "completed"
    assert leg.said() == "Welcome."


def test_keys_are_posted_and_the_answer_is_the_next_document(
    carrier: Standin, product: Product
) -> None:
    product.says(
        "/ivr/voice",
        "<Gather action='/a' numDigits='2'><Say>Two.</Say><Play>https://x.example/b</Play>"
        "<Pause length='2'/></Gather>",
    )
    product.says("/a", HELD)
    leg = carrier.call(NUMBER)
    leg.press("123")
    carrier.until(lambda: leg.document == f"{BASE}/a" and leg.verb == "Gather")
    (form,) = product.forms("/a")
    assert (form["Digits"], form["FinishedOnKey"]) == ("12", "")
    assert leg.heard == [("say", "Two."), ("play", "https://x.example/b"), ("pause", 2.0)]


@pytest.mark.parametrize(
    ("attributes", "keys", "digits", "finished"),
    [
        ("", "12#", "12", "#"),
        ("finishOnKey='*'", "1#*", "1#", "*"),
        ("finishOnKey=''", "1#", "1#", ""),
        ("", "7", "7", ""),
    ],
)
def test_input_ends_by_finish_key_or_time(
    carrier: Standin, product: Product, attributes: str, keys: str, digits: str, finished: str
) -> None:
    product.says("/ivr/voice", f"<Gather action='/a' {attributes}/>")
    product.says("/a", "<Hangup/>")
    carrier.call(NUMBER).press(keys)
    (form,) = carrier.until(lambda: product.forms("/a"))
    assert (form["Digits"], form["FinishedOnKey"]) == (digits, finished)


def test_words_are_posted_where_speech_is_wanted(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", "<Gather input='speech'/>", "<Hangup/>")
    carrier.call(NUMBER).say("sales please", "0.5")
    form = carrier.until(lambda: product.forms("/ivr/voice")[1:])[0]
    assert (form["SpeechResult"], form["Confidence"]) == ("sales please", "0.5")


def test_silence_falls_through_or_is_posted_where_that_was_asked_for(
    carrier: Standin, product: Product
) -> None:
    empty = "<Gather action='/empty' actionOnEmptyResult='true'/>"
    product.says("/ivr/voice", f"<Gather action='/never'/><Say>Again.</Say>{empty}")
    product.says("/empty", "<Hangup/>")
    leg = carrier.call(NUMBER)
    leg.silence()
    leg.silence()
    (form,) = carrier.until(lambda: product.forms("/empty"))
    assert form["Digits"] == ""
    assert product.forms("/never") == []
    assert leg.said() == "Again."


def test_a_message_is_recorded_reported_and_posted(carrier: Standin, product: Product) -> None:
    product.says(
        "/ivr/voice",
        "<Record action='/kept' recordingStatusCallback='/rec'/><Say>Nothing said.</Say>",
    )
    product.says("/kept", HELD)
    carrier.number(NUMBER, f"{BASE}/ivr/voice")
    leg = carrier.call(NUMBER)
    leg.speak(9)
    (form,) = carrier.until(lambda: product.forms("/kept"))
    assert (form["RecordingDuration"], form["Digits"]) == ("9", "#")
    assert form["RecordingSid"] in form["RecordingUrl"]
    other = carrier.call(NUMBER)
    other.silence()
    carrier.settle()
    assert other.said() == "Nothing said."


def test_a_caller_who_hangs_up_in_a_recording_is_told_to_the_action(
    carrier: Standin, product: Product
) -> None:
    product.says("/ivr/voice", "<Record action='/kept'/>")
    product.says("/kept", "<Say>Nobody hears this.</Say>")
    leg = carrier.call(NUMBER)
    carrier.until(lambda: leg.verb == "Record")
    leg.hang_up()
    carrier.settle()
    (form,) = product.forms("/kept")
    assert (form["Digits"], form["CallStatus"]) == ("hangup", "completed")
    assert leg.said() == ""


def test_redirects_are_followed_and_an_endless_one_is_cut(
    carrier: Standin, product: Product
) -> None:
    product.says("/ivr/voice", "<Redirect>/b</Redirect>")
    product.says("/b", "<Say>Here.</Say><Hangup/>")
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert leg.said() == "Here."
    product.says("/b", "<Redirect>/b</Redirect>")
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert leg.heard == [("error", 14100)]


@pytest.mark.parametrize(
    ("verb", "status", "code"),
    [("<Reject/>", "no-answer", 603), ("<Reject reason='busy'/>", "busy", 486)],
)
def test_a_rejected_call_was_never_answered(
    carrier: Standin, product: Product, verb: str, status: str, code: int
) -> None:
    product.says("/ivr/voice", verb)
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert (leg.status, leg.sip, leg.answered) == (status, code, None)


def test_the_end_of_the_document_ends_the_call_and_the_number_is_told(
    carrier: Standin, product: Product
) -> None:
    product.says("/ivr/voice", "<Say>Bye.</Say>")
    leg = carrier.call(NUMBER)
    carrier.settle()
    (form,) = product.forms("/ivr/status")
    assert (form["CallSid"], form["CallStatus"]) == (leg.sid, "completed")


def test_a_caller_may_hang_up_before_it_was_answered(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", "<Pause length='60'/>")
    carrier.hurry(None)
    leg = carrier.call(NUMBER)
    carrier.until(lambda: leg.verb == "Pause")
    assert leg.status == "ringing"
    leg.hang_up()
    carrier.settle()
    assert product.forms("/ivr/status")[0]["CallStatus"] == "no-answer"


def test_a_recording_starts_beside_the_document(carrier: Standin, product: Product) -> None:
    product.says(
        "/ivr/voice",
        "<Start><Recording recordingStatusCallback='https://calls.example.com/rec' channels='dual'"
        " recordingStatusCallbackEvent='in-progress completed'/></Start><Pause length='3'/>",
    )
    carrier.hurry(None)
    carrier.call(NUMBER)
    carrier.pass_time(3)
    forms = product.forms("/rec")
    assert [form["RecordingStatus"] for form in forms] == ["in-progress", "completed"]
    assert forms[1]["RecordingDuration"] == "3"
    assert forms[1]["RecordingChannels"] == "2"


def test_leave_outside_of_a_queue_does_nothing(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", "<Leave/><Say>Still here.</Say>")
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert leg.said() == "Still here."
