"""What the commands that measure single parts do: search, reading, refusal, claims, words, weights.

Each takes its arguments and gives the exit code.
"""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval import (
    beir,
    claims,
    fit,
    jsonl,
    libraries,
    noisy,
    pieces,
    reading,
    reading_loss,
    refusal,
    reliability,
    retrieval,
    sets,
    several,
    telling,
    verification,
)
from eval.errors import EvaluationError
from eval.telling import Numbers
from rag import config as settings
from rag.config import Config
from rag.retrieval import fusion
from rag.retrieval.models import STATIC_NAME

if TYPE_CHECKING:
    from rag.bot import Bot

_SIZE = ("questions", "articles", "passages")


def measure_retrieval(arguments: Namespace) -> int:
    """Measure every BEIR folder, each in a library of its own."""
    config = settings.load()
    printed: list[dict[str, Any]] = []
    for folder in arguments.folders:
        data = beir.load(folder, arguments.queries, arguments.qrels)
        name = _name(data, arguments) + _encoder(config)
        with libraries.opened(config, [folder], arguments.distractors) as bot:
            numbers = {"size": _size(bot, data.queries)}
            numbers |= retrieval.measure(bot, data, telling.progress(data.queries))
        printed.append({"name": name, **numbers})
        if not arguments.json:
            telling.show(_title(name, numbers), retrieval.table(numbers), retrieval.times(numbers))
        if arguments.save:
            telling.save("retrieval", name, config, numbers)
    if arguments.json:
        print(json.dumps(printed, ensure_ascii=False, indent=1))
    return 0


def measure_noisy(arguments: Namespace) -> int:
    """Measure every BEIR folder with its questions mistyped."""
    config = settings.load()
    printed: list[dict[str, Any]] = []
    for folder in arguments.folders:
        data = beir.load(folder, arguments.queries, arguments.qrels)
        queries = noisy.sample(data.queries, arguments.sample, arguments.seed)
        name = _name(data, arguments)
        with libraries.opened(config, [folder], arguments.distractors) as bot:
            numbers = {"size": _size(bot, queries)}
            numbers |= noisy.measure(bot, data, telling.progress(queries), arguments.seed)
        printed.append({"name": name, **numbers})
        if not arguments.json:
            telling.show(_title(name, numbers), noisy.table(numbers), noisy.times(numbers))
        if arguments.save:
            telling.save("noisy", name, config, numbers)
    if arguments.json:
        print(json.dumps(printed, ensure_ascii=False, indent=1))
    return 0


def measure_reading(arguments: Namespace) -> int:
    """Measure citations and short answers on BEIR folders with gold spans."""
    config = settings.load()
    for folder in arguments.folders:
        data = beir.load(folder, arguments.queries, arguments.qrels)
        queries = reading.readable(data)
        name = _name(data, arguments)
        with libraries.opened(config, [folder], arguments.distractors) as bot:
            numbers = {"size": _size(bot, queries)}
            numbers |= reading.measure(bot, data, telling.progress(queries))
        telling.show(_title(name, numbers), reading.table(numbers))
        if arguments.save:
            telling.save("reading", name, config, numbers)
    return 0


def measure_refusal(arguments: Namespace) -> int:
    """Draw the refusal curve."""
    config = settings.load()
    answerable = refusal.load(arguments.answerable, refuse=False)
    unanswerable = refusal.load(arguments.unanswerable, refuse=True)
    if arguments.apart and not arguments.distractors:
        raise EvaluationError("Для --apart нужны статьи, которым задать вопросы без ответа: --distractors.")
    outcomes = []
    together = [(arguments.corpus, [answerable, unanswerable])]
    apart = [(arguments.corpus, [answerable]), ([], [unanswerable])]
    for corpus, groups in apart if arguments.apart else together:
        with libraries.opened(config, corpus, arguments.distractors) as bot:
            libraries.refuse_empty(bot)
            outcomes += [refusal.ask_all(bot, telling.progress(asked)) for asked in groups]
    curve = refusal.Curve(*outcomes)
    telling.show(refusal.table(curve), refusal.verdict(curve))
    if found := curve.reliability:
        telling.show(reliability.table(found), reliability.verdict(found))
    if arguments.save:
        names = dict.fromkeys([_sets_name(arguments.answerable), _sets_name(arguments.unanswerable)])
        ending = _extra(arguments) + ("-apart" if arguments.apart else "")
        telling.save("refusal", "-".join(names) + ending, config, refusal.numbers(curve))
    return 0


def measure_claims(arguments: Namespace) -> int:
    """Hold labelled claims against their quotes."""
    import rag

    for path in arguments.files:
        found = claims.judge(telling.progress(claims.load(path)), rag.verify)
        numbers = claims.numbers(found)
        telling.show(f"{path.stem}: утверждений {len(found)}", claims.table(numbers))
        if arguments.save:
            telling.save("claims", path.stem, settings.load(), numbers)
    return 0


def measure_verification(arguments: Namespace) -> int:
    """Corrupt and reword the sentences of answers, and see which are flagged."""
    config = settings.load()
    for path in arguments.sets or ([] if arguments.entailment else [None]):
        corpus = [path] if path and beir.is_beir(path) else [] if path else [config.corpus]
        asked = noisy.sample(verification.questions(path), arguments.sample, arguments.seed)
        with libraries.opened(config, corpus, None if corpus else path) as bot:
            libraries.refuse_empty(bot)
            cited = verification.cited_sentences(bot, telling.progress(asked))
        found = verification.cases(cited, arguments.seed)
        numbers = verification.numbers(found, len(cited))
        name = _verified_name(path)
        telling.show(f"{name}: предложений {len(cited)}", verification.table(numbers))
        if arguments.mistakes:
            telling.show(verification.mistakes(found, arguments.mistakes))
        if arguments.save:
            telling.save("verification", name, config, numbers)
    if arguments.entailment:
        numbers = verification.entailment(arguments.entailment)
        print(verification.entailment_line(numbers))
        if arguments.save:
            telling.save("entailment", arguments.entailment.resolve().parent.name, config, numbers)
    return 0


def _verified_name(path: Path | None) -> str:
    if path is None:
        return "shipped"
    return path.resolve().name if path.is_dir() else beir.distractors_name(path)


def measure_pieces(arguments: Namespace) -> int:
    """Compare sentence borders and lemmas with gold ones."""
    config = settings.load()
    given = [(arguments.sentences, pieces.borders), (arguments.lemmas, pieces.lemmas)]
    if not any(path for path, _ in given):
        raise EvaluationError("Укажите, с чем сравнивать: --sentences FILE.jsonl, --lemmas ПАПКА или оба.")
    for path, measure in given:
        if path is None:
            continue
        numbers = measure(path)
        print(pieces.line(numbers))
        if arguments.save:
            folder = path.resolve() if path.is_dir() else path.resolve().parent
            telling.save("pieces", folder.name, config, numbers)
    return 0


def measure_loss(arguments: Namespace) -> int:
    """Compare the words of files with those of their articles."""
    config = settings.load()
    found = reading_loss.measured(arguments.folder)
    print(reading_loss.table(found))
    for name, loss in found.items():
        for failure in loss.failed:
            print(failure, file=sys.stderr)
        if arguments.words:
            print(f"{name}: потеряно: {', '.join(loss.lost)}; добавлено: {', '.join(loss.added)}")
        if arguments.save:
            telling.save("reading-loss", name, config, loss.numbers)
    return 0


def measure_several(arguments: Namespace) -> int:
    """Ask about events that several articles tell of; print every disagreement for whoever judges them."""
    config = settings.load()
    asked = several.questions(arguments.questions, arguments.source)[:: arguments.sample or 1]
    with libraries.opened(config, arguments.corpus, arguments.distractors) as bot:
        libraries.refuse_empty(bot)
        seen = list(several.ask_all(bot, telling.progress(asked)))
        numbers = {"size": _size(bot, seen)} | several.numbers(seen)
    telling.show(several.report(seen) or "Расхождений не найдено.", several.table(numbers))
    if arguments.save:
        telling.save("several", _sets_name(arguments.questions) + _extra(arguments), config, numbers)
    return 0


def fit_weights(arguments: Namespace) -> int:
    """Fit the weights of the encoder in use, and save them where the bot looks for them."""
    given = settings.load()
    # Weights fitted before, perhaps for another encoder, play no part.
    config = given.model_copy(update={"weights": Path("none")})
    folders = [path for path in arguments.sets if beir.is_beir(path)]
    files = [path for path in arguments.sets if path not in folders]
    if files and folders:
        raise EvaluationError("Подбирайте веса либо по папкам BEIR, либо по наборам вопросов к библиотеке.")
    corpus = folders or arguments.corpus
    with libraries.opened(config, corpus, arguments.distractors) as bot:
        libraries.refuse_empty(bot)
        questions = _labelled(files, folders)
        encoder = bot.encoder_name
        fitted = fit.fit(fit.look(bot, telling.progress(questions)), bot.searcher.weights())
    print(fitted.table())
    target = arguments.out or given.weights_file or given.data / fusion.FILE
    jsonl.refuse_to_overwrite(target, force=target.suffix == ".json", kept=arguments.sets)
    fusion.write(target, encoder, fitted.weights, fitted.about())
    print(f"Веса кодировщика «{encoder}» записаны: {target}", file=sys.stderr)
    if target != given.weights_file:
        print(f"Чтобы искать с ними: RAG_WEIGHTS={target}", file=sys.stderr)
    return 0


def _labelled(files: Sequence[Path], folders: Sequence[Path]) -> list[fit.Labelled]:
    if folders:
        loaded = [beir.load(folder) for folder in folders]
        return [fit.Labelled(query.text, data.grades[query.id]) for data in loaded for query in data.queries]
    return [
        fit.Labelled(question.question, dict.fromkeys(question.articles, 1.0))
        for question in sets.load(files)
        if question.articles and not question.history
    ]


def _name(data: beir.BeirSet, arguments: Namespace) -> str:
    """The name of a measurement: the set, its own questions if given, and the distractors."""
    own = f"@{arguments.queries.stem}" if arguments.queries else ""
    return data.name + own + _extra(arguments)


def _encoder(config: Config) -> str:
    """How the name of a measurement tells another encoder than the built-in one."""
    return "" if config.encoder == STATIC_NAME else f" {Path(config.encoder).name}"


def _extra(arguments: Namespace) -> str:
    return f"+{beir.distractors_name(arguments.distractors)}" if arguments.distractors else ""


def _sets_name(paths: Sequence[Path]) -> str:
    if {path.resolve() for path in paths} == set(sets.shipped()):
        return "shipped"
    return "+".join(dict.fromkeys(map(_set_name, paths)))


def _set_name(path: Path) -> str:
    """A BEIR file by its folder, a question set by its own name."""
    return path.resolve().parent.name if path.stem in ("queries", "questions") else path.stem


def _size(bot: Bot, queries: Sequence[object]) -> dict[str, float]:
    counts = bot.library.counts()
    return dict(zip(_SIZE, (len(queries), counts.articles, counts.passages), strict=True))


def _title(name: str, numbers: Numbers) -> str:
    questions, articles, passages = (f"{numbers['size'][each]:.0f}" for each in _SIZE)
    return f"{name}: вопросов {questions}, статей {articles}, отрывков {passages}"
