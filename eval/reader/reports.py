"""Who said what: questions and claims about the speaker of «X заявил, что …» and about what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from eval.reader.clause_parts import Part, is_pointing, part_of
from eval.reader.clauses import Clause
from eval.reader.fillers import Mention, swapped_names
from eval.reader.forms import GENDERS, NUMBERS, in_form, lemma, parses, reading, verb_agreeing
from eval.reader.questions import Asked, span
from eval.reader.statements import kept_parts, spoken
from eval.reader.voices import Stated, finished, in_case
from eval.reader.wording import shown

_SAYING = frozenset(
    """заявить сообщить рассказать отметить подчеркнуть пояснить уточнить добавить утверждать считать
    сказать написать
    заметить признать объяснить напомнить предупредить пообещать узнать выяснить сообщать заявлять полагать
    указать
    подтвердить признаться объявить""".split()
)
Claim = tuple[str, str, str]  # text, label, rule


def _speaker(clause: Clause) -> Part | None:
    sentence, verb = clause.sentence, clause.reporter
    if (
        verb is None
        or lemma(sentence.nodes[verb]) not in _SAYING
        or sentence.nodes[verb].feature("VerbForm") != "Fin"
    ):
        return None
    place = sentence.child(verb, "nsubj")
    part = part_of(sentence, place, "nsubj") if place is not None else None
    if part is None or is_pointing(sentence, part) or part.kind not in ("person", "organisation", "animate"):
        return None
    denied = any(sentence.nodes[each].lower == "не" for each in sentence.children[verb])
    return None if denied or sentence.nodes[part.head].feature("Case") != "Nom" else part


def said(clause: Clause, random: Random) -> Iterator[Asked]:
    """«Что заявил X?» and «Кто заявил, что …?»."""
    speaker, verb = _speaker(clause), clause.reporter
    if speaker is None or verb is None:
        return
    sentence = clause.sentence
    told = sentence.nodes[verb].lower
    if random.random() < 0.5:
        mark = sentence.child(clause.verb, "mark")
        places = [each for each in sentence.subtree(clause.verb) if mark is not None and each > mark]
        while places and sentence.nodes[places[-1]].pos == "PUNCT":
            places.pop()
        answer = span(sentence, tuple(places))
        if answer and "," not in sentence.text[slice(*answer)]:
            first = shown(clause, speaker)
            question = random.choice(
                (f"Что {told} {first}?", f"Что {first} {told}?", f"О чём {told} {first}?")
            )
            if lemma(sentence.nodes[verb]) not in (
                "заявить",
                "сообщить",
                "рассказать",
                "объявить",
                "сообщать",
            ):
                question = question.replace("О чём", "Что")
            yield Asked(question, answer, "said", clause, speaker)
        return
    form = verb_agreeing(sentence.nodes[verb], "masc", "sing")
    kept = kept_parts(clause, random, 0.4)
    spoken_ = spoken(Stated("", clause, kept), random) if kept else None
    answer = span(sentence, speaker.shown)
    if form and spoken_ and answer and clause.subject in (kept or ()):
        yield Asked(
            f"Кто {form.lower()}, что {_lowered(clause, spoken_.text)[:-1]}?",
            answer,
            "who said",
            clause,
            speaker,
        )


def _lowered(clause: Clause, text: str) -> str:
    """A claim inside a sentence: its first word small unless it's a name."""
    first = text.split()[0].strip('«",.')
    node = next((each for each in clause.sentence.nodes if each.text.lower() == first.lower()), None)
    is_name = node is not None and (node.pos == "PROPN" or node.name or node.text[:2].isupper())
    is_latin = first[:1].isascii()
    return text if is_name or is_latin or text[0] in '«"' else text[0].lower() + text[1:]


def reported(
    clause: Clause, own: Sequence[Mention], others: Sequence[Mention], random: Random
) -> Iterator[Claim]:
    """«По словам X, …» true; of another speaker, or denied by X, false."""
    speaker, verb = _speaker(clause), clause.reporter
    kept = kept_parts(clause, random, 0.6)
    if speaker is None or verb is None or not kept or clause.subject not in kept:
        return
    said_ = spoken(Stated("", clause, kept), random)
    if said_ is None:
        return
    content = _lowered(clause, said_.text)
    node = clause.sentence.nodes[speaker.head]
    frames = [f"{shown(clause, speaker)} {clause.sentence.nodes[verb].lower}, что {content}"]
    genitive = in_case(clause, speaker, "gent")
    if genitive is not None and speaker.kind != "organisation":
        frames.append(f"по словам {genitive}, {content}")
    true = finished(random.choice(frames))
    yield true, "supported", "reported"
    other = finished(random.choice(frames))
    head = other.split(" что ")[0]
    near = [each for each in own if each.text in head]
    if swap := next(swapped_names(other, near, [*own, *others], random), None):
        yield swap.text, "contradicted", "other speaker"
    gender, number = GENDERS.get(node.feature("Gender")), NUMBERS.get(node.feature("Number"))
    found = reading(clause.sentence.nodes[verb])
    if gender and number and found is not None and found.tag.tense == "past" and random.random() < 0.3:
        agreement = (number,) if number == "plur" else (number, gender)
        denied = in_form(parses("опровергнуть")[0], "а", "VERB", "past", *agreement)
        if denied:
            yield (
                finished(f"{shown(clause, speaker)} {denied}, что {content}"),
                "contradicted",
                "speaker denies",
            )
