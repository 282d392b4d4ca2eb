"""Reviews of question sets: what is decided stays, whatever happens, and the set that comes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag.errors import EvaluationError
from rag.judging.questions import Question
from rag.judging.reviews import GONE, NO_GOLD, Choice, Decision, Gold, Review, Reviews, gold_of, mended

ANNA = "anna"
FACT = Question(
    question="Какова высота маяка?", answers=("41 метр",), articles=("mayak",), why="ответ — в цитате"
)
POLAR = Question(question="Правда ли, что маяк белый?", verdict="yes")
NONE = Question(question="Какова высота моста?", refuse=True, why="спрошено «моста»")
SET = [FACT, POLAR, NONE]


def decided(reviews: Reviews, review: Review, *choices: Choice) -> Review:
    for place, choice in enumerate(choices):
        review = reviews.decide(review.id, ANNA, Decision(place=place, choice=choice))
    return review


def test_what_is_kept_dropped_and_left(tmp_path: Path) -> None:
    reviews = Reviews(tmp_path)
    review = reviews.begin(ANNA, "маяк.jsonl", SET)
    assert (review.left, review.kept(), review.next_open()) == (3, [], 0)
    review = decided(reviews, review, "keep", "drop")
    assert (review.left, review.chosen("keep"), review.chosen("drop")) == (1, 1, 1)
    assert review.kept() == [FACT]
    assert [review.next_open(after) for after in (-1, 1, 2)] == [2, 2, 2]
    review = decided(reviews, review, "drop", "keep", "keep")  # minds change
    assert review.kept() == [POLAR, NONE] and review.next_open() is None


def test_the_same_set_goes_on_and_another_reader_begins(tmp_path: Path) -> None:
    reviews = Reviews(tmp_path)
    review = decided(reviews, reviews.begin(ANNA, "a", SET), "keep")
    assert reviews.begin(ANNA, "called otherwise", SET) == review
    assert reviews.begin("boris", "a", SET).left == 3
    assert reviews.begin(ANNA, "b", SET[:2]).left == 2
    assert [each.title for each in reviews.of(ANNA)] == ["b", "a"]
    for name, owner in ((review.id, "boris"), ("0" * 24, ANNA), ("../../etc", ANNA)):
        with pytest.raises(EvaluationError, match=GONE):
            reviews.get(name, owner)
    with pytest.raises(EvaluationError, match=GONE):
        reviews.decide(review.id, ANNA, Decision(place=3, choice="keep"))
    reviews.remove(review.id, ANNA)
    assert [each.title for each in reviews.of(ANNA)] == ["b"]


def test_a_mended_question_stays_mended_when_it_is_decided_again(tmp_path: Path) -> None:
    reviews = Reviews(tmp_path)
    review = reviews.begin(ANNA, "a", SET)
    better = mended(FACT, "Какой высоты маяк?", "answer", ["41 метр", "41 м", " "])
    reviews.decide(review.id, ANNA, Decision(place=0, choice="keep", mended=better))
    reviews.decide(review.id, ANNA, Decision(place=0, choice="drop"))
    review = reviews.decide(review.id, ANNA, Decision(place=0, choice="keep"))
    assert review.kept() == [better]
    assert better.answers == ("41 метр", "41 м") and better.articles == ("mayak",) and better.why == FACT.why


@pytest.mark.parametrize(
    ("question", "gold", "answers", "wanted"),
    [
        (FACT, "refuse", ["41 метр"], {"refuse": True}),
        (FACT, "no", [], {"verdict": "no", "articles": ("mayak",)}),
        (POLAR, "answer", ["белый"], {"answers": ("белый",)}),
        (NONE, "answer", ["12 метров"], {"answers": ("12 метров",)}),
        (NONE, "refuse", [], {"refuse": True, "why": NONE.why}),
        (Question(question="?", articles=("a",)), "answer", [], {"articles": ("a",)}),
    ],
)
def test_a_gold_is_changed(
    question: Question, gold: Gold, answers: list[str], wanted: dict[str, object]
) -> None:
    found = mended(question, "Новый вопрос?", gold, answers)
    assert found == Question.model_validate({"question": "Новый вопрос?", "all": ()} | wanted)
    assert gold_of(found) == gold


@pytest.mark.parametrize(
    ("asked", "answers", "told"), [("Кто?", [""], NO_GOLD), (" ", ["а"], "пустая строка")]
)
def test_a_question_without_words_or_gold_is_told(asked: str, answers: list[str], told: str) -> None:
    with pytest.raises(EvaluationError, match=told):
        mended(FACT, asked, "answer", answers)


_DECIDES = """
import sys
from pathlib import Path
from rag.judging.reviews import Decision, Reviews
for place in range(3):
    Reviews(Path(sys.argv[1])).decide(sys.argv[2], "anna", Decision(place=place, choice="keep"))
    print(place, flush=True)
    if place == 1:
        sys.stdin.read()
"""


def test_a_kill_loses_no_decision_and_a_torn_line_no_other(tmp_path: Path) -> None:
    reviews = Reviews(tmp_path)
    review = reviews.begin(ANNA, "a", SET)
    command = [sys.executable, "-c", _DECIDES, str(tmp_path), review.id]
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": root}
    ) as killed:
        assert killed.stdout
        assert [killed.stdout.readline().strip() for _ in range(2)] == [b"0", b"1"]
        killed.send_signal(signal.SIGKILL)
    assert reviews.get(review.id, ANNA).chosen("keep") == 2
    path = next((tmp_path / "reviews").iterdir())
    path.write_bytes(path.read_bytes() + b'{"place": 2, "cho')
    assert reviews.get(review.id, ANNA).left == 1
    assert decided(reviews, review, "drop").kept() == [POLAR]
