"""What readers say of answers becomes an evaluation set that the evaluation reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import sets
from rag.judging.judge import Reply, judge
from rag.judging.own_set import OwnSet, line_of
from rag.judging.questions import Question
from rag.judging.questions import read as read_set
from rag.judging.run import BROKEN, run, tally
from rag.library.decoding import decode
from rag.types import Answer, Turn
from tests.chats.sample import answer, refusal


def read(content: str) -> list[Question]:
    return read_set(content.encode(), "набор", decode)


Wanted = tuple[tuple[str, ...], tuple[str, ...], bool]  # answers, articles, whether to refuse
EARLIER = [Turn(f"Вопрос {n}?", "Ответ.") for n in range(6)]


@pytest.mark.parametrize(
    ("given", "good", "expected", "wanted"),
    [
        (answer(), True, "", (("312 метров",), ("most", "spor"), False)),
        (answer(), True, "308 метров", (("308 метров",), ("most", "spor"), False)),
        (answer(), False, " 308 метров ", (("308 метров",), (), False)),
        (answer(), False, "", ((), (), True)),
        (refusal(), True, "", ((), (), True)),
        (refusal(), False, "Спартак", (("Спартак",), (), False)),
    ],
)
def test_an_opinion_becomes_a_question(given: Answer, good: bool, expected: str, wanted: Wanted) -> None:
    line = line_of(given, EARLIER, good, expected)
    assert (line.answers, line.articles, line.refuse) == wanted
    assert line.question == given.question and list(line.history) == EARLIER[-4:]
    if good and not expected:  # what was good is judged as right
        assert judge(line, Reply.model_validate(given.as_dict())).right


def test_the_file_is_a_question_set(tmp_path: Path) -> None:
    own = OwnSet(tmp_path)
    assert own.content() == ""
    first, second = line_of(answer(), [], True), line_of(refusal(), EARLIER, True)
    assert own.add(first) and own.add(second) and not own.add(first)
    assert [question.id for question in sets.load([own.path])] == [first.id, second.id]
    assert read(own.content()) == [first, second]


def test_a_line_that_a_crash_cut_short_harms_no_other(tmp_path: Path) -> None:
    own = OwnSet(tmp_path)
    own.path.write_text('{"id": "x", "que', encoding="utf-8")
    own.add(line_of(answer(), [], True))
    lines = own.content().splitlines()
    assert len(lines) == 2 and read(lines[1])


def test_a_run_counts_what_came_of_each_question() -> None:
    lines = [
        '{"id": "right", "question": "Какова длина?", "answers": ["312 метров"], "articles": ["most"]}',
        '{"id": "wrong", "question": "Какова длина?", "answers": ["400 метров"], "articles": ["mat"]}',
        '{"id": "refused", "question": "Кто выиграл?", "answers": ["Спартак"]}',
        '{"id": "declined", "question": "Кто выиграл?", "refuse": true}',
        '{"id": "invented", "question": "Какова длина?", "refuse": true}',
        '{"id": "broken", "question": "Поломка?", "refuse": true}',
    ]

    def ask(question: str, history: object) -> Answer:
        if question == "Поломка?":
            raise RuntimeError("secret")
        return answer(question) if "длина" in question else refusal(question)

    outcomes = list(run(ask, read("\n".join(lines))))
    assert [outcome.judgement.outcome for outcome in outcomes] == [
        "верный ответ", "неверный ответ", "ложный отказ", "верный отказ", "ответ вместо отказа", "ошибка",
    ]  # fmt: skip
    assert outcomes[-1].said == BROKEN
    found = tally(outcomes)
    assert (found.asked, found.right) == (6, 2)
    assert (found.answerable, found.answered_right, found.unanswerable, found.declined_right) == (3, 1, 3, 1)
    assert (found.with_article, found.cited) == (2, 1)
    wrong = ("неверный ответ", "ложный отказ", "ответ вместо отказа", "ошибка")
    assert dict(found.verdicts) == dict.fromkeys(wrong, 1)
