"""Tables of dBASE III as bytes. Nothing that a file says of itself is believed before it is measured."""

import datetime
from dataclasses import dataclass

from django.core.exceptions import ValidationError

MOST_RECORDS = 20_000
_HEADER = 32
_END_OF_FIELDS, _DELETED = b"\x0d", b"*"
_CP1256 = 0x7E  # what the organization's own files say of their letters, whatever these are


class RefusedList(ValidationError):  # noqa: N818 it is an answer, named as one
    """Why a file is not accepted, in words for the person who sent it."""


@dataclass(frozen=True)
class Field:
    """A column: its kind is C (text) or N (number)."""

    name: str
    kind: str
    length: int


def read_table(content: bytes) -> tuple[tuple[Field, ...], list[tuple[bytes, ...]]]:
    """The columns and the rows that are not marked as deleted; the end mark may be missing."""
    if len(content) <= _HEADER or content[0] & 0x07 != 3:
        raise RefusedList("این فایل جدول DBF نیست.")
    fields = _fields(content)
    start, width = int.from_bytes(content[8:10], "little"), int.from_bytes(content[10:12], "little")
    count = int.from_bytes(content[4:8], "little")
    if width != 1 + sum(field.length for field in fields) or start <= _HEADER * len(fields):
        raise RefusedList("ساختار این فایل DBF درست نیست؛ آن را دوباره از برنامهٔ لیست بیمه بگیرید.")
    if count > MOST_RECORDS:
        raise RefusedList("این فایل بیش از اندازه ردیف دارد.")
    if start + count * width > len(content):
        raise RefusedList("این فایل ناقص است؛ آن را دوباره بفرستید.")
    records = (content[start + n * width : start + (n + 1) * width] for n in range(count))
    return fields, [_cut(record, fields) for record in records if record[:1] != _DELETED]


def write_table(fields: tuple[Field, ...], rows: list[tuple[bytes, ...]], day: datetime.date) -> bytes:
    """A file of these rows; every value has the length of its column already."""
    width = 1 + sum(field.length for field in fields)
    start = _HEADER * (len(fields) + 1) + 1
    head = bytes([3, day.year - 1900, day.month, day.day]) + len(rows).to_bytes(4, "little")
    head += start.to_bytes(2, "little") + width.to_bytes(2, "little") + bytes(17) + bytes([_CP1256, 0, 0])
    columns = b"".join(_described(field) for field in fields)
    return head + columns + _END_OF_FIELDS + b"".join(b" " + b"".join(row) for row in rows) + b"\x1a"


def _described(field: Field) -> bytes:
    return (
        field.name.encode().ljust(11, b"\0")
        + field.kind.encode()
        + bytes(4)
        + bytes([field.length])
        + bytes(15)
    )


def _fields(content: bytes) -> tuple[Field, ...]:
    found = []
    for place in range(_HEADER, len(content) - _HEADER, _HEADER):
        if content[place : place + 1] == _END_OF_FIELDS:
            break
        described = content[place : place + _HEADER]
        name = described[:11].partition(b"\0")[0].decode("ascii", "replace").strip().upper()
        found.append(Field(name, chr(described[11]), described[16]))
    return tuple(found)


def _cut(record: bytes, fields: tuple[Field, ...]) -> tuple[bytes, ...]:
    values, place = [], 1
    for field in fields:
        values.append(record[place : place + field.length])
        place += field.length
    return tuple(values)
