"""Commands that ask the library: ask and search."""

from __future__ import annotations

import argparse

from rag.commands.shared import BUILDING, console, filters_of, print_json, server_of, warn_empty
from rag.config import load
from rag.progress import progress_bar

_READER_SECONDS = 10.0  # a question on the command line waits so long for the reading network


def ask(arguments: argparse.Namespace) -> int:
    from rag import assemble

    filters, config, question = filters_of(arguments), load(), " ".join(arguments.question)
    if server := server_of(config):
        answer = server.ask(question, filters, arguments.as_typed, arguments.explain)
        empty = not server.counts().articles
    else:
        with (
            progress_bar(BUILDING) as building,
            assemble.open_bot(config, "snoska ask", progress=building) as bot,
        ):
            bot.reading.wait(_READER_SECONDS)
            answer = bot.ask(question, filters=filters, as_typed=arguments.as_typed)
            answer = bot.explained(answer) if arguments.explain else answer
            empty = not bot.library.counts().articles
    if arguments.json:
        print_json(answer.as_dict())
    else:
        print(console().answer(answer, arguments.explain))
    return warn_empty() if empty else 0


def search(arguments: argparse.Namespace) -> int:
    from rag import assemble

    filters, config, query = filters_of(arguments), load(), " ".join(arguments.query)
    if server := server_of(config):
        found = server.search(query, arguments.k, filters, arguments.as_typed, arguments.explain)
        hits, notes, body, empty = found.hits, found.notes, found.body, not server.counts().articles
    else:
        with (
            progress_bar(BUILDING) as building,
            assemble.open_bot(config, "snoska search", progress=building) as bot,
        ):
            as_typed = arguments.as_typed
            hits, repaired = bot.search(query, arguments.k, filters, as_typed), bot.repaired(query, as_typed)
            hits = bot.explain(repaired.text, hits) if arguments.explain else hits
            notes = [*repaired.notes, *bot.remarks(repaired.text, filters)]
            body = {"hits": [hit.as_dict() for hit in hits], **repaired.as_dict(), "notes": notes}
            empty = not bot.library.counts().articles
    if arguments.json:
        print_json(body)
    else:
        print(console().hits(hits, notes, bool(body["repairs"])))
    return warn_empty() if empty else 0
