"""The nouns: frozen, with the invariants their docstrings promise, in the shapes the API promises."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import types
from rag.library.split import split
from rag.types import (
    Answer,
    Article,
    ArticleInfo,
    Citation,
    Disagreement,
    Filters,
    Hit,
    Passage,
    Repair,
    Sentence,
    SourceSentence,
    Version,
)

NOUNS = [noun for noun in vars(types).values() if isinstance(noun, type) and dataclasses.is_dataclass(noun)]
PASSAGE = Passage("p1", "a", 10, 23, "Мост открыли.", (SourceSentence(10, 23, ("мост", "открыть")),), "Мост")
INFO = ArticleInfo("a", "Мост", "Вестник", "2026-01-10", "https://a.example", ("мосты",))
HIT = Hit(PASSAGE, INFO, 0.123456, {"keyword": 1, "rerank": 2}, {"keyword": 0.98765, "rerank": 0.123456})
CITATION = Citation(
    1, "a", "Мост", "Вестник", "https://a.example", "2026-01-10", "Мост открыли.", 10, 23, "p1"
)
ANSWER = Answer(
    question="А мост?",
    standalone_question="Что с мостом?",
    found=True,
    text="Мост открыли [1].",
    short_answer="открыли",
    sentences=(Sentence("Мост открыли.", (1,), "supported"),),
    citations=(CITATION,),
    hits=(HIT,),
    confidence=0.987654,
    notes=("исправлено",),
    writer="extractive",
    elapsed_ms=12.3456,
    repairs=(Repair("мсот", "мост"),),
    listed=True,
    disagreements=(
        Disagreement(
            "figure",
            (Version("43 км", 2, "Trend", "2026-03-02"), Version("42 км", 1, None, None, "2026-01-21")),
        ),
    ),
)


def test_every_noun_is_frozen_and_has_slots() -> None:
    assert len(NOUNS) >= 13
    for noun in NOUNS:
        assert noun.__dataclass_params__.frozen, noun  # type: ignore[attr-defined]
        assert "__slots__" in vars(noun), noun


@pytest.mark.parametrize(
    ("filters", "restrict"),
    [
        (Filters(), False),
        (Filters(sources=(), articles=()), False),
        (Filters(since=date(2026, 1, 1)), True),
        (Filters(until=date(2026, 1, 1)), True),
        (Filters(sources=("Вестник",)), True),
        (Filters(articles=("a",)), True),
        (Filters(tags=("медь",)), True),
    ],
)
def test_filters_that_restrict_nothing_are_false(filters: Filters, restrict: bool) -> None:
    assert bool(filters) == restrict


ANSWER_JSON = """{
    "question": "А мост?", "standalone_question": "Что с мостом?",
    "found": true, "kind": "answer", "verdict": null, "missing": null,
    "text": "Мост открыли [1].", "short_answer": "открыли",
    "sentences": [{"text": "Мост открыли.", "citations": [1], "support": "supported", "reasons": []}],
    "citations": [{
        "number": 1, "article_id": "a", "title": "Мост", "source": "Вестник", "url": "https://a.example",
        "published": "2026-01-10", "quote": "Мост открыли.", "start": 10, "stop": 23,
        "passage_id": "p1", "context": [], "page": null, "version": 1
    }],
    "hits": [{
        "article_id": "a", "passage_id": "p1", "title": "Мост", "source": "Вестник",
        "url": "https://a.example", "published": "2026-01-10",
        "text": "Мост открыли.", "start": 10, "stop": 23, "page": null,
        "score": 0.1235, "ranks": {"keyword": 1, "rerank": 2},
        "scores": {"keyword": 0.9877, "rerank": 0.1235}, "reprints": []
    }],
    "confidence": 0.9877, "notes": ["исправлено"], "repairs": [{"typed": "мсот", "meant": "мост"}],
    "listed": true,
    "disagreements": [{"matter": "figure", "develops": false, "versions": [
        {"value": "43 км", "citation": 2, "source": "Trend", "published": "2026-03-02", "stated": null},
        {"value": "42 км", "citation": 1, "source": null, "published": null, "stated": "2026-01-21"}
    ]}],
    "writer": "extractive", "elapsed_ms": 12.35
}"""


def test_an_answer_as_json() -> None:
    assert json.loads(json.dumps(ANSWER.as_dict())) == json.loads(ANSWER_JSON)


SENTENCES = st.lists(
    st.sampled_from(
        [
            "Мост открыли весной.",
            "Ёлки стоят 1\u00a0250\u00a0000,5 руб. за шт.!",
            "За\u0301мок — на\u00adстоящий?",
            "«Рудник» дал 7,5 % руды в 2026 г.",
            "😀 " + "Очень длинное предложение о том, как строили мост через реку; " * 9 + "и всё.",
            "\n\n# Заголовок\n",
            "- пункт списка\n",
            "Cove Capital (США) подписала MoU.",
        ]
    ),
    min_size=1,
    max_size=25,
)


@given(SENTENCES)
@settings(deadline=None)
def test_offsets_of_passages_and_sentences(sentences: list[str]) -> None:
    article = Article(ArticleInfo("a", "Заголовок"), " ".join(sentences))
    for passage in split(article):
        assert article.text[passage.start : passage.stop] == passage.text
        assert passage.sentences
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].stop == passage.stop
        for sentence in passage.sentences:
            assert passage.quote(sentence) == article.text[sentence.start : sentence.stop]
            assert passage.quote(sentence) == passage.quote(sentence).strip() != ""


def test_the_nouns_need_nothing_heavy() -> None:
    rooms = [path.read_text(encoding="utf-8") for path in Path(types.__file__).parent.glob("*.py")]
    imported = {
        line.split()[1]
        for line in "\n".join(rooms).splitlines()
        if line.startswith(("import", "from")) and not line.startswith("from rag.types.")
    }
    light = "__future__ bisect collections dataclasses datetime hashlib pathlib typing numpy"
    assert {name.split(".")[0] for name in imported} == {*light.split()}
