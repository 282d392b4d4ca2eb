"""What is said to a question, from a writer's draft to the checked answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from rag.types.search import Hit

Support = Literal["supported", "partial", "unsupported"]
Matter = Literal["figure", "date", "status"]
YesNo = Literal["yes", "no"]
AnswerKind = Literal["answer", "refusal", "talk", "summary"]
SlotKind = Literal["number", "date", "name", "action", "thing", "quality"]
Outcome = Literal["same", "other", "denied", "unreal", "absent"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: a verbatim quote with its place in the stored article, in this `version` of its text.

    `context` is what it stands under there, the widest first: headings, «с. 14». `page` is the number of the
    page on which it begins, None where there are no pages.
    """

    number: int
    article_id: str
    title: str
    source: str | None
    url: str | None
    published: str | None
    quote: str
    start: int
    stop: int
    passage_id: str
    context: tuple[str, ...] = ()
    page: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Slot:
    """A figure, date, name, action, thing or quality that a claim states, and what the source has of it.

    `claim` and `source` are the words as they stand there; `source` is None for what is "absent".
    """

    slot: SlotKind
    outcome: Outcome
    claim: str
    source: str | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer with the numbers of its footnotes and how well they support it.

    `reasons` (Russian) say what is missing there or differs; none for a supported sentence. `slots` are there
    for whoever asked for an explanation: what the question, or a sentence that its quotes don't hold word for
    word, states piece by piece, and what the quotes have of it.
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    reasons: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """What one source says of a thing: `value` as it stands in the quote of footnote `citation`.

    `source` and `published` are that footnote's; `stated` is the ISO day for which the quote says it
    («на 5 мая»), None without one.
    """

    value: str
    citation: int
    source: str | None
    published: str | None
    stated: str | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Sources that say different things of the same, newest first; at least two `versions`.

    `develops`: each states a day of its own, so they tell how the thing changed and contradict nothing.
    """

    matter: Matter
    versions: tuple[Version, ...]
    develops: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of a disagreement."""
        return {
            "matter": self.matter,
            "develops": self.develops,
            "versions": [asdict(version) for version in self.versions],
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A stretch of a question as it was typed, and what it was taken for."""

    typed: str
    meant: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product says to one question, with everything needed to check it.

    `found` is False for a refusal: then `sentences` and `citations` are empty and `hits` are the
    nearest passages. `confidence` is the probability (0 to 1) that the cited sentences hold the answer.
    `repairs` is what was mended in the question; ask again `as_typed` to have it searched as it was.
    `listed`: the sentences are facts of one kind, for a list rather than a paragraph. `disagreements` are
    what sources say differently; `text` tells them too, behind the sentences. `answer_id`
    comes from a face that keeps answers. `verdict` answers a yes/no question; None for others and where the
    articles don't decide: `text` begins with it. `kind`: a "summary" answers no single question, "talk" rests
    on no article. `missing` is what of the question nothing fits, where only that is why it is declined.
    """

    question: str
    standalone_question: str
    found: bool
    text: str
    short_answer: str | None
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    notes: tuple[str, ...]
    writer: str
    elapsed_ms: float
    repairs: tuple[Repair, ...] = ()
    listed: bool = False
    disagreements: tuple[Disagreement, ...] = ()
    answer_id: str = ""
    verdict: YesNo | None = None
    kind: AnswerKind = "answer"
    missing: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of an answer."""
        return {
            **({"answer_id": self.answer_id} if self.answer_id else {}),
            "question": self.question,
            "standalone_question": self.standalone_question,
            "found": self.found,
            "kind": self.kind,
            "verdict": self.verdict,
            "missing": self.missing,
            "text": self.text,
            "short_answer": self.short_answer,
            "sentences": [
                {
                    "text": s.text,
                    "citations": list(s.citations),
                    "support": s.support,
                    "reasons": list(s.reasons),
                    **({"slots": [asdict(slot) for slot in s.slots]} if s.slots else {}),
                }
                for s in self.sentences
            ],
            "citations": [
                {name: getattr(each, name) for name in Citation.__slots__} | {"context": list(each.context)}
                for each in self.citations
            ],
            "hits": [hit.as_dict() for hit in self.hits],
            "confidence": round(self.confidence, 4),
            "notes": list(self.notes),
            "repairs": [{"typed": repair.typed, "meant": repair.meant} for repair in self.repairs],
            "listed": self.listed,
            "disagreements": [each.as_dict() for each in self.disagreements],
            "writer": self.writer,
            "elapsed_ms": round(self.elapsed_ms, 2),
        }


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer has so far: sentences with the quotes that support them, before verification.

    `writer` is who wrote it, if not the writer that was asked; `notes` (Russian) say why. `polar`: yes or no
    was asked, and `verdict` says which, None where the sentences don't decide. `opening` is what is said
    of the articles as a whole, before the sentences. `lacking` says of a refusal what of the question
    nothing fits.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    short_answer: str | None = None
    confidence: float = 0.0
    found: bool = False
    notes: tuple[str, ...] = ()
    writer: str = ""
    listed: bool = False
    disagreements: tuple[Disagreement, ...] = ()
    verdict: YesNo | None = None
    polar: bool = False
    kind: AnswerKind = "answer"
    opening: str = ""
    lacking: Lacking | None = None


@dataclass(frozen=True, slots=True)
class Lacking:
    """What is asked about and stands in none of the passages found («приказ № 119»), and what is there
    `instead`.
    """

    asked: str
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well sources support a sentence; `reasons` (Russian) say what is missing or differs."""

    support: Support
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim held against quotes or against the library.

    `citations` are the sentences of the library it was held against, none where quotes were given. `slots`
    are what was compared, in the order of the claim.
    """

    verdict: Verdict
    slots: tuple[Slot, ...] = ()
    citations: tuple[Citation, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of it."""
        return {
            "support": self.verdict.support,
            "reasons": list(self.verdict.reasons),
            "slots": [asdict(slot) for slot in self.slots],
            "citations": [asdict(citation) for citation in self.citations],
        }


# What a user allowed the bot to get wrong, and from which confidence on it therefore answers.


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
