"""HTTPS: the certificate is checked for the name in the address, not for the IP connected to."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from runner.egress import Guard, HttpClient, HttpResult, OutboundRequest
from tests.support.egress_server import Handler, answering, reply, serve

Contexts = Callable[..., ssl.SSLContext]
NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """A certificate authority that exists for one test session only."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(*[bit in (5, 6) for bit in range(9)])
        self.certificate = (
            self._builder("Test authority", self.key, NOW + DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def issue(self, san: x509.GeneralName, until: dt.datetime) -> bytes:
        """Issue a certificate; give it with its key, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder("server", key, until)
            .add_extension(x509.SubjectAlternativeName([san]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def _builder(
        self, subject: str, key: ec.EllipticCurvePrivateKey, until: dt.datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("Test authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * DAY)
            .not_valid_after(until)
        )


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    path.write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    return str(path)


@pytest.fixture
def context(authority: Authority, tmp_path: Path) -> Contexts:
    def make(san: x509.GeneralName, until: dt.datetime = NOW + DAY) -> ssl.SSLContext:
        path = tmp_path / "server.pem"
        path.write_bytes(authority.issue(san, until))
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(path)
        return made

    return make


def ask(
    tls: ssl.SSLContext,
    ca_file: str | None,
    host: str = "api.test",
    handler: Handler | None = None,
    timeout: float = 5.0,
) -> tuple[HttpResult, list[str | None]]:
    with serve(handler or answering(reply(b"safe")), tls) as server:
        guard = Guard([f"{host}:{server.port}"], (), lambda _host, _port: ["127.0.0.1"])
        url = f"https://{host}:{server.port}/"
        result = HttpClient(guard, ca_file).send(OutboundRequest("GET", url, timeout=timeout))
        server.stopping.set()
    return result, server.names


def test_name_and_certificate_are_those_of_the_address(context: Contexts, ca_file: str) -> None:
    result, names = ask(context(x509.DNSName("api.test")), ca_file)
    assert (result.outcome, result.body) == ("response", "safe")
    assert names == ["api.test"]


def test_a_certificate_for_the_ip_is_good_for_the_ip(context: Contexts, ca_file: str) -> None:
    tls = context(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    assert ask(tls, ca_file, "127.0.0.1")[0].body == "safe"


@pytest.mark.parametrize(
    "san",
    [
        pytest.param(x509.DNSName("other.test"), id="another name"),
        pytest.param(x509.IPAddress(ipaddress.ip_address("127.0.0.1")), id="the IP connected to"),
    ],
)
def test_a_certificate_for_something_else_fails(
    context: Contexts, ca_file: str, san: x509.GeneralName
) -> None:
    result, _ = ask(context(san), ca_file)
    assert result.outcome == "failed"
    assert result.reason == "the certificate of api.test is not valid for it"


def test_an_expired_certificate_fails(context: Contexts, ca_file: str) -> None:
    result, _ = ask(context(x509.DNSName("api.test"), NOW - DAY), ca_file)
    assert (result.outcome, result.reason[:15]) == ("failed", "the certificate")


def test_an_unknown_authority_fails(context: Contexts) -> None:
    result, _ = ask(context(x509.DNSName("api.test")), None)
    assert (result.outcome, result.reason[:15]) == ("failed", "the certificate")


def test_a_server_without_tls_fails(ca_file: str) -> None:
    with serve(answering(reply(b"plain"))) as server:
        guard = Guard([f"127.0.0.1:{server.port}"])
        request = OutboundRequest("GET", f"https://127.0.0.1:{server.port}/", timeout=1.0)
        server.stopping.set()
        result = HttpClient(guard, ca_file).send(request)
    assert result.outcome in ("failed", "timeout")
    assert not result.body


def test_a_hanging_answer_over_tls_ends_at_the_deadline(context: Contexts, ca_file: str) -> None:
    tls = context(x509.DNSName("api.test"))
    result, _ = ask(tls, ca_file, handler=lambda sock, _request: sock.recv(1), timeout=0.4)
    assert result.outcome == "timeout"
