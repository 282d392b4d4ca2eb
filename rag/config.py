"""Settings: environment variables RAG_* (or a .env file), read here and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import SettingsError


class Config(BaseSettings):
    """All settings. A field `name` is read from `RAG_NAME`; keyword arguments win over the environment."""

    model_config = SettingsConfigDict(
        env_prefix="RAG_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    corpus: Path = Field(Path("corpus"), description="папка со статьями, которую индексирует `snoska index`")
    data: Path = Field(Path(".snoska"), description="папка состояния: база, индексы, модель")
    store: SecretStr | None = Field(
        None,
        description="где библиотека, если не в RAG_DATA: `postgresql://имя:пароль@сервер/база`",
    )
    chroma_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/@]+/?$",
        description="сервер Chroma, который хранит векторы: `http://127.0.0.1:8000`; без него — RAG_DATA",
    )
    chroma_token: SecretStr | None = Field(None, description="ключ сервера Chroma")
    chroma_tenant: str = Field("default_tenant", description="арендатор на сервере Chroma")
    chroma_database: str = Field("default_database", description="база на сервере Chroma")
    models: Path | None = Field(
        None, description="где хранить построенный кодировщик; по умолчанию RAG_DATA/models"
    )
    encoder: str = Field(
        "static", description="кодировщик: `static`, `e5`, имя или путь модели sentence-transformers"
    )
    encoder_query_prompt: str | None = Field(
        None, description="что модель ждёт перед вопросом; `none` — ничего; по умолчанию знает модель"
    )
    encoder_passage_prompt: str | None = Field(
        None, description="что модель ждёт перед отрывком; `none` — ничего; по умолчанию знает модель"
    )
    reranker: str = Field(
        "late-interaction",
        description="переоценка кандидатов: `late-interaction`, `none`, имя или путь модели CrossEncoder",
    )
    reader: str = Field(
        "auto",
        description="кто читает найденное: `auto` (своя сеть), `off` (одни правила), имя или путь модели QA",
    )
    verifier: str | None = Field(
        None, description="кто проверяет утверждения: имя или путь модели NLI; по умолчанию та же сеть"
    )
    weights: Path | None = Field(
        None,
        description="веса от `python -m eval fit`; `none` — без них; по умолчанию RAG_DATA/weights.json",
    )
    writer: Literal["extractive", "llm"] = Field(
        "extractive", description="кто пишет ответ: `extractive` или `llm`"
    )
    llm: Literal["openai-like", "ollama"] = Field(
        "openai-like", description="как говорить с языковой моделью: `openai-like` или `ollama`"
    )
    llm_model: str | None = Field(None, description="имя модели на её сервере")
    llm_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]\S*$",
        description="адрес сервера модели; по умолчанию эта машина: порт 8080, у ollama 11434",
    )
    llm_key: SecretStr | None = Field(None, description="ключ сервера модели")
    llm_context: int = Field(8192, ge=2048, description="окно модели, в токенах")
    llm_deadline: float = Field(
        120, gt=0, le=3600, description="за сколько секунд модель должна ответить, с повтором"
    )
    strict: bool = Field(False, description="убирать из ответа предложения, которых не подтверждают цитаты")
    fetch_private: bool = Field(
        False, description="читать и страницы внутренней сети: `snoska index http://…`"
    )
    read_limit: float = Field(
        300,
        gt=0,
        le=86_400,
        description="сколько секунд читать один файл; потом он пропускается с объяснением",
    )
    keep_originals: bool = Field(
        False, description="хранить рядом с библиотекой файлы, из которых прочитаны статьи"
    )
    host: str = Field("127.0.0.1", description="адрес, на котором слушает сервер")
    watch: bool = Field(False, description="во время работы сервера следить за папкой `RAG_CORPUS`")
    port: int = Field(7860, ge=0, le=65535, description="порт сервера")
    root_path: str = Field(
        "",
        pattern=r"^(/[\w.~-]+)*$",
        description="под каким путём отдаёт Сноску обратный прокси, например `/snoska`",
    )
    allowed_hosts: str = Field(
        "", description="имена сервера через запятую, кроме `RAG_HOST` и имён этой машины"
    )
    proxies: str = Field(
        "", description="адреса и сети прокси через запятую, которым верить, от кого пришёл запрос"
    )
    at_once: int | None = Field(
        None,
        ge=1,
        le=256,
        description="сколько ответов сервер пишет одновременно; по умолчанию сколько ядер, но не меньше 2, "
        "а с языковой моделью или `RAG_WORKERS` — 8",
    )
    workers: int = Field(
        1, ge=1, le=64, description="сколько процессов пишут ответы; `1` — сам сервер, одним ядром"
    )
    queue: int = Field(64, ge=0, le=500, description="сколько вопросов ещё ждут очереди; остальным — 503")
    drain: float = Field(
        10, ge=0, le=3600, description="сколько секунд остановка ждёт ответов, которые пишутся"
    )
    keep_answers: int = Field(
        30, ge=0, le=36500, description="сколько дней хранить вопросы и ответы API; `0` — не хранить"
    )
    origins: str = Field(
        "",
        pattern=r"^$|^\s*https?://[^\s/,*]+(\s*,\s*https?://[^\s/,*]+)*\s*$",
        description="адреса сайтов через запятую, на страницах которых стоит виджет: `https://example.org`",
    )
    rate: str = Field(
        "",
        pattern=r"^$|^\d{1,9}/(second|minute|hour|day)$",
        description="сколько запросов принимать с одного ключа или адреса, например `60/minute`",
    )
    log: Literal["", "text", "json"] = Field(
        "", description="журнал и в стандартный вывод ошибок, строка на запрос: `text` или `json`"
    )
    log_questions: bool = Field(False, description="записывать в журнал и вопросы")
    traces: str = Field(
        "",
        pattern=r"^(https?://[^\s/]\S*)?$",
        description="куда посылать трассы OpenTelemetry (OTLP/gRPC), например `http://127.0.0.1:4317`",
    )
    api_keys: SecretStr | None = Field(
        None, description="ключи через запятую; с ними API и страница открываются только по ключу"
    )

    @property
    def store_url(self) -> str:
        """The shared database; nothing where the library lies in the data folder. Holds a password."""
        return self.store.get_secret_value() if self.store else ""

    @property
    def models_folder(self) -> Path:
        return self.models or self.data / "models"

    @property
    def answers_at_once(self) -> int:
        """Answers written elsewhere need no core; of those written here more would wait for each other."""
        is_elsewhere = self.writer == "llm" or self.workers > 1
        return self.at_once or (8 if is_elsewhere else max(2, os.cpu_count() or 0))

    @property
    def weights_file(self) -> Path | None:
        if self.weights == Path("none"):
            return None
        return self.weights or self.data / "weights.json"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that open the server; none where it is open to everybody."""
        given = self.api_keys.get_secret_value() if self.api_keys else ""
        return listed(given)

    @property
    def named_hosts(self) -> tuple[str, ...]:
        return listed(self.allowed_hosts)

    @property
    def named_proxies(self) -> tuple[str, ...]:
        return listed(self.proxies)

    @property
    def named_origins(self) -> tuple[str, ...]:
        """As browsers name them: in small letters."""
        return tuple(each.lower() for each in listed(self.origins))

    @property
    def llm_address(self) -> str:
        """The model's server as its client wants it: with /v1 for openai-like, without for ollama."""
        if self.llm == "ollama":
            return (self.llm_url or "http://127.0.0.1:11434").rstrip("/").removesuffix("/v1")
        given = (self.llm_url or "http://127.0.0.1:8080").rstrip("/")
        return given if urlsplit(given).path else f"{given}/v1"


def listed(given: str) -> tuple[str, ...]:
    """What stands between commas, without blanks around it."""
    return tuple(each for each in (part.strip() for part in given.split(",")) if each)


def load(**overrides: Any) -> Config:
    """Settings of this process.

    Raises SettingsError, naming the variable, for an unknown RAG_* name or a wrong value.
    """
    _refuse_unknown_names()
    try:
        return Config(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = "RAG_" + str(first["loc"][0]).upper()
        value = str(first.get("input", ""))[:60]
        raise SettingsError(
            f"Настройка {name}: значение «{value}» не подходит ({_reason(first)}). "
            f"Исправьте её в окружении или в .env; все настройки: snoska help settings"
        ) from None


def names() -> list[str]:
    """Every setting's environment name, in the order of the table in rag/docs/*/settings.md."""
    return ["RAG_" + field.upper() for field in Config.model_fields]


def _refuse_unknown_names() -> None:
    given = [name for name in (*os.environ, *_dotenv()) if name.upper().startswith("RAG_")]
    unknown = sorted({name for name in given if name.upper() not in names()})
    if unknown:
        raise SettingsError(
            f"Неизвестная настройка {', '.join(unknown)}. Есть такие: {', '.join(names())}. "
            f"Уберите лишнюю: unset {unknown[0]}"
        )


def _dotenv() -> list[str]:
    """Names set in the .env file of this folder."""
    try:
        return list(dotenv_values(".env", encoding="utf-8"))
    except UnicodeDecodeError:
        raise SettingsError("Файл .env не в кодировке UTF-8. Сохраните его в UTF-8 и повторите.") from None


def _reason(error: Any) -> str:
    expected = (error.get("ctx") or {}).get("expected")
    if expected:
        return "допустимо: " + str(expected).replace("'", "").replace(" or ", " или ")
    reasons = {
        "int_parsing": "нужно целое число",
        "bool_parsing": "допустимо: 1, 0",
        "float_parsing": "нужно число",
        "path_type": "нужен путь",
        "string_pattern_mismatch": "нужен адрес, который начинается с http:// или https://",
    }
    if error["loc"][0] == "root_path":
        return "нужен путь вида /snoska, без косой черты в конце"
    if error["loc"][0] == "origins":
        return "нужны адреса вида https://example.org через запятую, без косой черты в конце"
    if error["loc"][0] == "rate":
        return "нужно число и время: 60/minute, 1000/hour"
    return reasons.get(error["type"], "неверное значение")
