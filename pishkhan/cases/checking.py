"""What would bring a request back, told before it is sent: errors hold it up, cautions are explained."""

from dataclasses import dataclass, field
from itertools import combinations

from pishkhan.catalogue.scans import Scan
from pishkhan.catalogue.service import Caution
from pishkhan.documents.legibility import Doubt, alike
from pishkhan.people import lookup
from pishkhan.people.forms import IdentityForm, differing
from pishkhan.prepared import Prepared
from pishkhan.workshops.actors import Actor

from .models import Case, CaseQuerySet, CaseScan

LEAST = {"photo": 240, "card": 480, "page": 600}
"""Pixels of the longer side, by the shape of a scan: with less, print cannot be read."""

GOING_ON = "برای این شخص درخواست دیگری از همین نوع در جریان است."


@dataclass
class Findings:
    """`errors` maps fields, and `scan:` kinds, to messages; `going_on` is the open request of the same kind
    that one of them is about."""

    errors: dict[str, str] = field(default_factory=dict)
    cautions: list[Caution] = field(default_factory=list)
    going_on: Case | None = None

    @property
    def unexplained(self) -> list[Caution]:
        """Nobody is asked about doubts while there are errors: mending these may end those."""
        return [] if self.errors else self.cautions


def examine(
    actor: Actor, case: Case, wrong: dict[str, str] | None = None, *, sending: bool = False
) -> Findings:
    """Everything that the portal can tell `actor` of the case as it is now.

    `wrong` are the errors of its answers (`Service.errors`), found unless they are given.
    What the register says is not told to an applicant, who would learn who works where; of another open
    request an applicant learns by `sending` alone: a page could be asked about one code after the other.
    """
    scans = _in_order(case)
    wrong = case.service.errors(case.answers) if wrong is None else wrong
    found = Findings(wrong | _missing(case, scans) | _twice(scans))
    found.cautions = cautions(actor, case, scans)
    if not found.errors:
        found.going_on = going_on(case) if sending or actor.at_workshop else None
        found.errors = _closed(case) or no_longer_listed(case)
        found.errors = found.errors or ({first_field(case): GOING_ON} if found.going_on else {})
    if not found.errors and actor.at_workshop:
        found.errors = case.service.obstacles(case)
    return found


def _closed(case: Case) -> dict[str, str]:
    """A workshop that was closed since the request was begun sends nothing; what the branch holds goes on."""
    if case.workshop_is_closed:
        return {first_field(case): "این کارگاه بسته شده است و درخواست تازه نمی‌فرستد؛ از شعبه بپرسید."}
    return {}


def no_longer_listed(case: Case) -> dict[str, str]:
    """Whom a service about people of the workshop was asked for may have left it since."""
    if not (case.service.about.on_file and case.workshop):
        return {}
    about, person = case.service.about, case.subject
    if person and lookup.on_list(about, case.workshop.pk, person.national_code):
        return {}
    return {first_field(case): f"{case.subject_name} دیگر در لیست بیمه‌شدگان این کارگاه نیست."}


def going_on(case: Case) -> Case | None:
    """The open request of the same kind for the same person at the workshop: there is one at most."""
    kind = case.service_code, case.national_code, case.pk
    found = _open_at(case.workshop_id, *kind) if case.workshop_id else list(_open_like(None, *kind))
    return found[0] if found else None


def _open_like(workshop: int | None, service: str, national_code: str, besides: int) -> CaseQuerySet:
    same = Case.objects.filter(workshop=workshop, service_code=service, national_code=national_code)
    return same.open().exclude(pk=besides).order_by("id")[:1]


_open_at = Prepared(_open_like, int, str, str, int)


def first_field(case: Case) -> str:
    """Where a message stands that is about the person: the national code, if it is asked for."""
    names = [name for name, _ in case.service.fields()]
    return "national_code" if "national_code" in names else names[0]


def cautions(actor: Actor, case: Case, scans: list[tuple[Scan, CaseScan]] | None = None) -> list[Caution]:
    """What the sender is asked to say a word about."""
    scans = _in_order(case) if scans is None else scans
    service = case.service
    by_service = service.cautions(case) if actor.at_workshop else service.applicant_cautions(case.answers)
    return [*by_service, *_unlike_the_file(actor, case), *_hard_to_read(scans), *_alike(scans)]


def _in_order(case: Case) -> list[tuple[Scan, CaseScan]]:
    attached = case.pictures()
    return [(kind, attached[kind.code]) for kind in case.service.scans if kind.code in attached]


def _missing(case: Case, scans: list[tuple[Scan, CaseScan]]) -> dict[str, str]:
    present = {kind.code for kind, _ in scans}
    required = case.service.required_scans(case.answers, case.subject)
    return {
        f"scan:{kind.code}": f"تصویر «{kind.title}» فرستاده نشده است."
        for kind in required
        if kind.code not in present
    }


def _twice(scans: list[tuple[Scan, CaseScan]]) -> dict[str, str]:
    """One and the same file in two places: the second is not the document that was asked for."""
    told = "تصویر «{}» همان فایل «{}» است؛ تصویر خود این مدرک را بفرستید."
    return {
        f"scan:{other.code}": told.format(other.title, one.title)
        for (one, first), (other, second) in combinations(scans, 2)
        if first.document.sha256 == second.document.sha256
    }


def _alike(scans: list[tuple[Scan, CaseScan]]) -> list[Caution]:
    return [
        Caution(
            f"alike-{other.code}",
            f"تصویر «{other.title}» بسیار همانند «{one.title}» است؛ شاید یک مدرک دو بار فرستاده شده است.",
            f"scan:{other.code}",
        )
        for (one, first), (other, second) in combinations(scans, 2)
        if alike(first.document.likeness, second.document.likeness)
    ]


def _hard_to_read(scans: list[tuple[Scan, CaseScan]]) -> list[Caution]:
    found = []
    for kind, scan in scans:
        told = [Doubt(doubt).label for doubt in scan.document.doubts]
        longer = max(scan.document.width, scan.document.height)
        told += ["کوچک است"] if longer < LEAST[kind.shape] else []
        if told:
            words = f"تصویر «{kind.title}» {' و '.join(told)} و شاید خوانده نشود."
            found.append(Caution(f"legible-{kind.code}", words, f"scan:{kind.code}"))
    return found


def _unlike_the_file(actor: Actor, case: Case) -> list[Caution]:
    """Another name or birth date than on file, of somebody whom the workshop may see."""
    if case.service.about.on_file:
        return []
    code = case.answers.get("national_code", "")
    person = lookup.known_to(actor, code) if code else None
    if person is None:
        return []
    told = [
        f"{label} «{known}» است و در این درخواست «{asked}»"
        for label, known, asked in differing(case.service, case.answers, person, IdentityForm.base_fields)
    ]
    return (
        [Caution("unlike-file", f"در پروندهٔ این کد ملی {'؛ '.join(told)}.", "national_code")] if told else []
    )
