"""The question sets that the page can run: those that come with the project, the readers' own, a file."""

from __future__ import annotations

from pathlib import Path

from rag.errors import EvaluationError
from rag.judging.own_set import OwnSet
from rag.judging.questions import Question, read
from rag.library.decoding import decode

SHIPPED = Path(__file__).parents[2] / "eval" / "questions"  # there in a clone of the project
OWN = "own"
TITLES = {  # in the order in which they are offered
    "facts": "Факты",
    "several": "Несколько источников",
    "paraphrases": "Другими словами",
    "noisy": "С опечатками",
    "dates": "Даты",
    "followups": "Уточнения",
    "conversations": "Уточнения: по всем статьям",
    "dialogues": "Диалоги",
    "dialogues-fresh": "Диалоги: новые",
    "dialogues-unseen": "Диалоги: отложенные",
    "refusals": "Отказы",
    "missing-facts": "Чего в статьях нет",
    "false-premises": "Ложные посылки",
}


class QuestionSets:
    """Sets by name. `folder` holds those that come with the project, if it is there."""

    def __init__(self, own: OwnSet, folder: Path = SHIPPED) -> None:
        self._own = own
        found = {path.stem: path for path in sorted(folder.glob("*.jsonl"))}
        known = [name for name in TITLES if name in found]
        self._files = {name: found[name] for name in dict.fromkeys([*known, *found])}

    def titles(self) -> dict[str, str]:
        """What the sets are called, by name; the readers' own comes last."""
        return {name: TITLES.get(name, name) for name in self._files} | {OWN: "Вопросы читателей"}

    def title(self, name: str) -> str:
        """What the set `name` is called; the empty name is that of a file."""
        return self.titles().get(name, "Свой файл")

    def read(self, name: str, content: bytes) -> list[Question]:
        """The questions of the set `name`, or of the file with this `content` where it is empty.

        Raises EvaluationError.
        """
        if not name:
            return read(content, "Файл", decode)
        if name == OWN:
            return read(self._own.content().encode(), "Вопросы читателей", decode)
        if name not in self._files:
            raise EvaluationError("Такого набора вопросов нет. Обновите страницу и выберите другой.")
        return read(self._files[name].read_bytes(), TITLES.get(name, name), decode)
