"""Answers, passages and articles as text for a terminal or a pipe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from rag.explain_view import STAGES, WIDTH, decimal, explained
from rag.types import Answer, Article, ArticleInfo, Citation, Hit, Reprint, Sentence, Stretch
from rag.web.wording import byline, clip, count, more_publications, russian_date, standing_line

if TYPE_CHECKING:
    from rag.library.keyring import Key

BOLD, FAINT, PLAIN = "\033[1m", "\033[2m", "\033[0m"
GONE, NEW = "\033[31m", "\033[32m"
AROUND = 60  # characters shown beside a change
NEAREST = 3
UNDO = "искать как написано: --as-typed"
SHORTEST_TITLE = 24  # characters
REPRINTS = 3  # named of a passage's
SUPPORT = {"partial": "подтверждено частично", "unsupported": "не подтверждено"}
_ENDED = {"expired": "срок кончился", "revoked": "отозван"}


_OUTCOMES = {
    "same": "то же",
    "other": "другое",
    "denied": "отрицается",
    "unreal": "не сказано, что это было",
    "absent": "нет в источнике",
}


class Console:
    """Text with ANSI emphasis where `colour` is on."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def answer(self, answer: Answer, explain: bool = False) -> str:
        """An answer with its footnotes, or a refusal with the nearest passages."""
        blocks = [
            *_notes(answer.notes, bool(answer.repairs)),
            self._bold_inside(answer.text, answer.short_answer),
        ]
        blocks += self._doubts(answer)
        if answer.citations:
            reprints = {hit.passage.id: hit.reprints for hit in answer.hits}
            blocks.append(
                "\n".join(
                    self._citation(each) + self._reprints(reprints.get(each.passage_id, ()), 4)
                    for each in answer.citations
                )
            )
        elif not answer.found and answer.hits:
            blocks.append(
                "Ближайшее по теме:\n" + "\n".join(self._near(hit) for hit in answer.hits[:NEAREST])
            )
        if explain:
            blocks.append(self.explanation(answer))
        return "\n\n".join(blocks)

    def explanation(self, answer: Answer) -> str:
        """Why these passages: each at every stage of the search, and how it matches the question."""
        sure, spent = decimal(answer.confidence), f"{answer.elapsed_ms:.1f}".replace(".", ",")
        asked = (
            f"Вопрос к поиску: {answer.standalone_question}\n"
            f"Уверенность {sure}; ответил {answer.writer} за {spent} мс"
        )
        compared = [block for each in answer.sentences if (block := _compared(each))]
        found = [self._explained(place, hit) for place, hit in enumerate(answer.hits, 1)]
        return "\n\n".join([asked, *compared, *found])

    def hits(self, hits: Sequence[Hit], notes: Sequence[str] = (), repaired: bool = False) -> str:
        """Found passages, best first, under what was understood of the query and `repaired` in it."""
        heads = [
            f"{self._explained(place, hit)}\n" if hit.explanation else self._ranked(place, hit)
            for place, hit in enumerate(hits, 1)
        ]
        found = [
            f"{head}\n{hit.passage.text}{self._reprints(hit.reprints)}"
            for head, hit in zip(heads, hits, strict=True)
        ]
        return "\n\n".join([*_notes(notes, repaired), *(found or ["Ничего не найдено."])])

    def article_line(self, info: ArticleInfo) -> str:
        """One line of the list of articles."""
        return f"{self._bold(info.id)}  {_described(info)}"

    def key_line(self, key: Key, today: date) -> str:
        """One line of the list of keys."""
        limits = [("метки", key.sees.tags), ("источники", key.sees.sources)]
        parts = [key.scope, *(f"{name}: {', '.join(given)}" for name, given in limits if given)]
        parts += [f"до {russian_date(key.expires.isoformat())}"] if key.expires else []
        state = key.state(today)
        parts += [_ENDED[state]] if state in _ENDED else []
        return f"{self._bold(key.name)}  {' · '.join(parts)} · сделан {russian_date(key.created[:10])}"

    def article(self, article: Article) -> str:
        """An article with what is known of it."""
        known = [
            byline(article.info.source, article.info.published),
            article.info.url,
            ", ".join(article.info.tags),
            article.remark,
        ]
        return "\n".join(
            [self._bold(article.info.title), *(line for line in known if line), "", article.text]
        )

    def version(self, version: int, since: str, until: str | None, characters: int) -> str:
        """The line above one version of an article."""
        days = f"с {_moment(since)}" + (f" по {_moment(until)}" if until else ", нынешняя")
        return f"{self._bold(f'Версия {version}')} {days} · {count(characters, 'знак', 'знака', 'знаков')}"

    def changes(self, stretches: Sequence[Stretch]) -> str:
        """What has changed, with some words around: «длиной [-640-]{+642+} м»."""
        shown = [
            self._marked(each) if each.kind != "same" else _around(each.text, place, len(stretches))
            for place, each in enumerate(stretches)
        ]
        return "    " + "".join(shown).strip().replace("\n", "\n    ")

    def _marked(self, stretch: Stretch) -> str:
        sign, colour = ("-", GONE) if stretch.kind == "gone" else ("+", NEW)
        opening, closing = ("[-", "-]") if sign == "-" else ("{+", "+}")
        return (
            f"{colour}{opening}{stretch.text}{closing}{PLAIN}"
            if self.colour
            else f"{opening}{stretch.text}{closing}"
        )

    def _citation(self, citation: Citation) -> str:
        origin = byline(citation.source, citation.published)
        place = f"{citation.article_id}:{citation.start}–{citation.stop}"
        told = ", ".join(filter(None, (origin, standing_line(citation.context))))
        head = f"[{citation.number}] {citation.title}" + (f" — {told}" if told else "")
        return f"{head} · {self._faint(place)}\n    «{clip(citation.quote, 400)}»"

    def _reprints(self, reprints: Sequence[Reprint], indent: int = 0) -> str:
        """A line that counts the other articles that say the same, and names the first of them."""
        if not reprints:
            return ""
        named = "; ".join(self._reprint(each) for each in reprints[:REPRINTS])
        more = "; …" if len(reprints) > REPRINTS else ""
        return f"\n{' ' * indent}{more_publications(len(reprints))}: {named}{more}"

    def _reprint(self, reprint: Reprint) -> str:
        origin = byline(reprint.source, reprint.published)
        place = self._faint(f"{reprint.article_id}:{reprint.start}–{reprint.stop}")
        return f"{origin} · {place}" if origin else place

    def _near(self, hit: Hit) -> str:
        passage = hit.passage
        place = self._faint(f"{hit.article.id}:{passage.start}–{passage.stop}")
        text = clip(passage.text, 200)
        return f"  • {_described(hit.article)} · {place}\n    {text}{self._reprints(hit.reprints, 4)}"

    def _ranked(self, place: int, hit: Hit) -> str:
        return f"{self._head(place, hit)}\n   {_stages(hit.ranks, hit.scores)}"

    def _explained(self, place: int, hit: Hit) -> str:
        return f"{self._head(place, hit, WIDTH)}\n{explained(hit, self._faint)}"

    def _head(self, place: int, hit: Hit, width: int | None = None) -> str:
        """Place, score, title and where the hit stands; the title is cut for a line of `width`."""
        before, title = f"{place}. {decimal(hit.score)}  ", hit.article.title
        page = f" (с. {hit.page})" if hit.page else ""
        where = f"{hit.article.id}:{hit.passage.start}–{hit.passage.stop}{page}"
        if width:
            title = clip(title, max(width - len(f"{before} · {where}"), SHORTEST_TITLE))
        return f"{before}{title} · {self._faint(where)}"

    def _doubts(self, answer: Answer) -> Iterator[str]:
        for sentence in answer.sentences:
            if sentence.support in SUPPORT:
                reasons = f" ({'; '.join(sentence.reasons)})" if sentence.reasons else ""
                yield f"! {SUPPORT[sentence.support]}: {clip(sentence.text, 120)}{reasons}"

    def _bold_inside(self, text: str, short_answer: str | None) -> str:
        words = (short_answer or "").split()
        if not words:
            return text
        pattern = r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)"
        return re.sub(pattern, lambda match: self._bold(match.group()), text, count=1, flags=re.IGNORECASE)

    def _bold(self, text: str) -> str:
        return f"{BOLD}{text}{PLAIN}" if self.colour else text

    def _faint(self, text: str) -> str:
        return f"{FAINT}{text}{PLAIN}" if self.colour else text


def _around(text: str, place: int, of: int) -> str:
    """Of an unchanged stretch only what stands beside a change."""
    if len(text) <= 2 * AROUND:
        return text
    before = text[:AROUND].rsplit(None, 1)[0] if place else ""
    after = text[-AROUND:].split(None, 1)[-1] if place < of - 1 else ""
    return f"{before} … {after}"


def _moment(iso: str) -> str:
    """The day and time of an ISO time (UTC), where one is."""
    here = datetime.fromisoformat(iso).astimezone()
    return f"{russian_date(here.date().isoformat())}, {here:%H:%M}"


def _notes(notes: Sequence[str], repaired: bool) -> list[str]:
    """Notes in brackets, and how to undo what was repaired."""
    return [f"({note})" for note in [*notes, *([UNDO] if repaired else [])]]


def _described(info: ArticleInfo) -> str:
    origin = byline(info.source, info.published)
    return f"{info.title} — {origin}" if origin else info.title


def _stages(ranks: Mapping[str, int], scores: Mapping[str, float]) -> str:
    known = [
        stage for stage in (*STAGES, *sorted(set(ranks) | set(scores))) if stage in ranks or stage in scores
    ]
    return "; ".join(_stage(stage, ranks, scores) for stage in dict.fromkeys(known))


def _stage(stage: str, ranks: Mapping[str, int], scores: Mapping[str, float]) -> str:
    rank = f" {ranks[stage]}-е место" if stage in ranks else ""
    score = f" ({decimal(scores[stage])})" if stage in scores else ""
    return f"{STAGES.get(stage, stage)}:{rank}{score}"


def removed_line(ids: Sequence[str]) -> str:
    """What `articles remove` says."""
    return f"Удалено: {count(len(ids), 'статья', 'статьи', 'статей')}."


def restored_line(ids: Sequence[str]) -> str:
    """What `articles restore` says."""
    return f"Возвращено: {count(len(ids), 'статья', 'статьи', 'статей')}."


def forgotten_line(number: int) -> str:
    """What `index --prune-versions` says."""
    return f"Прежних версий удалено: {number}."


def _compared(sentence: Sentence) -> str:
    """What was compared in a sentence: a line for each part."""
    lines = [
        f"    «{slot.claim}» — {_OUTCOMES[slot.outcome]}{f': «{slot.source}»' if slot.source else ''}"
        for slot in sentence.slots
    ]
    numbers = "".join(f"[{number}]" for number in sentence.citations)
    return "\n".join([f"Сверка {numbers}:", *lines]) if lines else ""
