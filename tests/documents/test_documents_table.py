"""Every file of `generated.FILES` does what the table says; `test_web_uploads.py` sends them all too."""

from io import BytesIO

import pytest

from pishkhan.documents import pictures
from pishkhan.documents.pictures import RefusedPicture, read_picture
from tests.documents import generated as g

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of broken EXIF


def answer(content: bytes) -> tuple[str, str, bytes]:
    """The refusal's code and words, or the bytes that would be stored."""
    try:
        return "", "", read_picture(BytesIO(content)).content
    except RefusedPicture as refusal:
        return str(refusal.code), refusal.messages[0], b""


def test_the_table_has_more_than_120_files_of_which_no_two_are_the_same():
    assert len({g.made(name) for name in g.FILES}) == len(g.FILES)
    assert len(g.FILES) >= 120
    assert {sample.code for sample in g.FILES.values()} == {"", *pictures.REFUSALS} - {"busy"}
    assert not any(sample.code and not sample.words for name, sample in g.FILES.items())


@pytest.mark.parametrize("name", g.FILES)
def test_every_file_is_accepted_or_refused_for_its_own_reason(name):
    code, words, stored = answer(g.made(name))
    assert code == g.FILES[name].code
    if code:
        assert g.FILES[name].words in words
        assert words.endswith(".") and not set("0123456789") & set(words.replace("JPEG 2000", ""))
    else:
        assert len(stored) <= g.LIMIT
        assert g.superfluous(stored) == []
        assert b"script" not in stored and b"Secret" not in stored


@pytest.mark.parametrize(
    "stored",
    [
        g.jpeg() + b"x",
        g.with_comment(g.jpeg(), b"x"),
        g.with_metadata(),
        g.turned(6),
        g.inserted(g.jpeg(), g.segment(0xEB, b"x")),
    ],
)
def test_what_must_not_be_stored_would_be_noticed(stored):
    assert g.superfluous(stored)


def test_a_stored_picture_is_itself_accepted():
    for name, sample in g.FILES.items():
        if not sample.code:
            assert answer(answer(g.made(name))[2])[0] == "", name
