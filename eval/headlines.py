"""The README's one table: the most telling of the saved figures, each with how far it is in-sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from eval import provenance, tables
from eval.errors import EvaluationError
from eval.tables import Language

if TYPE_CHECKING:
    from eval.results import Result

COMMAND = "headlines"
Seen = Literal["yes", "partly", "no", "none"]
_HEADINGS = {
    "en": ("measured", "figure", "in-sample", "commit"),
    "ru": ("измерено", "число", "на знакомых", "коммит"),
}
_SEEN: dict[Language, dict[Seen, str]] = {
    "en": {"yes": "**yes**", "partly": "partly", "no": "no", "none": "—"},
    "ru": {"yes": "**да**", "partly": "отчасти", "no": "нет", "none": "—"},
}


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure of a saved result, and whether the product was fitted in view of what it is measured on."""

    command: str
    name: str
    group: str
    number: str
    seen: Seen
    english: str
    russian: str
    unit: str = "%"

    def found(self, results: Sequence[Result]) -> Result:
        """The result that has it. Raises EvaluationError where it is not among `results`."""
        saved = [each for each in results if (each.command, each.name) == (self.command, self.name)]
        if not saved or saved[0].get(self.group, self.number) is None:
            raise EvaluationError(
                f"Для таблицы «{COMMAND}» нет числа {self.group}/{self.number} набора {self.name}. "
                f"Измерьте его: python -m eval {self.command} … --save"
            )
        return saved[0]

    def row(self, result: Result, language: Language) -> list[str]:
        """Its cells, of the `result` that has it."""
        value = result.get(self.group, self.number) or 0.0
        said = self.english if language == "en" else self.russian
        return [said, self._written(value, language), _SEEN[language][self.seen]]

    def _written(self, value: float, language: Language) -> str:
        if self.unit == "%":
            return f"{tables.percent(value, language)} %"
        unit = {"ms": "мс"}.get(self.unit, self.unit) if language == "ru" else self.unit
        return f"{tables.number(value, 1, language)} {unit}"


_NEWS = "tydiqa+news"
# What each was fitted or chosen on is told in eval/results/README.md, "What is in-sample".
HEADLINES = (
    Headline(
        *("run", "spare", "score", "answered_right", "no"),
        "Right answers to 300 questions of outsiders on their 24 articles, only totals looked at (`spare`)",
        "Верных ответов на 300 вопросов посторонних к их 24 статьям, смотрели только итоги (`spare`)",
    ),
    Headline(
        *("run", "spare", "score", "false_refusals", "no"),
        "Wrongly declined, of these",
        "Ложных отказов на них",
    ),
    Headline(
        *("run", "spare", "score", "refusal_recall", "no"),
        "Rightly declined, of its 60 questions whose answer isn't there though the topic is",
        "Верных отказов на 60 его вопросов, тема которых в статьях есть, а ответа нет",
    ),
    Headline(
        *("run", "spare", "score", "false_verdict", "no"),
        "«Да» for «Нет» or the reverse, of its 50 yes/no questions",
        "«Да» вместо «Нет» или наоборот на 50 его вопросов",
    ),
    Headline(
        *("run", "shipped", "score", "answered_right", "yes"),
        "Right answers to the questions about the articles of `corpus/`",
        "Верных ответов на вопросы к статьям из `corpus/`",
    ),
    Headline(
        *("run", "missing-facts", "score", "refusal_recall", "yes"),
        "Rightly declined, of 72 questions on their topics that they don't answer",
        "Верных отказов на 72 вопроса по темам этих статей, на которые ответа в них нет",
    ),
    Headline(
        *("retrieval", _NEWS, "full", "ndcg@10", "yes"),
        "Search: nDCG@10, 400 questions of TyDi QA over 6,169 articles",
        "Поиск: nDCG@10, 400 вопросов TyDi QA по 6169 статьям",
    ),
    Headline(
        *("reading", _NEWS + "-unseen", "reading", "first_citation", "partly"),
        "The first footnote holds the answer: 137 of them, on articles the network never saw",
        "Ответ в первой сноске: 137 из них, по статьям, которых сеть не видела",
    ),
    Headline(
        *("verification", "news", "flagged", "all", "yes"),
        "Corrupted sentences of news that are flagged; the corruptions are our own",
        "Помечено искажённых предложений новостей; искажения наши же",
    ),
    Headline(
        *("claims", "claims", "claims", "balanced", "partly"),
        "Claims judged right (balanced), 301 written independently of the code",
        "Верно оценено утверждений (сбалансированно), 301 написано независимо от кода",
    ),
    Headline(
        *("claims", "claims", "claims", "false_accepts", "partly"),
        "False ones among them that are accepted",
        "Принято неверных из них",
    ),
    Headline(
        *("speed", "news-100k", "ask", "p50", "none"),
        "An answer over 100,393 passages by words alone, without the network, the median, on two cores",
        "Ответ по 100 393 отрывкам одними правилами, без сети, медиана, на двух ядрах",
        unit="ms",
    ),
)


def table(results: Sequence[Result], language: Language) -> str:
    """The table as Markdown. Raises EvaluationError for a figure that was never saved."""
    found = [each.found(results) for each in HEADLINES]
    rows = [each.row(result, language) for each, result in zip(HEADLINES, found, strict=True)]
    return tables.markdown(*tables.with_column(_HEADINGS[language], rows, provenance.marks(found)))
