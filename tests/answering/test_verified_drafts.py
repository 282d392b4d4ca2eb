"""A draft whose sentences are checked against the quotes they cite, and cut where nothing supports them."""

from __future__ import annotations

from rag.answering.verification import verified
from rag.types import Citation, Draft, Sentence


def citation(number: int, quote: str) -> Citation:
    return Citation(number, "a", "", None, None, None, quote, 0, len(quote), "p")


def test_a_draft_is_checked_against_the_quotes_it_cites() -> None:
    draft = Draft(
        sentences=(
            Sentence("Мост открыли весной.", (1,), "unsupported"),
            Sentence("Мост открыли весной.", (2,), "supported"),
            Sentence("Парк открыт, мост закрыт.", (2, 3), "supported"),
            Sentence("Мост открыли весной.", (), "supported"),
            Sentence("Мост открыли весной.", (7,), "supported"),
        ),
        citations=(
            citation(1, "Мост открыли весной."),
            citation(2, "Парк открыт."),
            citation(3, "Мост закрыт."),
        ),
        short_answer="весной",
        confidence=0.5,
        found=True,
    )
    checked = verified(draft)
    assert [sentence.support for sentence in checked.sentences] == [
        "supported",
        "unsupported",
        "partial",
        "unsupported",
        "unsupported",
    ]
    assert [s.text for s in checked.sentences] == [s.text for s in draft.sentences]
    assert (checked.citations, checked.short_answer, checked.confidence, checked.found) == (
        draft.citations,
        "весной",
        0.5,
        True,
    )


def test_what_differs_is_kept_with_the_sentence() -> None:
    draft = Draft(
        (Sentence("Мост длиной 34 км.", (1,), "supported"),), (citation(1, "Мост длиной 43 км."),), found=True
    )
    (sentence,) = verified(draft).sentences
    assert sentence.reasons == ("в источнике «43 км», в ответе «34 км»",)
    bare = Draft((Sentence("Мост длиной 34 км.", (), "supported"),), found=True)
    assert verified(bare).sentences[0].reasons == ("нет сноски",)


def test_a_quote_itself_is_supported_even_without_words() -> None:
    draft = Draft((Sentence("?! 😀", (1,), "unsupported"),), (citation(1, "?! 😀"),), found=True)
    assert verified(draft, strict=True).sentences == (Sentence("?! 😀", (1,), "supported"),)


def test_strict_cuts_what_nothing_supports() -> None:
    draft = Draft(
        sentences=(
            Sentence("Мост открыли весной.", (1,), "supported"),
            Sentence("Парк закрыт.", (2,), "supported"),
        ),
        citations=(citation(1, "Мост открыли весной."), citation(2, "Рудник даёт руду.")),
        short_answer="закрыт",
        confidence=0.5,
        found=True,
    )
    kept = verified(draft, strict=True)
    assert [sentence.text for sentence in kept.sentences] == ["Мост открыли весной."]
    assert [each.number for each in kept.citations] == [1]
    assert kept.short_answer is None
    assert kept.found


def test_strict_makes_a_refusal_of_an_answer_with_nothing_left() -> None:
    draft = Draft(
        (Sentence("Парк закрыт.", (1,), "supported"),),
        (citation(1, "Рудник даёт руду."),),
        "закрыт",
        0.5,
        True,
    )
    assert verified(draft, strict=True) == Draft(confidence=0.5)
    assert verified(draft).found


def test_an_empty_draft() -> None:
    assert verified(Draft()) == Draft()
