"""Sessions of the page: cookies signed with the key they were opened with, so that they end with the key.

Nothing has to be kept of a session that runs; of one that somebody has left, a hash until it would have
ended, so that a copy of its cookie opens nothing.
"""

from __future__ import annotations

import hmac
import os
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

LASTS = 30 * 24 * 3600  # seconds
LEFT = "sessions.left"  # in the data folder: a line a session, when it would have ended and its hash


def is_key(keys: Iterable[str], *given: str) -> bool:
    """Whether one of `given` is one of the keys; takes as long for every wrong one, however long it is."""
    sent = [_digest(each) for each in given]
    return sum(hmac.compare_digest(_digest(key), each) for key in keys for each in sent) > 0


def _digest(key: str) -> bytes:
    """Alike for every way to write the same letters: «й» may come as one sign or as two."""
    return sha256(unicodedata.normalize("NFC", key).encode(errors="replace")).digest()


def session(key: str, now: float) -> str:
    """A new session of whoever knows `key`: when it ends, a random part, the signature of both."""
    told = f"{int(now) + LASTS}.{secrets.token_urlsafe(12)}"
    return f"{told}.{_signature(key, told)}"


def is_session(keys: Sequence[str], value: str, now: float) -> bool:
    """Whether `value` is a session that one of the keys signed and that hasn't ended."""
    told, _, signed = value.rpartition(".")
    if _ends(value) < now:
        return False
    sent = signed.encode(errors="replace")
    return sum(hmac.compare_digest(_signature(key, told).encode(), sent) for key in keys) > 0


def _signature(key: str, told: str) -> str:
    return hmac.new(key.encode(), f"snoska session {told}".encode(errors="replace"), sha256).hexdigest()


def _ends(value: str) -> int:
    ends = value.split(".")[0]
    return int(ends) if ends.isdigit() and ends.isascii() and len(ends) <= 12 else 0


class Left:
    """The sessions that were left before their time, kept in `folder` where there is one."""

    def __init__(self, folder: Path | None, now: float) -> None:
        self._file = folder / LEFT if folder else None
        self._guard = threading.Lock()
        self._hashes = dict(_read(self._file, now)) if self._file else {}
        self._write()

    def __contains__(self, value: str) -> bool:
        return _hash(value) in self._hashes

    def add(self, value: str, now: float) -> None:
        """Nobody comes in with the session `value` any more."""
        with self._guard:
            self._hashes = {each: ends for each, ends in self._hashes.items() if ends >= now}
            self._hashes[_hash(value)] = _ends(value)
            self._write()

    def _write(self) -> None:
        """As a whole or not at all. What can't be written holds until the server stops."""
        if not self._file or not (self._hashes or self._file.exists()):
            return
        lines = "".join(f"{ends} {each}\n" for each, ends in self._hashes.items())
        new = self._file.with_suffix(".new")
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(lines)
            new.replace(self._file)
        except OSError:
            return


def _hash(value: str) -> str:
    return sha256(value.encode(errors="replace")).hexdigest()


def _read(file: Path, now: float) -> Iterable[tuple[str, int]]:
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        ends, _, hashed = line.partition(" ")
        if ends.isdigit() and int(ends) >= now:
            yield hashed, int(ends)
