"""Which encoder, reranker and weights the settings name. What is heavy is imported when it is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.errors import ModelError, SettingsError
from rag.retrieval import static
from rag.retrieval.fusion import SHIPPED, Weights, read
from rag.retrieval.rerank import WEIGHTS
from rag.types import Encoder, Reranker

STATIC_NAME, E5_NAME = "static", "e5"
LATE, NO_RERANKER = "late-interaction", "none"


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """The settings that make an encoder."""

    name: str = STATIC_NAME
    query_prompt: str | None = None
    passage_prompt: str | None = None

    @property
    def recipe(self) -> str:
        """All of it as a line, for `former`."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def encoder(self, words: static.StaticEncoder, models: Path) -> Encoder:
        """The encoder; `words` is the built-in one, `models` where others are made. Raises ModelError."""
        if self.name == STATIC_NAME:
            return words
        if self.name == E5_NAME:
            return self._e5(models)
        if static.is_trained(Path(self.name).expanduser()):
            return static.trained(Path(self.name).expanduser())
        from rag.retrieval.neural.encoder import SentenceTransformerEncoder

        return SentenceTransformerEncoder(self.name, self.query_prompt, self.passage_prompt)

    def _e5(self, models: Path) -> Encoder:
        from rag.retrieval import e5
        from rag.retrieval.neural.prompts import prompts

        return e5.E5Encoder(e5.ensure(models), prompts(self.name, {}, self.query_prompt, self.passage_prompt))


def former(recipe: str, words: static.StaticEncoder, models: Path) -> Encoder | None:
    """The encoder of an earlier recipe; None where this machine can't load it any more."""
    try:
        return EncoderChoice(**json.loads(recipe)).encoder(words, models)
    except (ModelError, ValueError, TypeError):
        return None


def finalist(name: str) -> Reranker | None:
    """The cross-encoder that RAG_RERANKER names, if it names one. Raises ModelError."""
    if name in (LATE, NO_RERANKER):
        return None
    from rag.retrieval.neural.cross_encoder import CrossEncoderReranker

    return CrossEncoderReranker(name)


def weights_for(chosen: Encoder, path: Path | None, is_required: bool) -> Callable[[Encoder], Weights]:
    """Weights by encoder: for the chosen one those in the file at `path`, if there is one.

    Raises SettingsError where the file is broken, belongs to another encoder or is missing but required.
    """
    fitted = read(path, chosen.name) if path else None
    if path and fitted is None and is_required:
        raise SettingsError(
            f"Файла весов {path} нет. Подберите веса: python -m eval fit ПАПКА_BEIR — "
            f"или уберите настройку: unset RAG_WEIGHTS"
        )
    if fitted and not set(fitted.rerank) <= set(WEIGHTS):
        raise SettingsError(
            f"Веса в {path} подобраны другой версией программы. Подберите их заново: "
            f"python -m eval fit ПАПКА_BEIR — или удалите этот файл."
        )

    def weights(encoder: Encoder) -> Weights:
        if fitted and encoder.name == chosen.name:
            return fitted
        if encoder.name in SHIPPED:
            return SHIPPED[encoder.name]
        from rag.retrieval.calibration import calibrated

        return calibrated(encoder)

    return weights
