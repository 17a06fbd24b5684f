"""Flaws for the harness to find, in a portal to be thrown away: `python -m trust.crash.planting`.

One acknowledged row deleted, one doubled, one that nobody sent, a file and an entry of the trail gone.
"""

import os

import django


def plant() -> None:
    from pishkhan.audit.models import Entry  # noqa: PLC0415 after django.setup()
    from pishkhan.cases.models import Case, CaseScan, Event  # noqa: PLC0415
    from pishkhan.cases.states import State, Verb  # noqa: PLC0415

    finished = list(Case.objects.filter(state=State.COMPLETED).order_by("id")[:5])
    assert len(finished) == 5, "too few requests were finished"
    deleted, doubled, copied, bare, entered = finished
    Event.objects.filter(case=deleted, verb=Verb.SEND).delete()
    event = Event.objects.filter(case=doubled, verb=Verb.SEND).get()
    event.pk = None
    event.save(force_insert=True)
    copied.pk, copied.tracking_code, copied.national_code = None, None, "0000000000"
    copied.save(force_insert=True)
    CaseScan.objects.filter(case=bare).first().document.path.unlink()  # type: ignore[union-attr]
    entry = Entry.objects.filter(about=f"case:{entered.pk}", action="case send").get()
    Entry._base_manager.filter(pk=entry.pk)._raw_delete("default")  # type: ignore[attr-defined]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")
    django.setup()
    plant()
