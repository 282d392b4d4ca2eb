"""Every question of a run as HTML: asked, expected, said, the quotes, and why; those that failed first.

What is shown is chosen with a list and buttons that work by style alone, so that the page runs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup

from eval import summary, tables
from eval.runs import Record
from eval.sets import Question
from rag.answering import checking
from rag.judging.judge import Judgement, Reply
from rag.text.setting import SPACE
from rag.web.wording import clip, slot_told

_KINDS = ("неверный ответ", "ложный отказ", "ответ вместо отказа", "ошибка", "верный ответ", "верный отказ")
_NEAREST = 3  # passages shown of what a refusal has found
_CHOICES = (("failed", "не вышло"), ("right", "вышло"), ("all", "все"))
_CHOICE = Markup(
    '<label><input type="radio" name="shown" value="{}"{}><span>{} <span class="of">{}</span></span></label>'
)
_RULE = '.questions:has(option[value="t{0}"]:checked) .question:not(.t{0}) {{ display: none; }}\n'
_QUESTION = Markup(
    '<details class="question {classes}" id="{id}"{open}><summary><span class="outcome">{outcome}</span>'
    '<h3>{question}</h3><span class="tags">{id}{tags}</span></summary>'
    '<div class="told">{earlier}<dl>{rows}</dl></div></details>\n'
)
_ROW = Markup("<dt>{}</dt><dd>{}</dd>")


def question_list(records: Sequence[Record]) -> Markup:
    """The section of all questions, with what chooses among them."""
    tags = summary.tags(records)
    kinds = {record.id: summary.kind(record) for record in records}
    ordered = sorted(records, key=lambda record: _KINDS.index(kinds[record.id]))
    failed = sum(not record.judged().right for record in records)
    shown = Markup("").join(_question(record, kinds[record.id], tags) for record in ordered)
    all_right = "" if failed else Markup('<p class="aside">Всё вышло верно.</p>')
    return Markup('<section class="questions"><h2>Вопросы: {}</h2>{}{}{}{}</section>\n').format(
        len(records), _choices(records, failed, tags), _kinds_told(kinds), all_right, shown
    )


def rules(records: Sequence[Record]) -> str:
    """The style by which choosing a tag hides the questions that don't have it."""
    return "".join(_RULE.format(place) for place in range(len(summary.tags(records))))


def _kinds_told(kinds: dict[str, str]) -> Markup:
    counted = Counter(kinds.values())
    told = " · ".join(f"{kind} — {counted[kind]}" for kind in _KINDS if counted[kind])
    return Markup('<p class="legend">{}. Нажмите на вопрос, чтобы раскрыть его.</p>').format(
        told[:1].upper() + told[1:]
    )


def _choices(records: Sequence[Record], failed: int, tags: Sequence[str]) -> Markup:
    counts = {"failed": failed, "right": len(records) - failed, "all": len(records)}
    first = "failed" if failed else "all"
    buttons = Markup("").join(
        _CHOICE.format(name, Markup(" checked") if name == first else "", title, counts[name])
        for name, title in _CHOICES
    )
    options = Markup("").join(
        Markup('<option value="t{}">{}</option>').format(place, tag) for place, tag in enumerate(tags)
    )
    tag = Markup(
        '<label class="tag">Метка<select name="tag"><option value="">любая</option>{}</select></label>'
    ).format(options)
    return Markup('<form class="choices"><fieldset><legend>Показать</legend>{}</fieldset>{}</form>').format(
        buttons, tag if tags else ""
    )


def _question(record: Record, kind: str, tags: Sequence[str]) -> Markup:
    judged = record.judged()
    classes = ["right" if judged.right else "failed"]
    classes += [f"t{place}" for place, tag in enumerate(tags) if tag in record.gold.tags]
    earlier = Markup("").join(
        Markup('<p class="earlier">{} <span>{}</span></p>').format(turn.question, turn.answer)
        for turn in record.gold.history
    )
    return _QUESTION.format(
        classes=" ".join(classes),
        id=record.id,
        open="" if judged.right else Markup(" open"),
        outcome=kind,
        question=record.question,
        tags="".join(f" · {tag}" for tag in record.gold.tags),
        earlier=earlier,
        rows=Markup("").join(_ROW.format(*row) for row in _rows(record, judged)),
    )


def _rows(record: Record, judged: Judgement) -> Iterator[tuple[str, Markup | str]]:
    yield "Ожидалось", Markup("<p>{}</p>{}").format(expected(record.gold), _proof(record.gold))
    reply = record.reply
    if reply is None or record.answer is None:
        yield "Ошибка", record.error or ""
        return
    yield "Ответ" if reply.found else "Отказ", _said(reply)
    if reply.citations:
        yield "Цитаты", _quotes(reply)
    if parts := list(_parts(judged)):
        yield "Проверено", Markup("").join(parts)
    sure = f"уверенность {tables.percent(reply.confidence)}{SPACE}% · {record.elapsed_ms:.0f}{SPACE}мс"
    why = Markup("").join(_why(record.question, record.answer, reply))
    folded = Markup('<details class="why"><summary>Почему так</summary><ul>{}</ul></details>').format(why)
    yield "", Markup('<p class="sure">{}</p>{}').format(sure, folded if why else "")


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


def _proof(gold: Question) -> Markup:
    """What in the articles proves the gold, as far as the set says."""
    quotes = Markup("").join(Markup("<li>«{}»</li>").format(" ".join(each.split())) for each in gold.quotes)
    listed = Markup("<ul>{}</ul>").format(quotes) if quotes else Markup("")
    return listed + (Markup('<p class="sure">{}</p>').format(gold.why) if gold.why else Markup(""))


def _said(reply: Reply) -> Markup:
    short = Markup('<p class="short">{}</p>').format(reply.short_answer) if reply.short_answer else Markup("")
    return short + Markup('<p class="text">{}</p>').format(reply.text)


def _quotes(reply: Reply) -> Markup:
    return Markup("<ol>{}</ol>").format(
        Markup("").join(
            Markup("<li>«{}» <cite>{}:{}–{}</cite></li>").format(
                " ".join(each.quote.split()), each.article_id, each.start, each.stop
            )
            for each in reply.citations
        )
    )


def _parts(judged: Judgement) -> Iterator[Markup]:
    """What was judged by itself, each with how it came out."""
    wrong_verdict = "сказано обратное" if judged.false_verdict else "не сказано"
    for found, yes, no in (
        (judged.in_text, "ответ стоит в тексте", "в тексте ответа нет"),
        (judged.short, "краткий ответ верен", "краткий ответ неверен"),
        (judged.in_quotes, "ответ стоит в цитатах", "в цитатах ответа нет"),
        (judged.verdict, "«да» или «нет» верно", f"«да» или «нет»: {wrong_verdict}"),
        (judged.cited, "нужная статья в сносках", "нужной статьи в сносках нет"),
    ):
        if found is not None:
            told = ("good", yes) if found else ("bad", no)
            yield Markup('<span class="part {}">{}</span>').format(*told)


def _why(question: str, answer: dict[str, Any], reply: Reply) -> Iterator[Markup]:
    """How the question was taken, how it compares with the quotes, and what else there was."""
    line = Markup("<li>{}</li>")
    asked = answer.get("standalone_question") or question
    if asked != question:
        yield line.format(f"понято как «{asked}»")
    yield from (line.format(note) for note in answer.get("notes", ()))
    if answer.get("missing"):
        yield line.format(f"в статьях нет: «{answer['missing']}»")
    if reply.citations:
        for slot in checking.slots(asked, [each.quote for each in reply.citations]):
            yield Markup('<li class="slot {}">{}</li>').format(slot.outcome, slot_told(slot))
    for sentence in answer.get("sentences", ()):
        yield from (line.format(f"«{clip(sentence['text'], 80)}»: {each}") for each in sentence["reasons"])
    if not reply.found:
        for hit in answer.get("hits", ())[:_NEAREST]:
            yield Markup("<li>рядом нашлось: {} <cite>{}</cite></li>").format(
                clip(hit["text"], 200), hit["article_id"]
            )
