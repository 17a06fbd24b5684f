"""What a service is, and the register of all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Protocol

from django import forms

from pishkhan.audit.operations import Author
from pishkhan.policy.operations import policies, policy

from .answers import Answers, bound, shown, stored
from .parties import EMPLOYER, Audience, Unit
from .rows import RowsField
from .scans import Scan


class Asked(Protocol):
    """What a service sees of a case (`cases.models.Case`)."""

    answers: Answers
    workshop_id: int | None
    branch_id: int
    subject: Any
    decision: Answers


class About(Enum):
    """Whom a service is about, and so whom a representative looks up by national code (R32, R34, R39)."""

    NEWCOMER = "newcomer"  # somebody to be registered at the workshop
    DEPENDENT = "dependent"  # somebody to be registered through a main insured person, who is looked up
    INSURED = "insured"  # a main insured person of the workshop
    COVERED = "covered"  # a main insured person of the workshop, or a dependent
    STRANGER = "stranger"  # nobody on the register, and of no workshop yet

    @property
    def on_file(self) -> bool:
        """Whether the request is about somebody on file: who it is, is then not asked but shown."""
        return self in (About.INSURED, About.COVERED)


@dataclass(frozen=True)
class Page:
    """One topic of a service's questions: a plain Django form under a heading."""

    code: str
    title: str
    form: type[forms.Form]


@dataclass(frozen=True)
class Step:
    """One confirmation: by the workshop's representatives (`EMPLOYER`) or by a unit of the branch."""

    code: str
    title: str
    by: Unit | str

    @property
    def by_employer(self) -> bool:
        return self.by == EMPLOYER


@dataclass(frozen=True)
class Subject:
    """Whom a case is about, as lists and searches show it."""

    national_code: str
    name: str


@dataclass(frozen=True)
class Caution:
    """What speaks against a request without forbidding it: the sender says why, the branch decides.

    `code` names the doubt in a case, whatever its words; `target` is the field, or `scan:` and a kind, that
    it is about ("" for the whole).
    """

    code: str
    text: str
    target: str = ""


class DuplicateServiceError(Exception):
    """Two services declare the same code."""


class Service:
    """Something a branch offers. Subclass it in a file of `pishkhan/services/`; that is all there is to do.

    Answers are kept by field name: no two pages of a service have a field of the same name.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    lead: ClassVar[str]
    icon: ClassVar[str] = "file-earmark-text"
    place: ClassVar[int] = 100
    """Where it stands in menus: lower comes first."""
    about: ClassVar[About] = About.NEWCOMER
    offered_to: ClassVar[frozenset[Audience]]
    needs: ClassVar[tuple[str, ...]] = ()
    pages: ClassVar[tuple[Page, ...]]
    scans: ClassVar[tuple[Scan, ...]] = ()
    steps: ClassVar[tuple[Step, ...]]
    letters: ClassVar[tuple[str, ...]] = ()
    """What is printed for a completed case besides its result: kinds of `letters.models.Kind`."""
    example: ClassVar[Answers]
    """Answers that pass every check, stored form; they feed tests and demo data."""

    afterwards: ClassVar[str] = ""
    """What the officer who completed a case is told to do next, if anything."""

    kept_for_good: ClassVar[bool] = False
    """A completed request is evidence for a whole working life, whatever the general period (`retention`)."""

    register: ClassVar[dict[str, "Service"]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.code in Service.register:
            raise DuplicateServiceError(cls.code)
        Service.register[cls.code] = cls()

    def subject(self, answers: Answers) -> Subject:
        """Whom the case is about. Answers may still be incomplete."""
        raise NotImplementedError

    def contradictions(self, answers: Answers) -> dict[str, str]:
        """Answers that are right alone and wrong together: field name → message."""
        return {}

    def has_been_given(self, person: Any) -> bool:
        """Whether the person has what it gives already: it is not offered on the person's page then."""
        return False

    def obstacles(self, case: Asked) -> dict[str, str]:
        """Why this case cannot be sent although its answers are right: field name → message.

        Not asked of an applicant, who would learn who works where: the employer is told.
        """
        return {}

    def warnings(self, case: Asked) -> list[str]:
        """What speaks against the request and is told to the branch alone."""
        return []

    def cautions(self, case: Asked) -> list[Caution]:
        """What the workshop that sends it is asked to explain: nothing of other workshops' people."""
        return self.applicant_cautions(case.answers)

    def applicant_cautions(self, answers: Answers) -> list[Caution]:
        """Those of `cautions` that tell an applicant nothing of what the register holds."""
        return []

    def facts(self, case: Asked) -> list[tuple[str, str]]:
        """What the register says that helps to judge the request: (label, value)."""
        return []

    def decision_form(self, case: Asked) -> type[forms.Form] | None:
        """What the unit is asked when it confirms; `case.decision` holds its answers afterwards."""
        return None

    def prefill(self, person: Any) -> Answers:
        """Answers known from the person on file (`people.models.Person`)."""
        return {}

    def differences(self, case: Asked) -> list[tuple[str, str, str]]:
        """Where the answers differ from what is on file: (label, on file, asked). For the desk."""
        return []

    def complete(self, case: Any, *, by: Author) -> None:
        """The effect, run once in the transaction of the last confirmation (`case`: `cases.models.Case`)."""
        raise NotImplementedError

    # What follows is derived.

    def fields(self) -> Iterator[tuple[str, forms.Field]]:
        """Every field of every page, in order."""
        for page in self.pages:
            yield from page.form.base_fields.items()

    def page_of(self, field: str) -> Page:
        """The page that asks for `field`."""
        return next(page for page in self.pages if field in page.form.base_fields)

    def scan(self, code: str) -> Scan | None:
        return next((scan for scan in self.scans if scan.code == code), None)

    def needed_scans(self, answers: Answers, person: Any) -> set[str]:
        """The codes of what the answers, and the person on file if there is one, call for."""
        return {scan.code for scan in self.scans if scan.when(answers)}

    def required_scans(self, answers: Answers, person: Any = None) -> list[Scan]:
        """What must be there: by the service's own rules, unless the branch has decided otherwise (R14)."""
        decided, needed = self.decided_scans(), self.needed_scans(answers, person)
        return [scan for scan in self.scans if decided.get(scan.code, scan.code in needed)]

    def decided_scans(self) -> dict[str, bool]:
        """Scans that the branch requires, or does not, whatever the answers are: code → required."""
        return dict(policy(f"scans:{self.code}", {}))

    @property
    def closed(self) -> str:
        """The notice to users when the branch does not offer the service now; "" while it does."""
        return str(policy(f"closed:{self.code}", ""))

    def errors(self, answers: Answers) -> dict[str, str]:
        """Everything wrong with the answers: field name → message, in the order of the questions."""
        return self.settled(answers)[1]

    def settled(self, answers: Answers) -> tuple[Answers, dict[str, str]]:
        """The answers cleaned anew, and `errors`: what was typed wrong may be right on the day of sending."""
        asked = [bound(page.form, answers) for page in self.pages]
        cleaned = {name: value for form in asked for name, value in stored(form).items()}
        wrong = {name: str(messages[0]) for form in asked for name, messages in form.errors.items()}
        return cleaned, wrong or self.contradictions(cleaned)

    def rows(self, answers: Answers) -> list[dict[str, Any]]:
        """The answers as they are read, labelled: what is frozen when a case is sent."""
        return [
            {
                "page": page.title,
                "answers": [
                    _labelled(name, field, answers.get(name)) for name, field in page.form.base_fields.items()
                ],
            }
            for page in self.pages
        ]


def _labelled(name: str, field: forms.Field, answer: Any) -> dict[str, Any]:
    row = {"field": name, "label": str(field.label), "shown": shown(field, answer)}
    return {**row, "table": field.table(answer)} if isinstance(field, RowsField) else row


def find(code: str) -> Service | None:
    """The service of that code, if the branch offers one."""
    return Service.register.get(code)


def every_service() -> list[Service]:
    return sorted(Service.register.values(), key=lambda service: service.place)


def offered_to(audience: Audience) -> list[Service]:
    """What this audience may start, whether the branch has closed it or not."""
    return [service for service in every_service() if audience in service.offered_to]


def closed_services() -> dict[str, str]:
    """The notices of the services that are closed now, by their code."""
    return {key.partition(":")[2]: notice for key, notice in policies("closed:").items() if notice}
