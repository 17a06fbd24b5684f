"""The small world that the tests of the domain live in: two workshops, a branch, its staff, and their cases.

Everything is made through the operations, as a screen would; what no operation makes yet (a branch that is
not the portal's own, a post at it) is written as the row it is.
"""

import datetime
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from random import Random
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from PIL import Image, ImageDraw

from pishkhan.accounts.models import Side, User
from pishkhan.accounts.operations import create_account
from pishkhan.approvals import operations as approvals
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.answers import Answers
from pishkhan.catalogue.parties import Audience, Unit
from pishkhan.catalogue.service import About, Service, every_service, find
from pishkhan.people.models import Person
from pishkhan.people.operations import employ, register_person
from pishkhan.persian.identifiers import national_code_with_check
from pishkhan.workshops.actors import Actor, actor_for, visitor
from pishkhan.workshops.models import Branch, StaffPost, Workshop
from pishkhan.workshops.operations import open_workshop, prepare_branch, set_image

INVISIBLE = (Case.DoesNotExist, PermissionDenied)
"""How an operation turns away somebody whose business a case is not."""


@lru_cache(maxsize=64)
def jpeg_bytes(shade: int = 0) -> bytes:
    """Stripes: sharp, and unlike those of another shade."""
    random = Random(shade)
    image = Image.new("RGB", (600, 110), (200, 200 - shade % 200, 200))
    pen = ImageDraw.Draw(image)
    for left in range(0, 600, 30):
        for top in range(0, 110, 10):
            grey = random.randrange(40, 240)
            pen.rectangle((left, top, left + 29, top + 9), (grey, grey, grey))
    out = BytesIO()
    image.save(out, "JPEG", quality=60)
    return out.getvalue()


def jpeg(shade: int = 0) -> BytesIO:
    """A small sound JPEG; two shades are two different pictures."""
    return BytesIO(jpeg_bytes(shade))


@lru_cache(maxsize=8)
def inked_bytes(at: int) -> bytes:
    """A stroke of blue ink on paper, so far from the left: two places are two different signatures."""
    paper, out = Image.new("RGB", (120, 120), "white"), BytesIO()
    paper.paste((30, 50, 170), (at, 20, at + 10, 100))
    paper.save(out, "JPEG", quality=90)
    return out.getvalue()


def inked(at: int) -> BytesIO:
    return BytesIO(inked_bytes(at))


def code_of_person(number: int) -> str:
    """The national code of an invented person: nobody was ever given prefix 999."""
    return national_code_with_check(f"999{number:06d}")


def staff(branch: Branch, username: str, unit: Unit | None = None, *, senior: bool = False) -> Actor:
    """A member of the branch's staff, in the capacity that signing in would give."""
    user, _ = create_account(username, Side.DESK, by=SYSTEM, first_name=username, last_name="کارمند")
    StaffPost.objects.create(user=user, branch=branch, unit=unit or "", is_senior=senior)
    return again(user)


def again(user: User, workshop: Workshop | None = None) -> Actor:
    """The capacity of `user` looked up anew, as at every request."""
    actor = actor_for(User.objects.get(pk=user.pk), workshop_id=workshop.pk if workshop else None)
    assert actor, f"{user} may do nothing"
    return actor


def workshop_of(senior: Actor, code: str, name: str, username: str, *, images: bool = True) -> Actor:
    """A new workshop with its representative, ready to send requests unless `images` is False."""
    data = {"code": code, "name": name, "username": username, "first_name": username, "last_name": "نماینده"}
    _, user, _ = open_workshop(senior, data)
    actor = again(user)
    if images:
        set_image(actor, "signature", inked(10))
        set_image(actor, "stamp", inked(40))
    return again(user)


def promoted(world: "World", actor: Actor) -> Actor:
    """A member of staff becomes a senior user: asked for by one, approved by the operator."""
    assert actor.user
    asked = approvals.ask_senior_role(world.senior, actor.user, "جانشین کاربر ارشد است.")
    approvals.approve_as_operator(asked.pk)
    return again(actor.user)


@dataclass
class World:
    """`ali` acts for workshop `a`, `sara` for `b`; `clerk` and `colleague` sit in the registration unit.

    `senior` belongs to no unit. `far_senior` and `far_clerk` work at another branch, where workshop `far` is.
    """

    branch: Branch
    elsewhere: Branch
    senior: Actor
    clerk: Actor
    colleague: Actor
    inspector: Actor
    far_senior: Actor
    far_clerk: Actor
    ali: Actor
    sara: Actor
    far_representative: Actor

    @property
    def a(self) -> Workshop:
        return Workshop.objects.get(pk=self.ali.workshop.pk)

    @property
    def b(self) -> Workshop:
        return Workshop.objects.get(pk=self.sara.workshop.pk)

    def employer_of(self, case: Case) -> Actor:
        everybody = (self.ali, self.sara, self.far_representative)
        return next(actor for actor in everybody if actor.workshop == case.workshop)

    def officer_of(self, case: Case) -> Actor:
        """Somebody of the unit in charge of the case."""
        unit = Unit(case.unit)
        if unit in (Unit.REGISTRATION, Unit.MANAGEMENT):
            return self.clerk if unit == Unit.REGISTRATION else self.senior
        post = StaffPost.objects.filter(branch=self.branch, unit=unit).select_related("user").first()
        return again(post.user) if post else staff(self.branch, f"officer-{unit}", unit)


def build_world() -> World:
    branch = prepare_branch()
    elsewhere = Branch.objects.create(code="2590", name="شعبهٔ دیگر")
    senior = staff(branch, "senior", senior=True)
    far_senior = staff(elsewhere, "far-senior", senior=True)
    return World(
        branch=branch,
        elsewhere=elsewhere,
        senior=senior,
        clerk=staff(branch, "clerk", Unit.REGISTRATION),
        colleague=staff(branch, "colleague", Unit.REGISTRATION),
        inspector=staff(branch, "inspector", Unit.INSPECTION),
        far_senior=far_senior,
        far_clerk=staff(elsewhere, "far-clerk", Unit.REGISTRATION),
        ali=workshop_of(senior, "1463639001", "صنایع پلاستیک شمالین", "ali"),
        sara=workshop_of(senior, "1463639002", "نساجی گیلان‌بافت", "sara"),
        far_representative=workshop_of(far_senior, "2593639003", "چای کوهستان", "far"),
    )


def registration() -> Service:
    service = find("main-registration")
    assert service
    return service


def answers_for(number: int = 1, **changes: Any) -> Answers:
    """The registration of an invented person, right in every answer."""
    return {**registration().example, "national_code": code_of_person(number), **changes}


def insured(world: World, workshop: Workshop | None = None, number: int = 1) -> Person:
    """A main insured person who works at workshop `a` (or another) now; the same one when asked again."""
    by, code = SYSTEM, code_of_person(number)
    data = {**registration().example, "birth_date": datetime.date(1999, 7, 3)}
    person = register_person(code, data, by=by)
    workshop = workshop or world.a
    if not person.employments.filter(workshop=workshop, ended_on=None).exists():
        employ(person, workshop, job="جوشکار", started_on=datetime.date(2024, 1, 1), by=by)
    return person


def on_the_register(world: World, service: Service, workshop: Workshop | None = None) -> Person | None:
    """Puts on the register whom the service's example needs there; returns whom the case is about."""
    if service.about in (About.DEPENDENT, About.INSURED, About.COVERED):
        person = insured(world, workshop)
        return person if service.about.on_file else None
    return None


def applicant(case: Case) -> Actor:
    """The visitor who holds that case."""
    return visitor(frozenset({case.pk}), source="0" * 32)


def starter(world: World, case: Case) -> Actor:
    """Whoever began the case."""
    return applicant(case) if case.begun_by == Audience.PUBLIC else world.employer_of(case)


@cache
def shade_of(kind: str) -> int:
    """A picture of its own for each kind of scan, whichever service asks for it."""
    kinds = sorted({scan.code for service in every_service() for scan in service.scans})
    return 10 + kinds.index(kind)


def drafted(
    world: World,
    *,
    by: Audience = Audience.WORKSHOP,
    service: Service | None = None,
    answers: Answers | None = None,
    workshop: Workshop | None = None,
    person: Person | None = None,
    scans: bool = True,
) -> Case:
    """A draft with all it needs to be sent."""
    service = service or registration()
    workshop = None if service.about == About.STRANGER else workshop or world.a
    answers = dict(service.example) if answers is None else answers
    person = person or on_the_register(world, service, workshop)
    representatives = (world.ali, world.sara, world.far_representative)
    writers = [visitor()] if by == Audience.PUBLIC else [r for r in representatives if r.workshop == workshop]
    beginner = writers[0]
    case = drafts.start_draft(beginner, service, workshop, answers, person)
    if scans:
        present = set(case.scans.values_list("kind", flat=True))
        for scan in service.required_scans(answers, person):
            if scan.code not in present:
                drafts.attach_scan(starter(world, case), case, scan.code, jpeg(shade_of(scan.code)))
    return case


def filled_case(world: World, state: State, **draft: Any) -> Case:
    """A case in that state, brought there by nothing but operations (options as of `drafted`)."""
    if state == State.AWAITING_EMPLOYER:
        draft["by"] = Audience.PUBLIC
    case = drafted(world, **draft)
    if state == State.DRAFT:
        return case
    case = operations.send(starter(world, case), case.pk)
    if state == State.AWAITING_EMPLOYER:
        return case
    return _onward(world, to_the_branch(world, case), state)


def to_the_branch(world: World, case: Case) -> Case:
    """Sends a draft or a waiting registration until the branch has it."""
    while case.state in (State.DRAFT, State.AWAITING_EMPLOYER):
        sender = starter(world, case) if case.is_draft else world.employer_of(case)
        case = operations.send(sender, case.pk)
    return case


def _onward(world: World, case: Case, state: State) -> Case:
    match state:
        case State.SUBMITTED:
            return case
        case State.UNDER_REVIEW:
            return operations.take(world.officer_of(case), case.pk)
        case State.RETURNED:
            return returned(world, case)
        case State.REJECTED:
            officer = world.officer_of(case)
            return operations.reject(officer, case.pk, version=case.version, note="مدارک با هم نمی‌خواند.")
        case State.WITHDRAWN:
            return operations.withdraw(world.employer_of(case), case.pk)
        case _:
            return finished(world, case)


def returned(world: World, case: Case, note: str = "عکس تار است.", marks: Any = ()) -> Case:
    officer = world.officer_of(case)
    return operations.return_for_correction(officer, case.pk, version=case.version, note=note, marks=marks)


def finished(world: World, case: Case) -> Case:
    """Every step that is left is confirmed by whom it belongs to."""
    while not case.has_ended:
        if case.at_branch:
            case = confirmed(world, case)
        else:
            sender = starter(world, case) if case.is_draft else sender_of(world, case)
            case = operations.send(sender, case.pk)
    return case


def sender_of(world: World, case: Case) -> Actor:
    """Whoever sends it again: the employer, or the applicant of a case without a workshop."""
    return world.employer_of(case) if case.workshop else applicant(case)


def confirmed(world: World, case: Case) -> Case:
    """The unit in charge confirms, answering the first of every choice when the service asks it something."""
    asked = case.service.decision_form(case)
    fields = asked.base_fields.items() if asked else ()
    decision = {name: next(iter(field.choices))[0] for name, field in fields if hasattr(field, "choices")}
    officer = world.officer_of(case)
    return operations.confirm(officer, case.pk, version=case.version, decision=decision)


def fresh(case: Case) -> Case:
    """The case as it is in the database now."""
    return Case.objects.get(pk=case.pk)


def everything(*models: type) -> dict[str, list[dict[str, Any]]]:
    """All rows of these tables, to be compared with themselves later."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def attempted(action: Any) -> Exception | None:
    """What the action answered with (None: it was done); either way nothing of it stays."""
    try:
        with transaction.atomic():
            action()
            transaction.set_rollback(True)
    except Exception as error:
        return error
    return None


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"
