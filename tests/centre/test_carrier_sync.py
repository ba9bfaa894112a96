"""`flask carrier sync` and what `/readyz` says of the numbers, with the stand-in carrier."""

from typing import Any

from tests.centre.centre import Centre
from tests.support.installation import BASE, NUMBER
from tests.support.waiting import wait_until

TEXTS, BOTH = "+15550100007", "+15550100008"
VOICE = {"voice": f"{BASE}/ivr/voice", "fallback": f"{BASE}/ivr/fallback"}
ALL = {**VOICE, "status": f"{BASE}/ivr/status"}


def sync(centre: Centre, *words: str) -> Any:
    """Run the command, as another process does."""
    return centre.house.app.test_cli_runner().invoke(args=["carrier", "sync", *words])


def bind(centre: Centre, *addresses: str) -> None:
    """Bind more addresses to the flow."""
    for address in addresses:
        centre.house.house.library.bind(address, "support", centre.clock())


def stands(number: Any) -> dict[str, str]:
    """How a number is set up, without what is not."""
    names = ("voice", "fallback", "status", "sms")
    return {name: getattr(number, name) for name in names if getattr(number, name)}


def updates(centre: Centre) -> int:
    """How often the carrier was asked for a change."""
    asked = (each for each in centre.carrier.requests if "IncomingPhoneNumbers" in each.path)
    return sum(each.method == "POST" for each in asked)


def test_the_bound_numbers_are_pointed_here_and_nothing_else(centre: Centre) -> None:
    calls = centre.carrier.own(NUMBER, voice="https://old.example.com/")
    texts, both = centre.carrier.own(TEXTS), centre.carrier.own(BOTH)
    other = centre.carrier.own("+15550100009", voice="https://elsewhere.example.com/")
    bind(centre, f"sms:{TEXTS}", BOTH, f"sms:{BOTH}", "whatsapp:+15550100006", "chat:shop")
    result = sync(centre)
    assert result.exit_code == 0, result.output
    assert stands(calls) == ALL
    assert stands(texts) == {"sms": f"{BASE}/digital/sms"}
    assert stands(both) == {**ALL, "sms": f"{BASE}/digital/sms"}
    assert stands(other) == {"voice": "https://elsewhere.example.com/"}
    first = f"{NUMBER}\tvoice_url\thttps://old.example.com/\t{BASE}/ivr/voice"
    assert result.output.splitlines()[0] == first
    assert "whatsapp" not in result.output


def test_a_second_time_changes_nothing(centre: Centre) -> None:
    number = centre.carrier.own(NUMBER, sms="https://texts.example.com/")
    number.methods["VoiceMethod"] = "GET"
    assert "voice_method\tGET\tPOST" in sync(centre).output
    once = updates(centre)
    result = sync(centre)
    assert result.output == f"{NUMBER}\tas it must be\n"
    assert updates(centre) == once == 1
    assert number.sms == "https://texts.example.com/", "it is not bound as sms:"


def test_a_dry_run_only_looks(centre: Centre) -> None:
    number = centre.carrier.own(NUMBER)
    assert f"status_callback\t-\t{BASE}/ivr/status" in sync(centre, "--dry-run").output
    assert (stands(number), updates(centre)) == ({}, 0)


def test_what_cannot_be_helped_is_said(centre: Centre) -> None:
    bind(centre, BOTH)
    centre.carrier.own(BOTH, trunk="TK5")
    result = sync(centre)
    assert result.exit_code == 1
    assert f"{NUMBER}: the account has no such number" in result.output
    assert f"{BOTH}: its calls go to TK5, whatever its addresses are" in result.output


def test_messages_that_go_to_an_application_are_said(centre: Centre) -> None:
    bind(centre, f"sms:{BOTH}", f"sms:{TEXTS}")
    centre.carrier.own(NUMBER, sms_application="AP1")
    centre.carrier.own(TEXTS, application="AP2")
    bind(centre, BOTH)
    centre.carrier.own(BOTH, application="AP3", sms_application="AP4")
    result = sync(centre)
    assert result.exit_code == 1
    assert f"{BOTH}: its calls go to AP3 and its messages go to AP4, whatever its" in result.output
    assert ("AP1" in result.output, "AP2" in result.output) == (False, False), "not bound for it"


def test_a_carrier_that_refuses_is_one_line(centre: Centre) -> None:
    centre.carrier.own(NUMBER)
    centre.carrier.fail_next("GET", "/IncomingPhoneNumbers", status=403, code=20003)
    result = sync(centre)
    assert result.exit_code == 1
    assert result.output.startswith("Error: the carrier answered 403")
    assert len(result.output.splitlines()) == 1


def looks(centre: Centre) -> int:
    """How often the carrier's numbers were asked for."""
    return sum("IncomingPhoneNumbers" in one.path for one in centre.carrier.requests)


def warnings(centre: Centre) -> list[str]:
    """What `/readyz` warns of."""
    answer: Any = centre.house.app.test_client().get("/readyz")
    assert answer.status_code == 200
    found: list[str] = answer.json["warnings"]
    return found


def test_readyz_warns_of_a_number_without_status_and_fallback(centre: Centre) -> None:
    centre.carrier.own(NUMBER, voice=ALL["voice"])
    said = f"{NUMBER} has no status and no fallback address at the carrier: carrier sync"
    wait_until(lambda: warnings(centre) == [said], what="a look at the carrier")
    assert looks(centre) == 1, "one look is good for a while"


def test_readyz_is_ready_without_the_carrier(centre: Centre) -> None:
    centre.carrier.own(NUMBER, **VOICE, status=ALL["status"])
    centre.carrier.fail_next("GET", "/IncomingPhoneNumbers")
    assert warnings(centre) == []
    wait_until(lambda: looks(centre) == 1, what="a look at the carrier")
    assert warnings(centre) == []
