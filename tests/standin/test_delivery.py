"""How requests reach the product: retries, fallbacks, and what the carrier logs (contract, 1.2)."""

import threading
from xml.sax.saxutils import escape

import pytest
from werkzeug.serving import make_server

from tests.standin import Standin, stand_in
from tests.standin.courier import Delivery
from tests.standin.product import BASE, NUMBER, Product
from tests.support.transport import Sockets

VOICE = f"{BASE}/ivr/voice"


def documents(carrier: Standin) -> list[Delivery]:
    return carrier.told("document")


def test_a_connection_that_fails_is_tried_once_more_with_the_same_token(
    carrier: Standin, product: Product
) -> None:
    product.says("/ivr/voice", "<Say>Here.</Say>")
    carrier.unreachable("/ivr/voice")
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert leg.said() == "Here."
    first, second = documents(carrier)
    assert (first.token, first.reply) == (second.token, None)
    assert "refused" in first.error.lower()


def test_after_two_failures_the_fallback_is_asked(carrier: Standin, product: Product) -> None:
    product.says("/ivr/fallback", "<Say>Sorry.</Say>")
    carrier.unreachable("/ivr/voice", times=2)
    leg = carrier.call(NUMBER)
    carrier.settle()
    (form,) = product.forms("/ivr/fallback")
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("11205", VOICE)
    assert form["CallSid"] == leg.sid
    assert leg.said() == "Sorry."
    assert [problem.code for problem in carrier.problems] == [11205]


def test_an_answer_that_is_lost_is_not_tried_again(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", "<Say>Never heard.</Say>")
    product.says("/ivr/fallback", "<Say>Again.</Say>")
    carrier.lose_answers("/ivr/voice")
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert product.paths()[:2] == ["/ivr/voice", "/ivr/fallback"]
    assert leg.said() == "Again."


@pytest.mark.parametrize(
    ("fragment", "lost", "status", "tries"),
    [
        ("rc=2&rp=rt", 2, 200, 3),
        ("rc=2&rp=5xx", 0, 503, 3),
        ("rc=2&rp=4xx", 0, 404, 3),
        ("rc=1&rp=all", 0, 404, 2),
        ("rc=3&rp=ct,rt", 0, 503, 1),
        ("rc=0", 0, 503, 1),
    ],
)
def test_the_fragment_of_an_address_says_what_is_tried_again(
    carrier: Standin, product: Product, fragment: str, lost: int, status: int, tries: int
) -> None:
    product.says("/ivr/voice", f"<Redirect>{BASE}/next#{escape(fragment)}</Redirect>")
    product.says("/next", (status, ""))
    product.says("/ivr/fallback", "<Hangup/>")
    carrier.lose_answers("/next", times=lost)
    carrier.call(NUMBER)
    carrier.settle()
    assert len(product.forms("/next")) == tries


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ((500, "no"), "11200"),
        ((302, ""), "11200"),
        ((200, "<Response/>"), "12300"),
        ("<Unknown/>", "12200"),
        ("<Gather><Dial/></Gather>", "12200"),
        ("<Say loudness='9'>x</Say>", "12200"),
        ("<Pause length='many'/>", "12200"),
        ("<Gather>words</Gather>", "12200"),
        ("<Say>x", "12100"),
        ("</Response><Response>", "12100"),
        (f"<!--{'x' * 70_000}-->", "11750"),
    ],
)
def test_a_bad_answer_goes_to_the_fallback_with_its_code(
    carrier: Standin, product: Product, document: str | tuple[int, str], code: str
) -> None:
    product.says("/ivr/voice", document)
    product.says("/ivr/fallback", "<Say>Sorry.</Say>")
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert product.forms("/ivr/fallback")[0]["ErrorCode"] == code
    assert leg.said() == "Sorry."


def test_without_a_fallback_that_works_the_call_is_lost(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", (500, ""))
    product.says("/ivr/fallback", (500, ""))
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert (leg.status, leg.heard) == ("completed", [("error", 11200)])
    assert product.forms("/ivr/status")[0]["CallStatus"] == "completed"
    carrier.number(NUMBER, VOICE)
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert leg.status == "completed"
    assert [problem.code for problem in carrier.problems] == [11200] * 3


def test_a_callback_that_fails_is_noted_and_changes_nothing(
    carrier: Standin, product: Product
) -> None:
    product.says("/ivr/voice", "<Hangup/>")
    product.says("/ivr/status", (500, ""))
    carrier.call(NUMBER)
    carrier.settle()
    assert [(problem.code, problem.url) for problem in carrier.problems] == [
        (15003, f"{BASE}/ivr/status")
    ]
    carrier.unreachable("/ivr/status", times=2)
    carrier.call(NUMBER)
    carrier.settle()
    assert carrier.problems[-1].code == 11205


def test_a_method_that_the_stand_in_has_not_is_a_problem(
    carrier: Standin, product: Product
) -> None:
    product.says("/ivr/voice", "<Redirect method='GET'>/x</Redirect>")
    product.says("/ivr/fallback", "<Hangup/>")
    carrier.call(NUMBER)
    carrier.settle()
    assert "GET" in carrier.problems[0].why


def test_one_leg_has_never_two_documents_in_flight(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", "<Enqueue waitUrl='/wait' action='/left'>q</Enqueue>")
    product.says("/wait", "<Gather action='/key' numDigits='1'/>")
    product.says("/key", "<Leave/>")
    gate = threading.Event()
    product.meanwhile = lambda path: path == "/wait" and gate.wait(5)
    leg = carrier.call(NUMBER)
    carrier.until(lambda: "/wait" in product.paths())
    leg.hang_up()
    carrier.until(lambda: product.forms("/ivr/status"))
    assert product.forms("/left") == []
    gate.set()
    carrier.settle()
    assert product.forms("/left")[0]["QueueResult"] == "hangup"
    assert leg.verb == ""


def test_the_product_may_be_a_server_of_its_own(product: Product) -> None:
    server = make_server("127.0.0.1", 0, product.app(), threaded=False)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    product.base = f"http://127.0.0.1:{server.server_port}"
    product.says("/ivr/voice", "<Say>Over a socket.</Say>")
    try:
        with stand_in() as carrier:
            carrier.connect(Sockets(), product.base)
            leg = carrier.call(NUMBER)
            carrier.settle()
            assert leg.said() == "Over a socket."
            assert carrier.problems == []
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_product_that_is_gone_is_a_call_that_is_lost() -> None:
    with stand_in() as carrier:
        carrier.connect(Sockets(), "http://127.0.0.1:9")
        leg = carrier.call(NUMBER)
        carrier.until(lambda: leg.over)
        assert leg.heard == [("error", 11205)]
        assert len(documents(carrier)) == 4
