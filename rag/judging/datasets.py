"""Questions as other tools keep them: RAGAS, LlamaIndex, SQuAD's rows, BEIR's queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_OF_SQUAD = ("context", "title", "answer_start", "is_impossible", "plausible_answers")
_ASKED = ("user_input", "query", "question")
_REFERENCE = ("reference", "reference_answer", "ground_truth", "ground_truths", "expected_answer")
Json = dict[str, Any]


def as_question(value: Json) -> Json | None:
    """The question that a line of another tool's data set is; None for any other object."""
    if "_id" in value and "text" in value:
        return {"id": value["_id"], "question": value["text"], "answers": value.get("answers", [])}
    if isinstance(value.get("answers"), dict):
        kept = {name: each for name, each in value.items() if name not in _OF_SQUAD}
        texts = [each for each in value["answers"].get("text", []) if isinstance(each, str)]
        return {**kept, "answers": list(dict.fromkeys(texts)), "refuse": not texts}
    return _with_reference(value)


def _with_reference(value: Json) -> Json | None:
    """Of RAGAS and of LlamaIndex' LabelledRagDataset: the reference is the gold, its contexts the quotes."""
    asked = next((value[name] for name in _ASKED if isinstance(value.get(name), str)), None)
    named = [name for name in _REFERENCE if name in value]
    if asked is None or not named:
        return None
    given = value[named[0]]
    texts = [each for each in (given if isinstance(given, list) else [given]) if each]
    quotes = value.get("reference_contexts") or []
    return {"question": asked, "answers": texts, "refuse": not texts, "quotes": quotes}


def whole(value: Json) -> Iterator[Json] | None:
    """The questions of a file that is one object; None where it is of no kind that is known here."""
    if isinstance(value.get("examples"), list):
        return _examples(value["examples"])
    if isinstance(value.get("queries"), dict) and isinstance(value.get("relevant_docs"), dict):
        return _retrieval(value)
    return None


def _examples(examples: list[Json]) -> Iterator[Json]:
    """Of LlamaIndex' LabelledRagDataset."""
    for each in examples:
        yield as_question(each) or each


def _retrieval(value: Json) -> Iterator[Json]:
    """Of LlamaIndex' EmbeddingQAFinetuneDataset: a document of each question has to be cited."""
    for named, asked in value["queries"].items():
        yield {"id": named, "question": asked, "articles": value["relevant_docs"].get(named, [])}
