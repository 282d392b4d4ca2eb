"""`kill -9` at random moments of adding, indexing, pruning and removing; then: is the library what it said?

Each round is a plan of steps that are done in order: articles put by batches, others removed. A process
carries it out and says after every batch what is sure; it is killed at a random moment of opening, adding,
indexing, pruning, removing or closing, each as often as another; another one opens the library and looks at
every passage of it. What it holds must be the outcome of the plan's first steps: all that was
said to be sure, and of the rest at most the one batch that was under way. Every text that an article has
had is a version of it, once and in its order.

Processes are forked from this one, which has imported everything but opened nothing: a round takes a second.
Those of Chroma are forked from them in turn: started anew they import for seconds, in which most kills fell.
One that has used Chroma can't do this: a forked process waits for ever for threads it has not got.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from eval import tables
from eval.errors import EvaluationError
from rag import components
from rag.library import copies, library, run
from rag.library.arrivals import Reading
from rag.library.library import Library
from rag.library.run import Watch
from rag.library.split import split
from rag.library.splitting import Splitting
from rag.library.uploads import given
from rag.processes import Helper
from rag.retrieval import vector_process
from rag.retrieval.legs import DenseLeg, KeywordLeg
from rag.retrieval.static import StaticEncoder
from rag.types import Article, ArticleInfo

if TYPE_CHECKING:
    from rag.config import Config
    from rag.library.report import Outcome

from eval.crash_outcomes import BATCH, Histories, Plan, Texts, history, lost_versions, violations

FILES = 40  # in the corpus, of which a round changes some
_CHROMA = "rag.retrieval.chroma"
_LIMIT = 65_536  # above every file that a process here has open


@dataclass(slots=True)
class Tally:
    """What the rounds came to."""

    kills: int = 0
    finished: int = 0
    in_flight: int = 0
    steps_said: int = 0
    rebuilt: int = 0
    versions: int = 0
    moments: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def numbers(self) -> dict[str, dict[str, float]]:
        counted = ("kills", "finished", "in_flight", "steps_said", "rebuilt", "versions")
        totals = {name: float(getattr(self, name)) for name in counted} | {"wrong": float(len(self.wrong))}
        return {"rounds": totals, "moments": {name: float(n) for name, n in sorted(self.moments.items())}}


_ROWS = (
    ("kills", "прервано процессов"),
    ("finished", "успели закончить"),
    ("steps_said", "подтверждённых изменений"),
    ("in_flight", "сделано, но не подтверждено"),
    ("rebuilt", "индексов построено заново"),
    ("versions", "прежних текстов в конце"),
    ("wrong", "нарушений"),
)
_MOMENTS = {
    "open": "при открытии",
    "add": "при добавлении",
    "index": "при чтении папки",
    "rebuild": "при построении заново",
    "prune": "при удалении пропавших",
    "remove": "при удалении",
    "close": "при закрытии",
}


def table(tally: Tally) -> str:
    """The rounds as a table."""
    numbers = tally.numbers()
    rows = [[title, f"{numbers['rounds'][name]:.0f}"] for name, title in _ROWS]
    rows += [
        [f"прервано {title}", f"{tally.moments[name]}"]
        for name, title in _MOMENTS.items()
        if tally.moments[name]
    ]
    return tables.markdown(["Показатель", ""], rows)


class Crashes:
    """Rounds over one data folder and one corpus in `folder`."""

    def __init__(self, folder: Path, encoder: Path, seed: int = 1, config: Config | None = None) -> None:
        """With `config` the library lies in the database that it names, not in `folder`."""
        self._config = config
        self._data, self._corpus = folder / "data", folder / "corpus"
        # Opened once, for every process forked from here.
        self._encoders = {name: StaticEncoder(encoder, name) for name in ("static", "other")}
        import_module(_CHROMA)
        split(_article("warm", _text("warm", 0)))
        self._corpus.mkdir(parents=True)
        self._chance = Random(seed)
        self._held: Texts = {}  # what the library must have, by article id
        self._had: Histories = {}
        self._edition = 0
        self._lasting: dict[str, float] = {}  # seconds, by moment
        self.tally = Tally()

    def rounds(self, kills: int, told: Callable[[int], object] = lambda kills: None) -> Tally:
        """Go on until so many processes were killed."""
        self._round(can_kill=False)
        self.tally.finished = 0
        while self.tally.kills < kills:
            self._round()
            told(self.tally.kills)
        return self.tally

    def _round(self, can_kill: bool = True) -> None:
        plan = self._planned()
        moments = ("open", "add", "rebuild" if plan.rebuild else "index", "prune", "remove", "close")
        moment = self._chance.choice(moments) if can_kill else None
        after = self._chance.uniform(0, 1.1 * self._lasting.get(moment or "", 1.0))
        said, killed = _killed(partial(self._carry_out, plan), moment, after)
        self._time(said, killed)
        if not killed:
            self.tally.finished += 1
            self.tally.wrong += [line["trace"] for line in said if "trace" in line]
        self.tally.kills += killed
        self.tally.moments[_moment(said) if killed else "finished"] += 1
        looked, _ = _killed(self._look)
        found = next(each for each in looked if "held" in each or "trace" in each)
        self._compare(plan, {each["sure"] for each in said if "sure" in each}, found)

    def _time(self, said: Sequence[dict[str, Any]], killed: bool) -> None:
        """Note how long each moment lasted; the last one lasted longer, if it was killed."""
        at = [(str(each["moment"]), float(each["at"])) for each in said if "moment" in each]
        spent = {moment: ended - begun for (moment, begun), (_, ended) in pairwise(at)}
        for moment, seconds in spent.items():
            known = self._lasting.get(moment, seconds)
            is_cut = killed and moment == at[-2][0]
            self._lasting[moment] = max(known, seconds) if is_cut else 0.8 * known + 0.2 * seconds

    def _planned(self) -> Plan:
        self._edition += 1
        chance, edition = self._chance, self._edition
        files = [self._corpus / f"{number:02}.txt" for number in range(FILES)]
        for file in chance.sample(files, 15):
            file.write_text(_text(file.stem, edition), encoding="utf-8")
        for file in chance.sample(files, 3):
            file.unlink(missing_ok=True)
        # What an earlier round was killed before has still to be done.
        there = {file.stem: file.read_text(encoding="utf-8") for file in files if file.exists()}
        changed = {each: text for each, text in there.items() if self._held.get(each) != text}
        sent = [f"sent-{number}" for number in range(12)]
        again = chance.sample(sent, 6)
        held = [each for each in sent if each in self._held and each not in again]
        return Plan(
            {each: _text(each, edition) for each in again},
            changed,
            [each for each in self._held if each not in sent and each not in there],
            sorted(chance.sample(held, min(len(held), 4))),
            "other" if chance.random() < 0.15 else "static",
            chance.random() < 0.2,
        )

    # In processes of their own

    def _opened(self, encoder: str) -> Library:
        setattr(vector_process, "Helper", _Forked)  # noqa: B010
        home = (
            components.open_home(self._config) if self._config else None
        )  # a connection is its process's own
        keyword = KeywordLeg(components.keyword_indexes(home))
        dense = DenseLeg(self._encoders[encoder], make=components.vector_indexes(home))
        return Library(self._data, [keyword, dense], "eval crash", home=home)

    def _carry_out(self, plan: Plan, say: Callable[[dict[str, Any]], None]) -> None:
        # Batches of many sizes: what was written in a large one is caught up with in small ones.
        run.BATCH_ARTICLES, copies._SMALLEST = BATCH, self._edition % 3 + 1
        setattr(library, "Splitting", partial(Splitting, 0))  # noqa: B010  # helpers start too slowly

        def tell(outcome: Outcome) -> None:
            if outcome.status in ("added", "replaced"):
                say({"sure": outcome.article_id})

        with self._opened(plan.encoder) as opened:
            say({"moment": "add"})
            sent = [_article(*each) for each in sorted(plan.sent.items())]
            opened.take(given(sent, opened.held()), Watch(tell=tell))
            say({"moment": "rebuild" if plan.rebuild else "index"})
            reading = Reading([self._corpus], opened.held(), plan.rebuild)
            opened.take(reading, Watch(tell=tell), rebuild=plan.rebuild)
            say({"moment": "prune"})
            opened.settle(reading.aftermath(prune=True))
            for article_id in plan.gone:
                say({"sure": article_id})
            say({"moment": "remove"})
            opened.remove(plan.removed)
            for article_id in plan.removed:
                say({"sure": article_id})
            say({"moment": "close"})

    def _look(self, say: Callable[[dict[str, Any]], None]) -> None:
        with self._opened("static") as opened:
            held = {each: opened.article(each).text for each in opened.store.ids()}
            had = {each: history(opened, each) for each in {*held, *self._had}}
            say({"held": held, "had": had, "notes": list(opened.notes), "differences": opened.differences()})

    def _compare(self, plan: Plan, sure: set[str], found: dict[str, Any]) -> None:
        """`sure` was said; `found` is what there is."""
        if "trace" in found:
            raise EvaluationError(f"Библиотека не открылась, прервано {self.tally.kills}: {found['trace']}")
        wrong, in_flight = violations(plan, self._held, found["held"], sure)
        self.tally.rebuilt += sum("построен заново: он повреждён" in note for note in found["notes"])
        self.tally.in_flight += in_flight
        self.tally.steps_said += len(sure)
        lost = lost_versions(self._had, found["held"], found["had"])
        self.tally.wrong += [f"{self._edition}: {each}" for each in (*wrong, *lost, *found["differences"])]
        self._held, self._had = found["held"], found["had"]
        self.tally.versions = sum(map(len, self._had.values())) - len(self._held)


class _Forked(Helper):
    """A helper that has imported what this process has; by everything else it is a process like any other."""

    def __init__(self, module: str) -> None:
        self.process = subprocess.Popen(
            ["never reached"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=partial(_serve, module),
        )


def _serve(module: str) -> None:
    """Be the helper, in a process that has just been forked; and end."""
    os.closerange(3, _LIMIT)  # the other ends of its pipes too: else it would outlive its owner
    try:
        import_module(module).serve()
    finally:
        os._exit(1)


def _killed(
    work: Callable[[Callable[[dict[str, Any]], None]], None], moment: str | None = None, after: float = 0.0
) -> tuple[list[dict[str, Any]], bool]:
    """Do `work` in a process of its own: what it said, with the time `at` which it did, and was it killed.

    It is killed `after` so many seconds from the `moment` that it says, "open" being its beginning.
    """
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        os._exit(_done(work, writing))
    os.close(writing)
    said: list[dict[str, Any]] = [{"moment": "open", "at": time.monotonic()}]
    kill = threading.Timer(after, os.kill, (process, signal.SIGKILL))
    with os.fdopen(reading, "rb") as pipe:
        if moment == "open":
            kill.start()
        for line in pipe:
            if line.endswith(b"\n"):
                said.append({"at": time.monotonic(), **json.loads(line)})
                if moment is not None and said[-1].get("moment") == moment:
                    kill.start()
    said.append({"moment": "end", "at": time.monotonic()})
    kill.cancel()
    _, status = os.waitpid(process, 0)
    return said, os.WIFSIGNALED(status)


def _done(work: Callable[[Callable[[dict[str, Any]], None]], None], writing: int) -> int:
    def say(what: dict[str, Any]) -> None:
        data = json.dumps(what).encode() + b"\n"
        while data:
            data = data[os.write(writing, data) :]

    try:
        work(say)
    except BaseException:
        say({"trace": traceback.format_exc()})
        return 1
    return 0


def _moment(said: Sequence[dict[str, Any]]) -> str:
    return [str(each["moment"]) for each in said if "moment" in each][-2]


def _text(article_id: str, edition: int) -> str:
    return f"Статья {article_id}, издание {edition}. " + " ".join(
        f"Рудник номер {article_id} за {year} год дал {year * 7 + edition} тонн руды и {year % 9} тонн меди."
        for year in range(1980, 2010)
    )


def _article(article_id: str, text: str) -> Article:
    return Article(ArticleInfo(article_id, f"Статья {article_id}"), text)
