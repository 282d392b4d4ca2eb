"""The check behind every sentence's support."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rag
from rag.answering.verification import verified, verify
from rag.types import Citation, Draft, Sentence

Sources = str | list[str]


def check(sentence: str, sources: Sources) -> tuple[str, str]:
    verdict = verify(sentence, [sources] if isinstance(sources, str) else sources)
    return verdict.support, "; ".join(verdict.reasons)


@pytest.mark.parametrize(
    ("sentence", "sources"),
    [
        # word for word
        ("Мост открыли весной.", "Мост открыли весной."),
        ("мост открыли весной", "Вчера новый мост открыли весной!"),
        ("Мост открыли\u00a0весной.", "Мост открыли весной."),
        ("Ещё мост открыли", "Еще мо\u0301ст от\u00adкрыли"),
        ("Мост\0открыли", "мост открыли"),
        # footnotes are no part of the claim
        ("Мост открыли весной [1].", "Мост открыли весной."),
        ("Мост [1] открыли весной [2] [3].", "Мост открыли весной."),
        ("Мост открыли весной [1].", "Мост открыли [12] весной [13]."),
        # in other words
        ("Весной открыли мост через Урал.", "Через Урал весной был открыт мост: его открыли с оркестром."),
        ("Мост открыли и покрасили.", ["Мост открыли весной.", "Мост покрасили осенью."]),
        # numbers
        ("Сделка стоит 2,3 млрд долларов.", "Сделка стоит 2,3 миллиарда долларов."),
        ("Сделка стоит 2,3 млрд долларов.", "Сделка стоит $2,3 млрд."),
        ("Сделка стоит 2 300 млн долларов.", "Сделка стоит 2,3 миллиарда долларов."),
        ("Рудник даёт 12 тыс. тонн.", "Рудник даёт 12\u00a0000 тонн руды."),
        ("Рудник даёт двенадцать тысяч тонн.", "Рудник даёт 12 000 т руды."),
        ("Доля компании — 70 %.", "Доля компании составит 70% проекта."),
        ("Доля компании — 70 процентов.", "Доля компании составит 70% проекта."),
        ("Купят 300 вагонов.", "Купят 300 новых вагонов."),
        # names in other cases
        ("Соглашение подписал Ермек Иванов.", "Соглашение, что подписал министр, Ермеку Иванову нравится."),
        (
            "Договор с Пашиняном готов.",
            "Договор, который готов, Пашинян читал с ручкой. Пашиняном он доволен.",
        ),
        ("Рудник строит Cove Capital.", "Строит рудник компания Cove Capital."),
        ("Встреча прошла в Ташкенте.", "Прошла встреча, Ташкент доволен."),
        # denials
        ("Мост не открыли.", "Мост так и «не» открыли."),
        ("Завод не построен, рудник работает.", "Рудник работает. Завод не был построен."),
        ("Мост открыли.", "Мост открыли, школу — нет. Парк не трогали."),
        ("Мост длиной не менее 43 км.", "Длиной мост не менее 43 км."),
    ],
)
def test_supported(sentence: str, sources: Sources) -> None:
    assert check(sentence, sources) == ("supported", "")


@pytest.mark.parametrize(
    ("sentence", "sources", "reason"),
    [
        ("Рудник даёт золото и серебро.", "Рудник даёт много руды.", "в источнике нет слов: золото, серебро"),
        ("Мост открыли в мае.", "Мост открыли в июне.", "в источнике нет слов: мае"),
        ("Завод отказался от сделки.", "Завод согласился на сделку.", "в источнике нет слов: отказался"),
        ("Петров подписал соглашение.", "Иванов подписал соглашение.", "в источнике нет слов: Петров"),
    ],
)
def test_partial(sentence: str, sources: Sources, reason: str) -> None:
    assert check(sentence, sources) == ("partial", reason)


@pytest.mark.parametrize(
    ("sentence", "sources", "reason"),
    [
        # numbers
        ("Мост длиной 34 км.", "Мост длиной 43 км.", "в источнике «43 км», в ответе «34 км»"),
        (
            "Сделка стоит 2,3 млрд долларов.",
            "Сделка стоит 2,3 млн долларов.",
            "в источнике «2,3 млн долларов», в ответе «2,3 млрд долларов»",
        ),
        (
            "Сделка стоит 2,3 млрд рублей.",
            "Сделка стоит 2,3 млрд долларов.",
            "в источнике нет числа «2,3 млрд рублей»",
        ),
        ("Доля — 70 %.", "Доля — 30%.", "в источнике «30%», в ответе «70 %»"),
        ("Рост составил -5 %.", "Рост составил 5 %.", "в источнике «5 %», в ответе «−5 %»"),
        (
            "Мост открыли в 2026 году.",
            "Мост открыли в 2025 году.",
            "в источнике «2025 году», в ответе «2026 году»",
        ),
        ("Мост открыли 5 мая.", "Мост открыли в мае.", "в источнике нет числа «5»"),
        (
            "Три рудника работают.",
            "Двадцать три рудника работают.",
            "в источнике «Двадцать три рудника», в ответе «Три рудника»",
        ),
        # names
        (
            "Соглашение подписал Ермек Петров.",
            "Соглашение подписал Ермек Иванов.",
            "в источнике нет имени «Петров»",
        ),
        ("Запасы оценила USGS.", "Запасы оценила служба.", "в источнике нет имени «USGS»"),
        (
            "Рудник строит Cove Capital.",
            "Рудник строит компания.",
            "в источнике нет имени «Cove»; в источнике нет имени «Capital»",
        ),
        # denials
        ("Мост не открыли.", "Мост открыли.", "в источнике нет отрицания"),
        ("Рудник работает без света.", "Рудник работает. Света много.", "в источнике нет отрицания"),
        ("Мост открыли весной.", "Мост не открыли весной.", "в источнике отрицается «открыли»"),
        ("Открыли весной.", "Мост не открыли весной.", "в источнике отрицается «Открыли»"),
        ("Завод построен в Орске.", "Завод не был построен в Орске.", "в источнике отрицается «построен»"),
        (
            "Рудник даёт медь, но не золото.",
            "Рудник даёт золото, но не медь.",
            "в источнике нет отрицания; в источнике отрицается «медь»",
        ),
        # something else
        ("Погода сегодня солнечная.", "Рудник даёт руду.", "в источнике говорится о другом"),
        ("Мост открыли.", [], "в источнике говорится о другом"),
        ("Мост открыли.", "", "в источнике говорится о другом"),
        ("Мост открыли.", ["…", "\0"], "в источнике говорится о другом"),
        ("", "Мост открыли.", "в предложении нет слов"),
        (" \n", "Мост открыли.", "в предложении нет слов"),
        ("[1] [2]", "Мост открыли.", "в предложении нет слов"),
        ("?! 😀", "?! 😀", "в предложении нет слов"),
    ],
)
def test_unsupported(sentence: str, sources: Sources, reason: str) -> None:
    assert check(sentence, sources) == ("unsupported", reason)


def test_it_is_what_the_package_offers() -> None:
    assert rag.verify("Мост длиной 34 км.", ["Мост длиной 43 км."]) == verify(
        "Мост длиной 34 км.", ["Мост длиной 43 км."]
    )


WORDS = st.lists(
    st.sampled_from("Мост не открыли в 2026 году Ермек 43 км 2,3 млрд . , [1] без USGS два рудника".split()),
    min_size=1,
    max_size=12,
).map(" ".join)


@given(WORDS)
@settings(deadline=None)
def test_a_sentence_supports_itself(sentence: str) -> None:
    support, reason = check(sentence, sentence)
    assert support == "supported" or reason == "в предложении нет слов"


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
@settings(deadline=None)
def test_a_reason_stands_by_every_doubt(sentence: str, sources: list[str]) -> None:
    verdict = verify(sentence, sources)
    assert bool(verdict.reasons) == (verdict.support != "supported")


@given(WORDS, WORDS, WORDS)
@settings(deadline=None)
def test_a_name_that_one_source_holds_two_hold(claim: str, first: str, second: str) -> None:
    def missing(*sources: str) -> set[str]:
        return {reason for reason in verify(claim, sources).reasons if "нет имени" in reason}

    assert missing(first, second) <= missing(first)


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
        "supported",
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


def test_an_empty_draft() -> None:
    assert verified(Draft()) == Draft()
