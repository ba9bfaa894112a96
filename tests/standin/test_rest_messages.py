"""Messages over REST and by webhook, with the official library."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.standin import Standin
from tests.standin.product import BASE, NUMBER, Product
from tests.support.carrier import ACCOUNT, CALLER, TOKEN

CALLBACK = f"{BASE}/status"
OURS, THEIRS = f"whatsapp:{NUMBER}", f"whatsapp:{CALLER}"


def sent(client: Client, **fields: Any) -> Any:
    given = {"to": CALLER, "from_": NUMBER, "body": "Hello", "status_callback": CALLBACK}
    return client.messages.create(**{**given, **fields})


def refused(client: Client, **fields: Any) -> int:
    with pytest.raises(TwilioRestException) as caught:
        sent(client, **fields)
    return int(caught.value.code)


def told(product: Product) -> list[tuple[str, str]]:
    return [
        (form["MessageStatus"], form.get("ErrorCode", ""))
        for path, form in product.asked
        if path == "/status"
    ]


def test_a_message_is_taken_sent_and_delivered_and_told(
    carrier: Standin, client: Client, product: Product
) -> None:
    made = sent(client)
    assert (made.status, made.direction, made.num_segments) == ("queued", "outbound-api", "1")
    assert made.date_sent is None
    carrier.settle()
    assert told(product) == [("sent", ""), ("delivered", "")]
    now = client.messages(made.sid).fetch()
    assert (now.status, now.body, now.from_, now.to) == ("delivered", "Hello", NUMBER, CALLER)
    assert now.date_sent is not None
    assert product.asked[-1][1]["MessageSid"] == made.sid


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("undelivered", 30003), [("sent", ""), ("undelivered", "30003")]),
        (("failed", 30034), [("failed", "30034")]),
        (("sent", 0), [("sent", "")]),
        (("queued", 0), []),
    ],
)
def test_a_message_ends_as_the_switch_says(
    carrier: Standin, client: Client, product: Product, texts: Any, expected: Any
) -> None:
    carrier.faults.texts = texts
    sent(client)
    carrier.settle()
    assert told(product) == expected


def test_reports_come_in_any_order_and_repeatedly(
    carrier: Standin, client: Client, product: Product
) -> None:
    carrier.faults.repeats = 1
    seen = set()
    for seed in range(6):
        with carrier.shuffled(seed):
            sent(client)
            carrier.settle()
        carrier.settle()
        seen.add(tuple(told(product)[-4:]))
    assert {tuple(sorted(each)) for each in seen} == {
        (("delivered", ""), ("delivered", ""), ("sent", ""), ("sent", ""))
    }
    assert len(seen) > 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": ""}, 21604),
        ({"from_": ""}, 21603),
        ({"to": "nobody"}, 21211),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"body": "\U0001f600" * 801}, 21617),
        ({"media_url": ["https://a.example/1.jpg"] * 11}, 21623),
        ({"to": THEIRS}, 63007),
        ({"validity_period": 36_001}, 21620),
    ],
)
def test_what_cannot_be_sent_is_refused(client: Client, fields: Any, code: int) -> None:
    assert refused(client, **fields) == code
    assert client.messages.list() == []


def test_after_stop_nothing_goes_until_start(carrier: Standin, client: Client) -> None:
    carrier.text(NUMBER, " Stop ")
    carrier.settle()
    assert refused(client) == 21610
    sent(client, to="+15550123457")
    carrier.text(NUMBER, "START")
    carrier.settle()
    assert sent(client).sid


def test_opt_outs_are_named_where_the_account_has_the_advanced_ones(
    carrier: Standin, product: Product
) -> None:
    product.says("/digital/sms", "")
    carrier.text(NUMBER, "STOP")
    carrier.settle()
    carrier.faults.advanced_opt_out = True
    for word in ("STOP", "start", "Help", "hello"):
        carrier.text(NUMBER, word)
        carrier.settle()
    named = [form.get("OptOutType") for _, form in product.asked]
    assert named == [None, "STOP", "START", "HELP", None]


def test_a_contacts_message_comes_signed_with_its_files(carrier: Standin, product: Product) -> None:
    product.says("/digital/sms", "")
    text = carrier.text(NUMBER, "Look", files=[("image/png", b"png")])
    carrier.settle()
    (path, form), *_ = product.asked
    assert path == "/digital/sms"
    assert (form["Body"], form["From"], form["To"]) == ("Look", CALLER, NUMBER)
    assert (form["NumMedia"], form["MediaContentType0"]) == ("1", "image/png")
    piece = text.pieces[0].sid
    assert form["MediaUrl0"] == (
        f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/{text.sid}/Media/{piece}"
    )
    assert carrier.problems == []


def test_a_message_that_could_not_be_brought_is_not_brought_again(
    carrier: Standin, product: Product, client: Client
) -> None:
    product.says("/digital/sms", (503, ""))
    text = carrier.text(NUMBER, "Hello?")
    carrier.settle()
    assert [path for path, _ in product.asked] == ["/digital/sms"]
    assert carrier.problems[0].code == 11200
    since = datetime.now(UTC) - timedelta(minutes=1)
    (listed,) = client.messages.list(to=NUMBER, date_sent_after=since)
    assert (listed.sid, listed.direction, listed.body) == (text.sid, "inbound", "Hello?")


def test_an_answer_in_twiml_is_noted(carrier: Standin, product: Product) -> None:
    product.says("/digital/sms", "<Say>Hello</Say>")
    carrier.text(NUMBER, "Hello?")
    carrier.settle()
    assert carrier.problems[0].code == 12200


def test_a_list_is_by_address_and_by_when_it_was_sent(carrier: Standin, client: Client) -> None:
    first = sent(client)
    carrier.settle()
    carrier.faults.texts = ("queued", 0)
    waiting = sent(client, body="Later")
    sent(client, to="+15550123457")
    carrier.settle()
    both = client.messages.list(to=CALLER, from_=NUMBER)
    assert [one.sid for one in both] == [waiting.sid, first.sid]
    ago = datetime.now(UTC) - timedelta(minutes=1)
    gone = client.messages.list(to=CALLER, from_=NUMBER, date_sent_after=ago)
    assert [one.sid for one in gone] == [first.sid]
    assert client.messages.list(to=CALLER, date_sent_before=ago) == []


def test_files_are_listed_fetched_from_a_store_and_deleted(
    carrier: Standin, product: Product, client: Client
) -> None:
    product.says("/digital/sms", "")
    text = carrier.text(NUMBER, "", files=[("image/png", b"one"), ("audio/ogg", b"two")])
    kept = client.messages(text.sid).media
    assert [(one.content_type, one.parent_sid) for one in kept.list()] == [
        ("image/png", text.sid), ("audio/ogg", text.sid),
    ]  # fmt: skip
    sid = text.pieces[1].sid
    url = f"{carrier.api_url}/2010-04-01/Accounts/{ACCOUNT}/Messages/{text.sid}/Media/{sid}"
    assert requests.get(url, timeout=5).status_code == 401
    bare = requests.get(url, timeout=5, auth=(ACCOUNT, TOKEN), allow_redirects=False)
    assert bare.status_code == 307
    got = requests.get(url, timeout=5, auth=(ACCOUNT, TOKEN))
    assert (got.content, got.headers["Content-Type"]) == (b"two", "audio/ogg")
    assert kept(sid).delete()
    assert [one.sid for one in kept.list()] == [text.pieces[0].sid]
    assert requests.get(url, timeout=5, auth=(ACCOUNT, TOKEN)).status_code == 404


def test_whatsapp_takes_free_text_only_for_a_day(
    carrier: Standin, client: Client, product: Product
) -> None:
    product.says("/digital/sms", "")
    sent(client, to=THEIRS, from_=OURS)
    carrier.settle()
    assert told(product) == [("failed", "63016")]
    carrier.text(OURS, "Hi", THEIRS)
    carrier.settle()
    assert product.asked[-1][1]["ProfileName"] == "Ann"
    sent(client, to=THEIRS, from_=OURS)
    carrier.settle()
    assert told(product)[1:] == [("sent", ""), ("delivered", "")]
    carrier.pass_time(24 * 3600)
    sent(client, to=THEIRS, from_=OURS, body=None, content_sid="HX" + "1" * 32)
    carrier.settle()
    assert told(product)[3:] == [("sent", ""), ("delivered", "")]


def test_a_service_names_no_segments(client: Client) -> None:
    made = sent(client, messaging_service_sid="MG" + "1" * 32)
    assert (made.status, made.num_segments) == ("accepted", "0")


def test_faults_reach_messages_too(carrier: Standin, client: Client) -> None:
    carrier.fail_next("POST", r"/Messages\.json$", status=429, code=20429, wait=7)
    assert refused(client) == 20429
    carrier.fail_next("POST", r"/Messages\.json$")
    assert refused(client) == 20500
    assert carrier.texts == []
    carrier.act_then_time_out("POST", r"/Messages\.json$")
    with pytest.raises(requests.RequestException):
        sent(client)
    carrier.settle()
    assert [text.status for text in carrier.texts] == ["delivered"]
