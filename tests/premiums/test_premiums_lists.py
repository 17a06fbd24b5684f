"""DSKKAR00.DBF and DSKWOR00.DBF: three layouts, three encodings, and files that nobody should believe.

All files are made by our own writer from invented names.
"""

import contextlib
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.premiums.dbf import RefusedList, read_table
from pishkhan.premiums.lists import NAMES, Encoding, Kind, Layout, columns, read_list, write_list

DAY = datetime.date(2026, 11, 24)
WORKSHOP = {
    "workshop_code": "0146363001",
    "workshop_name": "صنایع چوب گیلان",
    "employer_name": "رضا احمدی",
    "workshop_address": "رشت خیابان 12 بهشتی",
    "year2": 5,
    "month": 8,
    "worker_count": 2,
    "total_insurable": 123456789012,
    "contract_row": "000",
}
WORKERS = [
    {
        "workshop_code": "0146363001",
        "insurance_number": "00123456",
        "first_name": name,
        "last_name": "نمونه",
        "father_name": "محمدحسین",
        "birth_date": "13700131",
        "gender": "مرد",
        "nationality": "ایرانی",
        "days_worked": 30,
        "daily_wage": 1_000_000,
        "national_code": "9990000018",
    }
    for name in ("علی", "مهین")
]
LENGTHS = {
    (Kind.WORKSHOP, Layout.CLASSIC): (23, 287),
    (Kind.WORKERS, Layout.CLASSIC): (27, 447),
    (Kind.WORKSHOP, Layout.OF_1403): (25, 311),
    (Kind.WORKERS, Layout.OF_1403): (29, 469),
    (Kind.WORKSHOP, Layout.OLD_WIDE): (26, 609),
    (Kind.WORKERS, Layout.OLD_WIDE): (31, 398),
}


def kar(**options) -> bytes:
    return write_list([WORKSHOP], Kind.WORKSHOP, DAY, **options)


@pytest.mark.parametrize("which", LENGTHS)
def test_every_layout_has_the_columns_and_the_length_of_its_source(which):
    fields = columns(*which)
    assert (len(fields), 1 + sum(field.length for field in fields)) == LENGTHS[which]
    assert all(field.name in NAMES and field.kind in "CN" for field in fields)
    assert len({NAMES[field.name] for field in fields}) == len(fields)


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("encoding", Encoding)
def test_what_is_written_is_read_in_every_layout_and_encoding(layout: Layout, encoding: Encoding):
    read = read_list(kar(layout=layout, encoding=encoding), Kind.WORKSHOP)
    assert [{name: row[name] for name in WORKSHOP} for row in read] == [WORKSHOP]
    file = write_list(WORKERS, Kind.WORKERS, DAY, layout=layout, encoding=encoding)
    short = {"gender", "nationality"} if encoding == Encoding.UTF8 else set()  # two bytes a letter: no room
    compared = WORKERS[0].keys() - short
    read = read_list(file, Kind.WORKERS)
    assert [{n: row[n] for n in compared} for row in read] == [
        {n: row[n] for n in compared} for row in WORKERS
    ]


def test_iran_system_is_written_unless_another_is_asked_for():
    assert bytes.fromhex("fca2f59f90") in kar()


def test_the_encoding_is_known_from_the_whole_file_and_not_from_the_header():
    for encoding in Encoding:
        file = bytearray(kar(encoding=encoding))
        for said in (0x00, 0x7E, 0xFF):
            file[29] = said
            assert read_list(bytes(file), Kind.WORKSHOP)[0]["workshop_name"] == WORKSHOP["workshop_name"]


def test_a_name_that_alone_is_ambiguous_is_read_by_its_neighbours():
    file = write_list(WORKERS, Kind.WORKERS, DAY, encoding=Encoding.CP1256)
    assert read_list(file, Kind.WORKERS)[1]["first_name"] == "مهین"


def test_a_utf8_text_that_was_cut_within_a_letter_is_still_utf8():
    fields, _ = read_table(kar())
    assert fields[1].length == 30
    name = "نام بسیار بلند یک کارگاه نمونه"
    file = bytearray(
        write_list([WORKSHOP | {"workshop_name": "x" * 30}], Kind.WORKSHOP, DAY, encoding=Encoding.UTF8)
    )
    place = file.index(b"x" * 30)
    file[place : place + 30] = name.encode()[:30]
    row = read_list(bytes(file), Kind.WORKSHOP)[0]
    assert name.startswith(row["workshop_name"]) and row["employer_name"] == WORKSHOP["employer_name"]


def test_a_missing_end_mark_is_accepted_and_a_deleted_record_left_out():
    assert len(read_list(kar()[:-1], Kind.WORKSHOP)) == 1
    file = bytearray(write_list(WORKERS, Kind.WORKERS, DAY))
    start = int.from_bytes(file[8:10], "little")
    file[start] = ord("*")
    assert [row["first_name"] for row in read_list(bytes(file), Kind.WORKERS)] == ["مهین"]


def test_texts_are_cut_at_their_end_and_a_number_without_room_is_an_error():
    long = "شرکت تولیدی و صنعتی قطعات پلاستیک شمالین"
    read = read_list(write_list([WORKSHOP | {"workshop_name": long}], Kind.WORKSHOP, DAY), Kind.WORKSHOP)
    assert long.startswith(read[0]["workshop_name"]) and len(read[0]["workshop_name"]) >= 28
    with pytest.raises(ValueError, match="DSK_NUM"):
        write_list([WORKSHOP | {"worker_count": 123_456}], Kind.WORKSHOP, DAY)


def test_a_number_that_cannot_be_read_is_none_and_a_blank_one_zero():
    file = kar().replace(b"123456789012", b"************")
    assert read_list(file, Kind.WORKSHOP)[0]["total_insurable"] is None
    assert read_list(kar().replace(b"123456789012", b" " * 12), Kind.WORKSHOP)[0]["total_insurable"] == 0


def test_the_other_file_of_the_list_is_refused_by_its_name():
    with pytest.raises(RefusedList, match="DSKKAR "):
        read_list(write_list(WORKERS, Kind.WORKERS, DAY), Kind.WORKSHOP)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x03",
        b"PK\x03\x04" + bytes(200),
        b"\x03" + bytes(31),
        b"\x03" + b"\xff" * 400,
        kar()[:500],
        kar()[:-20],
        kar()[:4] + b"\xff\xff\xff\xff" + kar()[8:],
        kar()[:10] + b"\x01\x00" + kar()[12:],
        kar()[:8] + b"\x00\x00" + kar()[10:],
    ],
)
def test_a_file_that_is_no_table_or_not_whole_is_refused(content: bytes):
    with pytest.raises(RefusedList):
        read_list(content, Kind.WORKSHOP)


@given(st.integers(0, 1200), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(place: int, damage: bytes):
    file = kar()
    with contextlib.suppress(RefusedList):
        read_list(file[:place] + damage + file[place + len(damage) :], Kind.WORKSHOP)


def test_the_old_wide_layout_has_the_national_code_before_the_job():
    old, new = (
        [field.name for field in columns(Kind.WORKERS, layout)]
        for layout in (Layout.OLD_WIDE, Layout.OF_1403)
    )
    assert old.index("PER_NATCOD") < old.index("DSW_JOB")
    assert new.index("DSW_JOB") < new.index("PER_NATCOD")
