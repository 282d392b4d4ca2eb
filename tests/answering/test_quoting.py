"""How a sentence is said so that it can be read alone; its quote is always verbatim."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.quoting import said
from rag.answering.verification import verify
from tests.answering.passages import evidence

LIST = "Места таковы:\n\n- первое — вольфрам;\n- второе — серебро;\n- третье — медь.\n\nДругие не названы."

CASES = [
    # What is asked for: text, part of the sentence, how it is said, how the quote begins and ends
    (
        "Дорогу строит Пини Алтхаус. Он знает рынок.",
        "знает",
        "Он [Пини Алтхаус] знает рынок.",
        ("Дорогу", "рынок."),
    ),
    (
        "Завод открыли весной. Также построили дорогу.",
        "Также",
        "Завод открыли весной. Также построили дорогу.",
        ("Завод", "дорогу."),
    ),
    ("Завод открыли весной. Дорогу построили.", "Дорогу", "Дорогу построили.", ("Дорогу", "построили.")),
    (
        "Вести этого дня собрала редакция газеты.\n\nАСТАНА, 5 марта 2026 года — Завод открыли весной.",
        "Завод",
        "Завод открыли весной.",
        ("Завод", "весной."),
    ),
    ("— О чём речь?\n\n— Завод открыли весной.", "весной", "Завод открыли весной.", ("Завод", "весной.")),
    (
        "Гости молчали. «Завод откроют весной. Дорога будет готова», — сказал Петров.",
        "Завод",
        "«Завод откроют весной. Дорога будет готова», — сказал Петров.",
        ("«Завод", "Петров."),
    ),
    (
        "Гости молчали. «Завод откроют весной. Дорога будет готова», — сказал Петров.",
        "Дорога",
        "«Завод откроют весной. Дорога будет готова», — сказал Петров.",
        ("«Завод", "Петров."),
    ),
    (
        LIST,
        "серебро",
        "Места таковы:\n• первое — вольфрам;\n• второе — серебро;\n• третье — медь.",
        ("Места", "медь."),
    ),
    (
        LIST,
        "Места",
        "Места таковы:\n• первое — вольфрам;\n• второе — серебро;\n• третье — медь.",
        ("Места", "медь."),
    ),
    (
        "По данным Reuters, доля равна 70 процентам. Это много.",
        "Reuters",
        "По данным Reuters, доля равна 70 процентам.",
        ("По данным", "процентам."),
    ),
]


@pytest.mark.parametrize(("text", "part", "shown", "edges"), CASES)
def test_it_can_be_read_alone(text: str, part: str, shown: str, edges: tuple[str, str]) -> None:
    found = said(evidence(text, part))
    assert found.text == shown
    assert found.quote == text[found.start : found.stop]
    assert found.quote.startswith(edges[0])
    assert found.quote.endswith(edges[1])
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
