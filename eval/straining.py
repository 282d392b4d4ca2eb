"""What the commands that strain the product do: speed, many clients, killed processes."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from pydantic import SecretStr
from tqdm import tqdm

from eval import beir, libraries, sets, speed, telling
from eval.errors import EvaluationError
from rag import assemble
from rag import config as settings
from rag.config import Config
from rag.retrieval import static

_CASES = {**telling.BAR, "unit": " случ."}


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
    telling.show(speed.table(numbers))
    if arguments.save is not None:
        telling.save("speed", arguments.save or f"{numbers['indexing']['passages']:.0f}", config, numbers)
    return 0


def measure_load(arguments: Namespace) -> int:
    """Servers with this and that many workers under many clients; idle and while articles come in."""
    from eval import load, serving

    config = settings.load()
    numbers: telling.Numbers = {}
    with _strained(config, arguments.own) as (strained, passages, questions):
        numbers["size"] = {"passages": passages, "clients": arguments.clients, "seconds": arguments.seconds}
        numbers["machine"] = {"cores": os.cpu_count() or 0, "busy_before": round(os.getloadavg()[0], 2)}
        for workers in arguments.workers:
            given = {"RAG_WORKERS": str(workers), "RAG_KEEP_ANSWERS": "0"}
            with serving.served(strained, **given) as (address, _):
                numbers |= load.named(
                    load.measure(address, questions, arguments.clients, arguments.seconds, arguments.uploads),
                    workers,
                )
        if arguments.baseline:
            asking = (questions, arguments.clients, arguments.seconds)
            with serving.served(strained, RAG_KEEP_ANSWERS="0") as (address, _):
                numbers |= load.searching(address, *asking, load.SEARCH)
            with serving.plain(strained) as (address, _):
                numbers |= load.searching(address, *asking, load.THEIR_SEARCH)
    numbers["ratio"] = load.ratios(numbers)
    telling.show(f"Фрагментов {passages}, клиентов {arguments.clients}.", load.table(numbers))
    if arguments.save is not None:
        reader = "" if config.reader == "auto" else f"-reader-{config.reader}"
        telling.save("load", (arguments.save or str(passages)) + reader, config, numbers)
    return 0


@contextmanager
def _strained(config: Config, is_own: bool) -> Iterator[tuple[Config, int, list[str]]]:
    """A library to strain, how many passages it has, and questions for it.

    That of the settings, asked for the titles of some of its articles, or a throw-away one of the corpus,
    asked the shipped questions.
    """
    if is_own:
        with assemble.open_library(config, "eval load") as library:
            store, passages = library.store, library.counts().passages
            titles = sorted({info.title for info in store.infos(store.ids()).values()})
        if not titles:
            raise EvaluationError("В библиотеке нет статей. Проиндексируйте их: snoska index")
        yield config, passages, Random(1).sample(titles, min(speed.ASKED, len(titles)))
        return
    texts = [question.question for question in sets.load(sets.shipped()) if not question.history]
    with TemporaryDirectory(prefix="snoska-load-") as folder:
        thrown_away = config.model_copy(update={"data": Path(folder), "models": config.models_folder})
        with assemble.open_library(thrown_away, "eval load") as library:
            passages = library.index([config.corpus]).passages
        yield thrown_away, passages, texts


def measure_homes(arguments: Namespace) -> int:
    """The same library in its three homes: what is found, and how quickly."""
    from eval import homes

    config, data = settings.load(), beir.load(arguments.folder)
    more = list(beir.distractors(arguments.distractors)) if arguments.distractors else []
    with homes.opened(config) as bots:
        numbers = homes.measure(bots, data, more, arguments.passages, arguments.sample)
    size = numbers["size"]
    name = data.name + (f"+{beir.distractors_name(arguments.distractors)}" if more else "")
    telling.show(
        f"{name}: вопросов {size['questions']:.0f}; nDCG на {size['passages_quality']:.0f} отрывках, время "
        f"на {size['passages']:.0f}.",
        homes.table(numbers),
    )
    if arguments.save:
        for home, part in homes.parts(numbers).items():
            telling.save("homes", f"{name} {size['passages']:.0f} {home}", config, part)
    return 0


def measure_servers(arguments: Namespace) -> int:
    """Two servers on one PostgreSQL, killed in turn under clients; 1 where a promise was broken."""
    from eval import servers
    from rag import assemble

    config = settings.load()
    with TemporaryDirectory(prefix="snoska-servers-") as folder:
        strain = servers.Strain(Path(folder), config, arguments.seed, arguments.clients, arguments.articles)
        try:
            with (
                strain.running(),
                tqdm(total=arguments.rounds, **telling.BAR) as bar,
                suppress(KeyboardInterrupt),  # what there is by then is checked
            ):
                strain.rounds(arguments.rounds, lambda kills: bar.update(kills - bar.n))
            there = {"data": Path(folder) / "last", "store": SecretStr(strain.store)}
            with assemble.open_library(config.model_copy(update=there), "eval servers") as library:
                strain.check(library)
        finally:
            strain.close()
    seen = strain.seen
    telling.show(servers.table(seen), *(f"{times} × {what}" for what, times in seen.wrong.most_common()))
    if arguments.save:
        telling.save("servers", str(seen.kills), config, seen.numbers())
    return int(bool(seen.wrong))


def measure_hostile(arguments: Namespace) -> int:
    """Broken files and nonsense for questions; 1 where anything crashed or took too long."""
    from eval import hostile

    config = settings.load()
    paths = arguments.files or [config.corpus]
    files = hostile.samples(paths)
    words = sorted({word for each in sets.load(sets.shipped()) for word in each.question.split()})
    with libraries.opened(config, [config.corpus]) as bot, tqdm(total=arguments.cases, **_CASES) as bar:
        tally = hostile.Tally(bar.update)
        with suppress(KeyboardInterrupt):  # what there is by then is told
            hostile.run(bot, files, words, arguments.cases, arguments.seed, tally)
    told = hostile.kept(tally, config.data / "hostile")
    telling.show(hostile.table(tally), *told)
    numbers = tally.numbers()
    print("Случаев: {cases:.0f}; сбоев: {crashes:.0f}; слишком долгих: {slow:.0f}.".format(**numbers["all"]))
    if arguments.save:
        telling.save("hostile", f"{numbers['all']['cases']:.0f}", config, numbers)
    return int(bool(tally.found))


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
        with tqdm(total=arguments.rounds, **telling.BAR) as bar:
            tally = crashes.rounds(arguments.rounds, lambda kills: bar.update(kills - bar.n))
    telling.show(crash.table(tally), *tally.wrong)
    if arguments.save:
        telling.save("crash", str(arguments.rounds), config, tally.numbers())
    return int(bool(tally.wrong))
