"""What is in the database and on the disk.

`python -m trust.crash.facts` prints it, in the environment of a portal.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from typing import Any

import django

Counts = dict[str, int]


@dataclass
class Request:
    """One row of a case, with what hangs on it.

    `scans` is kind → SHA-256; `events` counts verbs, `entries` the trail's actions, `entered` the SHA-256 of
    the pictures that the trail knows of, `stored` those of the documents that were stored for the case.
    """

    pk: int
    national_code: str
    state: str
    remarks: str
    tracking_code: str | None
    scans: dict[str, str] = field(default_factory=dict)
    events: Counts = field(default_factory=dict)
    entries: Counts = field(default_factory=dict)
    entered: Counts = field(default_factory=dict)
    stored: Counts = field(default_factory=dict)
    news: int = 0


@dataclass
class Facts:
    """`persons` and `employments` count rows by national code; `troubles` are what `pishkhan verify` says."""

    requests: list[Request]
    persons: Counts
    employments: Counts
    documents: int
    troubles: list[str]


def read() -> Facts:
    from django.db.models import Count  # noqa: PLC0415 after django.setup()

    from pishkhan.documents.models import Document  # noqa: PLC0415
    from pishkhan.keeping.verifying import troubles  # noqa: PLC0415
    from pishkhan.people.models import Employment, Person  # noqa: PLC0415

    persons = Person.objects.values_list("national_code").annotate(Count("id"))
    employments = Employment.objects.values_list("person__national_code").annotate(Count("id"))
    return Facts(
        requests=_requests(),
        persons=dict(persons),
        employments=dict(employments),
        documents=Document.objects.count(),
        troubles=list(troubles(0)),
    )


def _requests() -> list[Request]:
    from pishkhan.cases.models import Case, CaseScan, Event  # noqa: PLC0415
    from pishkhan.documents.models import Document  # noqa: PLC0415
    from pishkhan.notifications.models import Notification  # noqa: PLC0415

    rows = Case.objects.order_by("id").values_list(
        "id", "national_code", "state", "answers", "tracking_code", named=True
    )
    found = {
        row.id: Request(
            row.id, row.national_code, row.state, row.answers.get("remarks", ""), row.tracking_code
        )
        for row in rows
    }
    for case, kind, sha256 in CaseScan.objects.values_list("case_id", "kind", "document__sha256"):
        found[case].scans[kind] = sha256
    news = Counter(Notification.objects.exclude(case_id=None).values_list("case_id", flat=True))
    events = _counted(Event.objects.values_list("case_id", "verb"))
    owned = Document.objects.filter(owner__startswith="case:").values_list("owner", "sha256")
    stored = _counted((int(owner.removeprefix("case:")), sha256) for owner, sha256 in owned)
    entries, entered = _trail()
    for pk, request in found.items():
        request.events, request.stored, request.news = events[pk], stored[pk], news[pk]
        request.entries, request.entered = entries[pk], entered[pk]
    return list(found.values())


def _trail() -> tuple[dict[int, Counts], dict[int, Counts]]:
    from pishkhan.audit.models import Entry  # noqa: PLC0415

    rows = Entry.objects.filter(about__startswith="case:").values_list("about", "action", "details")
    told = [(int(about.removeprefix("case:")), action, details) for about, action, details in rows]
    attached = ((case, details["sha256"]) for case, action, details in told if action == "scan attached")
    return _counted((case, action) for case, action, _ in told), _counted(attached)


def _counted(pairs: Any) -> dict[int, Counts]:
    counted: dict[int, Counts] = defaultdict(dict)
    for key, value in pairs:
        counted[key][value] = counted[key].get(value, 0) + 1
    return counted


def parse(text: str) -> Facts:
    told = json.loads(text)
    return Facts(**told | {"requests": [Request(**each) for each in told["requests"]]})


def main() -> None:
    django.setup()
    json.dump(asdict(read()), sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")
    main()
