"""`python -m eval.reader.average A.pt B.pt … --out C.pt`: the mean of networks trained from one beginning.

Networks that went on from the same checkpoint with other examples often read better averaged than each by
itself ("model soups", Wortsman et al. 2022), for nothing when they run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor


def average(networks: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of every tensor of `networks`. Raises ValueError: they don't have the same ones."""
    if any(each.keys() != networks[0].keys() for each in networks):
        raise ValueError("The networks don't have the same tensors.")
    return {name: torch.stack([each[name].float() for each in networks]).mean(0) for name in networks[0]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoints", type=Path, nargs="+", help="of `eval.reader.train`")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    torch.save(average([torch.load(each, weights_only=True) for each in given.checkpoints]), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
