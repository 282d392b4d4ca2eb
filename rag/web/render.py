"""Answers as safe HTML. Pure functions; every text from outside is escaped by markupsafe."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from rag.chats.reference import reference
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
from rag.text.structure import Row, row_told
from rag.types import Answer, Citation, Disagreement, Hit, Sentence, Support, Version
from rag.web.icons import icon
from rag.web.markup import unmarked
from rag.web.render_article import byline_html, link_html, plain
from rag.web.render_reprints import reprints_html
from rag.web.wording import byline, clip, confidence, count, russian_date, standing_line

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
_AS_TYPED = Markup(
    '<li><button type="button" class="as-typed" data-question="{}" data-typed>'
    "искать как написано</button></li>"
)
_SAID = {"yes": YES, "no": NO}
_RULING = Markup('<div class="ruling" data-verdict="{}"><p class="short"><strong>{}</strong></p>{}</div>')
_DECIDED = Markup(
    '<details class="decided" data-decided><summary>Что решило</summary>'
    '<ul aria-live="polite"></ul></details>'
)
_SUPPORT = Markup('<span class="support" role="img" aria-label="{label}" title="{label}">{sign}</span>')


def answer_html(answer: Answer, writing: bool = False) -> Markup:
    """An answer with its footnotes, or a refusal with the nearest passages."""
    body = _refusal(answer) if not answer.found and not answer.sentences else _found(answer, writing)
    return notes_html(answer.notes, answer.question if answer.repairs and not writing else None) + body


def _found(answer: Answer, writing: bool) -> Markup:
    bold = _bold_index(answer)
    by_number = {citation.number: citation for citation in answer.citations}
    sentences = [
        sentence_html(sentence, by_number, answer.short_answer if index == bold else None)
        for index, sentence in enumerate(answer.sentences)
    ]
    return Markup('<div class="answer">{}{}{}{}{}</div>').format(
        "" if writing or (bold is not None and not _is_undecided(answer)) else _opening(answer),
        _text(sentences, answer.listed),
        _disagreements(answer.disagreements, by_number),
        _footnotes(answer),
        "" if writing else _verdict(answer),
    )


def _text(sentences: Sequence[Markup], listed: bool) -> Markup:
    """The sentences as a paragraph, or as the items of a list."""
    if not listed:
        return Markup('<p class="text">{}</p>').format(Markup(" ").join(sentences))
    items = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
    return Markup('<ul class="text listed">{}</ul>').format(items)


def _disagreements(found: Sequence[Disagreement], citations: dict[int, Citation]) -> Markup:
    """What sources say differently, as small tables, newest first."""
    return Markup("").join(_disagreement(each, citations) for each in found)


def _disagreement(found: Disagreement, citations: dict[int, Citation]) -> Markup:
    return Markup(
        '<table class="disagreement"><caption class="label">{}</caption><thead><tr>'
        '<th scope="col">Что сказано</th><th scope="col">Источник</th><th scope="col">Дата</th>'
        "</tr></thead><tbody>{}</tbody></table>"
    ).format(
        DEVELOPS if found.develops else DISAGREE,
        Markup("").join(_version(version, citations) for version in found.versions),
    )


def _version(version: Version, citations: dict[int, Citation]) -> Markup:
    stated = f"на {russian_date(version.stated)}" if version.stated else ""
    published = russian_date(version.published) if version.published else ""
    return Markup("<tr><td>{}{}</td><td>{}</td><td>{}</td></tr>").format(
        " ".join(version.value.split()),
        _footnote(citations[version.citation]) if version.citation in citations else "",
        version.source or "—",
        stated or published or "—",
    )


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
    return _FOOTNOTE.format(
        number=citation.number,
        title=citation.title,
        quote=clip(plain(citation.quote).removesuffix("."), QUOTE_SHOWN),
        origin=", ".join(filter(None, (citation.title, standing_line(citation.context), _byline(citation)))),
        place=_place(citation),
    )


def _byline(citation: Citation) -> str:
    return byline(citation.source, citation.published)


def standing_html(context: Sequence[str]) -> Markup:
    """Headings and page of a quote, or nothing where neither is known."""
    line = standing_line(context)
    return Markup('<span class="standing">{}</span>').format(line) if line else Markup("")


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


def _opening(answer: Answer) -> Markup:
    """What stands in no sentence: «Да», «Нет», a short answer put together, or that nothing decides."""
    if answer.verdict or _is_undecided(answer):
        said = _SAID[answer.verdict] if answer.verdict else UNDECIDED
        return _RULING.format(answer.verdict or "none", said, _DECIDED if answer.answer_id else "")
    if answer.short_answer:
        return Markup('<p class="short"><strong>{}</strong></p>').format(answer.short_answer)
    return Markup("")


def _is_undecided(answer: Answer) -> bool:
    """Whether yes or no was asked, and the articles say neither."""
    return answer.verdict is None and answer.text.startswith(UNDECIDED)


def _footnotes(answer: Answer) -> Markup:
    """The quotes of an answer; under each, who else has published what it stands in."""
    cited = {citation.article_id for citation in answer.citations}  # these are footnotes themselves
    reprints = {
        hit.passage.id: [each for each in hit.reprints if each.article_id not in cited] for hit in answer.hits
    }
    items = Markup("").join(
        Markup(
            '<li><button type="button" class="source"{place}><span class="number">{number}</span>'
            '<span class="body"><span class="quote">«{quote}»</span>'
            '<span class="origin"><cite>{title}</cite>{standing}{byline}</span></span></button>'
            '<button type="button" class="act copy-quote" data-act="quote" data-copy="{reference}" '
            'aria-label="Копировать цитату {number} с источником" title="Копировать с источником">{icon}'
            "</button>{link}{reprints}</li>"
        ).format(
            place=_place(citation),
            number=citation.number,
            quote=clip(plain(citation.quote).removesuffix("."), 260),
            title=citation.title,
            standing=standing_html(citation.context),
            byline=byline_html(citation.source, citation.published),
            reference=reference(citation),
            icon=icon("copy"),
            link=link_html(citation.url),
            reprints=reprints_html(reprints.get(citation.passage_id, ())),
        )
        for citation in answer.citations
    )
    return Markup('<ol class="footnotes" aria-label="Сноски">{}</ol>').format(items) if items else items


def _verdict(answer: Answer) -> Markup:
    supported = sum(sentence.support == "supported" for sentence in answer.sentences)
    total = len(answer.sentences)
    if _is_undecided(answer):
        text = "Цитаты стоят в статьях, но прямо на вопрос не отвечают"
    elif supported == total:
        text = "Каждое предложение подтверждено цитатой" if total > 1 else "Подтверждено цитатой"
    else:
        of_total = count(total, "предложения", "предложений", "предложений")
        text = f"Подтверждено цитатами: {supported} из {of_total}"
    is_sure = supported == total and answer.confidence >= UNSURE and not _is_undecided(answer)
    kind = "whole" if is_sure else "partly"
    sure = confidence(answer.confidence)
    return Markup('<p class="verdict" data-kind="{}">{}. {}</p>{}').format(kind, text, sure, _doubts(answer))


def _doubts(answer: Answer) -> Markup:
    """What is wrong with the sentences that their quotes don't bear out."""
    items = Markup("").join(
        Markup("<li>«{}»: {}</li>").format(
            clip(without_marks(sentence.text, sentence.citations).removesuffix("."), 80),
            "; ".join(sentence.reasons) or SUPPORT[sentence.support][1].lower(),
        )
        for sentence in answer.sentences
        if sentence.support != "supported"
    )
    return Markup('<ul class="doubts">{}</ul>').format(items) if items else items


def notes_html(notes: Sequence[str], repaired: str | None = None) -> Markup:
    """What was understood and changed; under it, the way back to the `repaired` question as it was typed."""
    items = Markup("").join(Markup("<li>{}</li>").format(note) for note in notes)
    items += _AS_TYPED.format(repaired) if repaired else ""
    return Markup('<ul class="notes">{}</ul>').format(items) if items else items


def _refusal(answer: Answer) -> Markup:
    cards = Markup("").join(_card(hit) for hit in answer.hits[:NEAREST])
    if answer.writer == SMALL_TALK:
        return Markup('<div class="answer"><p class="text">{}</p></div>').format(answer.text)
    nearest = Markup('<p class="label">Ближайшее по теме</p><div class="cards">{}</div>').format(cards)
    return Markup('<div class="refusal"><p class="text">{}</p>{}</div>').format(
        answer.text, nearest if cards else ""
    )


def _card(hit: Hit) -> Markup:
    return Markup(
        '<div class="near"><button type="button" class="card"{place}><span class="title">{title}</span>'
        '{byline}<span class="snippet">{snippet}</span></button>{reprints}</div>'
    ).format(
        place=_place(hit),
        title=hit.article.title,
        byline=byline_html(hit.article.source, hit.article.published),
        snippet=clip(plain(hit.passage.text), 200),
        reprints=reprints_html(hit.reprints),
    )
