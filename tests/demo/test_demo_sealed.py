"""What somebody finds who walks off with the disk: the demo's scans, and letters about its cases."""

import re
import stat
import zlib
from pathlib import Path

import pytest

from pishkhan.audit.operations import SYSTEM
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.documents.models import Document
from pishkhan.documents.operations import load_content
from pishkhan.letters.models import Letter
from pishkhan.letters.offers import issue, offered
from pishkhan.letters.operations import load_letter

pytestmark = pytest.mark.django_db
HEADERS = (b"\xff\xd8\xff\xe0\x00\x10", b"\xff\xd8\xff\xdb\x00", b"JFIF\x00", b"Exif\x00", b"%PDF-", b"%%EOF")
READABLE = re.compile(rb"[\x20-\x7e]{30,}")
"""So long a piece of ASCII comes out of noise once in a thousand gigabytes."""


@pytest.fixture
def files(demo: Path, tmp_path: Path, settings) -> list[Path]:
    """All files under documents and letters, after some letters of the demo's cases were asked for."""
    settings.DOCUMENTS_DIR, settings.LETTERS_DIR = demo / "documents", tmp_path / "letters"
    for case in Case.objects.filter(state=State.COMPLETED, subject__isnull=False).order_by("id")[:8]:
        for offer in offered(case, list(case.events.order_by("id")), Audience.WORKSHOP):
            issue(case, offer, by=SYSTEM)
    folders = settings.DOCUMENTS_DIR, settings.LETTERS_DIR
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_no_file_holds_a_picture_a_pdf_or_readable_text(files):
    words = [word.encode(code) for word in ("شعبه", "نمونه", "بیمه") for code in ("utf-8", "utf-16-be")]
    for path in files:
        content = path.read_bytes()
        assert not content.startswith((b"\xff\xd8\xff", b"%PDF", b"PK"))
        assert [header for header in (*HEADERS, *words) if header in content] == []
        assert READABLE.search(content) is None
        assert len(zlib.compress(content)) >= len(content), path


def test_what_is_looked_for_is_there_once_the_files_are_opened(files):
    """So that the test before this one can fail."""
    opened = [*map(load_content, Document.objects.all()), *map(load_letter, Letter.objects.all())]
    assert len(opened) == len(files) > 60
    assert {True} == {any(header in content for header in HEADERS) for content in opened}
    assert any(READABLE.search(content) for content in opened)


def test_only_their_owner_reads_them(files, settings):
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    tops = settings.DOCUMENTS_DIR, settings.LETTERS_DIR
    folders = [*tops, *(path for top in tops for path in top.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_no_name_of_a_file_tells_whose_or_what_it_is(files):
    assert {path.suffix for path in files} == {".sealed"}
