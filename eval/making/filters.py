"""Which candidates a person would keep: whole by themselves, about one thing, with one answer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from eval.making.candidates import Candidate
from rag.text.words import analyzer, content_lemmas, words

_LENGTH = (4, 20)  # words of a question
_TELLING = 7  # content words that make up for a name or number
_SAME = 0.75  # of a question's content words stand in another sentence: it may be the one that is asked for
_SPECIFIC = 5  # content words of a question to which a nameless somebody or something is an answer
_ANSWERED = 0.6  # … so many, and the question may have an answer after all
_OF_TIME = frozenset(
    """год месяц неделя век день начало конец середина весна лето осень зима январь февраль март апрель май
    июнь июль август сентябрь октябрь ноябрь декабрь""".split()
)
_RELATIVE = re.compile(
    r"\b(?:сегодня|вчера|завтра|накануне|позавчера|сейчас|теперь|недавно|пока|здесь|там|тут|утром|вечером|"
    r"ночью|днём|днем|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|"
    r"тем временем|ранее|позже|впоследствии|также|тоже|при этом|в свою очередь|"
    r"(?:эт|так)(?:от|а|о|у|и|их|ого|ой|ому|ую|им|ими|ом|ая|ое|ие)|он[аио]?|его|ему|её|ее|ей|их|им|ими|"
    r"них|него|неё|нее|ней|ним|нём|нем|друг(?:ой|ая|ое|ие|их|ого|ую)|остальн\w+|последн\w+|нынешн\w+|прошл\w+|"
    r"следующ\w+|указанн\w+|одновременно|столько|напомним|подобн\w+|здешн\w+|аналогичн\w+|соответствующ\w+|следом|"
    r"через \w+ (?:дн|час|недел|месяц|год|лет)\w*|в итоге|данн(?:ый|ая|ое|ые|ого|ой|ых)|мы|нас|нам|наш\w*|"
    r"я|мне|вы|вас|вам|ваш\w*|"
    r"перв(?:ый|ая|ое|ые|ого|ой|ых|ом|ую|ым)|втор(?:ой|ая|ое|ые|ого|ых|ом|ую|ым)|тогда же|в то же время|"
    r"кроме того|лично|назад|ближайш\w+|в настоящ\w+|текущ\w+|еще|ещё|и т\. ?[дп])\b|^так,|«так,",
    re.IGNORECASE,
)
# Whichever was told of before, where no name stands behind it: «глава предприятия», «известные примеры».
_VAGUE = re.compile(
    r"\b(?:предприяти\w*|инцидент\w*|населенн\w+ пункт\w*|населённ\w+ пункт\w*|организаци\w+|ведомств\w*|"
    r"компани\w+|клуб\w*|стран[аыеу]|город[ауе]?|регион[ауе]?|район[ауе]?|посел\w+|документ\w*|вопрос\w*|"
    r"исследовани\w+|учреждени\w+|издани\w+|команд\w+|пример\w*|премии|турнир\w*|чемпионат\w*|игрок\w*|"
    r"мероприяти\w*|источник\w*|мужчин\w+|женщин\w+|дач[аеиу]|автор\w*|участник\w*|"
    r"информаци\w+|делегаци\w+|вердикт\w*|взаимодействи\w+)\b"
    r"(?! (?:[«\"“(_]|\w+ [«\"“]|[A-ZА-ЯЁ0-9]))"
)
# What goes on telling which one is meant, behind a noun.
_FURTHER = re.compile(
    r"^(?:,? ?что|,? ?(?:котор\w+|\w+(?:ющ|ящ|ащ|ущ|вш|нн|ем|им)"
    r"(?:ий|ый|ая|ое|ые|его|ого|ой|ей|ему|ому|ым|им|ом|ем|ых|их|ую|юю|ыми|ими)(?:ся)?))\b"
)
_SPEECH = re.compile(r":\s*[«\"„“]")  # who «said», and what, are parted
_WORDS = re.compile(r"\w+")
_AND = re.compile(r"\S+ и(?= )")
_HEDGED = re.compile(r"\b(?:более|менее|свыше|около|больше|меньше|почти|примерно)\b", re.IGNORECASE)
# Who asks for a thing in the dative or with «чем» has mostly misread the sentence; «что имеет» asks nothing.
_ODD = re.compile(
    r"^(?:чему|чего|кому|у чего|с чем|чем|в чём|в чем|какая организация|что име(?:ет|ют|л\w*))\b|[“”]",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:не|ни)\b", re.IGNORECASE)
_ENDS = ("начал", "конц", "конец")  # the one of a year is a time of the other's, too
_JOINED = re.compile(r"^(?:и|а|но|или|либо)\b", re.IGNORECASE)
_TURNED = ("antonym",)  # «открыть» and «закрыть» share letters rightly
_BROKEN = re.compile(
    r"\s[,.;:?]|^___,|, да и |[,;:—–-]\?|\(\)|«[^»]*$|\b(\w{3,}) \1\b|[а-яё]\?[а-яё]", re.IGNORECASE
)


class Corpus:
    """The sentences of all articles by their words."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._lemmas = [frozenset(content_lemmas(each)) for each in sentences]
        self._texts: dict[str, list[int]] = defaultdict(list)
        for place, held in enumerate(self._lemmas):
            for each in held:
                self._texts[each].append(place)

    def covers(self, wanted: frozenset[str], own: frozenset[str]) -> float:
        """The largest share of `wanted` in one sentence, besides that with the words `own`."""
        counts: dict[int, int] = defaultdict(int)
        for each in wanted:
            for place in self._texts.get(each, ()):
                counts[place] += 1
        most = max((found for place, found in counts.items() if self._lemmas[place] != own), default=0)
        return most / max(len(wanted), 1)


def is_worth_asking(made: Candidate, corpus: Corpus) -> bool:
    """A person would keep it."""
    asked = _claim(made) if made.kind == "cloze" else made.question
    return (
        _is_whole(made, asked)
        and _is_telling(made, asked)
        and _says_what(made)
        and _has_one_answer(made, asked, corpus)
        and _fits(made)
    )


def _fits(made: Candidate) -> bool:
    """What was put in the place of something else stands in its form, and is something else indeed."""
    if made.is_answerable and made.kind != "false":
        return made.kind != "how-many" or not (_HEDGED.search(made.question) or _DENIED.search(made.question))
    new, _, old = made.why.removeprefix("спрошено «").removesuffix("»").partition("», а в статье «")
    known = all(analyzer().word_is_known(word.text) for word in words(new) if word.text.isalpha())
    alike = any(
        one.text[:4] == other.text[:4] or one.text in other.text or other.text in one.text
        for one in words(new)
        for other in words(old)
        if one.text.isalpha() and len(other.text) > 2
    )
    return known and (made.kind in _TURNED or not alike) and not new.startswith(_ENDS)


def _claim(made: Candidate) -> str:
    return made.question.removeprefix("Что пропущено: «").removesuffix("»?")


def _is_whole(made: Candidate, asked: str) -> bool:
    """Nothing in it points elsewhere, but for the pronoun of a follow-up."""
    length = len(asked.split())
    if made.history:
        head, _, tail = asked.partition(f" {_pronoun(made)} ")
        asked = f"{head} {tail}"
    is_long = length > _LENGTH[1] * (2 if made.kind == "cloze" else 1)
    if length < _LENGTH[0] or is_long or _BROKEN.search(asked) or _ODD.search(asked):
        return False
    if _JOINED.search(made.answer):
        return False
    if _VAGUE.search(asked) or not _is_uncut(made, asked):
        return False
    return not _RELATIVE.search(asked) and not _RELATIVE.search(made.answer)


def _is_uncut(made: Candidate, asked: str) -> bool:
    """What «и» joins is joined in the quote too, and what tells which noun is meant isn't left out."""
    quote = made.quote.lower()
    if _SPEECH.search(quote) or any(each.group().lower() not in quote for each in _AND.finditer(asked)):
        return False
    last = _WORDS.findall(asked)[-1:]
    if not last or not last[0].islower():
        return True
    _, found, behind = made.quote.rpartition(last[0])
    return not (found and _FURTHER.match(behind))


def _pronoun(made: Candidate) -> str:
    return made.why[1 : made.why.index("»")]


def _is_telling(made: Candidate, asked: str) -> bool:
    """It names what it is about, and its subject isn't «агентство», whichever was told of before."""
    said = {word.text for word in words(asked)}
    named = any(word.text in said for each in made.names for word in words(each))
    whole = set(content_lemmas(asked))
    return _is_definite(made, made.subject) and (named or len(whole) >= _TELLING)


def _is_definite(made: Candidate, phrase: str) -> bool:
    """A name, a figure, or a noun with more than itself."""
    return any(name in phrase for name in made.names) or len(content_lemmas(phrase)) > 1


def _says_what(made: Candidate) -> bool:
    """The answer is one that can be told from others: no bare noun, and of «когда» a time."""
    if not made.answer:
        return True
    if made.kind == "when":
        told = set(content_lemmas(made.answer))
        return all(each in _OF_TIME or each[0].isdigit() for each in told)
    if made.kind == "who" and not any(name in made.answer for name in made.names):
        return len(set(content_lemmas(made.question))) >= _SPECIFIC
    return _is_definite(made, made.answer)


def _has_one_answer(made: Candidate, asked: str, corpus: Corpus) -> bool:
    """Where it is answered, no other sentence is as near; where it isn't, none has all of its words."""
    wanted, own = frozenset(content_lemmas(asked)), frozenset(content_lemmas(made.quote))
    answer = frozenset(content_lemmas(made.answer))
    if made.answer and (not answer or answer <= wanted):
        return False
    if made.history:
        return True  # what the pronoun stands for is not among the words
    if made.is_answerable:
        return corpus.covers(wanted, own) < _SAME
    return corpus.covers(wanted, own) < _ANSWERED


def distinct(found: Sequence[Candidate]) -> list[Candidate]:
    """Without questions that are asked twice, in whatever words' order."""
    kept: dict[object, Candidate] = {}
    for each in found:
        kept.setdefault((frozenset(content_lemmas(each.question)), each.is_answerable, each.history), each)
    return list(kept.values())
