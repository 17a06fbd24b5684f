import hashlib
import itertools
import zipfile
from io import BytesIO
from threading import BoundedSemaphore

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFile, ImageStat
from PIL.JpegImagePlugin import get_sampling

from pishkhan.documents import drawn, pictures
from pishkhan.documents.drawn import draw_scan, draw_signature, draw_stamp
from pishkhan.documents.pictures import Picture, RefusedPicture, read_picture
from tests.documents import generated as g

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of broken EXIF

SOUND = g.jpeg()


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


@pytest.mark.parametrize("name", g.SOUND)
def test_every_sound_jpeg_becomes_a_jpeg_of_our_own(name):
    picture = read_picture(upload(g.made(name)))
    image = opened(picture)
    image.load()
    assert image.format == "JPEG"
    assert image.mode in {"RGB", "L"}
    assert image.size == (picture.width, picture.height)
    assert picture.sha256 == hashlib.sha256(picture.content).hexdigest()


def test_the_bomb_is_refused_also_where_pillow_only_warns():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Image, "MAX_IMAGE_PIXELS", None)
        assert refused(g.with_dimensions(SOUND, 65_500, 65_500)).code == "too_many_pixels"


def test_too_many_pixels_are_refused_before_anything_is_decoded(monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *args, **options: pytest.fail("opened"))
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
    picture = read_picture(upload(g.made(name)))
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


def test_the_inverted_colours_of_adobe_are_shown_as_they_were_meant():
    for name in ("YCCK, inverted by Adobe", "CMYK, progressive", "RGB without transform"):
        image = opened(read_picture(upload(g.made(name))))
        assert near(image.getpixel((20, 20)), g.RED), name
        assert near(image.getpixel((220, 140)), g.BLUE), name


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
        assert answer(g.detailed()[:-missing]) in {"picture", "broken"}


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


# Many at once


@pytest.fixture
def no_patience(monkeypatch):
    monkeypatch.setattr(pictures, "PATIENCE", 0.01)
    monkeypatch.setattr(pictures, "TURNS", BoundedSemaphore(1))
    monkeypatch.setattr(pictures, "LARGE_TURNS", BoundedSemaphore(1))


def test_whoever_waits_too_long_for_a_turn_is_told_to_come_again(no_patience):
    pictures.TURNS.acquire()
    busy = refused(SOUND)
    assert busy.code == "busy"
    assert "دوباره بفرستید" in busy.messages[0]
    pictures.TURNS.release()
    assert read_picture(upload(SOUND))


def test_ordinary_pictures_do_not_wait_behind_the_largest(no_patience):
    pictures.LARGE_TURNS.acquire()
    assert read_picture(upload(SOUND))
    for name in ("40 million grey pixels", "sixty passes", "8 million pixels in every colour"):
        assert refused(g.made(name)).code == "busy", name


@pytest.mark.parametrize("name", ["plain", "cut after 45 per cent", "sixty passes"])
def test_a_turn_is_given_back_whatever_the_picture_was(name, no_patience):
    for _ in range(3):
        assert answer(g.made(name)) != "busy"


def test_what_is_refused_by_its_header_waits_for_nobody(no_patience):
    pictures.TURNS.acquire()
    pictures.LARGE_TURNS.acquire()
    assert refused(g.made("claims 65,500×65,500")).code == "too_many_pixels"
    assert refused(g.made("PNG")).code == "not_jpeg"


# Quality


def test_the_best_quality_that_fits_is_found(monkeypatch):
    image = Image.effect_noise((400, 300), 60)
    sizes = {quality: len(g.saved(image, quality=quality, optimize=True)) for quality in pictures.QUALITIES}
    for quality, size in sizes.items():
        assert len(pictures.best_encoding(image, size)) == size, quality
    assert len(pictures.best_encoding(image, 100)) == sizes[pictures.QUALITIES[-1]]


@pytest.fixture
def tries(monkeypatch):
    """Grows by one with every encoding."""
    tries: list[int] = []
    save = Image.Image.save
    monkeypatch.setattr(
        Image.Image, "save", lambda *args, **options: [tries.append(1), save(*args, **options)]
    )
    return tries


def test_finding_the_quality_takes_at_most_five_tries(tries):
    image = Image.effect_noise((200, 150), 60)
    for limit in range(100, 30_000, 1_000):
        tries.clear()
        pictures.best_encoding(image, limit)
        assert len(tries) <= 5


@pytest.mark.parametrize("quality", [50, 75, 95])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_what_is_not_made_smaller_is_encoded_once_and_as_it_was(quality, subsampling, tries):
    """By its own tables, in which case encoding it again loses next to nothing."""
    content = g.saved(Image.open(BytesIO(draw_scan("کارت ملی", 1))), quality=quality, subsampling=subsampling)
    tries.clear()
    picture = read_picture(upload(content))
    assert len(tries) == 1
    before, after = Image.open(BytesIO(content)), opened(picture)
    assert after.quantization == before.quantization
    assert get_sampling(after) == get_sampling(before)
    assert abs(len(picture.content) / len(content) - 1) < 0.02
    loss = ImageStat.Stat(ImageChops.difference(before.convert("L"), after.convert("L"))).mean[0]
    assert loss < 0.5


def test_tables_that_come_in_another_order_keep_their_places():
    drawn = Image.open(BytesIO(draw_scan("کارت ملی", 1)))
    content = g.saved(drawn, qtables=[[5] * 64, [40] * 64])
    brightness, colour = (bytes([number, *[value] * 64]) for number, value in ((0, 5), (1, 40)))
    start = content.index(b"\xff\xdb")
    frame = content.index(b"\xff\xc0")
    tables = b"".join(g.segment(0xDB, table) for table in (colour, brightness))
    picture = read_picture(upload(content[:start] + tables + content[frame:]))
    assert opened(picture).quantization == {0: [5] * 64, 1: [40] * 64}
