"""What follows from a redirect: the next hop, or why there is none. No I/O."""

from runner.egress.guard import RefusedError
from runner.egress.headers import carried
from runner.egress.hop import Answer, Hop
from runner.egress.urls import UrlError

MAX_REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})


def next_hop(hop: Hop, answer: Answer, *, carries_secrets: bool) -> Hop | None:
    """Work out where an answer sends the request, or None if it is the answer.

    As browsers do (Fetch standard, HTTP-redirect fetch): 301 and 302 turn POST into GET, 303
    everything but HEAD; 307 and 308 keep method and body. Stricter than browsers: the scheme
    never changes, to another origin only harmless headers go, and no body of a request that
    carries secrets. Raises `RefusedError`.
    """
    location = answer.headers.get("location", "")
    if answer.status not in _MOVED or not location:
        return None
    try:
        # http.client reads headers as Latin-1; servers that send raw UTF-8 mean UTF-8.
        url = hop.url.joined(location.encode("latin-1").decode("utf-8", errors="replace"))
    except (UrlError, ValueError) as error:
        raise RefusedError("a redirect leads to an address that may not be asked for") from error
    if url.scheme != hop.url.scheme:
        raise RefusedError(f"a redirect changes from {hop.url.scheme} to {url.scheme}")
    to_get = (answer.status in (301, 302) and hop.method == "POST") or (
        answer.status == 303 and hop.method != "HEAD"  # noqa: PLR2004  See Other
    )
    body = None if to_get else hop.body
    if body and carries_secrets and url.origin != hop.url.origin:
        raise RefusedError("a redirect would send the body, with secrets, to another host")
    headers = carried(hop.headers, hop.url, url, with_body=body is not None)
    return Hop(url, "GET" if to_get else hop.method, headers, body)
