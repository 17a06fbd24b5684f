"""The two files of a premium list: their columns in three layouts, read in any of three encodings.

Sources: the organization's instruction of 1392/08/15 and files of other programs (domain guide, section 7).
"""

import codecs
import datetime
import re
from enum import StrEnum

from pishkhan.persian.letters import clean

from . import iran_system
from .dbf import Field, RefusedList, read_table, write_table

Row = dict[str, str | int | None]
"""A record by the names in `NAMES`; a number that cannot be read is None."""


class Kind(StrEnum):
    """Which of the two files."""

    WORKSHOP = "DSKKAR00"
    WORKERS = "DSKWOR00"


class Layout(StrEnum):
    """The columns that a program writes."""

    CLASSIC = "classic"  # the instruction of 1392, with the lengths of ListDisk 2.7
    OF_1403 = "1403"  # adds seniority and marriage allowance
    OLD_WIDE = "old wide"  # an older one with long texts and obsolete shares


class Encoding(StrEnum):
    IRAN_SYSTEM = "iran system"
    CP1256 = "cp1256"
    UTF8 = "utf-8"


_WORKSHOP = (
    "DSK_ID:C10 DSK_NAME:C30 DSK_FARM:C30 DSK_ADRS:C40 DSK_KIND:N1 DSK_YY:N2 DSK_MM:N2 DSK_LISTNO:C12"
    " DSK_DISC:C30 DSK_NUM:N5 DSK_TDD:N6 DSK_TROOZ:N12 DSK_TMAH:N12 DSK_TMAZ:N12 DSK_TMASH:N12 DSK_TTOTL:N12"
    " DSK_TBIME:N12 DSK_TKOSO:N12 DSK_BIC:N12 DSK_RATE:N5 DSK_PRATE:N2 DSK_BIMH:N12 MON_PYM:C3"
)
_WORKERS = (
    "DSW_ID:C10 DSW_YY:N2 DSW_MM:N2 DSW_LISTNO:C12 DSW_ID1:C8 DSW_FNAME:C60 DSW_LNAME:C60 DSW_DNAME:C60"
    " DSW_IDNO:C15 DSW_IDPLC:C30 DSW_IDATE:C8 DSW_BDATE:C8 DSW_SEX:C3 DSW_NAT:C10 DSW_OCP:C50 DSW_SDATE:C8"
    " DSW_EDATE:C8 DSW_DD:N2 DSW_ROOZ:N12 DSW_MAH:N12 DSW_MAZ:N12 DSW_MASH:N12 DSW_TOTL:N12 DSW_BIME:N12"
    " DSW_PRATE:N2 DSW_JOB:C6 PER_NATCOD:C10"
)
_COLUMNS = {
    (Kind.WORKSHOP, Layout.CLASSIC): _WORKSHOP,
    (Kind.WORKERS, Layout.CLASSIC): _WORKERS,
    (Kind.WORKSHOP, Layout.OF_1403): _WORKSHOP + " DSK_INC:N12 DSK_SPOUSE:N12",
    (Kind.WORKERS, Layout.OF_1403): _WORKERS + " DSW_INC:N12 DSW_SPOUSE:C10",
    (Kind.WORKSHOP, Layout.OLD_WIDE): (
        "DSK_ID:C10 DSK_NAME:C100 DSK_FARM:C100 DSK_ADRS:C100 DSK_KIND:N1 DSK_YY:N2 DSK_MM:N2 DSK_LISTNO:C12"
        " DSK_DISC:C100 DSK_NUM:N5 DSK_TDD:N6 DSK_TROOZ:N12 DSK_TMAH:N13 DSK_TMAZ:N12 DSK_TMASH:N12"
        " DSK_TTOTL:N13 DSK_TBIME:N12 DSK_TKOSO:N12 DSK_BIC:N12 DSK_RATE:N5 DSK_PRATE:N2 DSK_TBIM20:N12"
        " DSK_BIMH:N12 MON_PYM:C3 DSK_INC:N19 DSK_SPOUSE:N19"
    ),
    (Kind.WORKERS, Layout.OLD_WIDE): (
        "DSW_ID:C10 DSW_YY:N2 DSW_MM:N2 DSW_LISTNO:C12 DSW_ID1:C8 DSW_FNAME:C20 DSW_LNAME:C25 DSW_DNAME:C20"
        " DSW_IDNO:C15 DSW_IDPLC:C30 DSW_IDATE:C8 DSW_BDATE:C8 DSW_SEX:C3 DSW_NAT:C10 DSW_OCP:C50"
        " DSW_SDATE:C8 DSW_EDATE:C8 DSW_DD:N2 DSW_ROOZ:N12 DSW_MAH:N12 DSW_MAZ:N12 DSW_MASH:N12 DSW_TOTL:N12"
        " DSW_BIME:N12 DSW_PRATE:N2 DSW_KOSO:N12 DSW_BIME20:N12 PER_NATCOD:C10 DSW_JOB:C10"
        " DSW_INC:N19 DSW_SPOUSE:N19"
    ),
}
NAMES = {
    **{"DSK_ID": "workshop_code", "DSK_NAME": "workshop_name", "DSK_FARM": "employer_name"},
    **{"DSK_ADRS": "workshop_address", "DSK_KIND": "list_kind", "DSK_YY": "year2", "DSK_MM": "month"},
    **{"DSK_LISTNO": "list_no", "DSK_DISC": "list_description", "DSK_NUM": "worker_count"},
    **{"DSK_TDD": "total_days", "DSK_TROOZ": "total_daily_wage", "DSK_TMAH": "total_monthly_wage"},
    **{"DSK_TMAZ": "total_monthly_benefits", "DSK_TMASH": "total_insurable", "DSK_TTOTL": "total_gross"},
    **{"DSK_TBIME": "total_insured_premium", "DSK_TKOSO": "total_employer_premium"},
    **{"DSK_BIC": "total_unemployment_premium", "DSK_RATE": "premium_rate", "DSK_PRATE": "commission_rate"},
    **{"DSK_TBIM20": "legacy_total_20pct", "DSK_BIMH": "hard_job_rate", "MON_PYM": "contract_row"},
    **{"DSK_INC": "total_seniority_base", "DSK_SPOUSE": "total_marriage_allowance"},
    **{"DSW_ID": "workshop_code", "DSW_YY": "year2", "DSW_MM": "month", "DSW_LISTNO": "list_no"},
    **{"DSW_ID1": "insurance_number", "DSW_FNAME": "first_name", "DSW_LNAME": "last_name"},
    **{"DSW_DNAME": "father_name", "DSW_IDNO": "birth_certificate_no", "DSW_IDPLC": "issue_place"},
    **{"DSW_IDATE": "issue_date", "DSW_BDATE": "birth_date", "DSW_SEX": "gender", "DSW_NAT": "nationality"},
    **{"DSW_OCP": "job_title", "DSW_SDATE": "start_date", "DSW_EDATE": "end_date", "DSW_DD": "days_worked"},
    **{"DSW_ROOZ": "daily_wage", "DSW_MAH": "monthly_wage", "DSW_MAZ": "monthly_benefits"},
    **{"DSW_MASH": "insurable_total", "DSW_TOTL": "gross_total", "DSW_BIME": "insured_premium"},
    **{"DSW_PRATE": "commission_rate", "DSW_KOSO": "legacy_employer_share", "DSW_BIME20": "legacy_20pct"},
    **{"DSW_JOB": "job_code", "PER_NATCOD": "national_code", "DSW_INC": "seniority_base"},
    "DSW_SPOUSE": "marriage_allowance",
}

_ARABIC_LETTER = re.compile("[\u0620-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc]")
_CP1256_ONLY = re.compile(b"[\xc0-\xdf]")


def columns(kind: Kind, layout: Layout) -> tuple[Field, ...]:
    """The columns of one of the two files in a layout."""
    parts = (column.split(":") for column in _COLUMNS[kind, layout].split())
    return tuple(Field(name, described[0], int(described[1:])) for name, described in parts)


def read_list(content: bytes, kind: Kind) -> list[Row]:
    """The records of a file in whatever layout and encoding; columns are known by their names.

    Raises `RefusedList` when it is no such file.
    """
    fields, records = read_table(content)
    names = [field.name for field in fields]
    missing = {field.name for field in columns(kind, Layout.CLASSIC)} - set(names)
    if missing or len(names) != len(set(names)):
        raise RefusedList(f"این فایل {kind.rstrip('0')} نیست؛ ستون‌های آن دیگر است.")
    texts = [v for record in records for field, v in zip(fields, record, strict=True) if field.kind == "C"]
    encoding = encoding_of(texts)
    return [_row(fields, record, encoding) for record in records]


def write_list(
    rows: list[Row],
    kind: Kind,
    day: datetime.date,
    *,
    layout: Layout = Layout.OF_1403,
    encoding: Encoding = Encoding.IRAN_SYSTEM,
) -> bytes:
    """A file of these records. Texts are cut to their columns; ValueError for a number that has no room."""
    fields = columns(kind, layout)
    records = [tuple(_written(f, row.get(NAMES[f.name]), encoding) for f in fields) for row in rows]
    return write_table(fields, records, day)


def encoding_of(texts: list[bytes]) -> Encoding:
    """How a file is written, from all of its texts: one name alone may be ambiguous.

    What the header says of the encoding is wrong in real files, and not asked.
    """
    if _ARABIC_LETTER.search("".join(map(_as_utf8, texts))) and all(map(_is_utf8, texts)):
        return Encoding.UTF8
    return Encoding.CP1256 if any(map(_CP1256_ONLY.search, texts)) else Encoding.IRAN_SYSTEM


def _as_utf8(text: bytes) -> str:
    return text.decode("utf-8", "ignore")


def _is_utf8(text: bytes) -> bool:
    """Whether it is UTF-8, perhaps cut within its last letter."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _row(fields: tuple[Field, ...], record: tuple[bytes, ...], encoding: Encoding) -> Row:
    pairs = zip(fields, record, strict=True)
    return {
        NAMES[field.name]: _value(field, value, encoding) for field, value in pairs if field.name in NAMES
    }


def _value(field: Field, value: bytes, encoding: Encoding) -> str | int | None:
    if field.kind == "C":
        return _decoded(value.strip(b" \0\r\n\t"), encoding)
    number = re.fullmatch(rb"(-?[0-9]+)(?:\.[0-9]*)?", value.strip(b" \0"))
    return int(number[1]) if number else None if value.strip(b" \0") else 0


def _decoded(text: bytes, encoding: Encoding) -> str:
    if encoding == Encoding.IRAN_SYSTEM:
        return clean(iran_system.decode(text))
    return clean(text.decode(encoding, "ignore"))


def _written(field: Field, value: str | int | None, encoding: Encoding) -> bytes:
    if field.kind == "N":
        number = str(value or 0).encode()
        if len(number) > field.length:
            raise ValueError(f"{value} has no room in {field.name}")
        return number.rjust(field.length)
    text = clean(str(value or ""))
    while len(encoded := _encoded(text, encoding)) > field.length:
        text = text[:-1]
    return encoded.ljust(field.length)


_FORBIDDEN = str.maketrans("", "", "\"'><&")
_TO_CP1256 = str.maketrans("یۀ", "يه")


def _encoded(text: str, encoding: Encoding) -> bytes:
    if encoding == Encoding.IRAN_SYSTEM:
        return iran_system.encode(text)
    text = text.translate(_FORBIDDEN)
    if encoding == Encoding.CP1256:
        text = text.translate(_TO_CP1256)
    return text.encode(encoding, "replace")
