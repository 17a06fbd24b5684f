"""The files of a backup that only its key opens: nothing in them can be changed, moved or left out."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.keeping.chest import CHUNK, SALT, TAG, DamagedBackupError, put, take

KEY, OTHER = b"k" * 32, b"o" * 32
NOISE = os.urandom(3 * CHUNK + 1000)  # what cannot be made smaller, so that there are four chunks


def taken(path, key=KEY, purpose="x") -> bytes:
    return b"".join(take(path, key, purpose))


@given(pieces=st.lists(st.binary(max_size=200)))
def test_what_was_put_is_taken(pieces, tmp_path_factory):
    path = tmp_path_factory.mktemp("chest") / "a.chest"
    put(path, pieces, KEY, "x")
    assert taken(path) == b"".join(pieces)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 1000])
def test_every_length_is_taken_whole(length, tmp_path):
    put(tmp_path / "a", [NOISE[:length]], KEY, "x")
    assert taken(tmp_path / "a") == NOISE[:length]


def test_a_piece_is_small_however_well_the_content_could_be_packed(tmp_path):
    put(tmp_path / "a", [bytes(CHUNK)] * 50, KEY, "x")
    assert max(len(piece) for piece in take(tmp_path / "a", KEY, "x")) <= CHUNK


def chunks(path) -> tuple[bytes, list[bytes]]:
    content, size = path.read_bytes(), CHUNK + TAG
    return content[:SALT], [content[at : at + size] for at in range(SALT, len(content), size)]


@pytest.mark.parametrize(
    "changed",
    [
        lambda parts: parts[:-1],
        lambda parts: parts[:1],
        lambda parts: parts[1:],
        lambda parts: [parts[1], parts[0], *parts[2:]],
        lambda parts: [*parts, parts[-1]],
        lambda parts: [parts[0], *parts],
        lambda parts: [*parts[:-1], parts[-1][:-1]],
        lambda parts: [],
    ],
)
def test_chunks_that_are_missing_moved_or_doubled_are_noticed(changed, tmp_path):
    put(tmp_path / "a", [NOISE], KEY, "x")
    salt, parts = chunks(tmp_path / "a")
    assert len(parts) == 4
    (tmp_path / "a").write_bytes(salt + b"".join(changed(parts)))
    with pytest.raises(DamagedBackupError):
        taken(tmp_path / "a")


def test_it_opens_for_its_key_and_purpose_alone(tmp_path):
    put(tmp_path / "a", [b"content"], KEY, "x")
    for key, purpose in ((OTHER, "x"), (KEY, "y")):
        with pytest.raises(DamagedBackupError):
            taken(tmp_path / "a", key, purpose)


def test_content_that_breaks_off_leaves_no_file(tmp_path):
    def breaks_off():
        yield NOISE
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        put(tmp_path / "a", breaks_off(), KEY, "x")
    assert not (tmp_path / "a").exists() and not list(tmp_path.glob("*.part"))
