"""Guessing keys takes time: after a few wrong ones an address has to wait, longer with every further one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from math import ceil

FREE = 5  # wrong keys, one after another
WAIT, LONGEST = 30, 900  # seconds: after the first of too many, and at most
FORGOTTEN = 3600  # seconds after the last wrong key
ADDRESSES = 10_000  # that are remembered


@dataclass(slots=True)
class _Guesses:
    wrong: int = 0
    last: bytes = b""
    at: float = 0.0
    until: float = 0.0


class Attempts:
    """Wrong keys by address. The same wrong key again is no guess: a program keeps sending the one it has."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._guesses: OrderedDict[str, _Guesses] = OrderedDict()  # the latest last

    def wait(self, address: str) -> int:
        """Seconds until the next key of `address` is looked at; 0: now."""
        found = self._guesses.get(network(address))
        return max(0, ceil(found.until - self._now())) if found else 0

    def wrong(self, address: str, key: str) -> None:
        """`address` has sent a `key` that isn't one."""
        now, digest = self._now(), blake2b(key.encode(errors="replace"), digest_size=16).digest()
        found = self._guesses.pop(network(address), None)
        if found is None or now - found.at > FORGOTTEN:
            found = _Guesses()
        if digest != found.last:
            found.wrong, found.last, found.at = found.wrong + 1, digest, now
            if found.wrong >= FREE:
                found.until = now + min(WAIT * 2 ** min(found.wrong - FREE, 10), LONGEST)
        self._guesses[network(address)] = found
        while len(self._guesses) > ADDRESSES:
            self._guesses.popitem(last=False)

    def right(self, address: str) -> None:
        """`address` has sent a key: what it guessed before is forgiven."""
        self._guesses.pop(network(address), None)


def network(address: str) -> str:
    """What one visitor has: an IPv4 address, or a whole /64 of IPv6."""
    try:
        known = ip_address(address.split("%")[0])
    except ValueError:
        return address
    return str(int(known) >> 64) if isinstance(known, IPv6Address) and not known.ipv4_mapped else str(known)
