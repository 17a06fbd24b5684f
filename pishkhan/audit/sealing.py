"""What the worker does for the trail: seals what was written, anchors the head, mails it once a day."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from .anchors import last_anchor
from .chain import FIELDS, START, digest_of, is_genuine, key
from .models import Entry, Seal
from .operations import SYSTEM, record

BATCH = 1000
LOOK_BACK = 10_000
"""An entry that is committed late is sealed at once when its id is so near to the highest sealed one."""

log = logging.getLogger(__name__)


class TrailBrokenError(Exception):
    """The chain in the database is not the one that was anchored, or not one made with our key."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"nothing is sealed: {why}. Run `pishkhan audit verify`;"
            " docs/operating.md, «The trail», tells what to do"
        )


def seal_new_entries() -> int:
    """Seals what was written lately; returns how many."""
    highest: int = Seal.objects.aggregate(highest=Max("entry_id"))["highest"] or 0
    return _seal_all(since=highest - LOOK_BACK)


def seal_every_entry() -> int:
    """Seals what `seal_new_entries` may have missed: entries of a transaction that was open for very long."""
    return _seal_all(since=0)


def _seal_all(since: int) -> int:
    why = trouble()
    if why:
        raise TrailBrokenError(why)
    sealed = 0
    while unsealed := list(
        Entry.objects.unsealed().filter(pk__gt=since).order_by("pk").values("pk", "mac", *FIELDS)[:BATCH]
    ):
        since = unsealed[-1]["pk"]
        genuine = [entry for entry in unsealed if is_genuine(entry)]
        _tell_once({entry["pk"] for entry in unsealed} - {entry["pk"] for entry in genuine})
        sealed += _seal([(entry["pk"], entry["mac"]) for entry in genuine])
    return sealed


def unsealed_since() -> datetime | None:
    """Since when the oldest of the newest entries waits for its seal; None when none does."""
    newest = Seal.objects.order_by("-place").values_list("entry_id", flat=True).first() or 0
    return Entry.objects.filter(pk__gt=newest).order_by("pk").values_list("at", flat=True).first()


_told: set[int] = set()


def _tell_once(forged: set[int]) -> None:
    for pk in sorted(forged - _told):
        log.error("entry %s of the trail was not written by this portal, and is not sealed", pk)
    _told.update(forged)


def trouble() -> str:
    """Why nothing can be sealed now; "" when all is well. Raises `KeyMissingError`."""
    key(settings.AUDIT_KEY_FILE)
    anchor = last_anchor()
    if anchor and not anchor.still_holds():
        return (
            f"the head anchored on {anchor.at:%Y-%m-%d %H:%M} (place {anchor.place}) is not in the database"
        )
    last, before = [*Seal.objects.order_by("-place")[:2], None, None][:2]
    if last is None:
        return ""
    mac = Entry.objects.filter(pk=last.entry_id).values_list("mac", flat=True).first()
    if last.digest != digest_of(last.place, before.digest if before else START, last.entry_id, mac or ""):
        return f"the seal at place {last.place} does not fit {settings.AUDIT_KEY_FILE} and its entry"
    return ""


def _seal(entries: list[tuple[int, str]]) -> int:
    """The next places for these (id, mac), all or, when another worker was quicker, none."""
    if not entries:
        return 0
    head = Seal.objects.order_by("place").last()
    place, digest = (head.place, head.digest) if head else (0, START)
    seals = []
    for entry_id, mac in entries:
        place += 1
        digest = digest_of(place, digest, entry_id, mac)
        seals.append(Seal(place=place, entry_id=entry_id, digest=digest))
    try:
        with transaction.atomic():
            Seal.objects.bulk_create(seals)
    except IntegrityError:
        return 0
    return len(seals)


def mail_head() -> None:
    """Every day, to whom the operator named: what was mailed cannot be changed here any more."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    head = Seal.objects.order_by("place").last()
    sent = Entry.objects.filter(action="head mailed", source="", at__gte=today)
    if not settings.AUDIT_MAIL or head is None or sent.exists():
        return
    code = settings.BRANCH["code"]
    told = f"branch {code}\ntime   {timezone.now().isoformat(timespec='seconds')}\n"
    told += f"place  {head.place}\ndigest {head.digest}\n"
    # The mail first: a slow mail server must not hold up who waits for the database.
    # It is noted afterwards: whoever dies between sends it again, as the same message, which is shown once.
    EmailMessage(
        f"Pishkhan {code}: head of the trail of {today:%Y-%m-%d}",
        told,
        to=[settings.AUDIT_MAIL],
        headers={"Message-ID": f"<trail.{today:%Y%m%d}@branch-{code}.pishkhan.invalid>"},
    ).send()
    record("head mailed", by=SYSTEM, place=head.place)
