"""Reads the first sheet of an Excel file in a process of its own; `reading` starts it, nothing imports it.

A file of a few hundred bytes can claim a billion cells: that costs this process its life, and no other.
It takes the file at its standard input, the most rows and columns as arguments, and writes JSON.
"""

import datetime
import json
import resource
import sys
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

MEMORY, SECONDS = 1024 * 1024 * 1024, 10
LONGEST_CELL = 2000  # characters


def shown(value: Any) -> str | list[str]:
    """A cell as text; a date cell as its ISO text in a list, so that it is not taken for typed text."""
    if isinstance(value, datetime.date):  # date-times too: the hour of a date is not asked for
        return [value.isoformat()[:10]]
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if isinstance(value, bool):
        return "بله" if value else "خیر"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:LONGEST_CELL]


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    rows, columns = int(sys.argv[1]), int(sys.argv[2])
    book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    sheet = book.get_sheet_by_index(0)
    cells = sheet.to_python(skip_empty_area=False, nrows=rows)
    json.dump([[shown(cell) for cell in row[:columns]] for row in cells], sys.stdout)


if __name__ == "__main__":
    main()
