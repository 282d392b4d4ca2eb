"""The public sets and our own texts as examples for the reading network.

A question gives its sentence with the gold span and sentences that don't answer it: the likeliest other one
of the same paragraph, and the likeliest one of another paragraph. `context` is the title and the sentence
before, as the product gives them; it is dropped at random, because articles may have neither.
"""

from __future__ import annotations

import json
import lzma
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from eval import beir
from eval.reader.claims_from_questions import claims_of
from eval.reader.examples import Example, Label
from rag.answering import rereading
from rag.text.sentences import Span, sentences
from rag.text.words import lemmas

OWN_TEXTS = Path(__file__).with_name("texts")
_WITHOUT_CONTEXT = 0.3  # share of the examples
_WITHOUT_BEFORE = 0.2
_MOST_OWN_QUOTES = 3
FOLDS = 3
_SHARES = 8  # steps in which shares of words are compared


class Likeness:
    """How much of a question's rare words a text has: summed IDF over the texts given."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [frozenset(lemmas(text)) for text in texts]
        counts = Counter(word for text in self._texts for word in text)
        self._weights = {word: math.log(1 + len(texts) / count) for word, count in counts.items()}

    def ranked(self, question: str) -> list[int]:
        """Numbers of the texts, the likest first."""
        asked = frozenset(lemmas(question))
        scores = [sum(self._weights[word] for word in asked & text) for text in self._texts]
        return sorted(range(len(scores)), key=lambda place: -scores[place])


def spans_of(folder: Path, random_: random.Random) -> Iterator[Example]:
    """Examples of a BEIR folder with gold spans: xquad, tydiqa."""
    loaded = beir.load(folder)
    texts = {document.id: document for document in loaded.documents}
    parts = {document.id: sentences(document.text) for document in loaded.documents}
    places = [(document.id, span) for document in loaded.documents for span in parts[document.id]]
    likeness = Likeness([texts[name].text[start:stop] for name, (start, stop) in places])
    for query in loaded.queries:
        found = _gold(loaded, query)
        if not found:
            continue
        name, gold = found
        document = texts[name]
        group = f"{loaded.name}/{document.title or name}"
        for near, place, span in _chosen(query, name, gold, places, likeness, texts, parts):
            text = texts[near].text
            yield _read(
                query.text, text, parts[near], place, span, texts[near].title, group, loaded.name, random_
            )


def _gold(loaded: beir.BeirSet, query: beir.BeirQuery) -> tuple[str, Span] | None:
    for document in loaded.documents:
        if document.id in loaded.grades[query.id]:
            for start in query.starts:
                for answer in query.answers:
                    if document.text.startswith(answer, start):
                        return document.id, (start, start + len(answer))
    return None


def _chosen(
    query: beir.BeirQuery,
    name: str,
    gold: Span,
    places: Sequence[tuple[str, Span]],
    likeness: Likeness,
    texts: dict[str, beir.Document],
    parts: dict[str, list[Span]],
) -> Iterator[tuple[str, Span, Span | None]]:
    """The sentence that answers, the likeliest other one of its document, and the likeliest two elsewhere."""
    yield from ((name, span, gold) for span in parts[name] if span[0] <= gold[0] and gold[1] <= span[1])
    answers = [answer.lower() for answer in query.answers]
    here = elsewhere = 0
    for place in likeness.ranked(query.text):
        near, span = places[place]
        if any(answer in texts[near].text[slice(*span)].lower() for answer in answers):
            continue
        if near == name and here < 1:
            here += 1
            yield near, span, None
        elif near != name and elsewhere < 2:
            elsewhere += 1
            yield near, span, None
        if here + elsewhere == 3:
            return


def _read(
    question: str,
    text: str,
    parts: Sequence[Span],
    place: Span,
    gold: Span | None,
    title: str,
    group: str,
    source: str,
    random_: random.Random,
) -> Example:
    number = parts.index(place)
    before = text[slice(*parts[number - 1])] if number else ""
    span = (gold[0] - place[0], gold[1] - place[0]) if gold else None
    return Example(question, text[slice(*place)], group, source, above(title, before, random_), span)


def above(title: str, before: str, random_: random.Random) -> str:
    """The context of a sentence, now and then without its title or the sentence before."""
    chance = random_.random()
    if chance < _WITHOUT_CONTEXT:
        return ""
    return rereading.above(title, "" if chance < _WITHOUT_CONTEXT + _WITHOUT_BEFORE else before)


def yes_or_no(folder: Path) -> Iterator[Example]:
    """danetqa: a polar question, the paragraph that answers it, and its label."""
    loaded = beir.load(folder)
    texts = {document.id: document.text for document in loaded.documents}
    for line in (folder / beir.QUERIES).read_text(encoding="utf-8").splitlines():
        query = json.loads(line)
        for name in loaded.grades.get(query["_id"], ()):
            label: Label = "supported" if query["label"] else "contradicted"
            yield Example(query["text"], texts[name], f"danetqa/{name}", "danetqa", label=label)


def entailed(pairs: Path) -> Iterator[Example]:
    """TERRa: a premise, a hypothesis, and whether it follows."""
    for line in pairs.read_text(encoding="utf-8").splitlines():
        pair = json.loads(line)
        label: Label = "supported" if pair["label"] == "entailment" else "not_supported"
        yield Example(pair["hypothesis"], pair["premise"], f"terra/{pair['premise']}", "terra", label=label)


def claimed(path: Path) -> Iterator[Example]:
    """A file of claims with quotes; siblings (same id but for the last letter) are one article."""
    for line in path.read_text(encoding="utf-8").splitlines():
        claim = json.loads(line)
        yield Example(
            claim["claim"],
            " ".join(claim["quotes"]),
            f"claims/{claim['id'][:-1]}",
            "claims",
            label=claim["label"],
        )


def own(folder: Path = OWN_TEXTS, seed: int = 1) -> Iterator[Example]:
    """Our own invented texts with questions and claims; see texts/README.md."""
    random_ = random.Random(seed)
    for item in own_items(folder):
        yield from _of_own_text(item, random_)


def own_items(folder: Path = OWN_TEXTS) -> Iterator[dict[str, Any]]:
    """The texts as they are written, of plain and of packed files (.jsonl, .jsonl.xz), in order."""
    for path in sorted(folder.glob("*.jsonl*")):
        data = path.read_bytes()
        lines = (lzma.decompress(data) if path.suffix == ".xz" else data).decode().splitlines()
        yield from map(json.loads, lines)


def is_kept_item(item: dict[str, Any]) -> bool:
    """True for a sixth of our own texts; see `is_kept`."""
    return int(item["id"].rpartition("-")[2]) % 6 == 0


def _of_own_text(item: dict[str, Any], random_: random.Random) -> Iterator[Example]:
    parts: list[str] = item["sentences"]
    group, title = f"own/{item['id']}", item["title"]
    likeness = Likeness(parts)
    for each in item["questions"]:
        ranked = likeness.ranked(each["q"])
        for number in _own_sentences(each, parts, ranked):
            span = _own_span(each, parts[number]) if number == each["s"] else None
            text = above(title, parts[number - 1] if number else "", random_)
            yield Example(each["q"], parts[number], group, "own-span", text, span)
    for claim, number, label in claims_of(item, random_):
        text = above(title, parts[number - 1] if number else "", random_)
        yield Example(claim, parts[number], group, "own-told", text, label=label)
    for each in item["claims"]:
        shown = sorted(each["s"])[:_MOST_OWN_QUOTES]
        before = parts[shown[0] - 1] if shown[0] and shown[0] - 1 not in shown else ""
        quotes = " ".join(parts[number] for number in shown)
        chance = random_.random()
        text = title if chance < 0.25 else ""
        if chance > 0.85 and each["label"] != "not_stated":
            text = rereading.above(title, before)
        yield Example(each["c"], quotes, group, "own-claim", text, label=each["label"])


def _own_sentences(question: dict[str, Any], parts: Sequence[str], ranked: Sequence[int]) -> list[int]:
    """The sentence that answers and one that doesn't; two that don't where nothing answers."""
    if question["s"] is None:
        return list(ranked[:2])
    others = [n for n in ranked if n != question["s"] and question["a"].lower() not in parts[n].lower()]
    return [question["s"], *others[:1]]


def _own_span(question: dict[str, Any], text: str) -> Span:
    start = text.index(question["a"])
    return start, start + len(question["a"])


def generated(path: Path) -> Iterator[Example]:
    """What `python -m eval.reader.generated` has written."""
    for line in path.read_text(encoding="utf-8").splitlines():
        given = json.loads(line)
        yield Example(**given | {"span": tuple(given["span"]) if given["span"] else None})


def is_kept(example: Example) -> bool:
    """True for a sixth of our own texts: no network learns from them, and what uses it is fitted on them."""
    return example.article.startswith("own/") and is_kept_item({"id": example.article})


def parted(examples: Iterable[Example], files: Sequence[str]) -> tuple[list[Example], list[Example]]:
    """Those of our own texts in `files` (names without their endings), and the others."""
    new: list[Example] = []
    others: list[Example] = []
    for each in examples:
        name = each.article.removeprefix("own/").rpartition("-")[0]
        (new if name in files else others).append(each)
    return new, others


def fold_of(example: Example, folds: int) -> int:
    """Which of `folds` an example belongs to, by its article alone; the same in every run."""
    digest = sum(ord(char) * (place + 1) for place, char in enumerate(example.article))
    return digest * 2654435761 % 2**32 % folds


def public(folder: Path, seed: int = 1) -> list[Example]:
    """Everything public under `folder`: xquad, tydiqa, danetqa, TERRa."""
    random_ = random.Random(seed)
    return [
        *spans_of(folder / "xquad", random_),
        *spans_of(folder / "tydiqa", random_),
        *yes_or_no(folder / "danetqa"),
        *entailed(folder / "entailment" / "pairs.jsonl"),
    ]


def balanced(examples: Iterable[Example], seed: int) -> list[Example]:
    """Of claims as many supported ones as others for every share of words that stand in the text, with and
    without a denial: so neither tells the label. Questions stay as they are.
    """
    shuffled = random.Random(seed)
    cells: dict[tuple[bool, bool, int], list[Example]] = {}
    kept = []
    for each in examples:
        if each.label is None:
            kept.append(each)
        else:
            cells.setdefault((each.label == "supported", *_cell(each)), []).append(each)
    for cell in {key[1:] for key in cells}:
        sides = [cells.get((side, *cell), []) for side in (True, False)]
        for side in sides:
            shuffled.shuffle(side)
            kept += side[: min(map(len, sides))]
    shuffled.shuffle(kept)
    return kept


def _cell(claim: Example) -> tuple[bool, int]:
    said, held = frozenset(lemmas(claim.question)), frozenset(lemmas(claim.text))
    share = len(said & held) / max(len(said), 1)
    return "не" in claim.question.lower().split(), int(share * _SHARES)


def counted(examples: Iterable[Example]) -> str:
    """How many examples of which set and outcome, for a log."""
    counts = Counter((e.source, e.label or ("span" if e.span else "none")) for e in examples)
    return ", ".join(f"{source} {outcome} {count}" for (source, outcome), count in sorted(counts.items()))
