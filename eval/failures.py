"""The questions of a run that didn't come out right, as HTML: what was asked, expected and said."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from eval import summary, tables
from eval.judge import Reply
from eval.runs import Record
from eval.sets import Question
from rag.text.setting import SPACE

_KINDS = ("неверный ответ", "ложный отказ", "ответ вместо отказа", "ошибка")
_SECTION = Markup('<section class="failures"><h2>{}</h2>{}</section>\n')


def failures(records: Sequence[Record]) -> Markup:
    """Every question that didn't come out right, by kind: asked, expected, said."""
    failed = [record for record in records if not record.judged().right]
    if not failed:
        return _SECTION.format("Что не вышло", Markup('<p class="aside">Всё вышло верно.</p>'))
    groups = Markup("")
    for kind in _KINDS:
        if of_kind := [record for record in failed if summary.kind(record) == kind]:
            groups += Markup("<details open><summary>{} <span>{}</span></summary>{}</details>\n").format(
                kind.capitalize(), len(of_kind), Markup("").join(map(_failure, of_kind))
            )
    return _SECTION.format(f"Что не вышло: {len(failed)}", groups)


def _failure(record: Record) -> Markup:
    earlier = Markup("").join(
        Markup('<p class="earlier">{} <span>{}</span></p>').format(turn.question, turn.answer)
        for turn in record.gold.history
    )
    return Markup(
        '<article id="{id}"><div class="asked">{earlier}<h3>{question}</h3><p class="tags">{id} · {tags}</p>'
        "</div>"
        "<dl><dt>Ожидалось</dt><dd>{expected}</dd><dt>{who}</dt><dd>{said}</dd></dl></article>"
    ).format(
        id=record.id,
        earlier=earlier,
        question=record.question,
        tags=", ".join(record.gold.tags),
        expected=expected(record.gold),
        who="Ошибка" if record.reply is None else "Ответ" if record.reply.found else "Отказ",
        said=_said(record.reply) if record.reply else record.error,
    )


def expected(gold: Question) -> str:
    """What a right answer holds, in words."""
    if gold.refuse:
        return "отказ: в статьях ответа нет"
    verdict = {"yes": "ответ «да»", "no": "ответ «нет»", None: ""}[gold.verdict]
    parts = [
        verdict,
        " или ".join(f"«{answer}»" for answer in gold.answers),
        *(f"«{part}»" for part in gold.all_of),
        *(f"подходит под {part}" for part in gold.must),
        *(f"не подходит под {part}" for part in gold.mustnot),
        f"кратко подходит под {gold.short}" if gold.short else "",
        "ссылка на статью" if gold.only_articles else "",
    ]
    where = f" ({', '.join(gold.articles)})" if gold.articles else ""
    return " и ".join(filter(None, parts)) + where


def _said(reply: Reply) -> Markup:
    quotes = Markup("").join(
        Markup("<li>«{}» <cite>{}:{}–{}</cite></li>").format(
            " ".join(each.quote.split()), each.article_id, each.start, each.stop
        )
        for each in reply.citations
    )
    short = Markup('<p class="short">{}</p>').format(reply.short_answer) if reply.short_answer else ""
    return Markup('{}<p class="text">{}</p>{}<p class="sure">уверенность {}</p>').format(
        short,
        reply.text,
        Markup("<ol>{}</ol>").format(quotes) if quotes else "",
        f"{tables.percent(reply.confidence)}{SPACE}%",
    )
