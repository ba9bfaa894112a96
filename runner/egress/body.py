"""Read an answer's body: bounded, decompressed, as text, and as JSON where it is JSON."""

import codecs
import re
import zlib
from http.client import HTTPResponse
from typing import Any

from runner.egress.jsontext import JsonError, parse_json, storable

MAX_BODY = 256 * 1024  # bytes, after decompression
_CHUNK = 16 * 1024
_TEXT_CODECS = re.compile(
    r"ascii|utf-(8|8-sig|16|16-le|16-be|32|32-le|32-be)|iso8859-\d+|cp125\d|cp437|cp850|cp866"
    r"|cp932|cp949|cp950|koi8-[rtu]|mac-roman|gb2312|gbk|gb18030|big5|big5hkscs|shift_jis"
    r"|euc_(jp|kr)|euc_jis_2004|iso2022_jp|tis-620"
)
_AUTO = 32 + zlib.MAX_WBITS  # zlib tells gzip (RFC 1952) and zlib (RFC 1950) apart itself


class BodyError(Exception):
    """The body cannot be used; the message says why and quotes nothing of it."""


def read_body(response: HTTPResponse) -> bytes:
    """Read and decompress a body of at most 256 KiB. Raises `BodyError`, `OSError`.

    At most that much is read from the wire and at most that much is unpacked, so a small
    compressed body that would grow a thousandfold costs nothing.
    """
    raw = _read_raw(response)
    coding = (response.getheader("Content-Encoding") or "").strip().lower()
    if coding in ("", "identity") or not raw:
        return raw
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise BodyError("the answer has a content encoding that was not asked for")
    return _unpacked(raw, coding)


def _read_raw(response: HTTPResponse) -> bytes:
    parts = bytearray()
    while chunk := response.read(_CHUNK):
        parts += chunk
        if len(parts) > MAX_BODY:
            raise BodyError(f"the answer is larger than {MAX_BODY // 1024} KB")
    if response.length:  # announced, but the connection ended before
        raise BodyError("the answer broke off")
    return bytes(parts)


def _unpacked(raw: bytes, coding: str) -> bytes:
    is_bare = coding == "deflate" and (raw[0] & 0x0F != 8 or int.from_bytes(raw[:2]) % 31)  # noqa: PLR2004  RFC 1950 §2.2: CM is 8, the header a multiple of 31
    out = bytearray()
    while raw:
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS if is_bare else _AUTO)
        try:
            out += unpacker.decompress(raw, MAX_BODY + 1 - len(out))
        except zlib.error as error:
            raise BodyError("the answer's compression is broken") from error
        if len(out) > MAX_BODY:
            raise BodyError(f"the answer is larger than {MAX_BODY // 1024} KB when unpacked")
        if not unpacker.eof:
            raise BodyError("the answer's compression is broken")
        raw = unpacker.unused_data  # the next gzip member, RFC 1952 §2.2
    return bytes(out)


def decode(data: bytes, charset: str | None) -> str:
    """Turn bytes into text: the declared charset, else UTF-8; what does not fit is U+FFFD."""
    for name in (_known(charset), "utf-8-sig"):
        try:
            return storable(data.decode(name))
        except UnicodeError:
            continue
    return storable(data.decode("utf-8", errors="replace"))


def _known(charset: str | None) -> str:
    """Give Python's name of a real text encoding; others (punycode, escapes) count as UTF-8."""
    try:
        name = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        return "utf-8-sig"
    return name if _TEXT_CODECS.fullmatch(name) and name != "utf-8" else "utf-8-sig"


def read_json(text: str, content_type: str) -> tuple[Any, str]:
    """Read the body as JSON if it says or looks like it: the value and what was wrong, or ""."""
    declared = content_type == "application/json" or content_type.endswith("+json")
    if not text.strip() or not (declared or text.lstrip()[:1] in ("{", "[")):
        return None, ""
    try:
        return parse_json(text), ""
    except JsonError as error:
        return None, f"the body was not read as JSON: {error}" if declared else ""
