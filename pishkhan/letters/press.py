"""A letter's content becomes a PDF. Texts reach typst as JSON alone: none is ever read as its language."""

import datetime
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from PIL import Image

from pishkhan.documents.ink import without_paper
from pishkhan.documents.models import Document
from pishkhan.documents.operations import DamagedDocument, load_content
from pishkhan.persian.calendar import show_date
from pishkhan.persian.digits import to_persian
from pishkhan.policy.operations import policy
from pishkhan.workshops.models import Branch

from .codes import readable
from .models import Letter

logger = logging.getLogger(__name__)

TEMPLATES = Path(__file__).parent / "templates"
WEIGHTS = ("Regular", "Bold")
KEY = "letterhead"
LETTERHEAD = {
    "organization": "سازمان تأمین اجتماعی",
    "branch": "",
    "head_title": "رئیس شعبه",
    "head_name": "",
}
"""What a branch that decided nothing prints; an empty branch is the branch's own name."""

LARGEST_PICTURE = (480, 480)  # pixels, as printed in 3 cm: a letter stays far below 200 kB

Section = dict[str, Any]
"""{title, rows: [{label, shown}], table: None or {head, rows}}: printed, and kept in `Letter.facts`."""


class FontsMissingError(Exception):
    """The fonts that letters are printed with are not installed."""


@dataclass(frozen=True)
class Content:
    """What a letter says, from top to bottom. `secret` rows are printed and kept nowhere."""

    to: Sequence[str]
    lines: Sequence[str]
    sections: Sequence[Section] = ()
    secret: Sequence[dict[str, Any]] = ()
    steps: Sequence[str] = ()
    photo: Document | None = None
    signature: Document | None = None
    stamp: Document | None = None
    by_head: bool = True
    sealed: bool = False


def section(title: str, *rows: tuple[str, str], table: dict[str, Any] | None = None) -> Section:
    """Labelled rows under a heading; what is empty is left out."""
    shown = [{"label": label, "shown": value} for label, value in rows if value]
    return {"title": title, "rows": shown, "table": table}


def facts(content: Content) -> list[Section]:
    """What a checker is shown: whom the letter is for, and its sections as they are printed."""
    return [section("", ("گیرنده", "، ".join(content.to))), *content.sections]


def pdf_of(letter: Letter, content: Content) -> bytes:
    """The printed letter. Takes some hundredths of a second: not while the database is locked."""
    return typst.compile(
        TEMPLATES / "letter.typ",
        root=TEMPLATES,
        font_paths=[fonts()],
        ignore_system_fonts=True,
        package_path=TEMPLATES,  # there are no packages, and none is fetched
        package_cache_path=TEMPLATES,
        sys_inputs={"letter": json.dumps(_shown(letter, content))},
        timestamp=letter.issued_at.replace(microsecond=0),
    )


def fonts() -> Path:
    """The folder of the fonts; `FontsMissingError` tells the operator what to do."""
    folder = Path(settings.FONTS_DIR)
    for weight in WEIGHTS:
        file = folder / f"Vazirmatn-{weight}.ttf"
        if not file.is_file():
            raise FontsMissingError(f"{file} is missing, so no letter can be printed: run script/install.sh")
    return folder


def address_of(letter: Letter) -> str:
    """Where the letter is checked: what its QR code says."""
    return f"{settings.ADDRESS}/letters/{letter.code}/"


def letterhead(on: datetime.date | None = None) -> dict[str, str]:
    """What the branch has decided to print above and below its letters, in force on that day (today)."""
    return LETTERHEAD | policy(KEY, {}, on)


def _letterhead_of(branch: Branch) -> dict[str, str]:
    decided = letterhead()
    contact = [branch.address, f"تلفن \u2066{branch.phone}\u2069" if branch.phone else ""]
    return decided | {
        "branch": decided["branch"] or branch.name,
        "code": to_persian(branch.code),
        "contact": to_persian(" · ".join(part for part in contact if part)),
    }


def _shown(letter: Letter, content: Content) -> dict[str, Any]:
    """What the template reads."""
    return {
        "letterhead": _letterhead_of(letter.branch),
        "title": letter.title,
        "number": to_persian(letter.number),
        "date": show_date(letter.issued_at),
        "code": readable(letter.code),
        "check_at": f"{settings.ADDRESS}/letters/",
        "qr": segno.make(address_of(letter), error="m").svg_inline(border=0),
        "to": list(content.to),
        "lines": list(content.lines),
        "sections": [_printed(part) for part in content.sections],
        "secret": list(content.secret),
        "steps": list(content.steps),
        "photo": _picture(content.photo),
        "signature": _ink(content.signature),
        "stamp": _ink(content.stamp),
        "by_head": content.by_head,
        "sealed": content.sealed,
    }


def _printed(part: Section) -> Section:
    """The widest column of a table takes what room the others leave."""
    table = part["table"]
    if table is None:
        return part
    columns = zip(table["head"], *table["rows"], strict=True)
    longest = [max(map(len, column)) for column in columns]
    return part | {"table": table | {"wide": longest.index(max(longest))}}


def _picture(document: Document | None) -> list[int] | None:
    """The bytes of a stored picture, made small."""
    content = _stored(document)
    if content is None:
        return None
    with Image.open(BytesIO(content), formats=["JPEG"]) as image:
        image.thumbnail(LARGEST_PICTURE)
        out = BytesIO()
        image.save(out, "JPEG", quality=80)
    return list(out.getvalue())


def _ink(document: Document | None) -> list[int] | None:
    """The bytes of a signature or a stamp without the paper it was put on."""
    content = _stored(document)
    return None if content is None else list(without_paper(content))


def _stored(document: Document | None) -> bytes | None:
    """None when there is none, or it is damaged: the letter is printed without it."""
    try:
        return load_content(document) if document else None
    except DamagedDocument as damaged:
        logger.error("%s: restore it from the backup", damaged)
        return None
