"""A question set held against the library: articles that aren't there, answers that stand nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from eval.sets import Located, Question
from rag.judging import polarity
from rag.judging.tokens import Token, spellings, stands_at, tokens


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the gold of one question, in Russian, and where it stands."""

    place: str
    question: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message} («{self.question}»)"


class Texts:
    """The texts of articles by id, indexed so that a gold answer is found without reading all of them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._tokens: dict[str, list[Token]] = {}
        self._places: dict[str, list[tuple[str, int]]] | None = None

    @property
    def ids(self) -> Collection[str]:
        return self._texts.keys()

    def holds(self, gold: str, articles: Sequence[str]) -> bool:
        """`gold` stands in one of `articles`, or in any article where none are named."""
        if articles:
            return any(self._stands(part, each) for part in spellings(gold) for each in articles)
        return any(self._stands_somewhere(part) for part in spellings(gold))

    def _read(self, article: str) -> list[Token]:
        if article not in self._tokens:
            self._tokens[article] = tokens(self._texts[article])
        return self._tokens[article]

    def _stands(self, part: Sequence[Token], article: str) -> bool:
        sequence = self._read(article)
        return bool(part) and any(stands_at(sequence, part, place) for place in range(len(sequence)))

    def _stands_somewhere(self, part: Sequence[Token]) -> bool:
        if not part:
            return False
        index = self._index()
        shift, rarest = min(
            enumerate(part), key=lambda each: sum(len(index.get(name, ())) for name in each[1])
        )
        found = {where for name in rarest for where in index.get(name, ())}
        return any(stands_at(self._read(article), part, place - shift) for article, place in found)

    def _index(self) -> dict[str, list[tuple[str, int]]]:
        if self._places is None:
            self._places = defaultdict(list)
            for article in self.ids:
                for place, token in enumerate(self._read(article)):
                    for name in token:
                        self._places[name].append((article, place))
        return self._places


def check(located: Iterable[Located], texts: Texts) -> list[Finding]:
    """What is wrong with the gold of a set, question by question."""
    return [
        Finding(each.place, each.question.question, message)
        for each in located
        for message in _messages(each.question, texts)
    ]


def known(located: Located, texts: Texts) -> Question:
    """The question without articles that the library lacks: not citing them is no mistake of the bot."""
    question = located.question
    articles = tuple(each for each in question.articles if each in texts.ids)
    return question if question.only_articles else question.model_copy(update={"articles": articles})


def _messages(question: Question, texts: Texts) -> Iterator[str]:
    for missing in question.articles:
        if missing not in texts.ids:
            yield f"статьи «{missing}» в библиотеке нет{_nearest(missing, texts.ids)}"
    named = [each for each in question.articles if each in texts.ids]
    if question.articles and not named:
        return  # nothing to look in
    where = "в названных статьях" if named else "ни в одной статье"
    golds = [answer for answer in question.answers if not _is_verdict(answer)]
    if golds and len(golds) == len(question.answers) and not any(texts.holds(each, named) for each in golds):
        yield f"ответа «{'» или «'.join(golds[:3])}» нет {where}"
    for part in question.all_of:
        if not _is_verdict(part) and not texts.holds(part, named):
            yield f"«{part}» (all) нет {where}"

    for quote in question.quotes:
        if not texts.holds(quote, named):
            yield f"цитаты «{quote[:60]}» нет {where}"


def _is_verdict(gold: str) -> bool:
    """A yes or no is said by the bot and needs to stand nowhere."""
    return polarity.verdict_of_gold(gold) is not None or polarity.opening(gold) is not None


def _nearest(missing: str, ids: Collection[str]) -> str:
    """The id that was probably meant: spelled nearly so, or of the same file in another folder."""
    same_file = [each for each in ids if each.rpartition("/")[2] == missing.rpartition("/")[2]]
    near = same_file or get_close_matches(missing, ids, n=1, cutoff=0.6)
    return f" (может быть, {near[0]}?)" if near else ""


def report(findings: Sequence[Finding], most: int | None = None) -> str:
    """A line for each finding, `most` of them."""
    shown = list(map(str, findings[:most]))
    left = len(findings) - len(shown)
    return "\n".join([*shown, *([f"…и ещё {left}. Все: python -m eval check"] if left else [])])
