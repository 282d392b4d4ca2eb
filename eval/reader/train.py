"""`python -m eval.reader.train STAGE …`: train the network that reads.

`shared` learns from our own texts (eval/reader/texts) and from examples generated from news; neither is ever
measured on. `claims` goes on with the claims among them and some of the questions. `fold N` goes on from
there with the public sets but for their fold N of articles, and measures that fold. `all` goes on with all of
them. `more` goes on from what ships with files of texts that are new, the public sets, a share of the
other texts, and what was made: what the search brings that doesn't answer (eval/reader/mined.py), statements
that only order and case tell apart (pairs.py), or one word (constructions.py), and some of the news.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from eval.reader import sets
from eval.reader.batches import Prepared, freeze, prepared
from eval.reader.examples import Example
from eval.reader.fit import fit, read
from eval.reader.network import Network, loaded
from eval.reader.report import report, table

_OWN_AGAIN = 0.1  # share of our own texts that the later stages see again, lest they be forgotten


def main() -> int:
    given = _parser().parse_args()
    torch.set_num_threads(given.threads)
    network, splitter = loaded(given.base, given.tokenizer, given.start)
    learnt, held = _examples(given)
    print(sets.counted(learnt), file=sys.stderr)
    group = prepared(splitter, learnt)
    _freeze(network, group)
    test = prepared(splitter, held)
    _freeze(network, test)

    def after_epoch() -> None:
        torch.save(network.learnt(), given.out)
        if test:
            rows = report(test, read(network, test))
            print(table(rows), file=sys.stderr)
            given.out.with_suffix(".json").write_text(json.dumps(rows, indent=1), encoding="utf-8")

    fit(network, _epochs(group, given.epochs), given.seed, given.rate, after_epoch)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stage", choices=("shared", "claims", "fold", "all", "more"))
    parser.add_argument("--base", type=Path, help="e5-small-q4.bin; by default the installed package's")
    parser.add_argument("--tokenizer", type=Path, help="a pruned tokenizer; by default it is made")
    parser.add_argument("--data", type=Path, help="the folder of the public sets")
    parser.add_argument("--generated", type=Path, help="what eval.reader.generated wrote")
    parser.add_argument("--most", type=int, default=10**9, help="generated examples to learn from")
    parser.add_argument("--own", type=Path, default=sets.OWN_TEXTS)
    parser.add_argument("--fold", type=int, default=0)
    parser.add_argument(
        "--new", nargs="*", default=[], help="files of texts that `more` learns, by name: zi zj"
    )
    parser.add_argument("--again", type=float, default=0.25, help="share of the other texts that `more` sees")
    parser.add_argument(
        "--made", type=Path, nargs="*", default=[], help="files of pairs, constructions, mined, generated"
    )
    parser.add_argument("--start", type=Path, help="a checkpoint, or a packed delta, to go on from")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--rate", type=float, default=1.0, help="factor of the learning rates")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    return parser


def _examples(given: argparse.Namespace) -> tuple[list[Example], list[Example]]:
    """What a stage learns from, and what it is measured on."""
    shuffled = random.Random(given.seed)
    own = list(sets.own(given.own))
    kept = [each for each in own if sets.is_kept(each)]
    own = [each for each in own if not sets.is_kept(each)]
    if given.stage == "shared":
        made = list(sets.generated(given.generated)) if given.generated else []
        shuffled.shuffle(made)
        return sets.balanced(own + made[: given.most], given.seed), kept
    if given.stage == "claims":
        made = list(sets.generated(given.generated))
        claims = [each for each in own + made if each.label]
        asked = [each for each in own + made if not each.label]
        shuffled.shuffle(asked)
        return sets.balanced(claims, given.seed) + asked[: given.most], kept
    public = sets.public(given.data)
    shuffled.shuffle(own)
    if given.stage == "more":
        new, others = sets.parted(own, given.new)
        again = others[: int(len(others) * given.again)]
        made = [each for path in given.made for each in sets.generated(path)]
        return sets.balanced(new + again, given.seed) + made + public, sets.parted(kept, given.new)[0]
    again = own[: int(len(own) * _OWN_AGAIN)]
    if given.stage == "all":
        return public + again, kept
    inside = [each for each in public if sets.fold_of(each, sets.FOLDS) == given.fold]
    outside = [each for each in public if sets.fold_of(each, sets.FOLDS) != given.fold]
    return outside + again, inside


def _epochs(group: Sequence[Prepared], count: int) -> list[list[Prepared]]:
    """Each epoch sees all examples but the generated ones, of which there are many: those are shared out."""
    made = [each for each in group if each.example.source.startswith("news")]
    others = [each for each in group if not each.example.source.startswith("news")]
    return [[*others, *made[number::count]] for number in range(count)]


def _freeze(network: Network, group: Sequence[Prepared]) -> None:
    started = time.time()
    freeze(network, group)
    tokens = sum(len(each.window) for each in group)
    print(f"{len(group)} windows, {tokens} tokens: {time.time() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
