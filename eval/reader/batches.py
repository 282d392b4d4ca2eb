"""Examples made ready for the network: windows, what the frozen layers make of them, padded batches."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from eval.reader.examples import Example
from eval.reader.network import Network, padded
from rag.reading.tokens import PAD, Splitter
from rag.reading.window import Window, window

_BATCH_TOKENS = 2_000
_LONGEST = 250  # tokens of a window to learn from
_NOISE = 8  # tokens by which the order of lengths is shaken between epochs
_NOT_YET = torch.zeros(0)


@dataclass(slots=True)
class Prepared:
    """An example with its window, the tokens its answer begins and ends with (0, 0 for none), and what the
    frozen layers make of it (tokens, hidden), bfloat16.
    """

    example: Example
    window: Window
    start: int = 0
    end: int = 0
    states: Tensor = _NOT_YET


def prepared(splitter: Splitter, examples: Iterable[Example]) -> list[Prepared]:
    """The examples that fit: no answer is cut off, no window too long to learn from."""
    return [each for example in examples if (each := _prepared(splitter, example)) is not None]


def _prepared(splitter: Splitter, example: Example) -> Prepared | None:
    read = window(splitter, example.question, example.context, example.text)
    if len(read) > _LONGEST:
        return None
    if example.span is None:
        return Prepared(example, read)
    start, stop = example.span
    inside = [
        number
        for number, (begin, end) in enumerate(read.spans)
        if begin < stop and end > start and example.text[begin:end].strip()
    ]
    if not inside or read.spans[-1][1] < stop:
        return None
    return Prepared(example, read, read.first + inside[0], read.first + inside[-1])


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors of some examples; `valid` marks where a span may begin and end."""

    states: Tensor
    mask: Tensor
    question: Tensor
    valid: Tensor


def batch_of(group: Sequence[Prepared]) -> Batch:
    """`group`, whose states are computed, as one batch."""
    longest = max(len(each.window) for each in group)
    states = torch.zeros(len(group), longest, group[0].states.shape[1], dtype=torch.bfloat16)
    mask = torch.zeros(len(group), longest, dtype=torch.bool)
    valid, question = torch.zeros_like(mask), torch.zeros(len(group), longest)
    for row, each in enumerate(group):
        length = len(each.window)
        states[row, :length] = each.states
        mask[row, :length] = True
        valid[row, 0] = True
        valid[row, each.window.first : each.window.first + len(each.window.spans)] = True
        question[row, each.window.question] = 1
    return Batch(states, mask[:, None, None, :], question, valid)


def batches(group: Sequence[Prepared], shuffled_by: random.Random | None = None) -> list[list[Prepared]]:
    """Windows of like length together, about _BATCH_TOKENS a batch; in random order with `shuffled_by`."""
    found: list[list[Prepared]] = []
    current: list[Prepared] = []
    for each in sorted(group, key=lambda each: len(each.window) + _shaken(shuffled_by)):
        if current and (len(current) + 1) * len(each.window) > _BATCH_TOKENS:
            found.append(current)
            current = []
        current.append(each)
    found += [current] if current else []
    if shuffled_by:
        shuffled_by.shuffle(found)
    return found


def _shaken(by: random.Random | None) -> float:
    return by.random() * _NOISE if by else 0.0


@torch.no_grad()
def freeze(network: Network, group: Sequence[Prepared]) -> None:
    """Compute what the frozen layers make of each example, once for all epochs."""
    network.eval()
    for part in batches(group):
        ids = padded([each.window.ids for each in part], PAD)
        mask = (ids != PAD)[:, None, None, :]
        with torch.autocast("cpu", torch.bfloat16):
            states = network.lower(ids, mask)
        for row, each in enumerate(part):
            each.states = states[row, : len(each.window)].to(torch.bfloat16).clone()


def parts_of(groups: Sequence[Sequence[Prepared]], seed: int) -> Iterator[list[list[Prepared]]]:
    """The shuffled batches of each epoch."""
    shuffled_by = random.Random(seed)
    for group in groups:
        yield batches(group, shuffled_by)
