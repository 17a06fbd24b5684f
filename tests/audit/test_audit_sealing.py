"""How entries get their places in the chain, and how its head is kept outside of the database."""

import datetime
import stat
import threading

import pytest
import time_machine
from django.core import mail
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from pishkhan.audit import chain, sealing
from pishkhan.audit.anchors import AnchorsUnreadableError, anchor_head
from pishkhan.audit.chain import KeyMissingError, is_genuine
from pishkhan.audit.models import Entry, Seal, TrailIsAppendOnlyError
from pishkhan.audit.operations import Author, record
from pishkhan.audit.sealing import TrailBrokenError, mail_head, seal_every_entry, seal_new_entries, trouble
from pishkhan.audit.verifying import verify

from .sealed import CLERK, START, anchor_lines, sealed_and_anchored, sql, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("apart")]

MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)


def places() -> list[tuple[int, int]]:
    return list(Seal.objects.order_by("place").values_list("place", "entry_id"))


# An entry's own code

DETAILS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(exclude_categories=["C"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=8,
)


@given(details=st.dictionaries(st.text("abcdefgh", min_size=1), DETAILS), label=st.text("ابپ‌ab", max_size=20))
def test_an_entry_read_back_is_what_was_written(details, label):
    entry = record("something", by=Author(None, label), about="case:1", **details)
    assert is_genuine(vars(Entry.objects.get(pk=entry.pk)))


def test_two_entries_that_say_the_same_have_different_codes():
    with time_machine.travel(START, tick=False):
        one, other = (record("something", by=CLERK) for _ in range(2))
    assert one.mac != other.mac and len(one.mac) == 64


def test_the_key_is_its_owners_alone_and_stays(settings):
    written("one")
    file = settings.AUDIT_KEY_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    chain.key.cache_clear()
    written("two")
    assert file.read_bytes() == before and len(before) == 64


def test_a_key_that_was_lost_is_not_replaced_unseen(settings):
    written("one")
    settings.AUDIT_KEY_FILE.unlink()
    chain.key.cache_clear()
    with pytest.raises(KeyMissingError, match="bring it back from the backup"):
        written("two")
    assert not settings.AUDIT_KEY_FILE.exists()
    assert [problem.id for problem in run_checks() if "audit_key" in problem.msg] == ["pishkhan.E005"]


# Sealing


def test_entries_get_the_next_places_in_the_order_of_their_ids():
    first, second = written("one", "two", "three"), []
    assert seal_new_entries() == 3
    second = written("four", "five")
    assert [seal_new_entries(), seal_new_entries()] == [2, 0]
    assert places() == list(enumerate(first + second, 1))


def test_many_entries_are_sealed_in_batches(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 3)
    ids = written(*"abcdefgh")
    assert seal_new_entries() == 8
    assert places() == list(enumerate(ids, 1))


def appearing(pk: int) -> None:
    """A genuine entry with that id, as of a transaction that began long ago."""
    sql("UPDATE audit_entry SET id = %s WHERE id = %s", pk, record("late", by=CLERK).pk)


def test_an_entry_that_is_committed_late_is_sealed_when_it_appears():
    """Its id is lower than that of entries which are sealed already."""
    late, *others = written("not yet", "one", "two")
    sql("DELETE FROM audit_entry WHERE id = %s", late)
    seal_new_entries()
    appearing(late)
    assert seal_new_entries() == 1
    assert places() == [(1, others[0]), (2, others[1]), (3, late)]


def test_an_entry_that_is_committed_very_late_is_sealed_by_the_hourly_job(monkeypatch):
    monkeypatch.setattr(sealing, "LOOK_BACK", 5)
    late, *others = written(*"abcdefghij")
    sql("DELETE FROM audit_entry WHERE id = %s", late)
    seal_new_entries()
    appearing(late)
    assert [seal_new_entries(), seal_every_entry()] == [0, 1]
    assert places()[-1] == (len(others) + 1, late)
    assert verify().sealed == len(others) + 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_not_fork_the_chain(monkeypatch):
    monkeypatch.setattr(sealing, "BATCH", 7)
    ids = written(*(str(number) for number in range(150)))
    start, errors = threading.Barrier(4), []

    def worker() -> None:
        try:
            start.wait()
            while Entry.objects.unsealed().exists():
                seal_new_entries()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert [place for place, _ in places()] == list(range(1, 151))
    assert sorted(entry for _, entry in places()) == ids
    assert verify().sealed == 150


@pytest.mark.parametrize(
    "way",
    [
        lambda seal: seal.save(),
        lambda seal: seal.delete(),
        lambda seal: Seal.objects.update(digest=""),
        lambda seal: Seal.objects.all().delete(),
        lambda seal: Seal.objects.bulk_create([seal], update_conflicts=True, update_fields=["digest"]),
    ],
)
def test_a_seal_is_never_changed_nor_removed(way):
    sealed_and_anchored("one")
    with pytest.raises(TrailIsAppendOnlyError):
        way(Seal.objects.get())


# Anchors


def test_the_head_is_anchored_once_a_minute_at_most():
    for second in (0, 10, 59, 61, 119, 125):
        written("one", at=START + datetime.timedelta(seconds=second))
        with time_machine.travel(START + datetime.timedelta(seconds=second), tick=False):
            seal_new_entries()
            anchor_head()
    assert [line["place"] for line in anchor_lines()] == [1, 4, 6]
    assert [line["at"][11:19] for line in anchor_lines()] == ["09:00:00", "09:01:01", "09:02:05"]


def test_the_head_is_anchored_every_day_even_when_nothing_happened():
    sealed_and_anchored("one")
    for later in (MINUTE, DAY, DAY + MINUTE, 2 * DAY + 2 * MINUTE):
        with time_machine.travel(START + later, tick=False):
            anchor_head()
    assert [line["at"][:10] for line in anchor_lines()] == ["2026-11-24", "2026-11-25", "2026-11-26"]
    assert verify().anchored.place == 1


def test_an_anchor_is_the_head_as_it_is_told(capsys):
    sealed_and_anchored("one", "two")
    call_command("audit", "head")
    line = anchor_lines()[-1]
    assert capsys.readouterr().out == f"place 2, head {line['digest']}\n"


def test_where_nothing_is_sealed_there_is_no_head(settings):
    written("one")
    anchor_head(at_once=True)
    assert not settings.AUDIT_ANCHORS.exists()
    with pytest.raises(CommandError, match="is the worker running"):
        call_command("audit", "head")


def test_an_older_head_is_not_anchored_after_a_newer_one(monkeypatch):
    """As by a worker that was held up between reading the head and writing it down."""
    sealed_and_anchored("one")
    sealed_and_anchored("two", at=START + MINUTE)
    from pishkhan.audit.anchors import Anchor, _append  # noqa: PLC0415

    _append(Anchor(START + 2 * MINUTE, 1, Seal.objects.get(place=1).digest))
    assert [line["place"] for line in anchor_lines()] == [1, 2]


def test_half_a_line_that_a_full_disk_left_stops_nothing_and_gives_way_to_the_next(settings):
    sealed_and_anchored("one")
    whole = settings.AUDIT_ANCHORS.read_bytes()
    settings.AUDIT_ANCHORS.write_bytes(whole + whole[:50])
    sealed_and_anchored("two", at=START + MINUTE)
    assert [line["place"] for line in anchor_lines()] == [1, 2]
    assert settings.AUDIT_ANCHORS.read_bytes().startswith(whole)


# Refusing to seal on


def cut(ids):
    sql("DELETE FROM audit_seal WHERE place = 2")


def other_key(ids):
    chain.settings.AUDIT_KEY_FILE.write_text("0" * 64)
    chain.key.cache_clear()


def other_head(ids):
    sealed = written("three", at=START + MINUTE)
    seal_new_entries()
    sql("UPDATE audit_seal SET digest = %s WHERE entry_id = %s", "0" * 64, sealed[0])


def no_entry(ids):
    sql("DELETE FROM audit_entry WHERE id = %s", ids[-1])


REFUSED = {
    "is not in the database": cut,
    "place 2 does not fit .*audit_key": other_key,
    "place 3 does not fit": other_head,
    "place 2 does not fit": no_entry,
}


@pytest.mark.parametrize("why", REFUSED)
def test_nothing_is_sealed_on_what_is_not_our_chain(why):
    REFUSED[why](sealed_and_anchored("one", "two"))
    before = places()
    record("more", by=CLERK)
    with pytest.raises(TrailBrokenError, match=why) as refused:
        seal_new_entries()
    assert "pishkhan audit verify" in str(refused.value)
    assert places() == before
    told = [problem for problem in run_checks() if problem.id == "pishkhan.W002"]
    assert len(told) == 1 and "not sealed" in told[0].msg


def test_anchors_that_no_worker_wrote_stop_the_sealing(settings):
    sealed_and_anchored("one")
    settings.AUDIT_ANCHORS.write_text("place one\n")
    with pytest.raises(AnchorsUnreadableError, match="bring the file back"):
        seal_new_entries()
    assert [problem.id for problem in run_checks() if "anchors" in problem.msg] == ["pishkhan.W002"]
    with pytest.raises(CommandError, match=r"WRONG: .*no worker wrote"):
        call_command("audit", "verify")


def test_a_sound_trail_troubles_nobody():
    sealed_and_anchored("one", "two")
    assert trouble() == ""
    assert not [problem for problem in run_checks() if problem.id in ("pishkhan.W002", "pishkhan.E005")]


# Mail


def test_the_head_is_mailed_once_a_day(settings):
    settings.AUDIT_MAIL = "auditor@example.org"
    sealed_and_anchored("one", "two")
    digest = Seal.objects.get(place=2).digest
    for hours in (1, 2, 23, 24):
        with time_machine.travel(START + datetime.timedelta(hours=hours), tick=False):
            mail_head()
            seal_new_entries()
    assert [message.to for message in mail.outbox] == [["auditor@example.org"]] * 2
    assert mail.outbox[0].subject == f"Pishkhan 1460: head of the trail of {START:%Y-%m-%d}"
    assert f"place  2\ndigest {digest}\n" in mail.outbox[0].body
    assert Entry.objects.filter(action="head mailed").count() == 2


def test_a_worker_that_dies_between_mailing_and_noting_mails_the_same_message_again(settings, monkeypatch):
    settings.AUDIT_MAIL = "auditor@example.org"
    sealed_and_anchored("one")
    with monkeypatch.context() as killed:
        killed.setattr("pishkhan.audit.sealing.record", lambda *args, **details: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            mail_head()
    mail_head()
    mail_head()
    first, again = (message.message() for message in mail.outbox)
    assert first["Message-ID"] == again["Message-ID"] and first["Subject"] == again["Subject"]
    assert first["Message-ID"].startswith("<trail.")


def test_a_mail_that_failed_is_tried_again(settings, monkeypatch):
    settings.AUDIT_MAIL = "auditor@example.org"
    sealed_and_anchored("one")
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    with pytest.raises(OSError):
        mail_head()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail_head()
    assert len(mail.outbox) == 1


def test_nobody_is_mailed_unless_named():
    sealed_and_anchored("one")
    mail_head()
    assert mail.outbox == []
