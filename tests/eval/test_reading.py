"""Gold spans, citations that hold them, and the comparison of short answers."""

from __future__ import annotations

import pytest

from eval import reading
from eval.beir import BeirQuery, BeirSet, Document
from eval.errors import EvaluationError
from rag.judging.judge import Quote, Reply

TEXT = "Мост открыли в мае. В мае же пустили трамвай."


def query(answers: tuple[str, ...], starts: tuple[int, ...]) -> BeirQuery:
    return BeirQuery.model_validate({"_id": "q", "text": "Когда?", "answers": answers, "starts": starts})


def beir_of(asked: BeirQuery) -> BeirSet:
    document = Document.model_validate({"_id": "bridge", "text": TEXT})
    return BeirSet("small", (document,), (asked,), {"q": {"bridge": 1.0}})


def spans(answers: tuple[str, ...], starts: tuple[int, ...]) -> list[tuple[int, int]]:
    asked = query(answers, starts)
    return [(span.start, span.stop) for span in reading.gold_spans(beir_of(asked), asked)]


def test_equal_answers_may_be_given_once() -> None:
    assert spans(("мае",), (15, 22)) == [(15, 18), (22, 25)]
    assert spans(("в мае", "мае"), (13, 15)) == [(13, 18), (15, 18)]


def test_an_answer_that_is_not_there_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="«q»"):
        spans(("в июне",), (13,))


def test_spans_follow_the_text_as_it_is_stored() -> None:
    asked = query(("мае",), (17,))
    document = Document.model_validate({"_id": "bridge", "text": "\ufeffМост\r\nоткрыли в мае."})
    beir = BeirSet("small", (document,), (asked,), {"q": {"bridge": 1.0}})
    (span,) = reading.gold_spans(beir, asked)
    assert "Мост\nоткрыли в мае."[span.start : span.stop] == "мае"


def reply(*quotes: tuple[str, int, int], short: str | None = None) -> Reply:
    citations = tuple(
        Quote(article_id=article, quote=TEXT[start:stop], start=start, stop=stop)
        for article, start, stop in quotes
    )
    return Reply(found=bool(quotes), text="", short_answer=short, citations=citations, confidence=1.0)


@pytest.mark.parametrize(
    ("quotes", "first", "three"),
    [
        ([("bridge", 0, 19)], 1.0, 1.0),
        ([("bridge", 20, 45), ("bridge", 0, 19)], 0.0, 1.0),
        ([("other", 0, 19)], 0.0, 0.0),
        ([("bridge", 0, 17)], 0.0, 0.0),
        ([("bridge", 20, 45)] * 3 + [("bridge", 0, 19)], 0.0, 0.0),
        ([], 0.0, 0.0),
    ],
)
def test_the_whole_span_stands_in_a_citation(
    quotes: list[tuple[str, int, int]], first: float, three: float
) -> None:
    asked = query(("в мае",), (13,))
    found = reading.of_one(asked, reading.gold_spans(beir_of(asked), asked), reply(*quotes))
    assert (found["first_citation"], found["three_citations"]) == (first, three)


@pytest.mark.parametrize(
    ("short", "f1", "exact"),
    [("в мае", 1.0, 1.0), ("«В мае».", 1.0, 1.0), ("мае", 2 / 3, 0.0), ("июнь", 0.0, 0.0), (None, 0.0, 0.0)],
)
def test_short_answers(short: str | None, f1: float, exact: float) -> None:
    found = reading.of_one(query(("в мае",), (13,)), [], reply(short=short))
    assert found["f1"] == pytest.approx(f1)
    assert found["exact"] == exact


def test_the_best_gold_answer_counts() -> None:
    found = reading.of_one(query(("5 мая", "май"), (0, 0)), [], reply(short="май"))
    assert (found["f1"], found["exact"]) == (1.0, 1.0)
