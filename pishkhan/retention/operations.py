"""What a senior user does about what is kept: holds, a person's export, a person's erasing."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from pishkhan.accounts.operations import forget_particulars
from pishkhan.audit.operations import Author, record
from pishkhan.cases.models import Case
from pishkhan.cases.states import OPEN, State
from pishkhan.people.models import Person
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.users import visible_to

from .erasing import erase_case, erase_contact, erase_earlier_pictures, erase_known_pictures
from .exporting import export
from .models import Hold, cases_about
from .refusals import HeldError, ReasonWantedError, RequestOpenError


@dataclass
class Erased:
    """`gone`: how many of what; `kept`: what has to stay, each with the reason in words."""

    gone: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)


@transaction.atomic
def put_hold(actor: Actor, thing: Case | Person, reason: str) -> Hold:
    """Nothing of the case, or of the person, is erased from now on; held already, it stays as it is."""
    _require(actor, thing)
    if not reason.strip():
        raise ReasonWantedError
    locked = type(thing)._default_manager.select_for_update(no_key=True).get(pk=thing.pk)  # as erasing does
    which = {"case" if isinstance(thing, Case) else "person": locked}
    assert actor.user
    try:
        with transaction.atomic():
            hold = Hold.objects.create(**which, reason=reason.strip()[:300], put_by=actor.user)
    except IntegrityError:
        return Hold.objects.in_force().get(**which)
    record("hold put", by=actor.author, about=hold.about, hold=hold.pk)
    return hold


@transaction.atomic
def lift_hold(actor: Actor, hold: Hold, reason: str) -> None:
    """What the hold kept may be erased again, at its time."""
    thing = hold.case or hold.person
    assert thing
    _require(actor, thing)
    if not reason.strip():
        raise ReasonWantedError
    lifted = {"lifted_at": timezone.now(), "lifted_by": actor.user, "lifted_because": reason.strip()[:300]}
    if Hold.objects.in_force().filter(pk=hold.pk).update(**lifted):
        record("hold lifted", by=actor.author, about=hold.about, hold=hold.pk)


@transaction.atomic
def export_person(actor: Actor, national_code: str, *, by: Author | None = None) -> Iterator[bytes]:
    """Everything that the branch holds of a person, as the parts of a ZIP (`exporting`).

    The entry is written before the first part is given out. `by`: in whose name, the actor's unless told.
    """
    _require_senior(actor)
    record("person exported", by=by or actor.author, about=_reference(actor, national_code))
    return export(actor, national_code)


@transaction.atomic
def erase_person(actor: Actor, national_code: str, *, by: Author | None = None) -> Erased:
    """What the law does not oblige the branch to keep of a person; `Erased.kept` tells what it does.

    Raises `HeldError` and `RequestOpenError`. A second time it finds nothing more.
    """
    _require_senior(actor)
    by = by or actor.author
    about = Case.objects.filter(branch=actor.branch, erased_at=None).filter(cases_about([national_code]))
    cases = list(about.select_for_update(of=("self",)).order_by("pk"))
    person = _known(actor, national_code).select_for_update(no_key=True).first()
    own = [case for case in cases if _is_of(case, national_code)]
    _refuse(person, own)
    done = Erased(kept=_kept(person, own, others=len(own) < len(cases)))
    for case in own:
        done.gone.update(_erase(case, by))
    if person:
        done.gone["documents"] += erase_known_pictures(person)
        done.gone["contacts"] += erase_contact(person)
    done.gone["accounts"] += forget_particulars(visible_to(actor).filter(national_code=national_code), by=by)
    done.gone = +done.gone
    record("person erased", by=by, about=_reference(actor, national_code), gone=dict(done.gone))
    return done


def _is_of(case: Case, national_code: str) -> bool:
    """Whether it is the person's own request, and not that of a dependent."""
    return case.national_code == national_code or bool(
        case.subject and case.subject.national_code == national_code
    )


def _refuse(person: Person | None, own: list[Case]) -> None:
    held = person and Hold.objects.in_force().filter(person=person).exists()
    if held or any(Hold.objects.on_case(case).exists() for case in own):
        raise HeldError
    if any(case.state in OPEN for case in own):
        raise RequestOpenError


def _erase(case: Case, by: Author) -> Counter[str]:
    if case.state == State.COMPLETED:
        return Counter(documents=erase_earlier_pictures(case))
    return erase_case(case, why="request", by=by)


KEPT_RECORD = (
    "مشخصات هویتی، اشتغال، کفالت، دفترچه و سوابق بیمه: سند بیمه‌ای شخص است و قانون نگه داشتن آن را می‌خواهد."
)
KEPT_CASES = (
    "درخواست‌های انجام‌شده با مدارک و نامه‌هایشان: مبنای ثبت در پرونده است و تا پایان مدت نگهداری می‌ماند."
)
KEPT_OTHERS = "درخواست‌های افراد تبعی: از آن اشخاص دیگر است."
KEPT_TRAIL = "رویدادها: نام و کد کسی در آن‌ها نیست."


def _kept(person: Person | None, own: list[Case], *, others: bool) -> list[str]:
    told = {
        KEPT_RECORD: person is not None,
        KEPT_CASES: any(case.state == State.COMPLETED for case in own),
        KEPT_OTHERS: others,
        KEPT_TRAIL: True,
    }
    return [words for words, applies in told.items() if applies]


def _known(actor: Actor, national_code: str) -> "QuerySet[Person]":
    return Person.objects.visible_to(actor).filter(national_code=national_code)


def _reference(actor: Actor, national_code: str) -> str:
    """Whom the entry is about: never by the code."""
    pk = _known(actor, national_code).values_list("pk", flat=True).first()
    assert actor.branch
    return f"person:{pk}" if pk else f"branch:{actor.branch.pk}"


def _require_senior(actor: Actor) -> None:
    if not (actor.at_desk and actor.is_senior):
        raise PermissionDenied


def _require(actor: Actor, thing: Case | Person) -> None:
    _require_senior(actor)
    visible = (Case if isinstance(thing, Case) else Person).objects.visible_to(actor)
    if not visible.filter(pk=thing.pk).exists():
        raise PermissionDenied
