"""Plots as inline SVG: they scale with the page, follow its colours (report.css) and load nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from markupsafe import Markup

from eval import metrics, tables
from eval.metrics import Interval
from eval.refusal import Curve, Point
from eval.reliability import TENTHS, Reliability, span
from eval.risk import Risk

WIDTH, LEFT, RIGHT, TOP = 460.0, 46.0, 12.0, 12.0
_LABELS = 40.0  # below an area: its ticks and its title
_STRIP = 58.0  # height of the bars under the reliability plot
_BARS = 28
_TEXT = Markup('<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>')
_LINE = Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>')
_RECT = Markup(
    '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"><title>{}</title></rect>'
)
_DOT = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" class="{}"><title>{}</title></circle>')


@dataclass(frozen=True, slots=True)
class Area:
    """Where data is drawn: from 0 to `most_x` across, and from 0 at the `bottom` to `most_y` at the top."""

    most_x: float = 1.0
    most_y: float = 1.0
    top: float = TOP
    bottom: float = 300.0

    def x(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / self.most_x

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.most_y


def reliability(found: Reliability) -> Markup:
    """Confidence against the share of right answers, a dot a tenth; below, how many answers each is of."""
    area = Area()
    strip = Area(most_y=max(tenth.count for tenth in found.tenths) * 1.3, top=316.0, bottom=316.0 + _STRIP)
    parts = [
        *_grid(area, _fifths(), _fifths(), "верных ответов, %"),
        _LINE.format(area.x(0), area.y(0), area.x(1), area.y(1), "ideal"),
    ]
    for tenth in found.tenths:
        x, low, high = area.x(tenth.confidence), area.y(tenth.right.low), area.y(tenth.right.high)
        told = (
            f"Уверенность {span(tenth)} %: ответов {tenth.count}, "
            f"верных {tables.interval(tenth.right)} %, "
            f"уверенность в среднем {tables.percent(tenth.confidence)} %"
        )
        left, width = strip.x(tenth.low) + 1, strip.x(1 / TENTHS) - strip.x(0) - 2
        top = strip.y(tenth.count)
        parts += [
            _LINE.format(x, low, x, high, "whisker one"),
            _DOT.format(x, area.y(tenth.right.value), 5, "dot one", told),
            _RECT.format(left, top, width, strip.bottom - top, "bar one", told),
            _TEXT.format(left + width / 2, top - 4, "tick middle", str(tenth.count)),
        ]
    parts += _under(strip, _fifths(), "уверенность, %; столбцы — сколько ответов")
    return _svg(strip.bottom + _LABELS, "Надёжность уверенности", parts)


def refusal(curve: Curve) -> Markup:
    """What each threshold would answer and decline, and where the threshold stands."""
    area = Area()
    points = [curve.point(step / 100) for step in range(101)]
    shipped = curve.shipped
    parts = [
        *_grid(area, _fifths(), _fifths(), "вопросов, %"),
        *_under(area, _fifths(), "порог уверенности, %"),
        _LINE.format(area.x(shipped.threshold), area.top, area.x(shipped.threshold), area.bottom, "now"),
        _path(area, points, lambda point: point.answered, "curve one"),
        _path(area, points, lambda point: point.declined, "curve two"),
    ]
    for share, kind, what in (
        (shipped.answered, "one", "ответов на вопросы с ответом"),
        (shipped.declined, "two", "отказов на вопросы без ответа"),
    ):
        told = f"Сейчас: {what} {tables.percent(share)} %"
        parts.append(_DOT.format(area.x(shipped.threshold), area.y(share), 5, f"dot {kind}", told))
    return _svg(area.bottom + _LABELS, "Кривая отказов", parts)


def risk(found: Risk) -> Markup:
    """The share of wrong answers among the surest, however many are given."""
    area = Area()
    places = " ".join(f"{area.x(each.coverage):.1f},{area.y(each.risk):.1f}" for each in found.points)
    last = found.points[-1]
    told = f"Сейчас: ответов {tables.percent(last.coverage)} %, из них неверных {tables.percent(last.risk)} %"
    parts = [
        *_grid(area, _fifths(), _fifths(), "неверных ответов, %"),
        *_under(area, _fifths(), "вопросов с ответом, %"),
        Markup('<polyline points="{}" class="curve two"/>').format(places),
        _DOT.format(area.x(last.coverage), area.y(last.risk), 5, "dot two", told),
    ]
    return _svg(area.bottom + _LABELS, "Риск и охват", parts)


def times(values: Sequence[float]) -> Markup:
    """How many questions took how many milliseconds; the slowest hundredth stands in the last bar."""
    most = _ceiling(max(metrics.percentile(values, 99), 1.0))
    counts = [0] * _BARS
    for value in values:
        counts[min(int(value / most * _BARS), _BARS - 1)] += 1
    area = Area(most_x=most, most_y=max(counts) * 1.12, bottom=190.0)
    wide = area.x(most / _BARS) - area.x(0)
    parts = [*_grid(area, [], _ticks(area.most_y), "вопросов")]
    for place, count in enumerate(counts):
        since, until = most * place / _BARS, most * (place + 1) / _BARS
        told = f"{since:.0f}–{until:.0f} мс: вопросов {count}"
        parts.append(
            _RECT.format(
                area.x(since) + 0.75, area.y(count), wide - 1.5, area.bottom - area.y(count), "bar one", told
            )
        )
    for row, share in enumerate((50, 95)):  # a line each: the two may stand close together
        at = min(metrics.percentile(values, share), most)
        side, anchor = (4, "note") if at < 0.7 * most else (-4, "note end")
        parts += [
            _LINE.format(area.x(at), area.top, area.x(at), area.bottom, "now"),
            _TEXT.format(area.x(at) + side, area.top + 9 + 14 * row, anchor, f"p{share}: {at:.0f} мс"),
        ]
    parts += _under(area, _ticks(most), "миллисекунд на вопрос")
    return _svg(area.bottom + _LABELS, "Время ответа", parts)


def interval(found: Interval) -> Markup:
    """A share and its interval on a line from 0 to 100 %, for a cell of a table."""
    low, high, at = 3 + 154 * found.low, 3 + 154 * found.high, 3 + 154 * found.value
    return Markup('<svg class="interval" viewBox="0 0 160 14" aria-hidden="true">{}{}{}</svg>').format(
        _LINE.format(3, 7, 157, 7, "rail"),
        _LINE.format(low, 7, high, 7, "whisker one"),
        _DOT.format(at, 7, 4, "dot one", f"{tables.interval(found)} %"),
    )


def _svg(height: float, title: str, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="plot" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, height, title, Markup("").join(parts)
    )


def _grid(area: Area, across: Sequence[float], up: Sequence[float], title: str) -> Iterator[Markup]:
    """Lines of the grid, the ticks of the upright axis and its title, which lies along it."""
    for value in across:
        yield _LINE.format(area.x(value), area.top, area.x(value), area.bottom, "grid")
    for value in up:
        yield _LINE.format(LEFT, area.y(value), WIDTH - RIGHT, area.y(value), "grid")
        yield _TEXT.format(LEFT - 7, area.y(value) + 4, "tick end", _tick(value, area.most_y))
    yield Markup('<text transform="translate(11 {:.1f}) rotate(-90)" class="title">{}</text>').format(
        (area.top + area.bottom) / 2, title
    )


def _under(area: Area, across: Sequence[float], title: str) -> Iterator[Markup]:
    """The lower axis: its line, ticks and title."""
    yield _LINE.format(LEFT, area.bottom, WIDTH - RIGHT, area.bottom, "axis")
    for value in across:
        yield _TEXT.format(area.x(value), area.bottom + 16, "tick middle", _tick(value, area.most_x))
    yield _TEXT.format((LEFT + WIDTH - RIGHT) / 2, area.bottom + 34, "title", title)


def _tick(value: float, most: float) -> str:
    """Shares in per cent, counts and milliseconds as they are."""
    return f"{100 * value:.0f}" if most == 1.0 else f"{value:.0f}"


def _path(area: Area, points: Sequence[Point], of: Callable[[Point], float], kind: str) -> Markup:
    places = " ".join(f"{area.x(point.threshold):.1f},{area.y(of(point)):.1f}" for point in points)
    return Markup('<polyline points="{}" class="{}"/>').format(places, kind)


def _fifths() -> list[float]:
    return [fifth / 5 for fifth in range(6)]


def _ticks(most: float) -> list[float]:
    """Round values from 0 up to `most`, about five."""
    step = _round_step(most / 5)
    return [step * place for place in range(floor(most / step + 1e-9) + 1)]


def _ceiling(value: float) -> float:
    """A round value just above."""
    step = _round_step(value / 10)
    return step * ceil(value / step)


def _round_step(value: float) -> float:
    """The least of 1, 2, 5, 10, 20, … that isn't below `value`."""
    power = 10.0 ** floor(log10(max(value, 1.0)))
    return next(power * each for each in (1, 2, 5, 10) if power * each >= value - 1e-9)
