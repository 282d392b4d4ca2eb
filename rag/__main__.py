"""The command line: `snoska …` or `python -m rag …`. A command imports what it needs, when it runs."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rag.commands.parser import parser
from rag.commands.shared import fail
from rag.errors import RagError
from rag.progress import tell_what_takes_long


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 a reported error, 2 wrong usage."""
    _speak_utf8()
    tell_what_takes_long()
    os.umask(os.umask(0o077) | 0o077)  # what this process and its helpers write is for its user alone
    try:
        arguments = parser().parse_args(_given() if argv is None else argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse has said what is wrong
        return int(stop.code or 0)
    except BrokenPipeError:  # `snoska … | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return fail("Прервано.")
    except RagError as error:
        return fail(str(error))
    except Exception:
        return fail(_logged(traceback.format_exc()))


def _logged(trace: str) -> str:
    """Keep the traceback of a defect where a developer finds it; one line for the user."""
    data = Path(os.environ.get("RAG_DATA") or ".snoska")
    try:
        data.mkdir(parents=True, exist_ok=True)
        with (data / "error.log").open("a", encoding="utf-8", errors="replace") as file:
            file.write(f"{datetime.now().isoformat(timespec='seconds')} {sys.argv}\n{trace}\n")
    except OSError as error:
        return f"Внутренняя ошибка, а папка {data} не пишется ({error.strerror}). Проверьте: snoska doctor"
    return (
        f"Внутренняя ошибка; подробности записаны в {data / 'error.log'}. Проверьте установку: snoska doctor"
    )


def _given() -> list[str]:
    """The words typed; in a locale without UTF-8 Python hands them over as bytes in disguise."""
    return [os.fsencode(word).decode("utf-8", "replace") for word in sys.argv[1:]]


def _speak_utf8() -> None:
    """Russian in any locale, whatever the terminal says of itself."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
