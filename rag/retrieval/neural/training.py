"""`snoska train`: the static vectors trained further on the library itself, on the processor.

Contrastive: of a batch of pairs every left text must find its own right one (in-batch negatives,
`MultipleNegativesRankingLoss`). Only the rows of tokens that the library has are trained, and the result
is blended with the rows of before: that keeps what a billion words of news had taught them.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from rag.errors import ModelError
from rag.retrieval import static
from rag.retrieval.neural import hub
from rag.retrieval.static_rows import StaticRows
from rag.retrieval.training_pairs import Document, Exam, pairs

Progress = Callable[[int, int | None], None]

EPOCHS = 1
# Fewer would teach nothing, and would measure nothing.
LEAST_PAIRS, LEAST_QUESTIONS = 100, 10
# More texts in a batch make better negatives; a small library still gets _STEPS steps an epoch.
_BATCH, _SMALLEST_BATCH, _STEPS = 256, 16, 20
# Chosen on 5,391 news articles (eval/results/README.md): half-way back, no other set of questions loses.
_RATE = 0.03
_BLEND = 0.5
_SCALE = 20.0
_SEED = 20260101


@dataclass(frozen=True, slots=True)
class Trained:
    """What came out: nDCG@10 of the titles kept back, before and after."""

    folder: Path
    pairs: int
    questions: int
    before: float
    after: float
    seconds: float

    @property
    def is_better(self) -> bool:
        return self.after > self.before


def train(
    documents: Sequence[Document],
    base: Path,
    out: Path,
    epochs: int = EPOCHS,
    progress: Progress | None = None,
) -> Trained:
    """Train the encoder in `base` on `documents` and write it to `out`, replacing a former training.

    Raises ModelError: too little to train on, a folder that isn't ours, packages that aren't installed.
    """
    started = time.monotonic()
    check_packages()
    _check_place(out)
    exam = Exam(documents)
    taught = [pair for document in documents if not document.is_held_out for pair in pairs(document)]
    if len(taught) < LEAST_PAIRS or exam.questions < LEAST_QUESTIONS:
        raise ModelError(
            f"Обучать не на чем: в библиотеке пар текстов {len(taught)}, а нужно хотя бы {LEAST_PAIRS}; "
            f"отложенных заголовков {exam.questions}, а нужно хотя бы {LEAST_QUESTIONS}. "
            f"Добавьте статей с заголовками: snoska index ПАПКА"
        )
    source = StaticRows(base)
    used = source.used(text for pair in taught for text in pair)
    rows = _trained_rows(source, used, taught, epochs, progress)
    identity = _write(source, used, rows, out)
    before = exam.ndcg(static.StaticEncoder(base))
    after = exam.ndcg(static.StaticEncoder(out, identity))
    return Trained(out, len(taught), exam.questions, before, after, time.monotonic() - started)


def _trained_rows(
    source: StaticRows,
    used: Sequence[int],
    taught: Sequence[tuple[str, str]],
    epochs: int,
    progress: Progress | None,
) -> np.ndarray:
    """The rows of `used` after training, blended with those of before; float32."""
    hub.quiet()
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    before = source.rows[used].astype(np.float32)
    module = StaticEmbedding(source.tokenizer_of(used), embedding_weights=before.copy())
    with TemporaryDirectory(prefix="snoska-train-") as scratch:
        _fit(SentenceTransformer(modules=[module], device="cpu"), taught, epochs, Path(scratch), progress)
    after = module.embedding.weight.detach().numpy()
    return np.asarray(before + _BLEND * (after - before))


def _fit(
    model: object, taught: Sequence[tuple[str, str]], epochs: int, scratch: Path, progress: Progress | None
) -> None:
    """Run sentence-transformers' trainer, which prints nothing and writes no card."""
    from datasets import Dataset
    from sentence_transformers import SentenceTransformerTrainer, SentenceTransformerTrainingArguments
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
    from transformers import PrinterCallback

    class Trainer(SentenceTransformerTrainer):  # type: ignore[misc]
        def add_model_card_callback(self, _: object) -> None:
            pass

    left, right = zip(*taught, strict=True)
    trainer = Trainer(
        model=model,
        args=SentenceTransformerTrainingArguments(
            output_dir=str(scratch),
            num_train_epochs=epochs,
            per_device_train_batch_size=min(_BATCH, max(_SMALLEST_BATCH, len(taught) // _STEPS)),
            learning_rate=_RATE,
            warmup_steps=0.1,
            seed=_SEED,
            use_cpu=True,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
        ),
        train_dataset=Dataset.from_dict({"left": left, "right": right}),
        loss=MultipleNegativesRankingLoss(model, scale=_SCALE),
        callbacks=[_telling(progress)] if progress else [],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()


def _telling(progress: Progress) -> object:
    from transformers import TrainerCallback

    class Telling(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: object, state: object, control: object, **_: object) -> None:
            progress(state.global_step, state.max_steps)  # type: ignore[attr-defined]

    return Telling()


def _write(source: StaticRows, used: Sequence[int], rows: np.ndarray, out: Path) -> str:
    """The whole model with new rows in the places of `used`; the encoder's name."""
    whole = np.array(source.rows)
    whole[used] = rows.astype(np.float16)
    scratch = out.with_name(f".{out.name}.partial")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.parent.mkdir(parents=True, exist_ok=True)
    source.save(scratch, whole)
    shutil.rmtree(out, ignore_errors=True)
    scratch.rename(out)
    return static.trained(out).name


def _check_place(out: Path) -> None:
    if out.exists() and not static.is_trained(out) and (not out.is_dir() or any(out.iterdir())):
        raise ModelError(
            f"{out} уже есть, и это не обученный ранее кодировщик. Назовите другую папку: "
            f"snoska train --out ПАПКА"
        )


def check_packages() -> None:
    """Raises ModelError when training needs packages that aren't installed."""
    from importlib.util import find_spec

    missing = [name for name in ("datasets", "accelerate") if find_spec(name) is None]
    if missing:
        raise ModelError(
            f"Для обучения не хватает пакетов: {', '.join(missing)}. "
            f"Установите их: pip install {' '.join(missing)}"
        )


def told(trained: Trained) -> str:
    """What to say of it, and what to type next (Russian)."""
    numbers = (
        f"Отложенные заголовки ({trained.questions}): nDCG@10 было {_percent(trained.before)}, "
        f"стало {_percent(trained.after)}; пар {trained.pairs}, {trained.seconds:.0f} с."
    )
    if not trained.is_better:
        return f"{numbers} Лучше не стало: оставьте прежний кодировщик. Папку {trained.folder} можно удалить."
    return (
        f"{numbers} Чтобы искать с ним, впишите в .env RAG_ENCODER={trained.folder} — "
        f"и постройте индекс: snoska index"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}".replace(".", ",")
