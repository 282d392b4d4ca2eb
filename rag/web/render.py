"""Answers as safe HTML. Pure functions; every text from outside is escaped by markupsafe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup, escape

from rag.chats.document import sureness
from rag.chats.export import reference
from rag.text.setting import (
    DEVELOPS,
    DISAGREE,
    NO,
    SMALL_TALK,
    UNDECIDED,
    YES,
    mark_goes_before_stop,
    without_marks,
)
from rag.text.structure import Row, plain, row_told, unmarked
from rag.types import Answer, Citation, Disagreement, Hit, Reprint, Sentence, Support, Version
from rag.web.render_article import byline_html, link_html
from rag.web.templating import rendered
from rag.web.wording import byline, clip, confidence, count, more_publications, russian_date, standing_line

UNSURE = 0.6  # a confidence below which nothing is ticked off
NEAREST = 4  # passages shown under a refusal
QUOTE_SHOWN = 400  # characters of a quote in the hint over a footnote
SUPPORT: dict[Support, tuple[str, str]] = {
    "supported": ("✓", "Подтверждено цитатой"),
    "partial": ("≈", "Подтверждено цитатой лишь частично"),
    "unsupported": ("?", "Цитатой не подтверждено"),
}
_OPEN = Markup(' data-article="{article}" data-start="{start}" data-stop="{stop}"')
_FOOTNOTE = Markup(
    '<sup><button type="button" class="footnote" aria-label="Сноска {number}: {title}" data-tip="«{quote}»" '
    'data-origin="{origin}"{place}>'
    "{number}</button></sup>"
)
_SAID = {"yes": YES, "no": NO}
_SUPPORT = Markup('<span class="support" role="img" aria-label="{label}" title="{label}">{sign}</span>')


def answer_html(answer: Answer, writing: bool = False) -> Markup:
    """An answer with its footnotes, or a refusal with the nearest passages."""
    body = _refusal(answer) if not answer.found and not answer.sentences else _found(answer, writing)
    return notes_html(answer.notes, answer.question if answer.repairs and not writing else None) + body


def _found(answer: Answer, writing: bool) -> Markup:
    bold = _bold_index(answer)
    by_number = {citation.number: citation for citation in answer.citations}
    ruling, short = (None, None) if writing else _opening(answer, bold)
    return rendered(
        "answer",
        answer=answer,
        ruling=ruling,
        short=short,
        sentences=[
            sentence_html(sentence, by_number, answer.short_answer if index == bold else None)
            for index, sentence in enumerate(answer.sentences)
        ],
        disagreements=[_disagreement(each, by_number) for each in answer.disagreements],
        footnotes=_footnotes(answer),
        verdict="" if writing else _verdict(answer),
        is_sure=_is_sure(answer),
        doubts=list(_doubts(answer)),
    )


def _disagreement(
    found: Disagreement, citations: dict[int, Citation]
) -> tuple[str, list[tuple[Version, Markup | str, str]]]:
    """What sources say differently, newest first: what it is called, each version with footnote and day."""
    versions = [
        (
            version,
            _footnote(citations[version.citation]) if version.citation in citations else "",
            _day(version),
        )
        for version in found.versions
    ]
    return DEVELOPS if found.develops else DISAGREE, versions


def _day(version: Version) -> str:
    if version.stated:
        return f"на {russian_date(version.stated)}"
    return russian_date(version.published) if version.published else ""


def sentence_html(sentence: Sentence, citations: dict[int, Citation], short_answer: str | None) -> Markup:
    """A sentence with clickable footnotes, its short answer in bold and the mark of its support."""
    text = without_marks(sentence.text, sentence.citations)
    row = row_told(text, [citations[number].quote for number in sentence.citations if number in citations])
    notes = Markup(f'<span class="comma">,{chr(8201)}</span>').join(
        _footnote(citations[number]) for number in sentence.citations if number in citations
    )
    body, stop = (text[:-1], text[-1]) if mark_goes_before_stop(text) else (text, "")
    sign, label = SUPPORT[sentence.support]
    label = "; ".join([label, *sentence.reasons])
    end = Markup('<span class="end">{}{}{}</span>').format(
        notes, stop, _SUPPORT.format(label=label, sign=sign)
    )
    said = _row(row, short_answer, end) if row else _bold(unmarked(body), short_answer) + end
    return Markup('<span class="sentence" data-support="{}">{}</span>').format(sentence.support, said)


def _row(row: Row, short_answer: str | None, end: Markup) -> Markup:
    """A row of a table: each cell under the head of its column, and the footnotes."""
    cells = Markup(" ").join(
        Markup('<span class="cell"><span class="head">{}</span><span class="said">{}</span></span>').format(
            cell.head, _bold(cell.text, short_answer)
        )
        for cell in row.cells
        if cell.text
    )
    return Markup('<span class="row">{} {}</span>').format(cells, end)


def _footnote(citation: Citation) -> Markup:
    origin = (citation.title, standing_line(citation.context), byline(citation.source, citation.published))
    return _FOOTNOTE.format(
        number=citation.number,
        title=citation.title,
        quote=clip(plain(citation.quote).removesuffix("."), QUOTE_SHOWN),
        origin=", ".join(filter(None, origin)),
        place=_place(citation),
    )


def _place(target: Citation | Hit) -> Markup:
    if isinstance(target, Citation):
        return _OPEN.format(article=target.article_id, start=target.start, stop=target.stop)
    return _OPEN.format(article=target.article.id, start=target.passage.start, stop=target.passage.stop)


def _pattern(short_answer: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in short_answer.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _bold(text: str, short_answer: str | None) -> Markup:
    match = _pattern(short_answer).search(text) if short_answer and short_answer.strip() else None
    if match is None:
        return _lines(text)
    start, stop = match.span()
    return Markup("{}<strong>{}</strong>{}").format(
        _lines(text[:start]), text[start:stop], _lines(text[stop:])
    )


def _lines(text: str) -> Markup:
    """Escaped text whose lines stay lines."""
    return Markup("<br>").join(map(escape, text.split("\n")))


def _bold_index(answer: Answer) -> int | None:
    """Which sentence holds the short answer."""
    if not answer.short_answer or not answer.short_answer.strip() or answer.short_answer in (YES, NO):
        return None
    pattern = _pattern(answer.short_answer)
    found = (
        i
        for i, s in enumerate(answer.sentences)
        if pattern.search(without_marks(s.text, s.citations).rstrip("."))
    )
    return next(found, None)


def _opening(answer: Answer, bold: int | None) -> tuple[str | None, str | None]:
    """What stands in no sentence: «Да», «Нет» or that nothing decides; else a short answer put together."""
    if _is_undecided(answer):
        return UNDECIDED, None
    if bold is not None:
        return None, None
    return (_SAID[answer.verdict], None) if answer.verdict else (None, answer.short_answer)


def _is_undecided(answer: Answer) -> bool:
    """Whether yes or no was asked, and the articles say neither."""
    return answer.verdict is None and answer.text.startswith(UNDECIDED)


def _footnotes(answer: Answer) -> list[dict[str, Any]]:
    """The quotes of an answer; under each, who else has published what it stands in."""
    cited = {citation.article_id for citation in answer.citations}  # these are footnotes themselves
    reprints = {
        hit.passage.id: [each for each in hit.reprints if each.article_id not in cited] for hit in answer.hits
    }
    return [
        {
            "cited": citation,
            "place": _place(citation),
            "quote": clip(plain(citation.quote).removesuffix("."), 260),
            "standing": standing_line(citation.context),
            "byline": byline_html(citation.source, citation.published),
            "reference": reference(citation),
            "link": link_html(citation.url),
            "reprints": reprints_html(reprints.get(citation.passage_id, ())),
        }
        for citation in answer.citations
    ]


def _verdict(answer: Answer) -> str:
    """How much of an answer its quotes bear out, and how sure it is."""
    supported, total = _supported(answer), len(answer.sentences)
    if _is_undecided(answer):
        text = "Цитаты стоят в статьях, но прямо на вопрос не отвечают"
    elif supported == total:
        text = "Каждое предложение подтверждено цитатой" if total > 1 else "Подтверждено цитатой"
    else:
        of_total = count(total, "предложения", "предложений", "предложений")
        text = f"Подтверждено цитатами: {supported} из {of_total}"
    return f"{text}. {confidence(sureness(answer))}"


def _supported(answer: Answer) -> int:
    return sum(sentence.support == "supported" for sentence in answer.sentences)


def _is_sure(answer: Answer) -> bool:
    """Whether the whole answer may be ticked off."""
    is_whole = _supported(answer) == len(answer.sentences) and not _is_undecided(answer)
    return is_whole and answer.confidence >= UNSURE


def _doubts(answer: Answer) -> Iterator[tuple[str, str]]:
    """The sentences that their quotes don't bear out, and what is wrong with each."""
    for sentence in answer.sentences:
        if sentence.support != "supported":
            said = clip(without_marks(sentence.text, sentence.citations).removesuffix("."), 80)
            yield said, "; ".join(sentence.reasons) or SUPPORT[sentence.support][1].lower()


def notes_html(notes: Sequence[str], repaired: str | None = None) -> Markup:
    """What was understood and changed; under it, the way back to the `repaired` question as it was typed."""
    return rendered("notes", notes=notes, repaired=repaired)


def _refusal(answer: Answer) -> Markup:
    if answer.writer == SMALL_TALK:
        return Markup('<div class="answer"><p class="text">{}</p></div>').format(answer.text)
    return rendered("refusal", text=answer.text, near=[_card(hit) for hit in answer.hits[:NEAREST]])


def _card(hit: Hit) -> dict[str, Any]:
    return {
        "place": _place(hit),
        "title": hit.article.title,
        "byline": byline_html(hit.article.source, hit.article.published),
        "snippet": clip(plain(hit.passage.text), 200),
        "reprints": reprints_html(hit.reprints),
    }


# «ещё 3 публикации»: the articles that say the same as a found passage, folded away.


def reprints_html(reprints: Sequence[Reprint]) -> Markup:
    """The reprints behind a line that counts them; a click on one opens its article. Nothing for none."""
    if not reprints:
        return Markup("")
    told = more_publications(len(reprints))
    return rendered("reprints", told=told, reprints=reprints, byline=byline_html)
