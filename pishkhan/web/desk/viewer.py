"""The pictures of a case as its review shows them: what it uses, and what to compare that with."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from pishkhan.cases.models import Case, CaseScan, EarlierScan
from pishkhan.catalogue.scans import Scan
from pishkhan.documents.models import Document
from pishkhan.people.models import KnownScan, Person
from pishkhan.persian.calendar import show_date
from pishkhan.prepared import Prepared
from pishkhan.workshops.actors import Actor
from pishkhan.workshops.capacities import PreparedFor

EARLIER, ON_FILE = "earlier", "on-file"
BESIDE = {"photo": "national_card_front", "national_card_front": "birth_certificate_1"}
"""What a kind of scan is compared with when it came but once: face with face, name with name."""


@dataclass(frozen=True)
class Picture:
    """One picture of the viewer. `origin` is empty for what the case uses; `words` tell where it is from."""

    kind: Scan
    document: Document
    words: str = ""
    origin: str = ""
    came_anew: bool = False

    @property
    def code(self) -> str:
        return f"{self.kind.code}-{self.origin}" if self.origin else self.kind.code

    @property
    def title(self) -> str:
        return f"{self.kind.title}، {self.words}" if self.words else self.kind.title

    @property
    def path(self) -> str:
        """Its address below the scans of the case."""
        origin = f"{self.origin}/" if self.origin else ""
        return f"{self.kind.code}/{origin}?v={self.document.pk}"


def earlier_scans(case: Case) -> dict[str, EarlierScan]:
    """The last picture of each kind that the case was sent with and that was replaced since."""
    return {scan.kind: scan for scan in _earlier_of(case.pk)}


def scans_on_file(actor: Actor, case: Case) -> dict[str, KnownScan]:
    """What the branch keeps of the person, when the case that it decides has come with another picture."""
    if not case.at_branch or not case.national_code or not actor.at_desk:
        return {}
    return {scan.kind: scan for scan in _unlike_those_of(actor, case.national_code, case.pk)}


def _kept(actor: Actor, national_code: str, case: int) -> "QuerySet[KnownScan]":
    person = Person.objects.visible_to(actor).filter(national_code=national_code)
    kept = KnownScan.objects.filter(person__in=person, replaced_at=None).select_related("document")
    return kept.exclude(document__sha256__in=CaseScan.objects.filter(case=case).values("document__sha256"))


_unlike_those_of = PreparedFor(_kept, str, int)
_earlier_of = Prepared(
    lambda case: EarlierScan.objects.filter(case=case).select_related("document").order_by("id"), int
)


def compared_with(actor: Actor, case: Case, kind: str, origin: str) -> Document | None:
    """What a present scan of that kind is compared with; None when there is no such picture."""
    if origin not in (EARLIER, ON_FILE):
        return None
    found = earlier_scans(case) if origin == EARLIER else scans_on_file(actor, case)
    return found[kind].document if kind in found else None


def pictures_of(actor: Actor, case: Case) -> list[tuple[Picture, str]]:
    """Every picture in the order of the service's scans, with the code of the one to show beside it."""
    present, earlier, kept = case.pictures(), earlier_scans(case), scans_on_file(actor, case)
    shown = [
        picture
        for kind in case.service.scans
        if kind.code in present
        for picture in _of_kind(kind, present[kind.code], earlier.get(kind.code), kept.get(kind.code))
    ]
    return [(picture, _beside(picture, shown)) for picture in shown]


def _of_kind(
    kind: Scan, present: CaseScan, earlier: EarlierScan | None, kept: KnownScan | None
) -> Iterator[Picture]:
    words = "تازه" if earlier else "از پرونده" if present.on_file else ""
    yield Picture(kind, present.document, words, came_anew=earlier is not None)
    if earlier:
        yield Picture(kind, earlier.document, "پیشین", EARLIER)
    if kept:
        yield Picture(kind, kept.document, f"در پرونده، {show_date(kept.kept_at)}", ON_FILE)


def _beside(one: Picture, shown: list[Picture]) -> str:
    same = [other.code for other in shown if other.kind == one.kind and other is not one]
    usual = [other.code for other in shown if other.code == BESIDE.get(one.kind.code)]
    return next(iter(same + usual), "")
