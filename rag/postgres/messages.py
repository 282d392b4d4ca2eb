"""What PostgreSQL's errors mean, in one Russian sentence with what to do. No password is in any of them:
what libpq says is not repeated, and an address is told without it."""

from __future__ import annotations

import re

from rag.errors import LibraryAwayError, LibraryBusyError, LibraryError, RagError
from rag.postgres.address import Address

OLDEST = 150_000  # server_version_num: 15
OLDEST_VECTOR = (0, 8)
CLOSED = "Библиотека уже закрыта. Запустите команду ещё раз."
_GONE = (
    "Связь с базой {told} прервалась: сервер PostgreSQL остановлен или перезапускается. Повторите запрос "
    "через несколько секунд; если не поможет, проверьте, что сервер запущен."
)
_NOWHERE = (
    "База {told} не отвечает. Проверьте, что сервер PostgreSQL запущен и доступен с этой машины "
    "и что адрес в RAG_STORE верен."
)
_REFUSED = "База {told} не пускает «{user}». Проверьте имя и пароль в RAG_STORE и правила pg_hba.conf."
_NO_RIGHTS = (
    "В базе {told} у «{user}» нет нужных прав. Пусть её владелец выполнит: "
    'GRANT CREATE ON DATABASE "{database}" TO "{user}"; — или создаст схему {schema} и отдаст её вам: '
    'ALTER SCHEMA {schema} OWNER TO "{user}";'
)
# By the first letters of the SQLSTATE; the longest that fits is taken.
_MESSAGES = {
    "08": _GONE,
    "57P01": _GONE,
    "57P02": _GONE,
    "57P03": _GONE,
    "57P05": _GONE,
    "28": _REFUSED,
    "3D": "Базы {told} нет. Создайте её: createdb {database} — или исправьте имя в RAG_STORE.",
    "42501": _NO_RIGHTS,
    "3F": _NO_RIGHTS,
    "25006": "База {told} открыта только для чтения: это реплика. Укажите в RAG_STORE основной сервер.",
    "53100": "На диске сервера базы {told} нет места. Освободите его и повторите: сохранённое цело.",
    "53200": "Серверу базы {told} не хватает памяти. Дайте ему больше или убавьте work_mem и повторите.",
    "53300": "У сервера базы {told} заняты все соединения. Поднимите max_connections или закройте лишние.",
    "58": "Сервер базы {told} не может прочитать или записать свои файлы. Проверьте его диск и права.",
    "57014": "База {told} прервала запрос: вышло время (statement_timeout). Увеличьте его и повторите.",
    "55P03": "База {told} занята другой работой. Повторите через минуту.",
    "40": "Базу {told} меняли одновременно. Повторите: сохранённое цело.",
    "XX": "База {told} повреждена ({state}). Покажите журнал сервера тому, кто ведёт базу.",
    "42": "Таблицы базы {told} не такие, как их оставила программа ({state}). Укажите другую схему: "
    "RAG_STORE=…?schema=…",
}
_REFUSALS = (
    ("3D000", re.compile(r'database ".*" does not exist|база данных ".*" не существует')),
    ("28P01", re.compile(r"authentication failed|no password supplied|не прошёл проверку|пароль не")),
    ("28000", re.compile(r'role ".*" does not exist|роль ".*" не существует|pg_hba\.conf')),
    ("42501", re.compile("permission denied|нет прав|нет доступа")),
    (
        "53300",
        re.compile("too many clients|too many connections|connection slots|слишком много|зарезервирован"),
    ),
    ("57P03", re.compile("starting up|shutting down|recovery mode|запуска|останавлива|восстановлени")),
)
_OTHER = "База {told} сообщила об ошибке {state}. Подробности — в журнале сервера PostgreSQL."


def explained(state: str | None, is_connecting: bool, where: Address) -> RagError:
    """The error for a SQLSTATE (None: libpq itself gave up), met while connecting or later."""
    message = (_NOWHERE if is_connecting else _GONE) if state is None else _OTHER
    for length in (5, 2):
        if (state or "")[:length] in _MESSAGES:
            message = _MESSAGES[(state or "")[:length]]
            break
    told = message.format(
        told=where.told,
        user=where.user or "этого пользователя",
        database=where.database,
        schema=where.schema,
        state=state,
    )
    if message in (_GONE, _NOWHERE):
        return LibraryAwayError(told)
    return LibraryBusyError(told) if state == "55P03" else LibraryError(told)


def state_of(said: str) -> str | None:
    """The SQLSTATE of a refused connection: libpq tells only what the server said, in its language."""
    return next((state for state, sign in _REFUSALS if sign.search(said)), None)


def too_old(version: int, where: Address) -> RagError:
    return LibraryError(
        f"Сервер базы {where.told} — PostgreSQL {version // 10_000}, а нужен 15 или новее. Обновите его или "
        "укажите в RAG_STORE другой."
    )


def no_vector(where: Address) -> RagError:
    return LibraryError(
        f"На сервере базы {where.told} нет расширения pgvector 0.8 или новее. Установите его (пакет "
        "postgresql-18-pgvector или образ pgvector/pgvector) и повторите."
    )


def vector_not_created(where: Address) -> RagError:
    return LibraryError(
        f"В базе {where.told} расширение vector не создано, а у «{where.user}» нет на это прав. Пусть "
        "администратор выполнит в ней: CREATE EXTENSION vector;"
    )


def newer(where: Address) -> RagError:
    return LibraryError(
        f"База {where.told} создана более новой версией программы. Обновите программу: эта версия её "
        "не трогает."
    )


def no_driver() -> RagError:
    return LibraryError(
        "Для RAG_STORE=postgresql://… нужен пакет psycopg. Установите его: pip install 'snoska[postgres]'"
    )
