import pytest

from pishkhan.audit import chain, sealing


@pytest.fixture
def apart(settings, tmp_path):
    """A key and anchors of the test's own."""
    settings.AUDIT_KEY_FILE = tmp_path / "audit_key"
    settings.AUDIT_ANCHORS = tmp_path / "anchors.log"
    sealing._told.clear()
    yield tmp_path
    chain.key.cache_clear()
