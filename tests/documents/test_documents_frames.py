"""The header of a JPEG, read by ourselves, says what Pillow finds in it."""

from io import BytesIO

import pytest
from PIL import Image

from pishkhan.documents.frames import read_frame
from tests.documents import generated as g

READABLE = [name for name in {**g.SOUND, **g.HEAVY} if "orientation" not in name]


@pytest.mark.parametrize("name", READABLE)
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_size_and_layers_are_those_that_pillow_reads(name):
    frame = read_frame(g.made(name))
    with Image.open(BytesIO(g.made(name)), formats=["JPEG", "MPO"]) as image:
        assert (frame.width, frame.height) == image.size
        assert [(across, down) for _, across, down, _ in image.layer] == list(frame.sampling)
        assert frame.buffered == bool(image.info.get("progressive"))


@pytest.mark.parametrize(
    ("content", "samples"),
    [
        (g.jpeg((200, 100), "L"), 20_000),
        (g.jpeg((200, 100), subsampling="4:4:4"), 60_000),
        (g.jpeg((200, 100), subsampling="4:2:2"), 40_000),
        (g.jpeg((200, 100), subsampling="4:2:0"), 30_000),
        (g.jpeg((200, 100), "CMYK"), 80_000),
    ],
)
def test_the_values_of_every_layer_are_counted_as_it_is_sampled(content, samples):
    frame = read_frame(content)
    assert (frame.samples, frame.kept, frame.work) == (samples, 0, samples)


def test_a_progressive_picture_is_kept_whole_and_read_once_a_scan():
    frame = read_frame(g.jpeg((200, 100), progressive=True))
    assert frame.scans > 5
    assert (frame.samples, frame.kept, frame.work) == (30_000, 30_000, 30_000 * frame.scans)


def test_a_plain_picture_whose_layers_come_one_after_the_other_is_kept_whole_too():
    content = g.jpeg((200, 100))
    one_layer = g.segment(g.SOS, b"\1\1\0\0\x3f\0")
    at = next(start for marker, start, _ in g.header(content) if marker == g.SOS)
    frame = read_frame(content[:at] + one_layer + content[at:])
    assert frame.buffered and frame.kept == frame.samples


@pytest.mark.parametrize("cut", range(2, 623, 23))
def test_a_header_that_is_cut_off_is_none(cut):
    content = g.jpeg()
    assert cut < g.header(content)[-1][2]
    assert read_frame(content[:cut]) is None


def test_a_preview_in_a_segment_is_not_taken_for_the_picture():
    frame = read_frame(g.exif(g.jpeg((160, 120))))
    assert (frame.width, frame.height) == (240, 160)
