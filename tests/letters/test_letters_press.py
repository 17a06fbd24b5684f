"""What people type is printed as text; nothing outside the letter is reached."""

from datetime import UTC, datetime

import pytest
import typst

from pishkhan.letters.checks import check_fonts
from pishkhan.letters.models import Kind, Letter
from pishkhan.letters.press import TEMPLATES, Content, FontsMissingError, pdf_of, section
from pishkhan.workshops.models import Branch
from tests.letters.reading import pages

pytestmark = pytest.mark.django_db
HOSTILE = [
    '#panic("stopped")',
    "#pagebreak()#pagebreak()",
    '#read("/etc/passwd")',
    '#image("frame.typ")',
    '#import "@preview/cetz:0.3.0": *',
    "*_`$ \\ <label> @ref // comment /* open",
    "]#[",
    '"})',
    "#{while true {}}",
    "\u202e\ufeff\x01 علی",
]


def letter() -> Letter:
    return Letter(
        kind=Kind.DECISION,
        number="1460/1405/000001",
        code="ACDEFGHJKLMN",
        issued_at=datetime(2026, 11, 25, 10, 30, 15, 123456, tzinfo=UTC),
        branch=Branch(code="1460", name=HOSTILE[0], address=HOSTILE[1], phone=HOSTILE[2]),
    )


def content(text: str) -> Content:
    table = {"head": [text, "ب"], "rows": [[text, text]]}
    parts = [section(text, (text, text), table=table)]
    secret = [{"label": text, "shown": text, "code": True}]
    return Content(to=[text], lines=[text], sections=parts, secret=secret, steps=[text])


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_that_somebody_typed_is_printed_and_runs_nothing(text: str):
    pdf = pdf_of(letter(), content(text))
    assert pdf.startswith(b"%PDF-")
    assert pages(pdf) == 1


def test_what_the_parser_would_run_does_run_when_it_is_the_template_itself():
    """The test above would notice: the same words in a template's own text stop it or add pages."""
    with pytest.raises(typst.TypstError):
        typst.compile(b'#panic("stopped")')
    assert pages(typst.compile(b"a#pagebreak()b#pagebreak()c")) == 3


def test_the_same_letter_printed_twice_is_the_same_file():
    assert pdf_of(letter(), content("یک")) == pdf_of(letter(), content("یک"))


def test_the_templates_read_no_other_file_and_fetch_no_package():
    for file in TEMPLATES.glob("*.typ"):
        source = file.read_text()
        assert "@" not in source and "read(" not in source and "eval(" not in source and "http" not in source


def test_missing_fonts_are_told_to_the_operator_and_stop_the_letter(settings, tmp_path):
    assert check_fonts(None) == []
    settings.FONTS_DIR = tmp_path
    [error] = check_fonts(None)
    assert "Vazirmatn-Regular.ttf is missing" in error.msg and "script/install.sh" in error.hint
    with pytest.raises(FontsMissingError):
        pdf_of(letter(), content("یک"))
