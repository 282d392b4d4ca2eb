"""The report of a run: it stands alone, tells what was measured, and keeps texts from outside texts."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from eval import plots, refusal, report, runs
from eval.__main__ import main
from eval.question_list import _parts as parts_told
from eval.runs import Run
from rag.types import Turn
from tests.eval.records import DECLINED, HEADER, RIGHT, WRONG, record

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
PARTS = ("cited", "in_text", "short", "in_quotes", "verdict", "false_verdict")
VOID = {"input", "meta"}


class Reader(HTMLParser):
    """What a browser would see: the tags, their attributes, the text; every tag must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str, kind: str) -> list[dict[str, str | None]]:
        return [values for name, values in self.tags if name == tag and kind in (values.get("class") or "")]


def said(reply: dict[str, Any], confidence: float, **more: Any) -> dict[str, Any]:
    return reply | {"confidence": confidence} | more


QUOTED = said(
    WRONG,
    0.85,
    short_answer="в Омске",
    citations=[{"article_id": "plant", "quote": "Завод в Омске.", "start": 3, "stop": 17}],
)
RUN = Run(
    HEADER,
    (
        record("a", said(RIGHT, 0.95), tags=("place",)),
        record(
            "b", QUOTED, tags=("place",), history=(Turn("Какой завод?", "Станков."),), articles=("plant",)
        ),
        record("c", said(DECLINED, 0.2)),
        record("d", None),
        record("e", said(DECLINED, 0.1), refuse=True),
        record("f", said(RIGHT, 0.55), refuse=True),
    ),
)


def test_it_tells_where_the_numbers_come_from() -> None:
    text = Reader(report.page(RUN)).text
    assert "small" in text
    assert "1 марта 2026" in text.replace("\u00a0", " ")
    for value in ("0123abc", "encoder", "static", "python"):
        assert value in text


def shown_of(page: str, question: str) -> str:
    """What the report tells of one question."""
    (found,) = re.findall(rf'<details [^>]*id="{question}".*?</dl></div></details>', page, re.DOTALL)
    return Reader(found).text


def test_every_question_is_told_with_what_was_expected_and_said() -> None:
    page = report.page(RUN)
    listed = re.findall(r'<details class="question (\w+)[^"]*" id="(\w)"( open)?>', page)
    assert [(kind, name) for kind, name, _ in listed] == [
        *[("failed", name) for name in "bcfd"],
        *[("right", name) for name in "ae"],
    ]
    assert all(bool(is_open) == (kind == "failed") for kind, _, is_open in listed)
    for part in ("Какой завод?", "Где завод?", "«в Орске» (plant)", "в Омске", "plant:3–17", "85,0"):
        assert part in shown_of(page, "b")
    assert "Ошибка" in shown_of(page, "d")
    assert "отказ: в статьях ответа нет" in shown_of(page, "f")


@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ({"cited": True}, "нужная статья в сносках"),
        ({"cited": False, "in_text": True}, "ответ стоит в тексте|нужной статьи в сносках нет"),
        ({"short": False, "in_quotes": False}, "краткий ответ неверен|в цитатах ответа нет"),
        ({"verdict": False, "false_verdict": True}, "«да» или «нет»: сказано обратное"),
        ({"verdict": False, "false_verdict": False}, "«да» или «нет»: не сказано"),
    ],
)
def test_parts_of_an_answer_are_told_apart(part: dict[str, bool], wanted: str) -> None:
    parts: dict[str, Any] = dict.fromkeys(PARTS) | part
    judged = replace(record("a", RIGHT).judged(), **parts)
    assert "|".join(Reader(str(each)).text for each in parts_told(judged)) == wanted


def test_a_question_says_what_decided_it() -> None:
    asked = "Сколько человек построили плотину в 1951 году?"
    quote = {"article_id": "dam", "quote": "В 1952 году плотину построили рабочие.", "start": 0, "stop": 38}
    more = {
        "question": "А плотину?",
        "standalone_question": asked,
        "citations": [quote],
        "notes": ["исправлена раскладка"],
        "sentences": [{"text": "Плотина стоит.", "reasons": ["нет числа «5»"]}],
    }
    quoted = record("a", said(WRONG, 0.5, **more), quotes=("Золотая цитата",), why="Потому что так.")
    declined = record(
        "b", said(DECLINED, 0.1, hits=[{"text": "Плотина стара.", "article_id": "old"}], missing="№ 7")
    )
    page = report.page(Run(HEADER, (quoted, declined)))
    for part in (
        f"понято как «{asked}»",
        "«1951 году»: в источнике об этом не сказано",
        "исправлена раскладка",
        "«Плотина стоит.»: нет числа «5»",
        "«Золотая цитата»",
        "Потому что так.",
    ):
        assert part in shown_of(page, "a")
    for part in ("рядом нашлось: Плотина стара. old", "в статьях нет: «№ 7»"):
        assert part in shown_of(page, "b")


def test_a_run_without_mistakes_says_so() -> None:
    assert "Всё вышло верно." in report.page(Run(HEADER, (record("a", RIGHT),)))


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ((record("a", RIGHT),), "Вопросов без ответа в наборе нет"),
        ((record("a", DECLINED, refuse=True),), "Вопросов с ответом в наборе нет"),
        ((record("a", DECLINED), record("b", None)), "Ответов не было"),
    ],
)
def test_a_plot_that_cannot_be_drawn_is_told_in_words(records: tuple[runs.Record, ...], told: str) -> None:
    assert told in Reader(report.page(Run(HEADER, records))).text


def test_the_reliability_plot_has_a_dot_a_tenth() -> None:
    found = refusal.of_run(RUN.records).reliability
    assert found is not None
    drawn = Reader(str(plots.reliability(found)))
    area = plots.Area()
    centres = [(float(str(dot["cx"])), float(str(dot["cy"]))) for dot in drawn.named("circle", "dot")]
    assert centres == [
        pytest.approx((area.x(sure), area.y(right)), abs=0.06)
        for sure, right in ((0.55, 0), (0.85, 0), (0.95, 1))
    ]
    assert len(drawn.named("rect", "bar")) == 3
    assert "ответов 1, верных 100,0" in drawn.text


def test_the_refusal_plot_falls_and_rises() -> None:
    drawn = Reader(str(plots.refusal(refusal.of_run(RUN.records))))
    heights = [
        [float(place.split(",")[1]) for place in str(line["points"]).split()]
        for line in drawn.named("polyline", "curve")
    ]
    answered, declined = heights
    assert answered == sorted(answered)  # a greater y is lower on the page
    assert declined == sorted(declined, reverse=True)


def test_the_bars_of_times_hold_every_question() -> None:
    drawn = str(plots.times([10.0, 11.0, 12.0, 30.0, 90.0, 5000.0]))
    counts = [int(count) for count in re.findall(r"вопросов (\d+)</title>", drawn)]
    assert sum(counts) == 6
    assert counts[-1] == 1
    assert "p50: 21 мс" in drawn


@pytest.mark.parametrize("values", [[0.0], [0.4, 0.4], [7.0] * 3])
def test_times_that_are_all_alike_can_be_drawn(values: list[float]) -> None:
    assert f"вопросов {len(values)}" in plots.times(values)


def test_nothing_is_loaded_and_nothing_runs() -> None:
    hostile = record(HOSTILE, said(WRONG, 0.8, text=HOSTILE, short_answer=HOSTILE), tags=(HOSTILE,))
    header = HEADER.model_copy(update={"sets": (HOSTILE,), "settings": {HOSTILE: HOSTILE}})
    page = report.page(Run(header, (*RUN.records, hostile)))
    reader = Reader(page)
    assert HOSTILE in reader.text
    assert not {"script", "img", "link", "iframe", "object"} & {tag for tag, _ in reader.tags}
    for _, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "href")]
    assert "url(" not in page
    assert "@import" not in page


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "run.jsonl", tmp_path / "new" / "report.html"
    runs.write(path, HEADER, RUN.records, lambda _: None)
    assert main(["report", str(path), "--html", str(out)]) == 0
    assert f"Отчёт записан: {out}" in capsys.readouterr().out
    assert out.read_text(encoding="utf-8") == report.page(RUN)


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_every_window_in_both_colours(
    browser: Browser, tmp_path: Path, scheme: Any, width: int
) -> None:
    path = tmp_path / "report.html"
    path.write_text(report.page(RUN), encoding="utf-8")
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator("svg.plot").count() == 4
    brightness = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
    assert (int(brightness) > 128) == (scheme == "light")
    assert asked == [path.as_uri()]
    page.close()


@pytest.mark.browser
def test_questions_are_chosen_by_outcome_and_tag(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report.page(RUN), encoding="utf-8")
    page = browser.new_page(java_script_enabled=False)
    page.goto(path.as_uri())
    shown = page.locator("details.question:visible")

    def ids() -> str:
        return "".join(str(each.get_attribute("id")) for each in shown.all())

    assert ids() == "bcfd"
    page.get_by_role("radio", name="все").check()
    assert ids() == "bcfdae"
    page.get_by_label("Метка").select_option(label="place")
    assert ids() == "ba"
    page.get_by_role("radio", name="вышло 2", exact=True).check()
    assert ids() == "a"
    page.locator("#a > summary").click()
    assert page.locator("#a .text").is_visible()
    why = page.locator("#b .why ul")
    page.get_by_role("radio", name="все").check()
    assert not why.is_visible()
    page.locator("#b .why summary").click()
    assert why.is_visible()
    page.close()
