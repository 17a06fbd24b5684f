"""Where the entry cannot be written, no page opens and no attempt is answered.

The world is committed: a request has the transactions that it makes itself, and none around them.
"""

import pytest

from tests.audit.looks import ATTEMPTS, ON_PAGES
from tests.audit.refusing import is_not_done_without_its_entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("action", ON_PAGES)
def test_without_its_entry_no_page_opens(action, committed_world, refused):
    is_not_done_without_its_entry(action, ON_PAGES[action](committed_world), *refused)


@pytest.mark.parametrize("action", ATTEMPTS)
def test_without_its_entry_no_attempt_is_answered(action, committed_world, refused):
    is_not_done_without_its_entry(action, ATTEMPTS[action](committed_world), *refused)
