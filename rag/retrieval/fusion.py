"""How the keyword and the dense leg are weighed against each other: that belongs to the encoder.

Cosines of one encoder lie between 0 and 0.6, of another between 0.7 and 0.9. A calibration takes each to
the scale of the static vectors, for which everything after the legs (fusion, reranking, confidence) was
measured; what is left to weigh is how much the encoder deserves to be believed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.errors import SettingsError

FILE = "weights.json"
Score = TypeVar("Score", float, NDArray[np.float64])  # of one passage, or of several


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights fitted for one encoder.

    `keyword` is the share of the keyword score in the fused one, the rest is the dense score's.
    `rerank` holds the weights of the reranker's features by name; empty: those it ships with.
    A dense score is `(cosine - mean) / scale`.
    """

    keyword: float
    rerank: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    mean: float = 0.0
    scale: float = 1.0

    def dense_score(self, cosine: float) -> float:
        return (cosine - self.mean) / self.scale

    def fused(self, keyword: Score, dense: Score) -> Score:
        return self.keyword * keyword + (1 - self.keyword) * dense


WeightsOf = Callable[[], Weights]

# Scores are fused, not ranks: with ranks the weak leg pulls the strong one down (XQuAD 95.8 → 85.2).
STATIC = Weights(keyword=0.6)
# Of `RAG_ENCODER=e5`, fitted by `python -m eval.train_reranker` on five sets together.
E5 = Weights(
    keyword=0.25,
    rerank=MappingProxyType(
        {
            "keyword": 1.3,
            "dense": 6.8,
            "sentence": 0.9,
            "passage": 5.0,
            "title": 2.9,
            "topic": 1.4,
            "typed": 0.5,
            "lead": 0.5,
        }
    ),
    mean=0.718,
    scale=0.282,
)
# By the name of the encoder.
SHIPPED: Mapping[str, Weights] = MappingProxyType({"static": STATIC, "e5@1": E5})
# An encoder nobody has fitted weights for: its scores are brought to the scale of the static ones (see
# `calibrated`), and then count as much as those. Enough to gain by a better encoder, too little to be
# led astray by a worse one.
UNKNOWN = STATIC


def read(path: Path, encoder: str) -> Weights | None:
    """The weights that `python -m eval fit` wrote to `path` for this encoder; None where there is no file.

    Raises SettingsError for a file that can't be read, and for weights of another encoder.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        fitted = str(values["encoder"])
        weights = _weights(values["weights"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"Файл весов {path} не читается ({type(error).__name__}). Подберите веса заново: "
            f"python -m eval fit ПАПКА_BEIR — или удалите этот файл."
        ) from None
    if fitted != encoder:
        raise SettingsError(
            f"Веса в {path} подобраны для кодировщика «{fitted}», а работает «{encoder}». Подберите их для "
            f"него: python -m eval fit ПАПКА_BEIR — или уберите этот файл, чтобы взять веса по умолчанию."
        )
    return weights


def write(path: Path, encoder: str, weights: Weights, about: Mapping[str, Any]) -> None:
    """Save fitted weights; `about` says on what they were fitted and how good they are."""
    values = {
        "keyword": weights.keyword,
        "rerank": dict(weights.rerank),
        "mean": weights.mean,
        "scale": weights.scale,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(
        {"encoder": encoder, "weights": values, "fitted": dict(about)}, ensure_ascii=False, indent=1
    )
    path.write_text(text + "\n", encoding="utf-8")


def _weights(values: Mapping[str, Any]) -> Weights:
    rerank = {str(name): float(weight) for name, weight in values["rerank"].items()}
    numbers = [float(values[name]) for name in ("keyword", "mean", "scale")]
    if not 0 <= numbers[0] <= 1 or numbers[2] <= 0:
        raise ValueError("out of range")
    return Weights(numbers[0], MappingProxyType(rerank), *numbers[1:])
