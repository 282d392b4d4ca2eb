"""«А когда?», «А в Армении?», «А Россию?»: the earlier question with a part of it exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rag.answering.context import RELATIONS, Past
from rag.answering.substitution import Asking, asking, exchanged, with_preposition
from rag.text.entities import entities
from rag.text.phrases import Phrase, phrases
from rag.text.questions import analyse
from rag.text.readings import reagreed
from rag.text.tokens import Token, tokens
from rag.text.words import analyzer

_PREDICATES = frozenset({"VERB", "INFN", "PRTS", "PRED", "ADJS", "GRND", "COMP"})
_LONGEST = 9  # words of a fragment
_ADJECTIVE_ENDINGS = (
    "ий",
    "ый",
    "ой",
    "ая",
    "яя",
    "ое",
    "ее",
    "ие",
    "ые",
    "ую",
    "юю",
    "ого",
    "его",
    "ой",
    "ей",
)
_ABOUT = frozenset({"по", "про", "о", "об"})
_TELLING_CASES = frozenset({"datv", "ablt"})  # «А американцам?» can only take a dative's place
PERSONAL = frozenset("я ты вы мы меня мне тебя тебе вас вам нас нам".split())


def is_fragment(text: str, opened: bool) -> bool:
    """True for a question without a predicate of its own; `opened`: «А» stood before it."""
    found = [token for token in tokens(text) if token.kind != "sign"]
    if not found or len(found) > _LONGEST or any(token.grammar.part in _PREDICATES for token in found):
        return False
    if any(token.folded in PERSONAL for token in found):
        return False
    part = asking(text)
    if part is None:
        return (opened or found[0].grammar.part == "PREP") and bool(
            phrases(text) or found[0].grammar.part == "ADJF"
        )
    if part.last > part.first and part.word in ("кто", "что") and not part.preposition:
        return False  # «что такое», «кто такой»
    if len(found) == part.last - part.first + 1:
        return part.noun is None or opened
    following = next((token for token in found if token.start > tokens(text)[part.last].start), None)
    if part.word in ("какой", "который") and following is not None and following.folded == "из":
        return False  # «какие из них тяжёлые»
    if part.word in ("какой", "который") and any(
        p.first > part.last and not p.preposition for p in phrases(text)
    ):
        return False  # «какая у него валюта»
    if part.word == "сколько" and _counts_of_somebody(text):
        return False  # «сколько у него детей»
    return opened and part.noun is None and part.word != "каков" and not _is_nominal(text, part)


def _counts_of_somebody(text: str) -> bool:
    found = [phrase for phrase in phrases(text) if not phrase.nested]
    counted = [p for p in found if not p.preposition and any(r.case == "gent" for r in p.readings)]
    return bool(counted) and any(phrase.preposition == "у" for phrase in found)


def _is_nominal(text: str, part: Asking) -> bool:
    """«кто президент», «где штаб-квартира»: whole questions without a verb."""
    following = next((phrase for phrase in phrases(text) if phrase.first == part.last + 1), None)
    if following is None:
        return False
    return any(reading.case in ("nomn", "") for reading in following.readings[:1]) or part.word == "сколько"


def completed(text: str, past: Sequence[Past]) -> str | None:
    """The last question that `text` fits, with the fitting part exchanged; None where none fits."""
    part, given = asking(text), _given(text)
    same = [
        turn for turn in reversed(past) if part and (own := asking(turn.question)) and own.word == part.word
    ]
    for turn in [*same, past[-1]]:
        question = _with_given(turn.question, text, given)
        if question and part:
            question = _exchanged_asking(question, text, part)
        if question:
            return question
    return None


def _with_given(question: str | None, text: str, given: Sequence[Phrase]) -> str | None:
    """`question` with all that `text` brings."""
    if question and (date := _date(text)):
        return _exchanged_date(question, date)
    if question and (changed := _exchanged_adjective(question, text)):
        return changed
    for phrase in given:
        question = _exchanged_phrase(question, phrase) if question else None
    return question if given or asking(text) else None


def _date(text: str) -> str:
    """The date a fragment consists of, with its preposition: «в 2020 году»."""
    date = next((entity for entity in entities(text) if entity.kind == "date"), None)
    rest = text[: date.start].strip().lower() if date else "?"
    return text.rstrip(" ?!.") if rest in ("", "в", "во", "на", "к", "до", "после", "с") else ""


def _exchanged_date(question: str, date: str) -> str:
    old = next((entity for entity in entities(question) if entity.kind == "date"), None)
    if old is None:
        return f"{question.rstrip(' ?.!')} {_uncapitalised(date)}?"
    before = question[: old.start].rstrip()
    last = before.rpartition(" ")[2]
    if last.lower() in ("в", "во", "на", "к", "до", "после", "с") and " " in date:
        before = before[: -len(last)].rstrip()
    return f"{before} {date if not before else _uncapitalised(date)}{question[old.stop :]}".strip()


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]


def _exchanged_adjective(question: str, text: str) -> str | None:
    """«А Керченский?»: the noun is the earlier one."""
    given, *others = (token for token in tokens(text) if token.kind == "word")
    if others or not given.folded.endswith(_ADJECTIVE_ENDINGS) or not _adjectives(given):
        return None
    for phrase in phrases(question):
        if phrase.first == phrase.head:
            continue
        old = phrase.tokens[phrase.first]
        noun = phrase.text[old.stop : phrase.stop]
        return question[: old.start] + _as_adjective(given, phrase) + noun + question[phrase.stop :]
    return None


def _adjectives(token: Token) -> list[Any]:
    return [parse for parse in analyzer().parse(token.folded) if parse.tag.POS == "ADJF"]


def _as_adjective(given: Token, phrase: Phrase) -> str:
    reading = phrase.readings[0]
    parse = _adjectives(given)[0]
    gender = {"plur"} if reading.number == "plur" else {"sing", reading.gender}
    form = parse.inflect({reading.case, *gender} - {""})
    text = form.word if form else given.folded
    return str(text.capitalize() if given.is_capital else text)


def _given(text: str) -> list[Phrase]:
    part = asking(text)
    noun = str(part.noun) if part and part.noun else None
    # The dash: «Киотский» behind «А» does not begin a sentence.
    return [phrase for phrase in phrases(f"— {text}") if not phrase.nested and str(phrase) != noun]


def _exchanged_asking(question: str, text: str, part: Asking) -> str:
    own = asking(question)
    asked = part.text(text, tokens(text))
    if own is None:
        return exchanged(question, asked)
    if own.word == part.word and own.preposition == part.preposition and part.noun is None:
        return question
    if part.noun is not None and own.noun is not None:
        found = tokens(question)
        return question[: found[own.first].start] + asked + question[found[own.last].stop :]
    if part.word == "сколько" and analyse(question).kind == "quantity":
        return question
    return exchanged(question, asked)


def _exchanged_phrase(question: str, given: Phrase) -> str | None:
    """`question` with `given` in the place it fits best, or behind its end if it is a place or has «у»."""
    fit, target = max(_targets(question, given), key=lambda pair: pair[0], default=(0.0, None))
    if target is not None and fit >= (2 if given.preposition else 1.5):
        return _replaced(question, target, given)
    if given.preposition in _ABOUT and (counted := _counted(question)):
        return _replaced(question, counted, given)
    return _appended(question, given)


def _appended(question: str, given: Phrase) -> str | None:
    text = given.text[given.tokens[given.first - 1].start : given.stop] if given.preposition else ""
    if not text and "place" in _kinds(given):
        text = with_preposition("в ", given.in_case("loct"))
    return f"{question.rstrip(' ?.!')} {text}?" if text else None


def _targets(question: str, given: Phrase) -> list[tuple[float, Phrase]]:
    counted = _counted(question) if any(r.case == "gent" for r in given.readings) else None
    return [
        (_fit(phrase, given), phrase)
        for phrase in phrases(question)
        if not phrase.asked or given.lemma in RELATIONS or (counted and phrase.first == counted.first)
    ]


def _counted(question: str) -> Phrase | None:
    """«меди» in «Сколько меди …»."""
    part = asking(question)
    return part.noun if part and part.word == "сколько" and not part.preposition else None


def _fit(phrase: Phrase, given: Phrase) -> float:
    """How well `given` may stand where `phrase` stands."""
    shared = _kinds(phrase) & _kinds(given)
    fit = 2.0 * bool(shared - {"name", "common"}) + 1.0 * bool(shared)
    if phrase.nested and not given.preposition and _is_of_relation(phrase) and _kinds(given) == {"common"}:
        named = _kinds(phrase) & {"person", "place", "organisation"}
        fit += 0.0 if named else 1.7 - bool(shared)  # «по запасам урана?» — «А уголь?»
    if given.preposition:
        same = phrase.preposition == given.preposition
        fit += 2.5 * same - 1.0 * (bool(phrase.preposition) and not same)
    else:
        cases = {reading.case for reading in given.readings} & {reading.case for reading in phrase.readings}
        fit += 1.0 * bool(cases) + 0.3 * (not phrase.preposition)
        fit += 0.5 * bool(cases and cases <= _TELLING_CASES)
        fit += 0.5 * (phrase.readings[0].animate == given.readings[0].animate)
    if (phrase.lemma in RELATIONS) != (given.lemma in RELATIONS):
        fit -= 1.5
    if phrase.nested and given.preposition and _host_has(phrase, given.preposition):
        fit += 2.0
    return fit - 0.5 * (phrase.nested and bool(given.preposition))


def _is_of_relation(phrase: Phrase) -> bool:
    return any(
        host.first < phrase.first <= host.last and host.lemma in RELATIONS for host in phrases(phrase.text)
    )


def _host_has(phrase: Phrase, preposition: str) -> bool:
    """«по запасам цинка»: the nested phrase's host stands behind the same preposition."""
    hosts = [host for host in phrases(phrase.text) if host.first < phrase.first <= host.last]
    return any(host.preposition == preposition and host.lemma in RELATIONS for host in hosts)


def _kinds(phrase: Phrase) -> set[str]:
    """What the phrase names; «common» for what is no name."""
    found: set[str] = set()
    for entity in entities(phrase.text):
        if entity.start <= phrase.tokens[phrase.head].start < entity.stop:
            found.add(entity.kind)
    if phrase.is_person:
        found |= {"person", "name"}
    if phrase.is_name:
        found.add("name")
    return found or {"common"}


def _replaced(question: str, phrase: Phrase, given: Phrase) -> str:
    case = phrase.readings[0].case
    given_cases = {reading.case for reading in given.readings}
    shared = [reading.case for reading in phrase.readings if reading.case in given_cases]
    text = (
        str(given)
        if not case or (shared and given.preposition == phrase.preposition)
        else given.in_case(case)
    )
    if given.lemma in RELATIONS and phrase.lemma in RELATIONS:
        stop = phrase.tokens[phrase.head_last].stop
    else:
        stop = phrase.stop
    before, after = question[: phrase.start], question[stop:]
    if phrase.readings[0].case == "nomn" and not phrase.nested:
        before, after = (reagreed(part, phrase.readings[0], given.readings[0]) for part in (before, after))
    return with_preposition(before, text) + after
