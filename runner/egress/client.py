"""Perform a flow's HTTP request behind the egress guard."""

from runner.egress.body import BodyError
from runner.egress.breaker import CircuitBreaker
from runner.egress.guard import Guard, RefusedError, UnresolvedError
from runner.egress.headers import METHODS, HeaderError, first_headers
from runner.egress.hop import Answer, AnswerError, ConnectError, Hop, ask
from runner.egress.redirects import MAX_REDIRECTS, next_hop
from runner.egress.sockets import CONNECT_SECONDS, Deadline, tls_context
from runner.egress.urls import UrlError, parse
from runner.egress.values import HttpResult, OutboundRequest

MAX_SECONDS = 10.0  # for everything together, redirects included


class HttpClient:
    """Send requests; every kind of remote behaviour is an `HttpResult`, never an exception.

    Thread-safe. Every hop has a connection of its own, to an IP that the guard has just checked;
    proxies named in the environment are not used. `ca_file` replaces the system's certificate
    authorities. With `redirects` 0 a redirect is itself the answer.
    """

    def __init__(
        self,
        guard: Guard,
        ca_file: str | None = None,
        breaker: CircuitBreaker | None = None,
        redirects: int = MAX_REDIRECTS,
    ) -> None:
        self._guard = guard
        self._tls = tls_context(ca_file)
        self._breaker = breaker or CircuitBreaker()
        self._redirects = redirects

    def send(self, request: OutboundRequest) -> HttpResult:
        """Send one request and follow its redirects, all within its `timeout`."""
        try:
            hop = _first_hop(request)
        except UrlError as error:
            return HttpResult("refused", reason=str(error))
        except HeaderError as error:
            return HttpResult("failed", reason=str(error))
        deadline = Deadline(min(max(request.timeout, 0.0), MAX_SECONDS))
        try:
            return self._follow(hop, deadline, carries_secrets=request.carries_secrets)
        except RefusedError as error:
            return HttpResult("refused", reason=str(error))
        except TimeoutError:
            return HttpResult("timeout", reason="no full answer in time")
        except (UnresolvedError, ConnectError, AnswerError, BodyError) as error:
            return HttpResult("failed", reason=str(error))
        except OSError:
            return HttpResult("failed", reason="the connection broke off")

    def _follow(self, hop: Hop, deadline: Deadline, *, carries_secrets: bool) -> HttpResult:
        for _ in range(self._redirects + 1):
            answer = self._ask(hop, deadline)
            if not self._redirects:
                return _result(answer)
            following = next_hop(hop, answer, carries_secrets=carries_secrets)
            if following is None:
                return _result(answer)
            hop = following
        return HttpResult("failed", reason=f"there were more than {self._redirects} redirects")

    def _ask(self, hop: Hop, deadline: Deadline) -> Answer:
        """Check, connect and ask, and tell the circuit breaker how it went."""
        name = f"{hop.url.host}:{hop.url.port}"
        target = self._guard.check(hop.url, min(CONNECT_SECONDS, deadline.remaining()))
        if not self._breaker.may_try(name):
            raise ConnectError(f"{name} did not answer several times; it is left alone for now")
        try:
            answer = ask(hop, target, self._tls, deadline)
        except (AnswerError, BodyError):
            self._breaker.succeeded(name)  # it is up, only its answer is of no use
            raise
        except (ConnectError, OSError):
            self._breaker.failed(name)
            raise
        self._breaker.succeeded(name)
        return answer


def _first_hop(request: OutboundRequest) -> Hop:
    """Read the request. Raises `UrlError`, `HeaderError`."""
    method = request.method.upper()
    if method not in METHODS:
        raise HeaderError("the method is not one of " + ", ".join(sorted(METHODS)))
    return Hop(parse(request.url), method, first_headers(request), request.body)


def _result(answer: Answer) -> HttpResult:
    return HttpResult(
        "response", answer.status, answer.headers, answer.body, answer.json, answer.problem
    )
