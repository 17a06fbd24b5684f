import hashlib
import itertools
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from pishkhan.documents import drawn, pictures
from pishkhan.documents.drawn import draw_scan, draw_signature, draw_stamp
from pishkhan.documents.pictures import Picture, RefusedPicture, read_picture
from tests.documents import generated as g

SOUND = g.jpeg()
NOISE = g.noisy((400, 300), 90)  # real detail, so that a cut is inside the image data

REFUSED = {
    "empty": (b"", "empty"),
    "one byte": (b"\xff", "not_jpeg"),
    "only the magic bytes": (b"\xff\xd8\xff", "broken"),
    "magic bytes and rubbish": (b"\xff\xd8\xff\xe0" + b"rubbish" * 200, "broken"),
    "magic bytes and HTML": (b"\xff\xd8\xff" + g.HTML, "broken"),
    "JPEG cut after a tenth": (NOISE[: len(NOISE) // 10], "broken"),
    "JPEG cut in the middle": (NOISE[: len(NOISE) // 2], "broken"),
    "JPEG cut near the end": (NOISE[: len(NOISE) * 9 // 10], "broken"),
    "progressive JPEG cut in the middle": (g.jpeg(progressive=True)[:700], "broken"),
    "PNG": (g.saved(g.picture(), "PNG"), "not_jpeg"),
    "GIF": (g.saved(g.picture(), "GIF"), "not_jpeg"),
    "WEBP": (g.saved(g.picture(), "WEBP"), "not_jpeg"),
    "BMP": (g.saved(g.picture(), "BMP"), "not_jpeg"),
    "TIFF": (g.saved(g.picture(), "TIFF"), "not_jpeg"),
    "TIFF with a JPEG inside": (g.saved(g.picture(), "TIFF", compression="jpeg"), "not_jpeg"),
    "ICO": (g.saved(g.picture(), "ICO", sizes=[(128, 128)]), "not_jpeg"),
    "JPEG 2000": (g.saved(g.picture(), "JPEG2000"), "not_jpeg"),
    "JPEG 2000 codestream": (g.saved(g.picture(), "JPEG2000", no_jp2=True), "not_jpeg"),
    "HEIC": (g.HEIC, "not_jpeg"),
    "SVG": (g.SVG, "not_jpeg"),
    "HTML": (g.HTML, "not_jpeg"),
    "PDF": (g.PDF, "not_jpeg"),
    "PDF with a JPEG inside": (g.saved(g.picture(), "PDF"), "not_jpeg"),
    "ZIP": (g.zipped(), "not_jpeg"),
    "program": (b"MZ" + b"\0" * 500, "not_jpeg"),
    "text": ("سلام".encode(), "not_jpeg"),
    "JPEG after a line break": (b"\n" + SOUND, "not_jpeg"),
    "JPEG behind HTML": (g.HTML + SOUND, "not_jpeg"),
    "1×1": (g.jpeg((1, 1)), "too_small"),
    "99 wide": (g.jpeg((99, 400)), "too_small"),
    "99 high": (g.jpeg((400, 99)), "too_small"),
    "header of 65,500×65,500": (g.with_dimensions(SOUND, 65_500, 65_500), "too_many_pixels"),
    "header of 10,000×10,000": (g.with_dimensions(SOUND, 10_000, 10_000), "too_many_pixels"),
    "header of 8,001×5,000": (g.with_dimensions(SOUND, 8_001, 5_000), "too_many_pixels"),
    "header without height": (g.with_dimensions(SOUND, 240, 0), "broken"),
    "204,801 bytes by a comment": (g.padded_by_comments(SOUND, g.LIMIT + 1), "too_large"),
    "204,801 bytes by trailing bytes": (SOUND.ljust(g.LIMIT + 1, b"\0"), "too_large"),
    "a real picture of a megabyte": (g.noisy((1200, 1000), 95), "too_large"),
    "thousands of scans": (g.many_scans(2_000), "broken"),
}

ACCEPTED = {
    "baseline": SOUND,
    "progressive": g.jpeg(progressive=True),
    "progressive with detail": g.noisy((300, 200), 60),
    "grey": g.jpeg(mode="L"),
    "CMYK": g.jpeg(mode="CMYK"),
    "4:4:4": g.jpeg(subsampling=0),
    "restart markers": g.jpeg(restart_marker_blocks=4),
    "quality 100": g.jpeg(quality=100),
    "quality 1": g.jpeg(quality=1),
    "100×100": g.jpeg((100, 100)),
    "two frames (MPO)": g.several_frames(),
    "with metadata": g.with_metadata(),
    "broken EXIF": g.jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 50),
    "exactly 204,800 bytes by comments": g.padded_by_comments(SOUND, g.LIMIT),
    "exactly 204,800 bytes by trailing bytes": SOUND.ljust(g.LIMIT, b"\0"),
    "ZIP behind the picture": SOUND + g.zipped(),
    "HTML behind the picture": SOUND + g.HTML,
    "HTML in a comment": g.with_comment(SOUND, g.HTML),
    "second JPEG behind the picture": SOUND + g.jpeg((500, 500)),
    "drawn scan": draw_scan("کارت ملی", 1),
    "drawn photo": draw_scan("عکس", 2, (300, 400), kind="photo"),
    "drawn stamp": draw_stamp("کارگاه", 1),
    "drawn signature": draw_signature(1),
}


def upload(content: bytes, name: str = "scan.jpg", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def refused(content: bytes) -> RefusedPicture:
    with pytest.raises(RefusedPicture) as caught:
        read_picture(upload(content))
    return caught.value


def opened(picture: Picture) -> Image.Image:
    return Image.open(BytesIO(picture.content))


def near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(pixel, colour, strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_a_whole_readable_jpeg_of_the_right_size_is_refused(name):
    content, code = REFUSED[name]
    assert refused(content).code == code


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_sound_jpeg_becomes_a_jpeg_of_our_own(name):
    picture = read_picture(upload(ACCEPTED[name]))
    image = opened(picture)
    image.load()
    assert image.format == "JPEG"
    assert image.mode in {"RGB", "L"}
    assert image.size == (picture.width, picture.height)
    assert len(picture.content) <= g.LIMIT
    assert picture.sha256 == hashlib.sha256(picture.content).hexdigest()
    assert picture.content.endswith(b"\xff\xd9")


def test_the_bomb_is_refused_also_where_pillow_only_warns():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Image, "MAX_IMAGE_PIXELS", None)
        assert refused(g.with_dimensions(SOUND, 65_500, 65_500)).code == "too_many_pixels"


def test_too_many_pixels_are_refused_before_anything_is_decoded(monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("decoded"))
    assert refused(g.with_dimensions(SOUND, 8_001, 5_000)).code == "too_many_pixels"


@pytest.mark.parametrize(
    "name", ["scan.JPEG", "اسکن کارت ملی.jpg", "picture.png", "../../etc/passwd", "x.php"]
)
@pytest.mark.parametrize("content_type", ["image/jpeg", "text/html", ""])
def test_the_name_and_the_declared_type_play_no_part(name, content_type):
    assert read_picture(upload(SOUND, name, content_type)) == read_picture(upload(SOUND))


@pytest.mark.parametrize("size", [0, 1, 10**9, None])
def test_the_declared_size_plays_no_part(size):
    small, large = upload(SOUND), upload(SOUND.ljust(g.LIMIT + 1, b"\0"))
    small.size = large.size = size
    assert read_picture(small).width == 240
    with pytest.raises(RefusedPicture):
        read_picture(large)


def test_never_more_than_one_byte_over_the_limit_is_read():
    class Endless(BytesIO):
        given = 0

        def read(self, size=-1):
            assert size > 0
            part = min(size, 10_000)
            self.given += part
            return b"\xff" * part

    stream = Endless()
    with pytest.raises(RefusedPicture, match="کیلوبایت"):
        read_picture(stream)
    assert stream.given == g.LIMIT + 1


def test_an_upload_that_was_read_before_is_read_from_its_beginning():
    file = upload(SOUND)
    file.read()
    assert read_picture(file) == read_picture(BytesIO(SOUND))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_stored_upright(orientation):
    picture = read_picture(upload(g.turned(orientation)))
    assert (picture.width, picture.height) == (240, 160)
    image = opened(picture)
    assert near(image.getpixel((20, 20)), g.RED)
    for corner in [(220, 20), (20, 140), (220, 140)]:
        assert near(image.getpixel(corner), g.BLUE)


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_does_not_exist_is_ignored(orientation):
    assert near(opened(read_picture(upload(g.turned(orientation)))).getpixel((20, 20)), g.RED)


def test_place_camera_colour_profile_and_comments_are_not_kept():
    sent = g.with_metadata()
    assert Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)
    picture = read_picture(upload(sent))
    image = opened(picture)
    assert not image.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp", "dpi", "mp"} & set(image.info)
    assert b"Secret" not in picture.content
    assert [marker for marker, _ in image.applist] == ["APP0"]


@pytest.mark.parametrize("name", ["ZIP behind the picture", "HTML behind the picture", "HTML in a comment"])
def test_a_picture_that_is_also_another_file_is_accepted_and_the_other_file_vanishes(name):
    picture = read_picture(upload(ACCEPTED[name]))
    assert picture == read_picture(upload(SOUND))
    assert not zipfile.is_zipfile(BytesIO(picture.content))
    assert b"script" not in picture.content


def test_only_the_first_frame_is_kept():
    image = opened(read_picture(upload(g.several_frames())))
    assert image.size == (240, 160)
    assert getattr(image, "n_frames", 1) == 1
    assert near(image.getpixel((20, 20)), g.RED)


def test_grey_stays_grey_and_print_colours_become_screen_colours():
    assert opened(read_picture(upload(g.jpeg(mode="L")))).mode == "L"
    image = opened(read_picture(upload(g.jpeg(mode="CMYK"))))
    assert image.mode == "RGB"
    assert near(image.getpixel((20, 20)), g.RED)


def test_a_stored_picture_may_be_read_and_stored_again():
    once = read_picture(upload(SOUND))
    twice = read_picture(upload(once.content))
    assert (twice.width, twice.height) == (once.width, once.height)


def test_what_grows_by_encoding_is_stored_at_a_lower_quality_within_the_limit():
    sent = g.noisy((900, 700), 30)
    assert len(sent) <= g.LIMIT
    picture = read_picture(upload(sent))
    assert len(picture.content) <= g.LIMIT
    assert (picture.width, picture.height) == (900, 700)


def test_what_no_quality_makes_small_enough_is_made_smaller_in_size():
    picture = pictures.make_picture(Image.effect_noise((800, 400), 90), limit=20_000)
    assert len(picture.content) <= 20_000
    assert picture.width < 800
    assert picture.width == pytest.approx(2 * picture.height, rel=0.05)


def test_no_side_of_a_stored_picture_is_longer_than_2400_pixels():
    content = g.jpeg((5000, 4000), quality=5, progressive=True)
    assert len(content) <= g.LIMIT
    picture = read_picture(upload(content))
    assert (picture.width, picture.height) == (2400, 1920)


def test_a_picture_of_exactly_the_most_pixels_is_accepted():
    content = g.saved(Image.new("L", (8000, 5000), 255), quality=5, progressive=True)
    assert len(content) <= g.LIMIT
    assert read_picture(upload(content)).width == 2400


def test_truncated_files_stay_refused_for_the_whole_program():
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_a_cut_that_loses_only_the_end_marker_gives_an_answer_and_no_crash():
    for missing in (1, 2):
        assert answer(NOISE[:-missing]) in {"picture", "broken"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("PNG", "این فایل عکس PNG است"),
        ("PDF", "این فایل سند PDF است"),
        ("HEIC", "این فایل عکس HEIC است"),
        ("WEBP", "این فایل عکس WEBP است"),
        ("JPEG 2000", "این فایل عکس JPEG 2000 است"),
        ("SVG", "این فایل عکس SVG است"),
        ("HTML", "این فایل صفحه وب است"),
        ("ZIP", "این فایل فایل فشرده یا Word است"),
        ("text", "این فایل عکس JPG نیست"),
        ("1×1", "۱ در ۱ پیکسل"),
        ("99 high", "۴۰۰ در ۹۹ پیکسل"),
        ("header of 8,001×5,000", "بیش از ۴۰ میلیون پیکسل"),
        ("204,801 bytes by a comment", "بیش از ۲۰۰ کیلوبایت"),
        ("JPEG cut in the middle", "ناقص یا خراب"),
        ("empty", "خالی"),
    ],
)
def test_a_refusal_says_what_is_wrong_in_words_and_persian_digits(name, words):
    (message,) = refused(REFUSED[name][0]).messages
    assert words in message
    assert message.endswith(".")
    assert not set("0123456789") & set(message.replace("JPEG 2000", ""))


def answer(content: bytes) -> str:
    try:
        picture = read_picture(BytesIO(content))
    except RefusedPicture as refusal:
        return str(refusal.code)
    assert len(picture.content) <= g.LIMIT
    return "picture"


BASES = [SOUND, g.jpeg((120, 120), progressive=True), g.turned(6), g.with_metadata(), g.several_frames()]


@settings(max_examples=300, deadline=None)
@given(
    base=st.sampled_from(BASES),
    changes=st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.one_of(st.none(), st.integers(0, 4_000)),
)
def test_whatever_bytes_are_changed_the_answer_is_a_picture_or_a_refusal(base, changes, cut):
    content = bytearray(base)
    for at, value in changes:
        content[at % len(content)] = value
    assert answer(bytes(content[:cut])) in {*pictures.REFUSALS, "picture"}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2_000))
def test_whatever_follows_the_magic_bytes_the_answer_is_a_picture_or_a_refusal(rest):
    assert answer(b"\xff\xd8\xff" + rest) in {*pictures.REFUSALS, "picture"}


def test_a_drawing_is_the_same_for_the_same_seed_and_light():
    draw_scan.cache_clear()
    first = draw_scan("کارت ملی", 7)
    draw_scan.cache_clear()
    assert draw_scan("کارت ملی", 7) == first
    for kind, size in itertools.product(["card", "photo", "page"], [(800, 500), (600, 850), (120, 160)]):
        assert len(draw_scan("شناسنامه", 3, size, kind=kind)) < 60_000
    assert draw_scan("کارت ملی", 8) != first
    assert draw_signature(1) != draw_signature(2)
    assert draw_stamp("کارگاه", 1) != draw_stamp("کارگاه", 2)


def test_drawings_need_no_font(monkeypatch):
    monkeypatch.setattr(drawn, "persian_font", lambda size: None)
    for draw in (draw_scan, draw_stamp):
        draw.cache_clear()
    assert read_picture(BytesIO(draw_scan("کارت ملی", 1))).width == 800
    assert read_picture(BytesIO(draw_stamp("کارگاه", 1))).width == 300
    for draw in (draw_scan, draw_stamp):
        draw.cache_clear()
