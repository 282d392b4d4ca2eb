"""Going through a question set, over HTTP: what is shown, what is refused, and the set that comes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from rag.judging.questions import read
from rag.library.decoding import decode
from rag.web.api import create_app
from tests.web.sample import CANAL, COST, open_sample
from tests.web.serving import client_of

pytestmark = pytest.mark.slow_file
OWNER, OTHER = "a" * 43, "b" * 43
BAD = "<img src=x onerror=alert(1)>"
LINES: list[dict[str, Any]] = [
    {
        "id": "cost",
        "question": "Сколько стоит канал?",
        "answers": ["84 млрд тенге"],
        "articles": [CANAL.info.id],
        "quotes": [COST],
        "why": "ответ — в цитате",
        "tags": ["how-many"],
    },
    {"id": "polar", "question": f"Правда ли, что {BAD}?", "verdict": "no", "quotes": [BAD], "why": BAD},
    {
        "id": "other",
        "question": "Сколько стоит мост?",
        "refuse": True,
        "quotes": [COST],
        "history": [{"question": "Что строят?", "answer": "Канал."}],
        "why": "спрошено «мост», а в статье «работ»",
    },
]
SET = "\n".join(json.dumps(each, ensure_ascii=False) for each in LINES).encode()


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    app = create_app(open_sample(tmp_path_factory.mktemp("reviews")).as_bot)
    cookies = {"snoska_reader": OWNER}
    with client_of(app, cookies=cookies) as client:
        yield client


def begun(http: httpx.Client, file: str) -> tuple[str, str]:
    """The id of a review of SET and what is shown of it."""
    reply = http.post(
        "/api/reviews",
        params={"file": file},
        content=SET + f'\n{{"question": "{file}?", "refuse": true}}'.encode(),
    )
    assert reply.status_code == 200, reply.text
    return re.findall(r'data-review="(\w+)"', reply.text)[0], reply.text


def decided(http: httpx.Client, review: str, place: int, choice: str, **mended: Any) -> httpx.Response:
    sent = {"choice": choice} | ({"mended": mended} if mended else {})
    return http.post(f"/api/reviews/{review}/{place}", json=sent)


def test_a_question_is_shown_with_what_proves_it(http: httpx.Client) -> None:
    review, shown = begun(http, "канал.jsonl")
    assert "Вопрос 1 из 4. Осталось 4, оставлено 0, убрано 0" in shown
    assert "<mark>Стоимость работ оценивают в <b>84 млрд тенге</b>.</mark> Деньги выделены" in shown
    start = CANAL.text.index(COST)
    assert f'href="article/{CANAL.info.id}#s={start}-{start + len(COST)}"' in shown
    assert "ответ — в цитате" in shown and "how-many" in shown
    polar = http.get(f"/api/reviews/{review}", params={"at": 1}).text
    assert BAD not in polar and "&lt;img" in polar and '<p class="told">Нет</p>' in polar
    other = http.get(f"/api/reviews/{review}", params={"at": 2}).text
    assert "Ответа в статьях нет" in other and "Что строят?" in other
    assert f'href="article/{CANAL.info.id}#' in other  # found, though the question names no article


def test_what_is_kept_comes_out_as_a_set(http: httpx.Client) -> None:
    review, _ = begun(http, "итог.csv")
    assert (
        'data-place="1"'
        in decided(http, review, 0, "keep", question="Почём канал?", gold="answer", answers=["84 млрд"]).text
    )
    assert 'data-place="2"' in decided(http, review, 1, "drop").text
    assert "Осталось 1" in decided(http, review, 2, "keep").text
    assert "вопроса. Оставлено 2, убрано 2" in decided(http, review, 3, "drop").text
    made = http.get(f"/api/reviews/{review}/kept.jsonl")
    assert "%D0%B8%D1%82%D0%BE%D0%B3-" in made.headers["content-disposition"]
    cost, other = read(made.content, "набор", decode)
    assert (cost.id, cost.question, cost.answers) == ("cost", "Почём канал?", ("84 млрд",))
    assert (cost.quotes, cost.why, other.id) == ((COST,), "ответ — в цитате", "other")
    again = begun(http, "итог.csv")
    assert again[0] == review and "Проверить оставленные" in again[1]
    assert "итог.csv" in http.get("/api/reviews").text
    assert "итог.csv" not in http.delete(f"/api/reviews/{review}").text


def test_a_shipped_set_is_gone_through_too(http: httpx.Client) -> None:
    assert "<h2>Отказы</h2>" in http.post("/api/reviews", params={"set": "refusals"}).text


def test_what_cannot_be_done_is_told(http: httpx.Client) -> None:
    review, _ = begun(http, "отказы.jsonl")
    broken = http.post("/api/reviews", content=b"{}")
    assert (broken.status_code, broken.json()["detail"][:7]) == (422, "Файл, с")
    empty = decided(http, review, 0, "keep", question="?", gold="answer", answers=[])
    assert (empty.status_code, empty.json()["detail"][:22]) == (422, "Напишите верный ответ ")
    assert decided(http, review, 9, "keep").status_code == 422
    assert decided(http, review, 0, "burn").status_code == 422
    assert http.post("/api/reviews", content=b" " * 3_000_001).status_code == 413
    strange = httpx.Cookies({"snoska_reader": OTHER})
    with httpx.Client(base_url=http.base_url, cookies=strange) as other:
        assert other.get(f"/api/reviews/{review}").status_code == 422
        assert review not in other.get("/api/reviews").text
