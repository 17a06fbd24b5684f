"""Every test of letters has a folder and a seal of its own."""

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.LETTERS_DIR = tmp_path / "data" / "letters"
    settings.SEAL_FILE = tmp_path / "data" / "seal.pem"
    (tmp_path / "data").mkdir()
    return settings.LETTERS_DIR
