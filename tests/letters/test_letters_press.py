"""What people type is printed as text; nothing outside the letter is reached."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO

import pytest
import typst
from PIL import Image, ImageDraw

from pishkhan.documents.operations import store_document
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


def on_paper(
    size: tuple[int, int], *marks: tuple[tuple[int, int, int, int], tuple[int, int, int]]
) -> BytesIO:
    """A photograph of a grey paper with rectangles of ink on it."""
    paper, out = Image.new("RGB", size, (196, 192, 184)), BytesIO()
    for box, colour in marks:
        ImageDraw.Draw(paper).rectangle(box, fill=colour)
    paper.save(out, "JPEG", quality=90)
    return out


def test_signature_and_stamp_are_printed_without_their_paper_and_a_stamp_covers_no_signature(monkeypatch):
    signature = on_paper((800, 400), ((0, 190, 800, 210), (20, 20, 20)))
    stamp = on_paper((400, 400), ((180, 0, 220, 400), (30, 60, 190)))
    images = {
        "signature": store_document(signature, "workshop:1"),
        "stamp": store_document(stamp, "workshop:1"),
    }
    seen = partial(typst.compile, format="png", ppi=144.0)  # the page as it is seen
    monkeypatch.setattr(typst, "compile", seen)
    pdf = pdf_of(letter(), Content(to=[], lines=[], by_head=False, **images))
    page = Image.open(BytesIO(pdf)).convert("RGB")
    left, top, right, bottom = box_of(page, lambda r, g, b: b > max(r, g) + 80)
    side = bottom - top  # of the stamp: 2.3 cm
    assert 120 < side < 140 and right - left < side / 5
    inner, outer = (left + right + side) // 2 - 3, (left + right - side) // 2 + 3
    for x in (inner, outer):
        for y in (top + 3, bottom - 3):
            assert page.getpixel((x, y)) == (255, 255, 255)
    line = box_of(page.crop((0, top, page.width, bottom)), lambda r, g, b: max(r, g, b) < 60)
    assert line[0] < inner - side / 4 and line[2] - line[0] > 1.9 * side, "the stamp's paper covers it"


def box_of(page: Image.Image, wanted: Callable[[int, int, int], bool]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the pixels that have such a colour."""
    mask = Image.new("L", page.size)
    mask.putdata([255 if wanted(*pixel) else 0 for pixel in page.get_flattened_data()])
    box = mask.getbbox()
    assert box
    return box


def test_missing_fonts_are_told_to_the_operator_and_stop_the_letter(settings, tmp_path):
    assert check_fonts(None) == []
    settings.FONTS_DIR = tmp_path
    [error] = check_fonts(None)
    assert "Vazirmatn-Regular.ttf is missing" in error.msg and "script/install.sh" in error.hint
    with pytest.raises(FontsMissingError):
        pdf_of(letter(), content("یک"))
