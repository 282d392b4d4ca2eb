"""Conversations without a page: asked, stopped at any moment, gone on with, replayed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import LibraryError
from rag.types import Turn
from rag.web.chat_answers import Asked, Shown, Talking
from rag.web.saved_answers import Kept, open_kept
from rag.web.scope import limits_of
from tests.patience import becomes
from tests.web.sample import SampleBot, open_sample

NOWHERE = limits_of(None)
SLOW = "медленно: длина канала?"


@pytest.fixture()
def bot(tmp_path: Path) -> SampleBot:
    return open_sample(tmp_path)


@pytest.fixture()
def kept(bot: SampleBot, tmp_path: Path) -> Iterator[Kept]:
    kept = open_kept(tmp_path, bot.library)
    yield kept
    kept.chats.close()


@pytest.fixture()
def talking(bot: SampleBot, kept: Kept) -> Talking:
    return Talking(bot.as_bot, kept)


def last(steps: Iterator[Shown]) -> Shown:
    return list(steps)[-1]


def asked(question: str, chat: str = "", place: int | None = None) -> Asked:
    return Asked("anna", chat, question, NOWHERE, place)


def questions(shown: Shown) -> list[str]:
    return [each.question for each in shown.exchanges]


def test_an_answer_grows_and_is_kept(talking: Talking) -> None:
    steps = list(talking.ask(asked("Какова длина канала?")))
    assert [step.busy for step in steps] == [True, True, True, False]
    assert [step.begins for step in steps] == [True, False, False, False]
    whole = steps[-1].exchanges[0]
    assert whole.answer and whole.answer.answer_id == whole.id and whole.state == "done"
    again = talking.show("anna", steps[-1].chat_id).exchanges[0]
    assert again.answer and again.answer.as_dict() == whole.answer.as_dict()
    assert talking.show("boris", steps[-1].chat_id) == Shown()


def test_the_next_question_may_come_as_soon_as_the_answer_is_whole(talking: Talking) -> None:
    steps = talking.ask(asked("Какова длина канала?"))
    whole = next(step for step in steps if not step.busy)
    assert talking.show("anna", whole.chat_id).exchanges[0].state == "done"  # kept, before `steps` end
    assert len(last(talking.ask(asked("Сколько он стоит?", whole.chat_id))).exchanges) == 2


def test_a_chat_goes_on_and_is_edited(talking: Talking, bot: SampleBot) -> None:
    chat = last(talking.ask(asked("Какова длина канала?"))).chat_id
    assert len(last(talking.ask(asked("Сколько он стоит?", chat))).exchanges) == 2
    assert [turn.question for turn in bot.seen[-1][1]] == ["Какова длина канала?"]
    edited = last(talking.ask(asked("Какова длина?", chat, place=0)))
    assert (edited.chat_id, questions(edited)) == (chat, ["Какова длина?"])
    assert bot.seen[-1][1] == []
    assert questions(talking.show("anna", chat)) == ["Какова длина?"]


def test_stopped_at_any_moment_the_next_question_works(talking: Talking, bot: SampleBot) -> None:
    for moment in (1, 2, 3):
        steps = talking.ask(asked(SLOW))
        bot.gate.set()
        for _ in range(moment):
            shown = next(steps)
        stopped = talking.stop("anna", shown.chat_id)
        assert stopped.exchanges[0].state == "stopped" and not stopped.busy
        following = last(talking.ask(asked("Сколько стоит канал?", shown.chat_id)))
        steps.close()  # only now does the old one notice
        assert [each.state for each in following.exchanges] == ["stopped", "done"]
        assert talking.show("anna", shown.chat_id).exchanges[1].state == "done"
        assert len(talking.show("anna", shown.chat_id).exchanges) == 2


def test_what_goes_on_after_a_stop_changes_nothing(talking: Talking, bot: SampleBot) -> None:
    steps = talking.ask(asked(SLOW))
    chat = next(steps).chat_id
    next(steps)
    talking.stop("anna", chat)
    bot.gate.set()
    assert list(steps) == []  # another chat may be shown by now
    assert talking.show("anna", chat).exchanges[0].state == "stopped"


def test_an_answer_is_followed_from_a_page_that_was_opened_anew(talking: Talking, bot: SampleBot) -> None:
    steps = talking.ask(asked(SLOW))
    chat = next(steps).chat_id
    bot.gate.set()

    async def followed() -> list[Shown]:
        seen = []
        async for shown in talking.follow("anna", chat):
            seen.append(shown)
            next(steps, None)
        return seen

    seen = asyncio.run(followed())
    assert [each.busy for each in seen] == [True] * (len(seen) - 1) + [False] and len(seen) > 2
    assert next(steps, None) is None
    assert seen[-1].exchanges[0].state == "done"
    assert asyncio.run(followed()) == [seen[-1]]  # over in the meantime: its end is still told


def test_another_question_waits_for_the_answer(talking: Talking, bot: SampleBot) -> None:
    steps = talking.ask(asked(SLOW))
    chat = next(steps).chat_id
    assert list(talking.ask(asked("Сколько стоит канал?", chat))) == []
    assert talking.show("anna", chat).busy
    bot.gate.set()
    assert last(steps).exchanges[0].state == "done"


def test_a_browser_that_leaves_keeps_what_was_written(talking: Talking, bot: SampleBot) -> None:
    steps = talking.ask(asked(SLOW))
    chat = next(steps).chat_id
    next(steps)
    steps.close()
    found = talking.show("anna", chat).exchanges[0]
    assert found.state == "stopped" and found.answer and len(found.answer.sentences) == 1
    bot.gate.set()
    becomes(bot.closed.is_set)  # its work ends with the sentence at hand


def test_errors_are_told_and_kept_out_of_the_turns(talking: Talking, bot: SampleBot) -> None:
    crashed = last(talking.ask(asked("поломка")))
    assert "Что-то сломалось" in (crashed.exchanges[0].error or "")
    refused = last(talking.ask(asked("?", crashed.chat_id)))
    assert "Вопрос пуст" in (refused.exchanges[1].error or "")
    last(talking.ask(asked("Какова длина канала?", crashed.chat_id)))
    assert bot.seen[-1][1] == []


def test_a_wrong_date_is_told_and_not_asked(talking: Talking, bot: SampleBot) -> None:
    wrong = Asked("anna", "", "Какова длина?", ("вчера", "", [], [], []))
    (shown,) = talking.ask(wrong)
    assert "Нужна дата" in (shown.exchanges[0].error or "") and shown.chat_id == ""
    assert bot.seen == [] and talking.kept.chats.chats("anna") == []


def test_a_replayed_question_has_its_turns(talking: Talking, bot: SampleBot) -> None:
    history = [Turn("Какова длина канала?", "127,4 км.")]
    shown = last(talking.replay(Asked("anna", "", "Сколько он стоит?", NOWHERE), history))
    assert questions(shown) == ["Какова длина канала?", "Сколько он стоит?"]
    assert list(bot.seen[-1][1]) == history


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(talking: Talking, kept: Kept) -> None:
    steps = talking.ask(asked("Какова длина канала?"))
    next(steps)
    kept.chats.close()
    assert last(steps).exchanges[0].state == "done"


def test_many_browsers_at_once(talking: Talking) -> None:
    found: dict[int, Shown] = {}

    def talk(owner: int) -> None:
        chat = ""
        for question in ("Какова длина канала?", "Сколько он стоит?"):
            shown = last(talking.ask(Asked(f"owner-{owner}", chat, question, NOWHERE)))
            chat = shown.chat_id
        found[owner] = shown

    threads = [threading.Thread(target=talk, args=(owner,)) for owner in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({shown.chat_id for shown in found.values()}) == 8
    assert all(len(shown.exchanges) == 2 for shown in found.values())


def test_a_full_disk_is_told(talking: Talking, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise LibraryError("Разговоры не сохранить.")

    monkeypatch.setattr(talking.kept.chats, "save", full)
    (shown,) = talking.ask(asked("Какова длина канала?"))
    assert shown.exchanges[0].error == "Разговоры не сохранить."
