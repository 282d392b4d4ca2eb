"""The likeliest sentences read by a network: order, confidence, short answer, verdict; a reader by table."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.answering import rereading
from rag.answering.evidence import read
from rag.answering.extractive import ExtractiveWriter
from rag.answering.fitted import fitted
from rag.answering.surroundings import surrounded
from rag.text.words import content_lemmas
from rag.types import Draft, Follows, Query, Reading, TextToRead
from tests.answering.test_extractive import WRITER, drafts, hit

SILENT = Follows(0.05, 0.05, 0.9)
NOTHING = Reading(None, -9.0, -9.0, SILENT)
WEIGHTS = {"score": 1.0, "span": 1.0, "answers": 1.0, "stated": 1.0}


class Table:
    """Reads as the table says; of any other text, that nothing answers. Remembers what it was given."""

    name = "table"

    def __init__(self, table: dict[str, Reading]) -> None:
        self.table = table
        self.given: list[TextToRead] = []

    def read(self, question: str, texts: Sequence[TextToRead]) -> list[Reading]:
        self.given += texts
        return [self.table.get(each.text, NOTHING) for each in texts]


def answered(question: str, reader: Table, text: str) -> Draft:
    """However sure that is."""
    writer = ExtractiveWriter(WRITER.matcher, lambda: reader, least=lambda _: 0.0)
    *_, whole = writer.write(Query(question, tuple(content_lemmas(question))), [hit("bridge", text)])
    return whole


def spoken(text: str, part: str, odds: float = 9.0) -> Reading:
    start = text.index(part)
    return Reading((start, start + len(part)), odds, odds, SILENT)


TEXT = "Мост через Урал строили четыре года. Железный мост открыли в 1936 году. По нему ходят поезда."
OPENED = "Железный мост открыли в 1936 году."
TRAINS = "По нему ходят поезда."


def test_what_the_network_is_sure_of_comes_first() -> None:
    question = Query("Что ходит по мосту?", tuple(content_lemmas("Что ходит по мосту?")))
    reader = Table({TRAINS: spoken(TRAINS, "поезда")})
    found = read(question, [hit("bridge")], WRITER.matcher, reader)
    assert found.evidence[0].text == TRAINS
    assert [each.score for each in found.evidence] == sorted((e.score for e in found.evidence), reverse=True)


def test_it_reads_each_sentence_with_the_title_and_the_sentence_before() -> None:
    reader = Table({})
    answered("Когда открыли железный мост?", reader, TEXT)
    contexts = {each.text: each.context for each in reader.given}
    assert contexts[OPENED] == "Мост. Мост через Урал строили четыре года."
    assert contexts["Мост через Урал строили четыре года."] == "Мост"


def test_no_more_sentences_are_read_than_pay() -> None:
    reader = Table({})
    answered("Когда открыли мост?", reader, " ".join(f"Мост номер {n} открыли весной." for n in range(30)))
    assert len(reader.given) == rereading.MOST_READ


def test_the_short_answer_is_what_the_network_marks() -> None:
    draft = answered("Когда открыли железный мост?", Table({OPENED: spoken(OPENED, "1936")}), TEXT)
    assert draft.short_answer == "1936"


def test_no_short_answer_where_the_network_is_unsure() -> None:
    unsure = Table({OPENED: Reading((23, 27), fitted()["span"]["least_odds"] - 1, 9.0, SILENT)})
    draft = answered("Когда открыли железный мост?", unsure, TEXT)
    assert draft.short_answer is None


UNDER = "## 3 мая\n\nДвижение по мосту закрыли.\n\n## 9 мая\n\nДвижение по мосту открыли."
REOPENED = "9 мая: Движение по мосту открыли."


def test_a_heading_may_be_the_answer() -> None:
    (whole,) = surrounded([hit("bridge", UNDER)], lambda _: UNDER)
    reader = Table({REOPENED: spoken(REOPENED, "9 мая")})
    writer, question = ExtractiveWriter(WRITER.matcher, lambda: reader), "Когда открыли движение по мосту?"
    *_, draft = writer.write(Query(question, tuple(content_lemmas(question))), [whole])
    assert draft.short_answer == "9 мая"
    assert [each.text for each in draft.sentences][:2] == ["9 мая", "Движение по мосту открыли."]
    assert all(UNDER[each.start : each.stop] == each.quote for each in draft.citations)


def test_an_answer_is_not_part_heading_and_part_sentence() -> None:
    (whole,) = surrounded([hit("bridge", UNDER)], lambda _: UNDER)
    reader = Table({REOPENED: spoken(REOPENED, "мая: Движение")})
    writer, question = ExtractiveWriter(WRITER.matcher, lambda: reader), "Когда открыли движение по мосту?"
    *_, draft = writer.write(Query(question, tuple(content_lemmas(question))), [whole])
    assert draft.short_answer is None and "9 мая" not in [each.text for each in draft.sentences]


DENIED = "Железный мост в 1936 году не открыли."


@pytest.mark.parametrize(
    ("sentence", "follows", "verdict", "short"),
    [
        (OPENED, Follows(0.995, 0.003, 0.002), "yes", "Да"),
        (DENIED, Follows(0.003, 0.995, 0.002), "no", "Нет"),
        # the network is unsure
        (OPENED, Follows(0.3, 0.3, 0.4), None, None),
    ],
)
def test_verdicts(sentence: str, follows: Follows, verdict: str | None, short: str | None) -> None:
    reader = Table({sentence: Reading((0, 8), 9.0, 9.0, follows)})  # a part is marked, and not what is asked
    draft = answered("Открыли ли железный мост в 1936 году?", reader, sentence)
    assert (draft.polar, draft.verdict, draft.short_answer) == (True, verdict, short)


def test_a_verdict_is_read_off_the_sentence_alone() -> None:
    reader = Table({OPENED: Reading((0, 8), 9.0, 9.0, Follows(0.995, 0.003, 0.002))})
    assert answered("Открыли ли железный мост в 1936 году?", reader, TEXT).verdict == "yes"
    assert reader.given[-1].context == ""


def test_a_year_that_no_sentence_has_proves_nothing() -> None:
    reader = Table({OPENED: Reading(None, 0.0, 9.0, Follows(0.99, 0.005, 0.005))})
    assert answered("Открыли ли железный мост в 1946 году?", reader, OPENED).verdict is None


def test_without_a_reader_words_decide_as_before() -> None:
    assert drafts("Когда открыли железный мост?", hit("bridge"))[-1].short_answer
