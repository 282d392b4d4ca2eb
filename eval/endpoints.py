"""Whatever else answers, asked as the bot is: a chat model's server, a search tool over MCP.

What came back is kept whole in `raw`, so that a run can be judged anew when this reading of it changes.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

from eval.errors import EvaluationError
from eval.runs import Ask
from rag.types import Turn
from rag.web.markdown import untold

Kind = Literal["snoska", "chat", "mcp"]
Json = dict[str, Any]
SYSTEM = (
    "Отвечай на вопросы по-русски, кратко и только о том, что знаешь наверняка. "
    "Если ответа нет, напиши: «Ответа нет»."
)
_PATIENCE = 300.0  # seconds for one answer
_PAUSES = (1.0, 4.0)  # seconds before the second and the third try
_NAMED = 10  # models that are told
_BUSY = (429, 500, 502, 503, 504)
_DECLINES = re.compile(
    r"\b(?:не (?:знаю|нашл\w*|найден\w*|указан\w*|сказан\w*|упомина\w*|содерж\w*|располагаю|могу (?:на это )?"
    r"ответить|удалось найти)|нет (?:ответа|информации|сведений|данных|упоминани\w+)|"
    r"(?:ответа|информации|сведений|данных)(?: \w+){0,4} нет|информация отсутствует)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"^.*?[.!?…](?:\s|$)|^.+", re.DOTALL)
_TOOLS = ("search", "поиск", "query", "retrieve", "find", "ask")
_WORDS = ("query", "question", "q", "text", "вопрос", "запрос")


def kind_of(url: str) -> Kind:
    """What stands at `url`, by its path: …/mcp, …/v1 or …/chat/completions; a Сноска otherwise."""
    path = urlsplit(url).path.rstrip("/")
    if path.endswith("/mcp"):
        return "mcp"
    return "chat" if path.endswith(("/v1", "/chat/completions")) else "snoska"


def chat(url: str, model: str, key: str = "") -> Ask:
    """Asks a server of OpenAI's chat protocol; an answer that says it knows nothing is a refusal.

    What it gives raises EvaluationError where the server doesn't answer.
    """
    address = url.rstrip("/")
    address += "" if address.endswith("/chat/completions") else "/chat/completions"

    def ask(question: str, history: Sequence[Turn]) -> Json:
        messages = [{"role": "system", "content": SYSTEM}]
        for turn in history:
            messages.append({"role": "user", "content": turn.question})
            messages.append({"role": "assistant", "content": turn.answer})
        messages.append({"role": "user", "content": question})
        raw = _sent(address, {"model": model, "messages": messages, "temperature": 0}, key)
        try:
            return of_chat(raw)
        except (KeyError, IndexError, TypeError, AttributeError):
            raise EvaluationError(f"{address} отвечает не по протоколу OpenAI. Проверьте адрес.") from None

    return ask


def of_chat(raw: Json) -> Json:
    """What a chat said as an Answer's JSON: footnotes below are no part of the text, `annotations` cite.

    A Сноска tells in a field of its own whether it found an answer, and the short one.
    """
    message = raw["choices"][0]["message"]
    said = untold(str(message["content"] or ""))
    own = raw.get("snoska") or {}
    found = own.get("found", bool(said) and not declines(said))
    told = {name: own[name] for name in ("short_answer", "verdict", "confidence") if name in own}
    return reply(said, found, raw, list(_annotated(message.get("annotations") or ()))) | told


def _annotated(annotations: Sequence[Json]) -> Iterator[Json]:
    """Each place that is cited, once. OpenAI's `url_citation` has no quote: ours and some others' do."""
    seen = set()
    for each in annotations:
        theirs, own = each.get("url_citation") or {}, each.get("snoska") or {}
        quote = str(own.get("quote") or theirs.get("content") or "")
        named = str(own.get("article_id") or theirs.get("url") or theirs.get("title") or "")
        start = int(own.get("start") or 0)
        if named and (named, start, quote) not in seen:
            seen.add((named, start, quote))
            yield {"article_id": named, "quote": quote, "start": start, "stop": start + len(quote)}


def only_model(url: str, key: str = "") -> str:
    """The model of a server that has one to chat with, by the first of its names.

    Raises EvaluationError where it has several, or none is told.
    """
    listed = url.rstrip("/").removesuffix("/chat/completions") + "/models"
    try:
        names = _chatting(_sent(listed, None, key)["data"])
    except (KeyError, TypeError, AttributeError):
        names = []
    if len(names) != 1:
        told = f" (на сервере есть: {', '.join(names[:_NAMED])})" if names else ""
        raise EvaluationError(f"Назовите модель, которую спрашивать: RAG_LLM_MODEL=имя{told}.")
    return names[0]


def _chatting(models: Sequence[Json]) -> list[str]:
    """A name of each model that isn't told to be for embeddings; `root` tells of which one a name is."""
    named: dict[str, str] = {}
    for each in models:
        if not str(each.get("type", "")).startswith("embedding"):
            named.setdefault(str(each.get("root") or each["id"]), str(each["id"]))
    return list(named.values())


def declines(said: str) -> bool:
    """The first sentence says that there is no answer."""
    first = _SENTENCE.match(said.strip())
    return bool(first and _DECLINES.search(first.group()))


def reply(said: str, found: bool, raw: Any, citations: Sequence[Json] = ()) -> Json:
    """As much of an Answer's JSON as judging needs. Such an answer has no confidence of its own: 1 or 0."""
    return {
        "found": found,
        "text": said,
        "short_answer": None,
        "verdict": None,
        "citations": list(citations),
        "confidence": float(found),
        "raw": raw,
    }


def _sent(address: str, body: Json | None, key: str) -> Json:
    """The JSON that a server gives, to a POST where there is a `body`; one that is busy is asked again."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    request = urllib.request.Request(address, None if body is None else json.dumps(body).encode(), headers)
    for pause in (*_PAUSES, None):
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
                found: Json = json.loads(response.read())
                return found
        except urllib.error.HTTPError as error:
            if error.code not in _BUSY or pause is None:
                raise EvaluationError(
                    f"{address} ответил кодом {error.code}. Проверьте адрес, имя модели и ключ."
                ) from None
        except (OSError, ValueError) as error:
            if pause is None:
                raise EvaluationError(
                    f"{address} не отвечает ({error}). Проверьте, запущен ли сервер."
                ) from None
        time.sleep(pause)
    raise AssertionError("the last try has no pause")


def mcp(url: str) -> Ask:
    """Asks the search tool of an MCP server; what it finds is both the text and the citations.

    Raises EvaluationError where there is no such tool.
    """
    name, argument = _with_client(url, _tool)

    def ask(question: str, history: Sequence[Turn]) -> Json:
        async def call(client: Any) -> Any:
            return await client.call_tool(name, {argument: question})

        raw = _with_client(url, call).model_dump(mode="json", exclude_none=True)
        return of_tool(raw)

    return ask


def of_tool(raw: Json) -> Json:
    """What a tool gave as an Answer's JSON: its own if it answers, else all that it found."""
    held = raw.get("structured_content") or raw.get("structuredContent") or _json_of(raw)
    if isinstance(held, dict) and isinstance(held.get("found"), bool) and "text" in held:
        return reply(str(held["text"]), held["found"], raw, list(_quotes(held.get("citations")))) | {
            name: held.get(name) for name in ("short_answer", "verdict") if name in held
        }
    quotes = list(_quotes(held))
    said = "\n\n".join(each["quote"] for each in quotes) or _text_of(raw)
    return reply(said, bool(said.strip()) and not raw.get("is_error"), raw, quotes)


def _text_of(raw: Json) -> str:
    return "\n\n".join(str(each["text"]) for each in raw.get("content", ()) if each.get("text"))


def _json_of(raw: Json) -> Any:
    try:
        return json.loads(_text_of(raw))
    except ValueError:
        return None


def _quotes(held: Any) -> Iterator[Json]:
    """Every object with a text, wherever it lies, as a citation of what it calls itself."""
    if isinstance(held, list):
        for each in held:
            yield from _quotes(each)
    elif isinstance(held, dict):
        text = next((held[each] for each in ("quote", "text", "content", "snippet") if each in held), None)
        if isinstance(text, str) and text.strip():
            names = (held.get(each) for each in ("article_id", "id", "doc_id", "source", "url", "title"))
            named = str(next(filter(None, names), ""))
            yield {"article_id": named, "quote": text, "start": 0, "stop": len(text)}
        else:
            for each in held.values():
                yield from _quotes(each)


async def _tool(client: Any) -> tuple[str, str]:
    """The name of the search tool and of the argument that takes the question."""
    tools = {each.name: each.input_schema for each in (await client.list_tools()).tools}
    for word in _TOOLS:
        for name in tools:
            if word in name.lower():
                return name, _argument(name, tools[name])
    told = ", ".join(tools) or "никаких"
    raise EvaluationError(f"У сервера MCP нет инструмента для поиска (есть: {told}).")


def _argument(name: str, schema: Mapping[str, Any]) -> str:
    texts = [each for each, shape in schema.get("properties", {}).items() if shape.get("type") == "string"]
    required = [each for each in schema.get("required", ()) if each in texts]
    found = next((each for each in _WORDS if each in texts), next(iter(required or texts), ""))
    if not found:
        raise EvaluationError(
            f"Инструмент {name} сервера MCP не принимает вопроса: у него нет текстового поля."
        )
    return found


def _with_client(url: str, work: Callable[[Any], Any]) -> Any:
    """What `work` gives with a client of the server at `url`. Raises EvaluationError."""
    from mcp.client.client import Client

    async def connected() -> Any:
        async with asyncio.timeout(_PATIENCE), Client(url) as client:
            return await work(client)

    try:
        return asyncio.run(connected())
    except EvaluationError:
        raise
    except Exception as error:  # the client has several kinds of its own, in groups
        inner = error.exceptions[0] if isinstance(error, ExceptionGroup) else error
        if isinstance(inner, EvaluationError):
            raise inner from None
        raise EvaluationError(f"Сервер MCP {url} не отвечает ({inner}). Проверьте адрес.") from None
