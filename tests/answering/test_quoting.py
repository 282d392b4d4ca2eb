"""How a sentence is said so that it can be read alone; its quote is always verbatim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.quoting import said
from rag.answering.verification import verify
from tests.answering.passages import evidence

LIST = "Места таковы:\n\n- первое — вольфрам;\n- второе — серебро;\n- третье — медь.\n\nДругие не названы."
LISTED = "Места таковы:\n• первое — вольфрам;\n• второе — серебро;\n• третье — медь."
HEADED = "Вести этого дня собрала редакция.\n\nАСТАНА, 5 марта 2026 года — Завод открыли весной."
SPOKEN = "Гости молчали. «Завод откроют весной. Дорога будет готова», — сказал Петров."
SAID = "«Завод откроют весной. Дорога будет готова», — сказал Петров."
# A text | a part of the sentence that is asked for | how it is said | how the quote begins and ends
ALONE = [
    ("Дачу строит Пини Алтхаус. Он знает рынок.", "знает", "Он [Пини Алтхаус] знает рынок.", "Дачу рынок."),
    ("Цех открыли. Также строят мост.", "Также", "Цех открыли. Также строят мост.", "Цех мост."),
    ("Завод открыли весной. Дорогу построили.", "Дорогу", "Дорогу построили.", "Дорогу построили."),
    (HEADED, "Завод", "Завод открыли весной.", "Завод весной."),
    ("— О чём речь?\n\n— Завод открыли весной.", "весной", "Завод открыли весной.", "Завод весной."),
    (SPOKEN, "Завод", SAID, "«Завод Петров."),
    (SPOKEN, "Дорога", SAID, "«Завод Петров."),
    (LIST, "серебро", LISTED, "Места медь."),
    (LIST, "Места", LISTED, "Места медь."),
    ("По данным Reuters, доля — 70 %. Много.", "Reuters", "По данным Reuters, доля — 70 %.", "По %."),
]


@pytest.mark.parametrize(("text", "part", "shown", "edges"), ALONE)
def test_it_can_be_read_alone(text: str, part: str, shown: str, edges: str) -> None:
    found = said(evidence(text, part))
    assert found.text == shown
    assert found.quote == text[found.start : found.stop]
    assert [found.quote.split()[place] for place in (0, -1)] == edges.split()
    assert verify(found.text, [found.quote]).support == "supported"


def test_what_was_just_said_is_not_said_again() -> None:
    text = "Завод открыли весной. Также построили дорогу."
    assert said(evidence(text, "Также"), just_said=True).text == "Также построили дорогу."


PARTS = [
    "Иван Петров открыл завод.",
    "Он знает рынок.",
    "Также построили дорогу.",
    "Это 127 000 кв. км.",
    "«Завод растёт.",
    "Дорога готова», — сказал он.",
    "\nИтоги:\n- первое;\n- второе.\n",
    "По данным ТАСС, предположительно 1,1 млрд рублей.",
]


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=8))
@settings(deadline=None)
def test_a_quote_is_verbatim_and_holds_its_sentence(parts: list[str]) -> None:
    text = " ".join(parts)
    whole = evidence(text)
    for sentence in whole.hit.passage.sentences:
        one = evidence(text, whole.hit.passage.quote(sentence))
        found = said(one)
        assert found.quote == text[found.start : found.stop]
        assert found.stop >= one.sentence.stop
        assert verify(found.text, [found.quote]).support == "supported"
