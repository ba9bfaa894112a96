"""The carrier's signature: its published vectors, and equality with its own library."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from runner.carrier.signature import FORM, Received, addresses, fingerprint, form_pairs, verify

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
SIGNED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
JSON = b'{"property": "value", "boolean": true}'
JSON_URL = f"{URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
JSON_SIGNED = "a9nBmqA0ju/hNViExpshrM61xv4="


def form(fields: object, url: str = URL, signature: str = SIGNED) -> Received:
    return Received("POST", url, FORM, urlencode(fields).encode(), signature)  # type: ignore[arg-type]  # pairs or mapping


def hand_signed(text: str, token: str = TOKEN) -> str:
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def test_the_published_form_vector() -> None:
    assert verify(form(FIELDS), [TOKEN])


def test_a_charset_after_the_media_type_changes_nothing() -> None:
    body = urlencode(FIELDS).encode()
    assert verify(Received("POST", URL, f"{FORM}; charset=UTF-8", body, SIGNED), [TOKEN])


def test_the_published_vector_of_a_repeated_key() -> None:
    pairs = [
        ("Sid", "CA123"),
        ("SidAccount", "AC123"),
        ("Digits", "5678"),
        ("Digits", "1234"),
        ("Digits", "1234"),
    ]
    assert verify(form(pairs, signature="IK+Dwps556ElfBT0I3Rgjkr1wJU="), [TOKEN])


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        (URL.replace(".com", ".com:1234"), SIGNED),
        (URL.replace("https", "http").replace(".com", ".com:1234"), "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (URL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL.replace("https", "http"), "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    ],
    ids=["signed without our port", "signed with our port", "signed with 443", "signed with 80"],
)
def test_the_published_port_vectors(url: str, signature: str) -> None:
    assert verify(form(FIELDS, url, signature), [TOKEN])


@pytest.mark.parametrize("signed_for", ["https://u:p@a.example/x?y=1", "https://a.example/x?y=1"])
def test_user_information_may_be_signed_or_not(signed_for: str) -> None:
    received = Received("POST", "https://u:p@a.example/x?y=1", FORM, b"", hand_signed(signed_for))
    assert verify(received, [TOKEN])


@pytest.mark.parametrize(
    ("url", "spellings"),
    [
        ("https://a.example/x#rc=2", ["https://a.example/x", "https://a.example:443/x"]),
        ("http://127.0.0.1:8000?q=a/b:c@d", ["http://127.0.0.1?q=a/b:c@d",
                                             "http://127.0.0.1:8000?q=a/b:c@d"]),
        ("https://[::1]/x?", ["https://[::1]/x?", "https://[::1]:443/x?"]),
        ("https://[::1]:8443/x", ["https://[::1]/x", "https://[::1]:8443/x"]),
        ("https://a.example:443", ["https://a.example", "https://a.example:443"]),
    ],
)  # fmt: skip
def test_the_spellings_of_an_address(url: str, spellings: list[str]) -> None:
    assert sorted(addresses(url)) == sorted(spellings)


def test_our_own_fragment_may_be_signed_as_it_was_read_and_no_other() -> None:
    signature = hand_signed(f"{URL}#rc=2")
    assert verify(Received("POST", URL, FORM, b"", signature, "#rc=2"), [TOKEN])
    assert not verify(Received("POST", URL, FORM, b"", signature, "#rc=3"), [TOKEN])
    assert not verify(Received("POST", URL, FORM, b"", signature), [TOKEN])


def test_get_signs_the_address_alone() -> None:
    received = Received("GET", URL, "", b"", hand_signed(URL))
    assert verify(received, [TOKEN])


def test_the_published_json_vector() -> None:
    assert verify(Received("POST", JSON_URL, "application/json", JSON, JSON_SIGNED), [TOKEN])


@pytest.mark.parametrize(
    ("url", "body", "signature"),
    [
        (URL, JSON, hand_signed(URL)),
        (JSON_URL, JSON + b" ", JSON_SIGNED),
        (f"{JSON_URL}&bodySHA256=0", JSON, hand_signed(f"{JSON_URL}&bodySHA256=0")),
        (f"{URL}&bodySHA256=é", JSON, hand_signed(f"{URL}&bodySHA256=é")),
    ],
    ids=["no hash of the body", "another body", "two hashes", "a hash that is none"],
)
def test_a_json_body_that_nothing_covers_is_refused(url: str, body: bytes, signature: str) -> None:
    assert not verify(Received("POST", url, "application/json", body, signature), [TOKEN])


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "text/plain", ""])
def test_a_body_of_another_kind_is_refused_without_its_hash(content_type: str) -> None:
    assert not verify(Received("POST", URL, content_type, b"a=b", hand_signed(URL)), [TOKEN])


def test_either_token_counts_during_a_rotation() -> None:
    assert verify(form(FIELDS), ["new", TOKEN])
    assert verify(form(FIELDS), [TOKEN, "new"])
    assert not verify(form(FIELDS), ["new", "newer"])
    assert not verify(form(FIELDS), [])


def test_an_empty_token_signs_nothing() -> None:
    received = Received("POST", URL, FORM, b"", hand_signed(URL, ""))
    assert not verify(received, [""])


@pytest.mark.parametrize(
    "signature", ["", " ", "é", "\udc80", SIGNED[:-1], SIGNED + "=", SIGNED.lower()]
)
def test_a_wrong_signature_is_refused(signature: str) -> None:
    assert not verify(form(FIELDS, signature=signature), [TOKEN])


@pytest.mark.parametrize(
    "changed",
    [
        {**FIELDS, "Digits": "1235"},
        {**FIELDS, "Digits": "1234 "},
        {**FIELDS, "New": ""} | {"Newer": "x"},
        {key: value for key, value in FIELDS.items() if key != "Digits"},
    ],
    ids=["changed", "with a space", "more", "less"],
)
def test_every_field_counts(changed: dict[str, str]) -> None:
    assert not verify(form(changed), [TOKEN])


def test_the_query_counts_as_it_was_sent() -> None:
    url = "https://a.example/x?b=%7e&a=+&&c"
    assert verify(Received("POST", url, FORM, b"", hand_signed(url)), [TOKEN])
    other = url.replace("%7e", "%7E")
    assert not verify(Received("POST", other, FORM, b"", hand_signed(url)), [TOKEN])


def test_blank_values_are_signed() -> None:
    received = Received("POST", URL, FORM, b"B=&A", hand_signed(URL + "AB"))
    assert verify(received, [TOKEN])


@pytest.mark.parametrize("body", [b"a=%ff", b"\xff=a", b"&".join([b"a=b"] * 1_001)])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    assert not verify(Received("POST", URL, FORM, body, SIGNED), [TOKEN])
    with pytest.raises(ValueError, match=r"decode|fields"):
        form_pairs(body)


texts = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.dictionaries(texts.filter(bool), texts, max_size=8), texts.filter(bool))
def test_whatever_the_carriers_library_signs_is_accepted(
    fields: dict[str, str], token: str
) -> None:
    url = "https://voice.example/ivr/turn/e/t?q=gather"
    signature = RequestValidator(token).compute_signature(url, fields)
    assert verify(form(fields, url, signature), [token])
    assert not verify(form(fields, f"{url}2", signature), [token])
    assert not verify(
        form({**fields, "Ω": "x"} if "Ω" not in fields else {}, url, signature), [token]
    )


def test_a_fingerprint_does_not_depend_on_order() -> None:
    pairs = list(FIELDS.items())
    assert fingerprint(pairs) == fingerprint(reversed(pairs))
    assert len(fingerprint([])) == 64


pair_lists = st.lists(st.tuples(texts, texts), max_size=6)


@given(pair_lists, pair_lists)
def test_fingerprints_are_equal_exactly_for_the_same_fields(
    one: list[tuple[str, str]], other: list[tuple[str, str]]
) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (sorted(one) == sorted(other))


def test_fields_do_not_run_together() -> None:
    assert fingerprint([("a", "bc")]) != fingerprint([("ab", "c")])
    assert fingerprint([("a", "1:b")]) != fingerprint([("a", ""), ("b", "")])


@given(st.text(alphabet="ab=&%2+ ;4é", max_size=40))
def test_fields_are_read_as_the_standard_library_reads_them(text: str) -> None:
    def outcome(read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ValueError:
            return "refused"

    expected = outcome(lambda: parse_qsl(text, keep_blank_values=True, errors="strict"))
    assert outcome(lambda: form_pairs(text.encode())) == expected
