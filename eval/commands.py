"""What each evaluation command does. Each takes its parsed arguments and gives the exit code."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from tqdm import tqdm

from eval import (
    beir,
    checking,
    citing,
    claims,
    compare,
    fit,
    jsonl,
    libraries,
    noisy,
    pieces,
    provenance,
    reading,
    reading_loss,
    refusal,
    reliability,
    report,
    results,
    retrieval,
    risk,
    runs,
    score,
    sets,
    several,
    speed,
    summary,
    verification,
)
from eval.errors import EvaluationError, Interrupted
from eval.results import Result
from rag import config as settings
from rag.config import Config
from rag.retrieval import fusion, static
from rag.retrieval.models import STATIC_NAME

if TYPE_CHECKING:
    from rag.bot import Bot

Item = TypeVar("Item")
Numbers = dict[str, dict[str, float]]
_WARNED = 10  # findings that are told before a run
_SIZE = ("questions", "articles", "passages")


def run(arguments: Namespace) -> int:
    """Ask every question of the sets; what goes wrong with one is in its record."""
    config = settings.load()
    paths = arguments.sets or sets.shipped()
    located = noisy.sample(sets.located(paths), arguments.limit, arguments.seed)
    header = runs.Header(
        sets=tuple(path.resolve().stem for path in paths),
        corpus=tuple(path.resolve().name for path in arguments.corpus),
        asked=len(located),
        url=arguments.url,
        **provenance.gather(config).model_dump(),
    )
    target = arguments.out or _run_path(config, header.sets)
    jsonl.refuse_to_overwrite(target, arguments.force or arguments.resume, kept=paths)
    with (
        _told_when_interrupted(target, len(located)) as seen,
        libraries.answering(config, arguments.corpus, arguments.url, arguments.kind) as asked,
    ):
        questions = _known(located, asked.articles)
        before = runs.done_before(target, header, questions) if arguments.resume else []
        known = {record.id for record in before}
        left = [each for each in questions if each.id not in known]
        records = _progress(runs.ask_all(asked.ask, left, arguments.jobs), len(questions), len(before))
        seen += before
        done = runs.write(target, header, records, seen.append, before)
    _show(summary.table(done.records), summary.lines(done.records))
    if wrong := summary.mistakes(done.records):
        _show(f"Не вышло:\n{wrong}")
    print(f"Прогон записан: {target}")
    if arguments.save:
        name = "shipped" if not arguments.sets else done.name
        save("run", name, config, summary.numbers(done.records))
    return 0


def _known(located: Sequence[sets.Located], articles: Mapping[str, str] | None) -> list[sets.Question]:
    """The questions as they can be judged, after a warning of what is wrong with them."""
    if articles is None:
        return [each.question for each in located]
    texts = checking.Texts(articles)
    _warn(checking.check(located, texts))
    return [checking.known(each, texts) for each in located]


@contextmanager
def _told_when_interrupted(target: Path, total: int) -> Iterator[list[runs.Record]]:
    """Ctrl-C ends the command with where the run is and how far it came, as the list given here knows."""
    seen: list[runs.Record] = []
    try:
        yield seen
    except KeyboardInterrupt:
        if not seen:
            raise
        raise Interrupted(
            f"Прервано: записано {len(seen)} из {total} вопросов в {target}. "
            f"Числа по ним: python -m eval score {target}; продолжить: та же команда с --out и --resume"
        ) from None


def _warn(findings: Sequence[checking.Finding]) -> None:
    if findings:
        told = f"В наборе замечаний: {len(findings)}; бот за них не отвечает, исправьте набор."
        print(told, checking.report(findings, _WARNED), sep="\n", file=sys.stderr)


def check_set(arguments: Namespace) -> int:
    """Hold sets against the library; 1 where their gold isn't in it."""
    located = sets.located(arguments.sets or sets.shipped())
    with libraries.answering(settings.load(), arguments.corpus, arguments.url, "snoska") as asked:
        findings = checking.check(located, checking.Texts(asked.articles or {}))
    if findings:
        print(checking.report(findings))
    print(f"Проверено вопросов: {len(located)}; замечаний: {len(findings) or 'нет'}.")
    return int(bool(findings))


def score_run(arguments: Namespace) -> int:
    """Numbers of a run with their intervals."""
    run = runs.read(arguments.run)
    if run.unfinished:
        print(f"{run.unfinished.capitalize()}.\n")
    print(score.table(runs.judgements(run.records)))
    if found := risk.of_run(run.records):
        print(f"\n{risk.verdict(found)}")
    if arguments.tags:
        print(f"\n{score.by_tag(run.records)}")
    if arguments.citations:
        print(f"\n{citing.table(_progress(run.records), _supports())}")
    return 0


def _supports() -> citing.Supports:
    import rag

    return lambda claim, quotes: rag.verify(claim, quotes).support == "supported"


def report_run(arguments: Namespace) -> int:
    """Write a run down as a page with plots."""
    is_page = arguments.html.suffix.lower() in (".html", ".htm")
    jsonl.refuse_to_overwrite(arguments.html, arguments.force or is_page, kept=[arguments.run])
    jsonl.write_text(arguments.html, report.page(runs.read(arguments.run)))
    print(f"Отчёт записан: {arguments.html}")
    return 0


def compare_runs(arguments: Namespace) -> int:
    """Compare two runs; 1 where the second is worse."""
    before, after = runs.read(arguments.before), runs.read(arguments.after)
    found = compare.compare(before, after, (arguments.before, arguments.after))
    print(compare.report(found, arguments.level))
    return int(found.is_regression(arguments.level))


def measure_retrieval(arguments: Namespace) -> int:
    """Measure every BEIR folder, each in a library of its own."""
    config = settings.load()
    printed: list[dict[str, Any]] = []
    for folder in arguments.folders:
        data = beir.load(folder, arguments.queries, arguments.qrels)
        name = _name(data, arguments) + _encoder(config)
        with libraries.opened(config, [folder], arguments.distractors) as bot:
            numbers = {"size": _size(bot, data.queries)}
            numbers |= retrieval.measure(bot, data, _progress(data.queries))
        printed.append({"name": name, **numbers})
        if not arguments.json:
            _show(_title(name, numbers), retrieval.table(numbers), retrieval.times(numbers))
        if arguments.save:
            save("retrieval", name, config, numbers)
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
            numbers |= noisy.measure(bot, data, _progress(queries), arguments.seed)
        printed.append({"name": name, **numbers})
        if not arguments.json:
            _show(_title(name, numbers), noisy.table(numbers), noisy.times(numbers))
        if arguments.save:
            save("noisy", name, config, numbers)
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
            numbers |= reading.measure(bot, data, _progress(queries))
        _show(_title(name, numbers), reading.table(numbers))
        if arguments.save:
            save("reading", name, config, numbers)
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
            outcomes += [refusal.ask_all(bot, _progress(asked)) for asked in groups]
    curve = refusal.Curve(*outcomes)
    _show(refusal.table(curve), refusal.verdict(curve))
    if found := curve.reliability:
        _show(reliability.table(found), reliability.verdict(found))
    if arguments.save:
        names = dict.fromkeys([_sets_name(arguments.answerable), _sets_name(arguments.unanswerable)])
        ending = _extra(arguments) + ("-apart" if arguments.apart else "")
        save("refusal", "-".join(names) + ending, config, refusal.numbers(curve))
    return 0


def measure_claims(arguments: Namespace) -> int:
    """Hold labelled claims against their quotes."""
    import rag

    for path in arguments.files:
        found = claims.judge(_progress(claims.load(path)), rag.verify)
        numbers = claims.numbers(found)
        _show(f"{path.stem}: утверждений {len(found)}", claims.table(numbers))
        if arguments.save:
            save("claims", path.stem, settings.load(), numbers)
    return 0


def measure_verification(arguments: Namespace) -> int:
    """Corrupt and reword the sentences of answers, and see which are flagged."""
    config = settings.load()
    for path in arguments.sets or ([] if arguments.entailment else [None]):
        corpus = [path] if path and beir.is_beir(path) else [] if path else [config.corpus]
        asked = noisy.sample(verification.questions(path), arguments.sample, arguments.seed)
        with libraries.opened(config, corpus, None if corpus else path) as bot:
            libraries.refuse_empty(bot)
            cited = verification.cited_sentences(bot, _progress(asked))
        found = verification.cases(cited, arguments.seed)
        numbers = verification.numbers(found, len(cited))
        name = _verified_name(path)
        _show(f"{name}: предложений {len(cited)}", verification.table(numbers))
        if arguments.mistakes:
            _show(verification.mistakes(found, arguments.mistakes))
        if arguments.save:
            save("verification", name, config, numbers)
    if arguments.entailment:
        numbers = verification.entailment(arguments.entailment)
        print(verification.entailment_line(numbers))
        if arguments.save:
            save("entailment", arguments.entailment.resolve().parent.name, config, numbers)
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
            save("pieces", folder.name, config, numbers)
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
            save("reading-loss", name, config, loss.numbers)
    return 0


def measure_several(arguments: Namespace) -> int:
    """Ask about events that several articles tell of; print every disagreement for whoever judges them."""
    config = settings.load()
    asked = several.questions(arguments.questions, arguments.source)[:: arguments.sample or 1]
    with libraries.opened(config, arguments.corpus, arguments.distractors) as bot:
        libraries.refuse_empty(bot)
        seen = list(several.ask_all(bot, _progress(asked)))
        numbers = {"size": _size(bot, seen)} | several.numbers(seen)
    _show(several.report(seen) or "Расхождений не найдено.", several.table(numbers))
    if arguments.save:
        save("several", _sets_name(arguments.questions) + _extra(arguments), config, numbers)
    return 0


def measure_speed(arguments: Namespace) -> int:
    """Measure speed and size on the shipped corpus and questions, or on a file of articles."""
    config = settings.load()
    if arguments.articles:
        asked = speed.of_file(arguments.articles, arguments.passages, arguments.baseline)
    else:
        texts = [question.question for question in sets.load(sets.shipped()) if not question.history]
        asked = speed.of_folder(config.corpus, texts, arguments.passages, arguments.baseline)
    if arguments.quality:
        asked = replace(asked, quality=beir.load(arguments.quality))
    numbers = speed.measure(config, asked)
    _show(speed.table(numbers))
    if arguments.save is not None:
        save("speed", arguments.save or f"{numbers['indexing']['passages']:.0f}", config, numbers)
    return 0


def measure_load(arguments: Namespace) -> int:
    """A server under many clients at the same time; its numbers, idle and while articles come in."""
    from eval import load, serving
    from rag import assemble

    config = settings.load()
    texts = [question.question for question in sets.load(sets.shipped()) if not question.history]
    with TemporaryDirectory(prefix="snoska-load-") as folder:
        thrown_away = config.model_copy(update={"data": Path(folder)})
        with assemble.open_library(thrown_away, "eval load") as library:
            report = library.index([config.corpus])
        with serving.served(thrown_away) as (address, _):
            numbers = load.measure(address, texts, arguments.clients, arguments.seconds, arguments.uploads)
    _show(f"Фрагментов {report.passages}, клиентов {arguments.clients}, процесс один.", load.table(numbers))
    return 0


def measure_crashes(arguments: Namespace) -> int:
    """Kill processes that write to a library, look at what is left; 1 where that isn't what was said."""
    from eval import crash

    config = settings.load()
    is_shared = arguments.store == "postgresql"
    if is_shared and not config.store:
        raise EvaluationError("Задайте базу: RAG_STORE=postgresql://… — в ней возьмётся отдельная схема.")
    with TemporaryDirectory(prefix="snoska-crash-") as folder, libraries.beside(config) as store:
        there = config.model_copy(update={"store": store}) if is_shared else None
        crashes = crash.Crashes(Path(folder), static.ensure(config.models_folder), arguments.seed, there)
        with tqdm(total=arguments.rounds, **_BAR) as bar:
            tally = crashes.rounds(arguments.rounds, lambda kills: bar.update(kills - bar.n))
    _show(crash.table(tally), *tally.wrong)
    if arguments.save:
        save("crash", str(arguments.rounds), config, tally.numbers())
    return int(bool(tally.wrong))


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
        fitted = fit.fit(fit.look(bot, _progress(questions)), bot.searcher.weights())
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


def tabulate(arguments: Namespace) -> int:
    """Print the tables of README and docs, or write them; without --write, 1 where one is out of date."""
    saved = results.load()
    outdated = 0
    for language, path in results.documents():
        text = jsonl.text(path)
        filled = results.fill(text, saved, language)
        outdated += filled != text
        if arguments.write:
            jsonl.write_text(path, filled)
        else:
            _show(*results.blocks(filled))
    if outdated and not arguments.write:
        print(
            "Таблицы в README или rag/docs устарели. Обновите их: python -m eval table --write",
            file=sys.stderr,
        )
    return int(bool(outdated) and not arguments.write)


_BAR: dict[str, Any] = {"unit": " вопр.", "disable": None, "leave": False, "file": sys.stderr}


def _progress(items: Iterable[Item], total: int | None = None, done: int = 0) -> Iterable[Item]:
    """A progress bar on a terminal, nothing elsewhere; `done` of `total` are not among the items."""
    shown: Iterable[Item] = tqdm(items, total=total, initial=done, **_BAR)
    return shown


def _run_path(config: Config, names: Sequence[str]) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return config.data / "runs" / f"{stamp}-{'+'.join(names)[:60]}.jsonl"


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


def _show(*parts: str) -> None:
    """Print parts of a report with an empty line after each."""
    print(*parts, sep="\n\n", end="\n\n")


def save(command: str, name: str, config: Config, numbers: Numbers) -> None:
    origin = provenance.gather(config).model_dump()
    result = Result(command=command, name=name, numbers=numbers, **origin)
    path = results.save(result)
    print(f"Измерение записано: {path.relative_to(provenance.ROOT)}", file=sys.stderr)
