"""Why a hit stands where it does, as tables for a terminal of 100 columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.types import Contribution, Explanation, Hit, WordMatch
from rag.web.wording import clip

WIDTH = 100
INDENT = "   "
GAP = "  "
NOTHING = "—"
STAGES = {
    "keyword": "слова",
    "dense": "векторы",
    "fused": "вместе",
    "rerank": "переоценка",
    "final": "модель",
    "dates": "даты",
}
FEATURES = {
    "keyword": "слова",
    "dense": "векторы",
    "sentence": "предложение",
    "passage": "отрывок",
    "title": "заголовок",
    "topic": "тема",
    "typed": "вид ответа",
    "lead": "начало",
}
KINDS = {
    "same": "точное",
    "spelling": "написание",
    "kin": "однокоренное",
    "synonym": "синоним",
    "meaning": "по смыслу",
    "none": "нет",
}
FIELDS = {"sentence": "предложение", "text": "текст", "title": "заголовок"}
_LONGEST_WORD = 16  # characters: with two such columns and offsets of five digits a line has 99

Style = Callable[[str], str]
Row = Sequence[str]


def explained(hit: Hit, faint: Style = str) -> str:
    """The stages of a hit and, where it has an explanation, its features and words; `faint` dims headings."""
    lines = list(_table(_stages(hit), faint))
    if hit.explanation:
        lines += _contributions(hit.explanation.contributions, faint)
        lines += _words(hit.explanation, faint)
    return "\n".join(lines)


def _stages(hit: Hit) -> list[Row]:
    known = [*STAGES, *sorted(set(hit.scores) - set(STAGES))]
    stages = [stage for stage in known if stage in hit.scores or stage in hit.ranks]
    return [
        ["этап", *(STAGES.get(stage, stage) for stage in stages)],
        ["место", *(str(hit.ranks.get(stage, NOTHING)) for stage in stages)],
        ["оценка", *(decimal(hit.scores[stage]) if stage in hit.scores else NOTHING for stage in stages)],
    ]


def _contributions(given: Sequence[Contribution], faint: Style) -> Iterator[str]:
    """What adds up to the score of the reranker, in as many tables as the width needs."""
    table: list[Row] = [["признак", "значение", "вес", "вклад"]]
    for each in given:
        name = FEATURES.get(each.feature, each.feature)
        table.append([name, decimal(each.value), _percent(each.weight), decimal(each.score)])
    for part in _parts(table):
        yield from _table([*zip(*part, strict=True)], faint)


def _parts(columns: Sequence[Row]) -> Iterator[list[Row]]:
    """The first column with as many others as fit into the width, until all have stood beside it."""
    heading, *others = columns
    room = WIDTH - len(INDENT) - _width(heading)
    part, used = [heading], 0
    for column in others:
        width = len(GAP) + _width(column)
        if used and used + width > room:
            yield part
            part, used = [heading], 0
        part, used = [*part, column], used + width
    if len(part) > 1:
        yield part


def _words(explanation: Explanation, faint: Style) -> Iterator[str]:
    """The words of the question; weight times strength adds up to the feature of the whole passage."""
    rows: list[Row] = [["слово", "вес", "сила", "найдено", "где", "совпадение"]]
    rows += [_word(word) for word in explanation.words]
    if explanation.words:
        yield from _table(rows, faint, right={1, 2})


def _word(word: WordMatch) -> Row:
    kind = KINDS[word.kind]
    if word.kind == "meaning":
        kind += f", косинус {decimal(word.cosine, 2)}"
    found, where = NOTHING, NOTHING
    if word.found:
        found, where = clip(word.found.text, _LONGEST_WORD), FIELDS[word.found.field]
        # Offsets of a command's output point into the article: a title is not in it.
        where += "" if word.found.field == "title" else f" {word.found.start}–{word.found.stop}"
    asked, counted = clip(word.asked, _LONGEST_WORD), decimal(word.similarity, 2)
    return [asked, _percent(word.weight), counted, found, where, kind]


def _table(rows: Sequence[Row], faint: Style, right: Iterable[int] | None = None) -> Iterator[str]:
    """Rows in columns, the first of them faint; `right` names the columns set to the right (all but one)."""
    widths = [_width(column) for column in zip(*rows, strict=True)]
    to_right = set(range(1, len(widths)) if right is None else right)
    for place, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column in to_right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        line = GAP.join(cells).rstrip()
        yield INDENT + (faint(line) if place == 0 else line)


def _width(cells: Row) -> int:
    return max(map(len, cells))


def _percent(share: float) -> str:
    return f"{share * 100:.0f}\u00a0%"


def decimal(value: float, digits: int = 3) -> str:
    """A number with a Russian comma."""
    return f"{value:.{digits}f}".replace(".", ",")
