"""A picture that was sent and gave way to another stays, for the branch to see both."""

import pytest

from pishkhan.cases import operations
from pishkhan.cases.drafts import attach_scan, remove_scan
from pishkhan.cases.models import Case, EarlierScan
from pishkhan.cases.states import State
from tests.world import World, drafted, filled_case, fresh, jpeg, returned


def photo(case: Case):
    return case.scans.get(kind="photo").document


def earlier(case: Case) -> list:
    """The documents that stayed, the first replaced first."""
    scans = EarlierScan.objects.filter(case=case, kind="photo").select_related("document").order_by("id")
    return [scan.document for scan in scans]


@pytest.fixture
def back(world: World) -> Case:
    """A case that the branch has sent back."""
    return filled_case(world, State.RETURNED)


def test_the_picture_that_the_branch_sent_back_stays_when_another_comes(world: World, back: Case):
    sent = photo(back)
    attach_scan(world.ali, back, "photo", jpeg(80))
    assert photo(back) != sent
    assert earlier(back) == [sent]


def test_of_several_tries_only_what_was_sent_stays(world: World, back: Case):
    sent = photo(back)
    for shade in (80, 81, 82):
        attach_scan(world.ali, back, "photo", jpeg(shade))
    assert earlier(back) == [sent]


def test_taking_it_out_first_hides_nothing_from_the_branch(world: World, back: Case):
    sent = photo(back)
    remove_scan(world.ali, back.pk, "photo")
    attach_scan(world.ali, back, "photo", jpeg(80))
    assert earlier(back) == [sent]


def test_every_round_leaves_what_was_sent_in_it(world: World, back: Case):
    first = photo(back)
    attach_scan(world.ali, back, "photo", jpeg(80))
    second = photo(back)
    returned(world, operations.send(world.ali, back.pk))
    attach_scan(world.ali, back, "photo", jpeg(81))
    assert earlier(back) == [first, second]


def test_what_the_applicant_sent_stays_when_the_employer_replaces_it(world: World):
    case = filled_case(world, State.AWAITING_EMPLOYER)
    sent = photo(case)
    attach_scan(world.ali, case, "photo", jpeg(80))
    assert earlier(case) == [sent]


def test_what_was_never_sent_leaves_nothing(world: World):
    case = drafted(world)
    attach_scan(world.ali, case, "photo", jpeg(80))
    remove_scan(world.ali, case.pk, "photo")
    assert not EarlierScan.objects.exists()


def test_of_the_other_kinds_nothing_stays(world: World, back: Case):
    attach_scan(world.ali, back, "photo", jpeg(80))
    operations.send(world.ali, fresh(back).pk)
    assert set(EarlierScan.objects.values_list("kind", flat=True)) == {"photo"}
