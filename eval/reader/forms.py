"""Words put into another form by pymorphy3, only where dictionary and tagger agree on the word."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from eval.reader.trees import Node, Sentence
from rag.text.words import analyzer

CASES = {"Nom": "nomn", "Gen": "gent", "Dat": "datv", "Acc": "accs", "Ins": "ablt", "Loc": "loct"}
GENDERS = {"Masc": "masc", "Fem": "femn", "Neut": "neut"}
NUMBERS = {"Sing": "sing", "Plur": "plur"}
_NOMINAL = {"NOUN": {"NOUN"}, "PROPN": {"NOUN", "ADJF"}, "ADJ": {"ADJF", "PRTF", "NOUN"}, "DET": {"ADJF"}}
_CASE_ALIASES = {"gen2": "gent", "acc2": "accs", "loc2": "loct"}
_AGREEING = frozenset({"amod", "det", "nummod:entity", "acl"})


@lru_cache(maxsize=200_000)
def parses(word: str) -> tuple[Any, ...]:
    return tuple(analyzer().parse(word.lower()))


def reading(node: Node) -> Any | None:
    """The dictionary's parse of a word that has the part of speech, case and number the tagger saw."""
    if node.pos in ("VERB", "AUX"):
        return _verb_reading(node)
    wanted: set[str] = _NOMINAL.get(node.pos, set())
    case, number = CASES.get(node.feature("Case")), NUMBERS.get(node.feature("Number"))
    gender = GENDERS.get(node.feature("Gender"))
    found = None
    for parse in parses(node.text):
        tag = parse.tag
        same_case = _CASE_ALIASES.get(tag.case, tag.case) == case
        if tag.POS not in wanted or not same_case or (number and tag.number != number):
            continue
        if gender and tag.gender and tag.gender != gender:
            found = found or (parse if node.pos != "PROPN" else None)
            continue
        return parse
    return found


def _verb_reading(node: Node) -> Any | None:
    form = node.feature("VerbForm")
    wanted = {"Fin": "VERB", "Inf": "INFN", "Conv": "GRND"}.get(form, "PRTF")
    if form == "Part" and node.feature("Variant") == "Short":
        wanted = "PRTS"
    for parse in parses(node.text):
        tag = parse.tag
        if wanted == tag.POS and (wanted != "VERB" or _same_tense(node, tag)):
            return parse
    return None


def _same_tense(node: Node, tag: Any) -> bool:
    tense = {"Past": "past", "Pres": "pres", "Fut": "futr"}.get(node.feature("Tense"))
    return tense is None or tag.tense == tense


def lemma(node: Node) -> str:
    found = reading(node)
    word = str(found.normal_form) if found is not None else str(parses(node.text)[0].normal_form)
    return word.replace("ё", "е")


def in_form(parse: Any, like: str, *grammemes: str) -> str | None:
    form = parse.inflect(set(grammemes))
    return with_capitals(str(form.word), like) if form is not None else None


def with_capitals(word: str, like: str) -> str:
    if "ё" not in like:
        word = word.replace("ё", "е")
    if like.isupper() and len(like) > 1:
        return word.upper()
    if "-" in like and "-" in word:
        return "-".join(with_capitals(*both) for both in zip(word.split("-"), like.split("-"), strict=False))
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


def is_animate(node: Node) -> bool:
    if node.name == "PER":
        return True
    if node.name in ("LOC", "ORG"):
        return False
    found = reading(node)
    if found is not None and found.tag.animacy and node.pos == "NOUN":
        return bool(found.tag.animacy == "anim")
    return node.feature("Animacy") == "Anim"


def agreeing(sentence: Sentence, head: int) -> list[int]:
    """The words that change their case with `head`: adjectives, and further words of a name."""
    node = sentence.nodes[head]
    found = [head]
    for each in sentence.children[head]:
        child = sentence.nodes[each]
        alike = child.feature("Case") == node.feature("Case")
        is_name = child.rel == "flat:name" or (child.rel == "appos" and child.pos == "PROPN")
        if alike and (child.rel in _AGREEING or (is_name and child.name != "ORG")):
            found.extend(agreeing(sentence, each) if child.rel == "appos" else [each])
    return sorted(found)


def phrase_in_case(sentence: Sentence, places: list[int], head: int, case: str) -> dict[int, str] | None:
    """New forms of those of `places` that agree with their `head`, in `case` («ablt»); None if uncertain."""
    if not _is_simple(sentence, places, head):
        return None
    changed: dict[int, str] = {}
    for each in agreeing(sentence, head):
        if each in places:
            form = _in_case(sentence.nodes[each], sentence.nodes[head], case)
            if form is None:
                return None
            changed[each] = form
    return changed


def _is_simple(sentence: Sentence, places: list[int], head: int) -> bool:
    """Without numbers, coordination or participles, whose cases go other ways."""
    node = sentence.nodes[head]
    if node.pos not in ("NOUN", "PROPN") or not node.feature("Case"):
        return False
    for each in sentence.children[head]:
        child = sentence.nodes[each]
        if each in places and child.rel in ("nummod", "nummod:gov", "conj", "acl", "acl:relcl", "parataxis"):
            return False
        if each in places and child.rel in ("amod", "det") and child.feature("Case") != node.feature("Case"):
            return False
        same = child.feature("Case") == node.feature("Case")
        if (
            each in places
            and child.rel in ("appos", "flat", "flat:foreign")
            and not same
            and child.text.isalpha()
        ):
            return child.name == "ORG" or not child.text[0].isalpha()
    return True


def _in_case(node: Node, head: Node, case: str) -> str | None:
    if not _is_cyrillic(node.text) or (node.text.isupper() and len(node.text) > 1):
        return node.text  # «США», «Google»
    found = reading(node)
    if found is None:
        return None
    if "Fixd" in found.tag or found.tag.case is None:
        return node.text
    if node.name and not analyzer().word_is_known(node.text.lower()) and not _is_declined_surely(node):
        return None
    grammemes = {case}
    if found.tag.POS in ("ADJF", "PRTF") and case == "accs":
        animate = is_animate(head)
        if head.feature("Number") == "Plur" or head.feature("Gender") == "Masc":
            grammemes = {"gent" if animate else "nomn"}
    grammemes.add(found.tag.number or "sing")
    if found.tag.POS in ("ADJF", "PRTF") and found.tag.number == "sing" and found.tag.gender:
        grammemes.add(found.tag.gender)
    return in_form(found, node.text, *grammemes)


def _is_cyrillic(word: str) -> bool:
    return all("а" <= each <= "я" or each in "ё-" for each in word.lower())


def _is_declined_surely(node: Node) -> bool:
    """Foreign men's surnames on a consonant go like «стол»."""
    return (
        node.name == "PER"
        and node.feature("Gender") == "Masc"
        and node.feature("Case") == "Nom"
        and node.text[-1] in "бвгдзклмнпрстф"
    )


def verb_agreeing(node: Node, gender: str, number: str) -> str | None:
    """A finite verb, or a short participle, agreeing with a subject of `gender` and `number`."""
    found = reading(node)
    if found is None:
        return None
    if number == "plur":
        return in_form(found, node.text, "plur")
    if found.tag.POS == "PRTS" or found.tag.tense == "past":
        return in_form(found, node.text, "sing", gender)
    return in_form(found, node.text, "sing", "3per")
