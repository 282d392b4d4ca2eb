"""How unlikely a slip is: the channel of a noisy-channel speller (Kernighan, Church & Gale 1990), in nats."""

from __future__ import annotations

from rag.text.keyboard import NEIGHBOURS

# Costs beyond that of any slip: of fingers (a neighbouring key, a letter twice, two letters swapped), of
# ears (unstressed vowels, voiced consonants at a word's end), and of anything else.
_FINGER = 0.0
_LOST = 0.3
_ANY = 3.0
_SPELLED = 1.5  # a Latin name in Cyrillic letters
_SECOND = 4.0  # a second slip in one word
_FIRST_LETTER = 0.7  # people look at what they begin
_HEARD = frozenset(
    frozenset(pair) for pair in "оа еи иы еэ яе бп дт зс гк вф жш щш цс тд ъь йи юу чщ".split()
)


def cost(typed: str, meant: str, edits: int) -> float:
    """How much less likely `meant` was mistyped as `typed` than by the likeliest slip."""
    if edits == 0:
        return _SPELLED
    if edits != 1:
        return _SECOND * (edits - 1)
    start = next((at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    start = min(len(typed), len(meant)) if start is None else start
    return _one(typed[start:], meant[start:], meant[start - 1 : start]) + _FIRST_LETTER * (start == 0)


def _one(typed: str, meant: str, before: str) -> float:
    """The cost of the one slip at which the two ends begin; `before` is the letter in front of it."""
    if len(typed) < len(meant):
        return _FINGER if meant[0] in (before, "ь") else _LOST
    if len(typed) > len(meant):
        beside = {before, *meant[:1], "ь", *NEIGHBOURS.get(before, ""), *NEIGHBOURS.get(meant[:1], "")}
        return _FINGER if typed[0] in beside else _ANY
    if typed[1:] != meant[1:]:
        return _FINGER  # swapped
    near = typed[0] in NEIGHBOURS.get(meant[0], "") or frozenset((typed[0], meant[0])) in _HEARD
    return _FINGER if near else _ANY
