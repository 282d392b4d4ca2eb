"""The loss of the three heads, the loop that lowers it, and what a trained network says of an example."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from eval.reader.batches import Batch, Prepared, batch_of, batches, parts_of
from eval.reader.network import LABELS, Network
from rag.reading.window import Window

_RATES = {"upper": 1e-4, "heads": 1e-3}
_WARM = 0.06  # share of the steps in which the rate rises
_DECAY = 0.01
_LONGEST_SPAN = 40  # tokens
_TOLD_EVERY = 50  # steps
_FORBIDDEN = -1e4


def scores(network: Network, batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Logits of start and end (-1e4 where none may be), of "answers", and of LABELS."""
    with torch.autocast("cpu", torch.bfloat16):
        states = network.upper(batch.states, batch.mask)
    start, end, answers, follows = network.heads(states.float(), batch.question)
    forbidden = ~batch.valid
    return start.masked_fill(forbidden, _FORBIDDEN), end.masked_fill(forbidden, _FORBIDDEN), answers, follows


def loss_of(network: Network, group: Sequence[Prepared]) -> Tensor:
    """Mean loss of an example: span and "answers" of a question, the label of a claim."""
    start, end, answers, follows = scores(network, batch_of(group))
    asked = torch.tensor([each.example.label is None for each in group])
    total = torch.zeros(())
    if asked.any():
        begins = torch.tensor([each.start for each in group])[asked]
        ends = torch.tensor([each.end for each in group])[asked]
        span = functional.cross_entropy(start[asked], begins) + functional.cross_entropy(end[asked], ends)
        answered = functional.binary_cross_entropy_with_logits(answers[asked], (begins > 0).float())
        total = total + (span + answered) / 2 * asked.sum()
    if not asked.all():
        labels = [each.example.label for each in group if each.example.label]
        total = total + _follows_loss(follows[~asked], labels)
    return total / len(group)


def _follows_loss(follows: Tensor, labels: Sequence[str]) -> Tensor:
    """Summed cross entropy; «not_supported» is either of the two labels that aren't «supported»."""
    logs = functional.log_softmax(follows, 1)
    each = [
        torch.logsumexp(row[1:], 0) if label == "not_supported" else row[LABELS.index(label)]
        for row, label in zip(logs, labels, strict=True)
    ]
    return -torch.stack(each).sum()


def fit(
    network: Network,
    epochs: Sequence[Sequence[Prepared]],
    seed: int,
    rate: float = 1.0,
    after_epoch: Callable[[], None] = lambda: None,
) -> None:
    """Train on the examples of each of the `epochs`; the rate rises, then falls linearly to zero."""
    torch.manual_seed(seed)
    groups = network.learning()
    learning = [parameter for each in groups for parameter in each["params"]]
    optimizer = torch.optim.AdamW(
        [{"params": each["params"], "lr": _RATES[each["name"]]} for each in groups], weight_decay=_DECAY
    )
    bases = [each["lr"] * rate for each in optimizer.param_groups]
    parts = list(parts_of(epochs, seed))
    steps, step, started = sum(map(len, parts)), 0, time.time()
    for epoch in parts:
        network.train()
        losses: list[float] = []
        for part in epoch:
            share = step / steps
            for base, each in zip(bases, optimizer.param_groups, strict=True):
                each["lr"] = base * min(1, share / _WARM + 0.01) * (1 - share)
            loss = loss_of(network, part)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(learning, 1.0)
            optimizer.step()
            step += 1
            losses.append(loss.item())
            if step % _TOLD_EVERY == 0 or step == steps:
                recent = np.mean(losses[-_TOLD_EVERY:])
                print(f"step {step}/{steps} loss {recent:.3f} {time.time() - started:.0f} s", file=sys.stderr)
        after_epoch()


@dataclass(frozen=True, slots=True)
class Said:
    """What the network says of one example, as `rag.types.Reading`; chances in the order of LABELS."""

    span: tuple[int, int] | None
    odds: float
    answers: float
    follows: tuple[float, ...]


@torch.no_grad()
def read(network: Network, group: Sequence[Prepared]) -> list[Said]:
    """What a network says of each of `group`, in that order."""
    network.eval()
    found: dict[int, Said] = {}
    for part in batches(group):
        start, end, answers, follows = scores(network, batch_of(part))
        chances = torch.softmax(follows, 1)
        for row, each in enumerate(part):
            span, odds = best_span(start[row], end[row], each.window)
            found[id(each)] = Said(span, odds, answers[row].item(), tuple(chances[row].tolist()))
    return [found[id(each)] for each in group]


def best_span(start: Tensor, end: Tensor, read: Window) -> tuple[tuple[int, int] | None, float]:
    """The likeliest span of at most _LONGEST_SPAN tokens and its log-odds against "no answer"."""
    first, size = read.first, len(read.spans)
    if not size:
        return None, -math.inf
    table = start[first : first + size, None] + end[None, first : first + size]
    shape = torch.ones(size, size, dtype=torch.bool).triu().tril(_LONGEST_SPAN - 1)
    table = table.masked_fill(~shape, 10 * _FORBIDDEN)
    place = int(table.argmax())
    span = read.spans[place // size][0], read.spans[place % size][1]
    return span, (table.max() - start[0] - end[0]).item()
