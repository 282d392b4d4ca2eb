"""Requests for an overview («О чём статья о …?», «Что нового о …?», «Расскажи о …»), and articles counted.

They ask for no single fact, so no sentence "answers" them. What is said instead are three to five sentences,
word for word, each with its footnote: of one article those that stand for most of it, the first one always;
of a topic the likeliest one of each passage that tells of it, the newest first where news are wanted.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.answering.composing import quoted
from rag.answering.evidence import Evidence
from rag.matching.matcher import Matcher
from rag.text.boilerplate import is_boilerplate, is_order
from rag.text.namesakes import of_a_namesake, of_another_number
from rag.text.question_words import without_openings
from rag.text.words import is_function_word, lemmas
from rag.types import Draft, Hit

_TEXT = r"(?:стать\w+|материал\w*|текст\w*|замет\w+|публикаци\w+|документ\w*|новост\w+|отч[её]т\w*|файл\w*)"
_ABOUT = r"(?:о|об|обо|про)"
_RETELL = r"(?:переска\w+|излож\w+|резюмируй\w*|суммируй\w*|обобщи\w*)"
_BRIEFLY = r"(?:кратко|коротко|вкратце|в двух словах|очень кратко)"
# Behind a number «статья» is a part of a law.
_ARTICLE = re.compile(
    rf"^(?:о ч[её]м (?:вообще |эт[аи] |данн\w+ |говорится в |ид[её]т речь в |рассказывается в |пишут в )*"
    rf"(?:{_TEXT}|это|речь)(?!\s*(?:№|\d))"
    rf"|(?:{_BRIEFLY} )?{_RETELL}(?: мне)?(?: {_BRIEFLY})?(?: (?:суть|содержание))?"
    rf"|{_BRIEFLY}(?= {_ABOUT}\b)|краткое содержание|содержание(?= {_TEXT})|резюме|выжимка|суть"
    rf"|(?:основные|главные) (?:мысли|тезисы|идеи|выводы|положения)|главное (?=(?:из|в|о|об) ))(?![^\W_])",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"^(?:что (?:слышно )?нового|какие (?:есть )?новости|есть (?:ли )?(?:что нового|новости)"
    r"|(?:последние|свежие) новости)(?: (?P<rest>.+))?$",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    rf"^(?:(?:расскажи|расскажите|поведай\w*)(?: мне)?(?: подробно| кратко| вс[её])?(?= {_ABOUT} )"
    r"|что (?:тебе |вам |мне |нам )?(?:известно|пишут|написано|сообщается|сообщают)(?: в статьях)?"
    rf"(?= {_ABOUT} )"
    rf"|вс[её](?= {_ABOUT} ))(?P<rest>.+)$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^\W*(?:(?:эт\w+|данн\w+|из|в|во|на|с|со|у|по|тему|под названием|с заголовком|содержание"
    rf"|{_ABOUT}|{_TEXT})\s+)*",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(rf"(?<![ ,])[ ,]+{_BRIEFLY}$", re.IGNORECASE)  # «перескажи статью кратко»
_CLAUSE = re.compile(r"^(?:том|то|тому)\b", re.IGNORECASE)  # «расскажи о том, как …» asks a question
_FEWEST, _MOST = 3, 5  # sentences
_SENTENCES_EACH = 10  # of an article, for one more sentence than the fewest
_SHORTEST = 5  # words: shorter sentences are headings and exclamations
# The share of a topic's weight that a passage, with its title, has to hold: of 148 titles of TyDi QA articles
# in a library 97 % are known, of as many that aren't 84 % are declined (some are told of elsewhere).
_KNOWN = 0.8
_TOLD = 0.5  # … and one of its sentences
_ALIKE = 0.5  # cosine from which on a sentence repeats another
PASSAGES = 20  # to find a topic in
MOST_AT_HAND = 10  # articles that are told of together, by a sentence each
_WHICH = "назовите статью: «О чём статья о …?» — или выберите её в «Где искать»"
_NEAR = 0.5  # of the best passage's score: others below it tell of something else


@dataclass(frozen=True, slots=True)
class Overview:
    """What is to be told of: one "article", or a "topic" in all of them, `newest` first.

    `topic` is empty where the article at hand is meant; a `brief` one of an article has the fewest sentences.
    """

    of: Literal["article", "topic"]
    topic: str
    newest: bool = False
    brief: bool = False


def asked_for(question: str) -> Overview | None:
    """The overview that `question` asks for; None for other questions."""
    asked = without_openings(question, kept="расскажи").strip(" ?!.…")
    if found := _NEWS.match(asked):
        return _topic(found["rest"] or "", newest=True)
    if found := _TOPIC.match(asked):
        return _topic(found["rest"], newest=False)
    if found := _ARTICLE.match(asked):
        rest = _AT_THE_END.sub("", asked[found.end() :])
        is_brief = bool(re.search(rf"\b{_BRIEFLY}\b", asked, re.IGNORECASE))
        return Overview("article", _bare(rest), brief=is_brief)
    return None


def _topic(rest: str, newest: bool) -> Overview | None:
    topic = _bare(rest)
    return Overview("topic", topic, newest) if topic and not _CLAUSE.match(topic) else None


def _bare(rest: str) -> str:
    """A topic without the words that only lead to it."""
    return rest[_match_end(rest) :].strip(' ,:—–-«»"„“')


def _match_end(rest: str) -> int:
    found = _LEADING.match(rest + " ")
    return min(found.end(), len(rest)) if found else 0


def write(wanted: Overview, hits: Sequence[Hit], matcher: Matcher) -> Draft:
    """The overview `wanted` out of `hits`: all passages of the article, or those of the topic, best first.

    A draft that isn't found: nothing tells of the topic, or it isn't clear which article is meant.
    """
    if not wanted.topic:
        articles = dict.fromkeys(hit.article.id for hit in hits)
        of_each = [[hit for hit in hits if hit.article.id == each] for each in articles]
        return _of_those_at_hand(of_each, wanted.brief)
    if wanted.of == "topic":
        return of_topic(wanted.topic, hits, matcher, wanted.newest)
    return _of_article(hits, wanted.brief) if _knows(matcher, wanted.topic, hits) else Draft()


def _of_those_at_hand(articles: Sequence[Sequence[Hit]], brief: bool) -> Draft:
    if len(articles) == 1:
        return _of_article(articles[0], brief)
    if len(articles) > MOST_AT_HAND:
        return Draft(notes=(_WHICH,))
    leads = [found[0] for passages in articles if (found := _sentences(passages))]
    return quoted(leads, "summary", listed=len(leads) > 1) if leads else Draft()


def _knows(matcher: Matcher, topic: str, hits: Sequence[Hit]) -> bool:
    """Whether one of `hits`, with its title, has most of the words of `topic`."""
    asked = lemmas(topic)
    if not hits or all(map(is_function_word, asked)):
        return False
    return bool(matcher.matches(asked, [hit.passage for hit in hits]).passage.max() >= _KNOWN)


def _of_article(passages: Sequence[Hit], brief: bool) -> Draft:
    """An overview of the article whose passages, all in reading order, are `passages`."""
    found = _sentences(passages)
    if not found:
        return Draft()
    most = _FEWEST if brief else min(_MOST, _FEWEST + len(found) // _SENTENCES_EACH)
    bags = [Counter(_content(each.text)) for each in found]
    chosen = _central(bags, min(most, len(found)))
    return quoted([found[place] for place in sorted(chosen)], "summary")


def of_topic(
    topic: str, hits: Sequence[Hit], matcher: Matcher, newest: bool = False, most: int = _MOST
) -> Draft:
    """An overview of `topic` out of its `hits`, best first: the likeliest sentence of each near the best."""
    if not _knows(matcher, topic, hits):
        return Draft()
    near = [hit for hit in hits if hit.score >= _NEAR * hits[0].score]
    if newest:
        near.sort(key=lambda hit: hit.article.published or "", reverse=True)
    chosen = told_of(topic, near, matcher)[:most]
    return quoted(chosen, "summary", listed=len(chosen) > 1) if chosen else Draft()


def told_of(topic: str, hits: Sequence[Hit], matcher: Matcher) -> list[Evidence]:
    """The likeliest sentence of each of `hits` on `topic`, in their order, without repeats and namesakes."""
    chosen: list[Evidence] = []
    for hit in hits:
        likely = _likeliest(matcher, topic, hit)
        if likely is None or _is_of_another(topic, likely.text):
            continue
        if not any(_repeats(likely, each) for each in chosen):
            chosen.append(likely)
    return chosen


def _likeliest(matcher: Matcher, topic: str, hit: Hit) -> Evidence | None:
    """The sentence of `hit` that tells most of `topic`, the first of equals."""
    found = _sentences([hit])
    if not found:
        return None
    matches = matcher.matches(lemmas(topic), [hit.passage])
    shares = matches.share(matches.sentences).round(2).tolist()
    told = dict(zip(hit.passage.sentences, shares, strict=True))
    best = max(found, key=lambda each: (told[each.sentence], -each.sentence.start))
    return best if told[best.sentence] >= _TOLD else None


def _sentences(passages: Sequence[Hit]) -> list[Evidence]:
    """The sentences worth saying: no headings, rows, orders or credits; each once."""
    found: dict[tuple[str, int], Evidence] = {}
    for hit in passages:
        for sentence in hit.passage.sentences[hit.lead :]:
            text = hit.passage.quote(sentence)
            if _is_worth_saying(text) and not sentence.above.heads and text not in sentence.above.headings:
                found.setdefault((hit.article.id, sentence.start), Evidence(hit, sentence, text, (), 0.0))
    return list(found.values())


def _is_worth_saying(text: str) -> bool:
    is_whole = len(text.split()) >= _SHORTEST and text.rstrip("»\")'”")[-1:] in ".!…"
    return is_whole and not is_order(text) and not is_boilerplate(text)


def _central(bags: Sequence[Counter[str]], count: int) -> list[int]:
    """The first, then those most like the whole that repeat none chosen (MMR, Carbonell & Goldstein 1998)."""
    whole = Counter(word for bag in bags for word in bag)
    weights = {word: math.log(1 + len(bags) / number) for word, number in whole.items()}
    likeness = [_cosine(bag, whole, weights) for bag in bags]
    chosen = [0]
    while len(chosen) < count:
        left = [place for place in range(len(bags)) if place not in chosen]
        closest = {place: max(_cosine(bags[place], bags[each], weights) for each in chosen) for place in left}
        fresh = [place for place in left if closest[place] < _ALIKE]
        if not fresh:
            break
        chosen.append(max(fresh, key=lambda place: likeness[place] - closest[place] / 2))
    return chosen


def _cosine(one: Counter[str], other: Counter[str], weights: dict[str, float]) -> float:
    shared = sum(weights[word] ** 2 * one[word] * other[word] for word in one.keys() & other.keys())
    return shared / (_norm(one, weights) * _norm(other, weights)) if shared else 0.0


def _norm(bag: Counter[str], weights: dict[str, float]) -> float:
    return math.sqrt(sum((weights[word] * number) ** 2 for word, number in bag.items()))


def _is_of_another(topic: str, text: str) -> bool:
    return of_another_number(topic, text) or of_a_namesake(topic, text)


def _repeats(one: Evidence, other: Evidence) -> bool:
    bags = Counter(_content(one.text)), Counter(_content(other.text))
    return _cosine(*bags, dict.fromkeys({*bags[0], *bags[1]}, 1.0)) >= _ALIKE


def _content(text: str) -> list[str]:
    return [each for each in lemmas(text) if not is_function_word(each)]


# «Сколько статей о пожарах?», «В скольких статьях упоминается Омск?»: counted exactly, by their words.

SHOWN = 5  # articles that are quoted
_COUNTED_TEXTS = (
    r"(?:стат(?:ей|ьях|ьи)|(?:материал|текст|документ)(?:ов|ах)|публикаци(?:й|ях)|новост(?:ей|ях)"
    r"|замет(?:ок|ках))"
)
_TELL = r"(?:есть|пишут|(?:написан|сказан|посвящен)\w*|(?:говор|рассказыва|упомина)\w+)"
_OF = r"(?:о|об|обо|про|с|со|слов\w+|тем\w+)"
_ASKS_TO_COUNT = re.compile(
    rf"^\W*(?:в скольких {_COUNTED_TEXTS}(?: {_TELL})*(?: {_OF})*"
    rf"|сколько(?: всего)?(?: есть)?(?: у (?:вас|тебя))? {_COUNTED_TEXTS}(?: {_TELL})*(?: {_OF}| {_TELL})+)"
    r" (?P<topic>.+?)\W*$",
    re.IGNORECASE,
)
_HERE = re.compile(r"^(?:в|у|есть|здесь|тут|всего|сейчас)\b", re.IGNORECASE)  # «Сколько статей в базе?»


def counted_topic(question: str) -> str | None:
    """What the articles to be counted tell of; None for other questions."""
    found = _ASKS_TO_COUNT.match(question)
    topic = found["topic"].strip(' «»"') if found else ""
    return topic if topic and not _HERE.match(topic) else None


def count_draft(topic: str, total: int, hits: Sequence[Hit], matcher: Matcher) -> Draft:
    """The number of articles, and a sentence with a footnote from each of `hits`, one for an article."""
    if not total:
        return Draft()
    shown = told_of(topic, hits, matcher)[:SHOWN]
    opening = f"Статей, где есть «{topic}»: {total}."
    return replace(quoted(shown, "answer", listed=True), short_answer=str(total), opening=opening)
