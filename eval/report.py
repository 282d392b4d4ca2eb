"""A run as one page to read: scores, plots, and every question with its answer, quotes and gold.

The page stands alone: no script, no font, nothing is loaded. Texts of answers and articles are escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from eval import metrics, plots, refusal, reliability, risk, score, summary, tables, timing
from eval.metrics import Interval
from eval.question_list import question_list, rules
from eval.reliability import Reliability
from eval.runs import Header, Record, Run, judgements
from rag.text.setting import SPACE, russian_date

_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="ru"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>Сноска: {name}</title>\n'
    "<style>\n{style}</style></head>\n"
    "<body><main>{body}</main></body></html>\n"
)
_SECTION = Markup("<section><h2>{}</h2>{}</section>\n")
_LEGEND = Markup('<p class="legend">{}</p>')
_KEY = Markup('<span class="key {}">{}</span>')
_HEADLINES = {
    "right": "верно: ответы и отказы",
    "answered_right": "верных ответов",
    "refusal_recall": "верных отказов",
    "false_refusals": "ложных отказов",
}
_NAMED = 3  # sets that still fit into a headline


def page(run: Run) -> str:
    """The whole page as HTML."""
    body = Markup("").join(
        [
            _masthead(run),
            _headlines(run.records),
            _SECTION.format("Оценки", _scores(run.records)),
            Markup('<div class="pair">{}{}</div>').format(_confidence(run.records), _refusals(run.records)),
            Markup('<div class="pair">{}{}</div>').format(_risk(run.records), _latency(run.records)),
            _tags(run.records),
            question_list(run.records),
            _origin(run.header),
        ]
    )
    style = Path(__file__).with_name("report.css").read_text(encoding="utf-8") + rules(run.records)
    return str(_PAGE.format(name=run.name, style=Markup(style), body=body))


def _masthead(run: Run) -> Markup:
    header = run.header
    day, _, clock = header.date.partition("T")
    changed = Markup(' <span class="dirty">с незаписанными изменениями</span>') if header.dirty else ""
    many = len(header.sets) > _NAMED
    names = ", ".join(header.sets)
    return Markup(
        '<header><p class="brand">Сноска<sup>1</sup> · отчёт об оценке</p><h1>{}</h1>{}'
        '<p class="byline">{}, {} UTC · версия <code>{}</code>{} · {}</p></header>\n'
    ).format(
        f"Наборы вопросов: {len(header.sets)}" if many else names,
        Markup('<p class="sets">{}</p>').format(names) if many else "",
        russian_date(day),
        clock[:5],
        header.commit[:12] if header.commit else "вне git",
        changed,
        (f"статьи: {', '.join(header.corpus)}" if header.corpus else "по своей библиотеке")
        + (f" · {run.unfinished}" if run.unfinished else ""),
    )


def _headlines(records: Sequence[Record]) -> Markup:
    """The numbers that are looked for first."""
    found = judgements(records)
    by_name = {measure.name: measure for measure in score.MEASURES}
    tiles = [_tile(title, by_name[name].of(found)) for name, title in _HEADLINES.items()]
    sure = _reliability(records)
    middle = metrics.percentile([record.elapsed_ms for record in records], 50)
    plain = [
        ("вопросов", str(len(records)), ""),
        ("ошибка калибровки", _per_cent(sure.error) if sure else "—", ""),
        ("медиана ответа", f"{middle:.0f}{SPACE}мс", ""),
    ]
    return Markup('<ul class="tiles">{}</ul>\n').format(Markup("").join([*tiles, *map(_figure, plain)]))


def _tile(title: str, found: Interval | None) -> Markup:
    if found is None:
        return Markup("")
    span = f"{tables.percent(found.low)}–{tables.percent(found.high)}"
    return _figure((title, _per_cent(found.value), span))


def _figure(told: tuple[str, str, str]) -> Markup:
    title, value, span = told
    return Markup('<li><span class="name">{}</span><b>{}</b><span class="span">{}</span></li>').format(
        title, value, span
    )


def _per_cent(share: float) -> str:
    return f"{tables.percent(share)}{SPACE}%"


def _scores(records: Sequence[Record]) -> Markup:
    """Every measure with its interval, as numbers and as a line."""
    found = judgements(records)
    rows = Markup("").join(
        Markup('<tr><th>{}</th><td>{}</td><td>{}</td><td class="drawn">{}</td></tr>').format(
            measure.title,
            sum(map(measure.among, found)),
            tables.interval(counted),
            plots.interval(counted) if counted else "",
        )
        for measure in score.told(found)
        for counted in [measure.of(found)]
    )
    return Markup(
        '<div class="wide"><table><thead><tr><th>Показатель</th><td>вопросов</td><td>% [интервал 95 %]</td>'
        '<td class="drawn">от 0 до 100 %</td></tr></thead><tbody>{}</tbody></table></div>'
    ).format(rows)


def _reliability(records: Sequence[Record]) -> Reliability | None:
    return refusal.of_run(records).reliability


def _confidence(records: Sequence[Record]) -> Markup:
    found = _reliability(records)
    if found is None:
        return _SECTION.format("Уверенность", _aside("Ответов не было: сравнивать уверенность не с чем."))
    told = _LEGEND.format(
        "Точка — ответы, чья уверенность лежит в одной десятой шкалы, черта — интервал 95 % (Уилсон); "
        f"на пунктире уверенность точна. {reliability.verdict(found)}"
    )
    return _SECTION.format("Уверенность", plots.reliability(found) + told)


def _refusals(records: Sequence[Record]) -> Markup:
    curve = refusal.of_run(records)
    if not (curve.answerable and curve.unanswerable):
        missing = "без ответа" if curve.answerable else "с ответом"
        return _SECTION.format("Отказы", _aside(f"Вопросов {missing} в наборе нет: кривую не построить."))
    legend = _LEGEND.format(
        Markup("{} {} Черта — порог прогона: {}, точки — что вышло. {} {}").format(
            _KEY.format("one", "ответов на вопросы с ответом;"),
            _KEY.format("two", "отказов на вопросы без ответа."),
            _per_cent(curve.shipped.threshold),
            "Вопрос, чью посылку статьи отрицают, отклоняется при любой уверенности.",
            refusal.verdict(curve),
        )
    )
    return _SECTION.format("Отказы", plots.refusal(curve) + legend)


def _risk(records: Sequence[Record]) -> Markup:
    found = risk.of_run(records)
    if found is None:
        return _SECTION.format("Риск и охват", _aside("Ответов не было: кривую не построить."))
    told = _LEGEND.format(
        "Если отвечать только тогда, когда уверенность выше: сколько вопросов получат ответ и какая доля "
        f"этих ответов неверна. {risk.verdict(found)}"
    )
    return _SECTION.format("Риск и охват", plots.risk(found) + told)


def _latency(records: Sequence[Record]) -> Markup:
    values = [record.elapsed_ms for record in records]
    median, slow = (f"{metrics.percentile(values, share):.0f}" for share in (50, 95))
    told = f"Медиана {median} мс, p95 {slow} мс, самый долгий ответ {max(values):.0f} мс."
    by_stage = timing.line([record.stages_ms for record in records])
    return _SECTION.format("Время ответа", plots.times(values) + _LEGEND.format(f"{told} {by_stage}".strip()))


def _tags(records: Sequence[Record]) -> Markup:
    """Right outcomes by tag; first those that are surely weak, not those of a question or two."""
    judged = {
        tag: [record.judged().right for record in records if tag in record.gold.tags]
        for tag in summary.tags(records)
    }
    shares = {tag: metrics.wilson(sum(right), len(right)) for tag, right in judged.items()}
    rows = Markup("").join(
        Markup('<tr><th>{}</th><td>{} из {}</td><td class="drawn">{}</td></tr>').format(
            tag, sum(judged[tag]), len(judged[tag]), plots.interval(shares[tag])
        )
        for tag in sorted(shares, key=lambda each: shares[each].high)
    )
    table = Markup(
        '<div class="wide scroll"><table><thead><tr><th>Метка</th><td>верно</td>'
        '<td class="drawn">от 0 до 100 %</td></tr></thead><tbody>{}</tbody></table></div>'
    )
    return _SECTION.format("По меткам", table.format(rows))


def _aside(text: str) -> Markup:
    return Markup('<p class="aside">{}</p>').format(text)


def _origin(header: Header) -> Markup:
    """How to repeat the run."""
    listed = {"Настройки": header.settings, "Пакеты": header.versions}
    tables_of = Markup("").join(
        Markup("<div><h3>{}</h3><dl>{}</dl></div>").format(
            title,
            Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*each) for each in values.items()),
        )
        for title, values in listed.items()
    )
    commit = Markup("<p>Версия кода: <code>{}</code></p>").format(header.commit or "вне git")
    return Markup('<footer class="origin"><h2>Откуда числа</h2>{}<div class="pair">{}</div></footer>').format(
        commit, tables_of
    )
