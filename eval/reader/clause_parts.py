"""The parts of a clause: which words each has, what kind of thing it names, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from eval.reader.forms import is_animate, lemma
from eval.reader.trees import Sentence

Kind = Literal["person", "organisation", "place", "date", "number", "animate", "thing"]
_ASIDE = frozenset({"acl", "acl:relcl", "parataxis", "discourse", "advcl", "vocative"})
_POINTING = frozenset(
    """этот эта это эти этого этой этом этим этих этими эту он она оно они его ее ей ему им их них него нее
    ним
    нему ней ними нем там тут здесь туда оттуда такой такая такое такие такого таких таким такую данный данная
    данное данные данного данной тот та те того той тех тем том тогда который которая которое которые которого
    которой которых котором которому которым которую которыми что чего чему чем кто кого кому кем где куда
    когда
    последний последняя последнее последние последнего последней последних также тоже оба обе обоих остальные
    остальных другие другой другого других сам сама само сами самого мы я вы нас нам вас вам меня мне нами наш
    наша наше наши нашей нашего ваш ваша почему как какой какая каких какие сколько поэтому причем здешний
    затем потом при""".split()
)
_MONTHS = (
    r"январ\w+ феврал\w+ март(?:а|е|у|ом)? апрел\w+ ма(?:й|я|е|ю) июн\w+ июл\w+ август(?:а|е|у)? сентябр\w+ "
    r"октябр\w+ ноябр\w+ декабр\w+ понедельник\w* вторник\w* сред(?:а|у|ы|е) четверг\w* пятниц\w+ суббот\w+ "
    r"воскресень\w+"
).split()
_DATE = re.compile(
    rf"(?:^|\s)(?:(?:{'|'.join(_MONTHS)})|\d{{4}}(?:-х)? (?:год\w*|гг?\.?))(?:\s|$|,)|"
    r"^(?:вчера|сегодня|завтра|накануне|утром|вечером|ночью|днем|летом|зимой|весной|осенью|позавчера)\b",
    re.IGNORECASE,
)
_PLACE_NOUNS = frozenset(
    """город область край республика страна штат район село деревня поселок остров полуостров река озеро море
    улица проспект площадь станция провинция округ регион столица аэропорт граница территория здание дом центр
    музей театр стадион университет больница вокзал порт школа тюрьма зал парк храм церковь гостиница отель
    завод шоссе трасса дорога мост метро побережье гора лес деревня квартал пригород север юг восток запад
    посольство суд суде лагерь колония магазин ресторан клуб рынок офис""".split()
)


@dataclass(frozen=True, slots=True)
class Part:
    """A dependent of the verb: `places` are its words in order, `shown` those left after shortening."""

    role: str
    head: int
    places: tuple[int, ...]
    shown: tuple[int, ...]
    kind: Kind
    preposition: str = ""
    is_wider: bool = False  # «люди» where «люди, которые …» are meant

    @property
    def first(self) -> int:
        return self.places[0]


def spelled(sentence: Sentence, places: tuple[int, ...], forms: dict[int, str] | None = None) -> str:
    """The words of `places` as they stand, with `forms` instead of some, spaces kept between neighbours."""
    text, before = "", None
    for place in places:
        node = sentence.nodes[place]
        if before is not None:
            gap = sentence.text[sentence.nodes[before].stop : node.start] if place == before + 1 else " "
            text += " " if gap == "" and place != before + 1 else gap
        text += (forms or {}).get(place, node.text)
        before = place
    return _tidy(text)


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([,.)»])", r"\1", text)
    text = re.sub(r"([(«])\s+", r"\1", text)
    text = re.sub(r",+(?=,)|\(\s*\)", "", text)
    return " ".join(text.split())


def part_of(sentence: Sentence, head: int, role: str) -> Part | None:
    """The dependent whose head is the word `head`; None where its words stand apart or are not whole."""
    places = _trimmed(sentence, sentence.subtree(head))
    if places != list(range(places[0], places[-1] + 1)):
        return None
    aside = frozenset(each for each in places if _is_aside(sentence, each))
    shown = _trimmed(sentence, _without_empty_signs(sentence, sentence.subtree(head, aside)))
    preposition = _preposition(sentence, head)
    kind = kind_of(sentence, head, spelled(sentence, tuple(shown)))
    if not shown or _has_loose_comma(sentence, shown):
        return None
    wider = any(_is_restricting(sentence, each) for each in aside)
    return Part(role, head, tuple(places), tuple(shown), kind, preposition, wider)


def _is_restricting(sentence: Sentence, place: int) -> bool:
    head = sentence.nodes[sentence.nodes[place].head]
    return (
        sentence.nodes[place].rel.startswith("acl")
        and head.feature("Number") == "Plur"
        and head.pos == "NOUN"
    )


def _has_loose_comma(sentence: Sentence, places: list[int]) -> bool:
    """«Подозреваемый, гражданин России» without the second comma; a list of things has its commas rightly.

    Dashes and names cut in two are no better.
    """
    commas = any(sentence.nodes[each].text == "," for each in places)
    if any(sentence.nodes[each].text in "–—-:;" for each in places):
        return True
    shown = set(places)
    if any(0 < len(shown & set(range(first, stop))) < stop - first for first, stop, _ in sentence.names):
        return True  # half a name
    return commas and not any(sentence.nodes[each].rel == "conj" for each in places)


def _is_aside(sentence: Sentence, place: int) -> bool:
    node = sentence.nodes[place]
    before = sentence.nodes[place - 1].text if place else ""
    first = min(sentence.subtree(place))
    opened = sentence.nodes[first].text in "(," or (first > 0 and sentence.nodes[first - 1].text in "(,-–—")
    return (
        (node.rel in _ASIDE and (opened or before == ","))
        or (
            node.rel in ("appos", "nmod", "flat", "obl", "conj")
            and first > 0
            and sentence.nodes[first - 1].text == "("
        )
        or (node.rel == "appos" and first > 0 and sentence.nodes[first - 1].text == ",")
    )


def _without_empty_signs(sentence: Sentence, places: list[int]) -> list[int]:
    """Commas, dashes and brackets that stood around what was left out go too."""
    kept: list[int] = []
    for number, each in enumerate(places):
        node = sentence.nodes[each]
        if node.pos == "PUNCT" and node.text in ",()–—-:;":
            following = places[number + 1] if number + 1 < len(places) else None
            if following != each + 1 or not kept or kept[-1] != each - 1:
                continue
        kept.append(each)
    return kept


def _trimmed(sentence: Sentence, places: list[int]) -> list[int]:
    while places and sentence.nodes[places[0]].text in ",;:–—-()" and len(places) > 1:
        places = places[1:]
    while places and sentence.nodes[places[-1]].text in ",;:–—-(.!?" and len(places) > 1:
        places = places[:-1]
    if places and sentence.nodes[places[-1]].text == ")" and len(places) > 1:
        inside = [sentence.nodes[each].text for each in places]
        places = places if "(" in inside else places[:-1]
    return places


def _preposition(sentence: Sentence, head: int) -> str:
    found = [each for each in sentence.children[head] if sentence.nodes[each].rel == "case" and each < head]
    return spelled(sentence, tuple(sorted(found))).lower()


def kind_of(sentence: Sentence, head: int, text: str) -> Kind:
    """What kind of thing the word `head` with its dependents, `text`, names."""
    node = sentence.nodes[head]
    if _DATE.search(text.replace("ё", "е")):
        return "date"
    names = {sentence.nodes[head].name} | {
        sentence.nodes[each].name for each in sentence.children[head] if sentence.nodes[each].rel == "appos"
    }
    if "PER" in names:
        return "person"
    if any(sentence.nodes[each].rel.startswith("nummod") for each in sentence.children[head]):
        return "number"
    if node.text.isdigit():
        return "number"
    if node.name == "LOC" or lemma(node) in _PLACE_NOUNS:
        return "place"
    if "ORG" in names:
        return "organisation"
    return "animate" if is_animate(node) else "thing"


def is_pointing(sentence: Sentence, part: Part) -> bool:
    """True where the part can't be understood without what stands before it: «этот», «его»."""
    return any(sentence.nodes[each].lower in _POINTING for each in part.shown)
