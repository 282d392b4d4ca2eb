"""What a user allowed the bot to get wrong, and from which confidence on it therefore answers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ErrorBudget:
    """At most `at_most` of the answers given from `threshold` on are wrong, with the probability `level`.

    `asked` questions of `sets` were asked for it on the day `made` (ISO); of the half kept for the check
    `answered` were answered, `wrong` of them wrongly. It holds for confidences of the network `reader`
    alone («» where words decide), and was made over a library of `articles`.
    """

    at_most: float
    threshold: float
    level: float
    asked: int
    answered: int
    wrong: int
    reader: str
    articles: int
    sets: str
    made: str

    def threshold_for(self, reader: str) -> float | None:
        """The confidence to answer from; None where another network reads, whose confidences differ."""
        return self.threshold if reader == self.reader else None

    @property
    def promise(self) -> str:
        """What it promises, in Russian, without a full stop."""
        share = f"{100 * self.at_most:.3g}".replace(".", ",")
        questions = "вопросе" if self.asked % 10 == 1 and self.asked % 100 != 11 else "вопросах"
        return (
            f"при этой настройке не больше {share} % неверных ответов, проверено на {self.asked} {questions}"
        )

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape, with the promise."""
        return {**asdict(self), "promise": self.promise}
