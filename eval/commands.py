"""What the commands that run sets and read runs do. Each takes its arguments and gives the exit code."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from eval import (
    beir,
    checking,
    citing,
    compare,
    jsonl,
    libraries,
    llm_judge,
    noisy,
    provenance,
    record,
    report,
    results,
    risk,
    runs,
    saying,
    score,
    sets,
    summary,
    telling,
)
from eval.errors import Interrupted
from eval.noisy import SEED
from rag import config as settings
from rag.config import Config

_WARNED = 10  # findings that are told before a run


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
        records = telling.progress(runs.ask_all(asked.ask, left, arguments.jobs), len(questions), len(before))
        seen += before
        done = runs.write(target, header, records, seen.append, before)
    telling.show(summary.table(done.records), summary.lines(done.records))
    if wrong := summary.mistakes(done.records):
        telling.show(f"Не вышло:\n{wrong}")
    print(f"Прогон записан: {target}")
    if arguments.save:
        name = "shipped" if not arguments.sets else done.name
        telling.save("run", name, config, summary.numbers(done.records))
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
        print(f"\n{citing.table(telling.progress(run.records), _supports())}")
    if arguments.llm:
        print(f"\n{_judged_by_model(run.records)}")
    return 0


def _judged_by_model(records: Sequence[runs.Record]) -> str:
    config = settings.load()
    say = saying.model_of(config)
    judge = llm_judge.Judge(say, str(config.llm_model), config.data)
    found = [judge.judge(each) for each in telling.progress(llm_judge.judgeable(records))]
    return llm_judge.report(found)


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


def keep_record(arguments: Namespace) -> int:
    """Ask every set that is present and write down what came of it; 1 where the shipped sets got worse."""
    config = settings.load()
    outside = record.found_in(arguments.folders)
    with libraries.answering(config, [config.corpus]) as asked:
        measured = record.shipped(asked.ask, asked.articles or {}, telling.progress)
    numbers = dict(measured.sets)
    for found in outside:
        telling.note(f"{found.name}…")
        if found.is_beir:
            with libraries.opened(config, [found.corpus]) as bot:
                numbers[found.name] = record.of_beir(bot, beir.load(found.path), arguments.limit)
        else:
            questions = noisy.sample(sets.load([found.path]), arguments.limit, SEED)
            with libraries.answering(config, [found.corpus]) as asked:
                numbers[found.name] = record.asked(asked.ask, questions)
    measured = measured.model_copy(update={"sets": numbers, **provenance.gather(config).model_dump()})
    before = record.newest(measured.reader, but=measured.file_name)
    path = record.save(measured)
    telling.show(record.told(measured, before))
    print(f"Записано: {path.relative_to(provenance.ROOT)}; таблица — {record.TABLE} рядом.")
    if before is None:
        return 0
    found_lost = record.lost(before, measured)
    print(found_lost.verdict)
    return int(found_lost.is_regression)


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
            telling.show(*results.blocks(filled))
    if outdated and not arguments.write:
        print(
            "Таблицы в README или rag/docs устарели. Обновите их: python -m eval table --write",
            file=sys.stderr,
        )
    return int(bool(outdated) and not arguments.write)


def _run_path(config: Config, names: Sequence[str]) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return config.data / "runs" / f"{stamp}-{'+'.join(names)[:60]}.jsonl"
