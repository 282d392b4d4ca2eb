"""What the product says in its own words, small talk too, and how sentences and footnotes become one text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.text.repair import is_russian_text
from rag.text.setting import DEVELOPS, DISAGREE, NO, UNDECIDED, YES, mark_goes_before_stop, version_line
from rag.text.words import words
from rag.types import Disagreement, Draft, Lacking, Sentence

_OPENINGS = {"yes": YES, "no": NO, None: UNDECIDED}
REFUSAL = "В статьях нет ответа на этот вопрос."
NOTHING_NEAR = "В статьях нет ответа на этот вопрос, и близких по теме отрывков не нашлось."
OTHER_LANGUAGE = "Вопросы понимаются по-русски; задайте этот, пожалуйста, на русском языке."
NO_ARTICLES = (
    "Библиотека пуста: в ней нет ни одной статьи. Прочитайте свои: snoska index ПАПКА — или добавьте их "
    "на странице, в разделе «Библиотека»."
)


def told(draft: Draft) -> str:
    """A draft as one text: «Да» where that answers, its sentences, and under them where sources differ."""
    said = render(draft.sentences, draft.listed)
    if draft.polar:
        said = f"{_OPENINGS[draft.verdict]}. {said}"
    if draft.opening:
        said = f"{draft.opening}\n{said}"
    return "\n\n".join([said, *map(_differing, draft.disagreements)])


def render(sentences: Sequence[Sentence], listed: bool = False) -> str:
    """Sentences with their footnote numbers before the closing mark: «… около 43 км [1].»

    `listed`: each on a line of its own behind «•».
    """
    lines = [_with_footnotes(sentence) for sentence in sentences]
    if listed:
        return "\n".join(f"• {line}" for line in lines)
    return "".join(f"{line}{_gap(line)}" for line in lines).rstrip()


def _gap(line: str) -> str:
    return "\n" if "\n" in line or not _is_ended(line) else " "


def _is_ended(line: str) -> bool:
    """False for a heading."""
    return line.rstrip("0123456789[] »”)").endswith((".", "!", "?", "…", ":", ";"))


def _differing(disagreement: Disagreement) -> str:
    heading = DEVELOPS if disagreement.develops else DISAGREE
    lines = [f"• {version_line(each)} [{each.citation}]" for each in disagreement.versions]
    return "\n".join([f"{heading}:", *lines])


def refusal(question: str, has_hits: bool, is_empty: bool = False, lacking: Lacking | None = None) -> str:
    """What is said when the evidence is not there; `is_empty`: as there are no articles at all.

    `lacking` is why it isn't, where that is known.
    """
    if is_empty:
        return NO_ARTICLES
    if not is_russian_text(question):
        return f"{REFUSAL} {OTHER_LANGUAGE}"
    if lacking is None:
        return REFUSAL if has_hits else NOTHING_NEAR
    instead = f", а есть «{lacking.instead}»" if lacking.instead else ""
    return f"{REFUSAL[:-1]}: в близких по теме отрывках нет «{lacking.asked}»{instead}."


def cut(count: int) -> tuple[str, ...]:
    """A note on sentences that were left out because nothing supports them; none for none."""
    return (f"убрано предложений без подтверждения: {count}",) if count else ()


def _with_footnotes(sentence: Sentence) -> str:
    marks = " " + "".join(f"[{number}]" for number in sentence.citations) if sentence.citations else ""
    text = sentence.text.rstrip()
    if mark_goes_before_stop(text):
        return f"{text[:-1]}{marks}."
    return text + marks


# What asks nothing of the articles: greetings, thanks, «что ты умеешь?», «сколько статей?».
#
# A text is small talk when it consists of nothing but the words of one kind, whatever their order: «пока»
# is a farewell, «Пока действует исключение?» is none.

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


def small_talk(text: str, articles: Callable[[], int]) -> str | None:
    """One line to what is small talk, None to anything else; `articles()` counts those of the library."""
    said = frozenset(word.text for word in words(text))
    said = said - _FILLERS or said
    for kind in _KINDS:
        if kind.is_meant(said):
            return kind.answer.format(articles())
    return None
