"""Seals what must not lie readable in the database: secret digits, effects' payloads, secrets."""

import hmac
import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from runner.errors import BadSettings

_NONCE = 12
"""Bytes of an AES-GCM nonce (NIST SP 800-38D, section 8.2)."""


class Vault:
    """Seals JSON values with AES-256-GCM; `place` binds a value to the row it belongs to."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._key = sha256(b"mark:" + key).digest()

    def mark(self, text: str) -> str:
        """Give a keyed digest in hex, for comparing what must not be guessed from the rows."""
        return hmac.new(self._key, text.encode(), sha256).hexdigest()

    def seal(self, value: Any, place: str) -> bytes:
        """Encrypt a JSON value for one place."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, json.dumps(value).encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> Any:
        """Decrypt what `seal` gave for the same place.

        Raises:
            BadSettings: the key is another one, or the bytes are not from that place.
        """
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode())
        except (InvalidTag, ValueError):
            raise BadSettings(
                "SECRET_KEY: stored values were sealed with another key; restore that key"
            ) from None
        return json.loads(plain)


def load_key(given: str, data_dir: Path) -> bytes:
    """Take the key from the settings (64 hex digits), else from a file made on the first start.

    Raises:
        BadSettings: the key is not 32 bytes in hex.
    """
    if given:
        return _decode(given, "SECRET_KEY")
    path = data_dir / "secret.key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.urandom(8).hex()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return _decode(path.read_text().strip(), str(path))


def _decode(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:  # noqa: PLR2004 AES-256 has 32 bytes
        raise BadSettings(f"{where}: give 64 hex digits, such as `openssl rand -hex 32` prints")
    return key
