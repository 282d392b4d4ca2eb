"""Texts and numbers on their way to PostgreSQL and back: arrays, and rows of a binary COPY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format
from psycopg.types.string import StrDumperUnknown

from rag.database import Ints

INT4_ARRAY = 1007
INT8_ARRAY = 1016
SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)  # of a binary COPY, no flags, no extension


def rows(columns: Sequence[NDArray[Any]]) -> bytes:
    """Rows of a binary COPY: how many fields, then of each its length and its bytes, the first one first."""
    fields: list[Any] = [("fields", ">i2")]
    for number, column in enumerate(columns):
        if column.ndim == 1:
            kind = f"i{column.dtype.itemsize}"
            fields += [(f"size{number}", ">i4"), (f"value{number}", f">{kind}")]
        else:  # pgvector: how many numbers, two bytes of nothing, the numbers
            fields += [(f"size{number}", ">i4"), (f"count{number}", ">i2"), (f"zero{number}", ">i2")]
            fields += [(f"value{number}", f">f{column.dtype.itemsize}", column.shape[1:])]
    rows = np.zeros(len(columns[0]), fields)
    rows["fields"] = len(columns)
    for number, column in enumerate(columns):
        rows[f"value{number}"] = column
        if column.ndim == 1:
            rows[f"size{number}"] = column.dtype.itemsize
        else:
            rows[f"size{number}"] = 4 + column.dtype.itemsize * column.shape[1]
            rows[f"count{number}"] = column.shape[1]
    return rows.tobytes()


class TextDumper(StrDumperUnknown):
    """Text without NUL, which PostgreSQL doesn't take: the sign for what can't be shown in its place."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


class IntsDumper(Dumper):
    """Ints to the binary form of an int[]: a header, then each number with its length before it."""

    format = Format.BINARY
    oid = INT4_ARRAY

    def dump(self, obj: Ints) -> Buffer:
        numbers = np.frombuffer(obj, "<i4")
        header = np.array([1 if len(numbers) else 0, 0, 23, len(numbers), 1], ">i4")
        body = np.empty((len(numbers), 2), ">i4")
        body[:, 0], body[:, 1] = 4, numbers
        return (header if len(numbers) else header[:3]).tobytes() + body.tobytes()


class KeysDumper(Dumper):
    """An array of int64 to the binary form of a bigint[]; a list of thousands takes psycopg milliseconds."""

    format = Format.BINARY
    oid = INT8_ARRAY

    def dump(self, obj: NDArray[np.int64]) -> Buffer:
        header = np.array([1 if len(obj) else 0, 0, 20, len(obj), 1], ">i4")
        body = np.empty(len(obj), [("size", ">i4"), ("value", ">i8")])
        body["size"], body["value"] = 8, obj
        return (header if len(obj) else header[:3]).tobytes() + body.tobytes()


class IntsLoader(Loader):
    """The way back, of the binary form."""

    format = Format.BINARY

    def load(self, data: Buffer) -> Ints:
        return Ints(np.frombuffer(data, ">i4")[5:].reshape(-1, 2)[:, 1].astype("<i4").tobytes())
