"""What asks nothing of the articles: greetings, thanks, «что ты умеешь?», «сколько статей?».

A text is small talk when it consists of nothing but the words of one kind, whatever their order: «пока» is a
farewell, «Пока действует исключение?» is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.text.words import words

_FILLERS = frozenset("а бот все вам вас за и мне ну очень ответ ответы сноска тебе тебя тогда это".split())


@dataclass(frozen=True, slots=True)
class _Kind:
    """Every word of a text is one of `core` or `also`, and all of one of the `core` groups are there."""

    answer: str
    core: tuple[frozenset[str], ...]
    also: frozenset[str] = frozenset()

    @classmethod
    def of(cls, answer: str, core: str, also: str = "") -> _Kind:
        """`core` holds groups of words, parted by bars."""
        groups = tuple(frozenset(group.split()) for group in core.split("|"))
        return cls(answer, groups, frozenset(also.split()))

    def is_meant(self, said: frozenset[str]) -> bool:
        return said <= self.also.union(*self.core) and any(group <= said for group in self.core)


_KINDS = (
    _Kind.of(
        "Статей в библиотеке: {}.",
        "сколько статей",
        "базе библиотеке в всего есть здесь корпусе сейчас тут у",
    ),
    _Kind.of(
        "До свидания!", "пока|до свидания|до встречи|прощай|прощайте|всего доброго|всего хорошего", "скорой"
    ),
    _Kind.of(
        "Здравствуйте! Спросите о том, что написано в статьях: у каждого предложения ответа будет сноска.",
        "привет|приветствую|здравствуй|здравствуйте|хай|салют|добрый день|добрый вечер|доброе утро"
        "|доброго дня|доброго времени суток|доброго вечера",
    ),
    _Kind.of(
        "Пожалуйста! Спрашивайте ещё.",
        "спасибо|благодарю|спс",
        "большое большая огромное отлично понятно помощь хорошо ясно",
    ),
    _Kind.of(
        "Хорошо. Спрашивайте дальше: вопрос лучше задать целиком.",
        "ага|да|здорово|класс|ладно|нет|ок|окей|окэй|отлично|понял|поняла|понятно|супер|тест|угу|хорошо|ясно",
    ),
    _Kind.of("Всё в порядке. Спросите о том, что написано в статьях.", "как дела|как ты|как жизнь"),
    _Kind.of(
        "Я отвечаю на вопросы по статьям библиотеки (их {}) и ставлю к каждому предложению сноску с цитатой, "
        "которую можно проверить. Чего в статьях нет, о том так и говорю.",
        "кто ты|кто вы|что ты такое|что ты умеешь|что вы умеете|что ты можешь|что ты делаешь|что умеешь"
        "|чем ты занимаешься|помоги|помогите|помощь|справка|как тобой пользоваться|как пользоваться"
        "|как работаешь",
    ),
)


def reply(text: str, articles: Callable[[], int]) -> str | None:
    """One line to what is small talk, None to anything else; `articles()` counts those of the library."""
    said = frozenset(word.text for word in words(text))
    said = said - _FILLERS or said
    for kind in _KINDS:
        if kind.is_meant(said):
            return kind.answer.format(articles())
    return None
