"""The face of OpenAI's API through OpenAI's own client, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from eval import endpoints
from rag.types import Filters, Turn
from rag.web.api import create_app
from tests.patience import PATIENCE, becomes
from tests.web.sample import COST, LENGTH, SampleBot
from tests.web.serving import running

QUESTION = "Какова длина канала?"


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="-", timeout=PATIENCE, max_retries=0) as client:
        yield client


def user(text: Any) -> Any:
    return {"role": "user", "content": text}


def chat(client: openai.OpenAI, *messages: Any, **more: Any) -> Any:
    return client.chat.completions.create(model="snoska", messages=list(messages), **more)


def test_an_answer_has_footnotes_that_can_be_checked(client: openai.OpenAI, address: str) -> None:
    completion = chat(client, user(QUESTION))
    message = completion.choices[0].message
    assert (completion.model, completion.choices[0].finish_reason) == ("extractive", "stop")
    assert message.content.startswith(LENGTH) and f"[^1]: «{LENGTH}» — [Канал" in message.content
    first, second = message.annotations
    assert (first.type, first.url_citation.url) == ("url_citation", "https://example.org/kanal")
    for number, each in enumerate(message.annotations, 1):
        cited = each.url_citation
        assert message.content[cited.start_index : cited.end_index] == f"[^{number}]"
        ours = each.model_extra["snoska"]
        article = httpx.get(f"{address}/api/articles/{ours['article_id']}").json()
        assert article["text"][ours["start"] : ours["stop"]] == ours["quote"]
    assert (first.model_extra["snoska"]["support"], second.model_extra["snoska"]["support"]) == (
        "supported",
        "partial",
    )
    assert completion.model_extra["snoska"]["short_answer"] == "127,4 км"
    usage = completion.usage
    assert usage.prompt_tokens == 4 and usage.total_tokens == 4 + usage.completion_tokens > 40


def test_a_footnote_without_an_address_leads_to_the_sentence_on_our_page(client: openai.OpenAI) -> None:
    second = chat(client, user(QUESTION)).choices[0].message.annotations[1]
    page = httpx.get(second.url_citation.url)
    place = second.url_citation.url.rpartition("#")[2]
    assert f'<mark id="{place}">В проекте длина канала указана как 131 км.</mark>' in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    gone = httpx.get(second.url_citation.url.replace("kanal-spor", "none"), headers={"Accept": "text/html"})
    assert gone.status_code == 404 and "<html" in gone.text


def test_the_conversation_is_understood_and_orders_to_a_model_are_not_read(
    client: openai.OpenAI, bot: SampleBot
) -> None:
    said = chat(client, user(QUESTION)).choices[0].message.content
    chat(
        client,
        {"role": "system", "content": "Ты пират."},
        user(QUESTION),
        {"role": "assistant", "content": said},
        user([{"type": "text", "text": "А сколько он стоит?"}]),
        temperature=0.3,
        tools=[{"type": "function", "function": {"name": "x", "parameters": {}}}],
        user="somebody",
        extra_body={"filters": {"sources": ["Вестник"]}},  # ours may come along
    )
    question, history, filters = bot.seen[-1]
    assert question == "А сколько он стоит?" and filters == Filters(sources=("Вестник",))
    told = f"{LENGTH} [1] В проекте названа другая цифра: длина канала указана как 131 км. [2]"
    assert history == [Turn(QUESTION, told)]


OPEN_WEBUI = {
    "stream": True,
    "model": "snoska",
    "messages": [{"role": "system", "content": "Today is Monday."}, {"role": "user", "content": QUESTION}],
    "stream_options": {"include_usage": True},
}
LIBRECHAT = {
    "model": "snoska", "temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0,
    "user": "66f2", "stream": True,
    "messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}], "name": "reader"}],
}  # fmt: skip


@pytest.mark.parametrize("sent", [OPEN_WEBUI, LIBRECHAT], ids=["Open WebUI", "LibreChat"])
def test_chat_programs_get_what_they_ask_for(address: str, sent: dict[str, Any]) -> None:
    """Their requests, as they document them."""
    listed = httpx.get(f"{address}/v1/models", headers={"Authorization": "Bearer -"}).json()
    assert sent["model"] in [each["id"] for each in listed["data"]]
    with httpx.stream("POST", f"{address}/v1/chat/completions", json=sent, timeout=PATIENCE) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        *events, done = [line.removeprefix("data: ") for line in response.iter_lines() if line[:5] == "data:"]
    chunks = [json.loads(each) for each in events]
    said = [each["choices"][0]["delta"].get("content") or "" for each in chunks if each["choices"]]
    assert done == "[DONE]" and "".join(said).startswith(LENGTH)


def test_a_stream_adds_up_to_the_whole_answer(client: openai.OpenAI) -> None:
    whole = chat(client, user(QUESTION))
    chunks = list(chat(client, user(QUESTION), stream=True, stream_options={"include_usage": True}))
    pieces = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
    assert len([piece for piece in pieces if piece]) >= 2
    assert "".join(filter(None, pieces)) == whole.choices[0].message.content
    *_, last, usage = chunks
    assert last.choices[0].finish_reason == "stop"
    annotations = last.choices[0].delta.annotations
    wanted = [each.model_dump() for each in whole.choices[0].message.annotations]
    assert annotations == wanted
    assert (usage.choices, usage.usage) == ([], whole.usage)


def test_a_stream_comes_while_the_answer_is_written_and_ends_with_its_client(
    client: openai.OpenAI, bot: SampleBot
) -> None:
    bot.gate.clear()
    chunks = chat(client, user("медленно: длина канала?"), stream=True)
    said = next(chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content)
    assert said.startswith("Длина канала")
    bot.gate.set()
    assert list(chunks)
    endless = chat(client, user("бесконечно"), stream=True)
    next(iter(endless))
    becomes(lambda: "бесконечно" in bot.running)
    endless.close()
    becomes(lambda: "бесконечно" in bot.running, False)


def test_a_refusal_is_an_answer_and_words_of_an_article_stay_words(client: openai.OpenAI) -> None:
    """A picture or a link that an article brings would call somebody from the reader's program."""
    message = chat(client, user("Кто выиграл матч?")).choices[0].message
    assert (message.content, message.annotations) == ("В статьях библиотеки ответа на этот вопрос нет.", [])
    content = chat(client, user("зло")).choices[0].message.content
    assert "<script>" not in content.replace("\\<", "")
    assert content.startswith("Здесь \\<script>")


@pytest.mark.parametrize(
    ("messages", "status", "told"),
    [
        ([user("?")], 400, "Вопрос пуст"),
        ([], 400, "«messages»"),
        ([{"role": "assistant", "content": "да"}], 400, "role «user»"),
        ([user([{"type": "image_url", "image_url": {"url": "x"}}])], 400, "читает только текст"),
        ([user("поломка")], 500, "сломалось на сервере"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_errors_are_openais(
    client: openai.OpenAI, messages: list[Any], status: int, told: str, stream: bool
) -> None:
    with pytest.raises(openai.APIStatusError) as failure:
        chat(client, *messages, stream=stream)
    assert failure.value.status_code == status
    body: Any = failure.value.body
    assert set(body) == {"message", "type", "param", "code"}
    assert told in failure.value.message and "secret" not in failure.value.message


def test_an_error_in_a_stream_is_raised(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIError, match="сломалось"):
        list(chat(client, user("длина, потом авария"), stream=True))
    events: list[Any] = list(
        client.responses.create(model="snoska", input="длина, потом авария", stream=True)
    )
    assert events[-1].type == "response.failed"
    assert "сломалось" in events[-1].response.error.message


def test_a_model_that_is_not_there(client: openai.OpenAI, address: str) -> None:
    with pytest.raises(openai.NotFoundError, match="GET /v1/models"):
        client.chat.completions.create(model="gpt", messages=[{"role": "user", "content": QUESTION}])
    assert [model.id for model in client.models.list()] == ["snoska", "extractive", "static"]
    assert client.models.retrieve("extractive").owned_by == "snoska"
    # Two names of one writer, and an encoder that nobody chats with.
    assert endpoints.only_model(f"{address}/v1") == "snoska"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt")
    nowhere = httpx.get(f"{address}/v1/files")
    assert nowhere.status_code == 404 and "такого адреса" in nowhere.json()["error"]["message"].lower()


def test_keys_are_openais_too(bot: SampleBot) -> None:
    with running(create_app(bot.as_bot, keys=("ключ",))) as address:
        wrong = openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0)
        with pytest.raises(openai.AuthenticationError) as failure:
            wrong.models.list()
        assert failure.value.code == "invalid_api_key"
        right = {b"Authorization": "Bearer ключ".encode()}
        assert httpx.get(f"{address}/v1/models", headers=right).status_code == 200


def test_a_response_has_annotations_whole_and_in_its_stream(client: openai.OpenAI) -> None:
    whole: Any = client.responses.create(model="snoska", input=QUESTION)
    assert whole.output_text == chat(client, user(QUESTION)).choices[0].message.content
    content = whole.output[0].content[0]
    for number, each in enumerate(content.annotations, 1):
        assert whole.output_text[each.start_index : each.end_index] == f"[^{number}]"
    events: list[Any] = list(client.responses.create(model="snoska", input=[user(QUESTION)], stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == whole.output_text and len(deltas) >= 2
    added = [event.annotation for event in events if event.type == "response.output_text.annotation.added"]
    assert added == [each.model_dump() for each in content.annotations]
    done = events[-1]
    assert done.type == "response.completed"
    assert done.response.output_text == whole.output_text
    assert done.response.output[0].content[0].annotations == content.annotations
    assert done.response.id == events[0].response.id


def test_a_response_goes_on_from_the_one_before(client: openai.OpenAI, bot: SampleBot) -> None:
    first = client.responses.create(model="snoska", input=QUESTION)
    second = client.responses.create(
        model="snoska", input="А сколько он стоит?", previous_response_id=first.id, instructions="Ты пират."
    )
    assert second.output_text.startswith(COST.removesuffix("."))
    assert [turn.question for turn in bot.seen[-1][1]] == [QUESTION]
    client.responses.create(model="snoska", input="А длина?", previous_response_id=second.id)
    assert [turn.question for turn in bot.seen[-1][1]] == [QUESTION, "А сколько он стоит?"]
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="snoska", input="А длина?", previous_response_id="resp_none")


def test_embeddings_packed_plain_and_wrong(client: openai.OpenAI) -> None:
    packed = client.embeddings.create(model="snoska", input=["канал", "длина канала"])  # base64 on the wire
    plain = client.embeddings.create(model="static", input=["канал", "длина канала"], encoding_format="float")
    assert [each.embedding for each in packed.data] == [[5.0, 0.0, 0.5], [12.0, 0.0, 0.5]]
    assert [each.embedding for each in plain.data] == [each.embedding for each in packed.data]
    assert (plain.model, plain.usage.total_tokens) == ("static", 3)
    asked = client.embeddings.create(model="static", input="канал", extra_body={"input_type": "query"})
    assert asked.data[0].embedding[1] == 1.0

    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"input": []}, "от 1 до"),
        ({"input": ["канал", " "]}, "номер 2"),
        ({"input": "канал", "dimensions": 5}, "длиной 3"),
        ({"input": [[1, 2]]}, "«input"),
    )
    for sent, told in wrong:
        with pytest.raises(openai.BadRequestError, match=told):
            client.embeddings.create(model="static", **sent)
