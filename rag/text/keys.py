"""Passage ids as the 64-bit numbers that indexes hold: 16 hexadecimal digits, read as a signed number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from rag.types import Keys

_ID = re.compile("[0-9a-f]{16}")
_DIGITS = 16
_ALL = 2**64
_IN_ORDER = ">i8"  # bytes in the order of the digits


def passage_keys(passage_ids: Iterable[str]) -> Keys:
    """The numbers of these ids, in their order; what can't be an id is left out."""
    digits = "".join([each for each in passage_ids if _ID.fullmatch(each)])
    return np.frombuffer(bytes.fromhex(digits), _IN_ORDER).astype(np.int64)


def passage_key(passage_id: str) -> int:
    """The number of one id; what can't be an id has one as well."""
    digits = (
        passage_id if _ID.fullmatch(passage_id) else blake2b(passage_id.encode(), digest_size=8).hexdigest()
    )
    return _signed(int(digits, 16))


def _signed(number: int) -> int:
    return number - _ALL if number >= _ALL // 2 else number


def passage_id(key: int) -> str:
    """The id that a number stands for."""
    return f"{key % _ALL:016x}"


def ids_of(keys: Keys) -> list[str]:
    """`passage_id` of each, in their order: of hundreds in a fraction of the time."""
    digits = keys.astype(_IN_ORDER).tobytes().hex()
    return [digits[start : start + _DIGITS] for start in range(0, len(digits), _DIGITS)]
