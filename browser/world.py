"""The fixed world of the browser's tests, made through the domain's own operations.

    python browser/world.py story    the workshops and people of the manual's story, on an empty database
    python browser/world.py pages    beside demo data: every state that a page can be in

Prints one JSON object: accounts, codes, numbers of cases, session keys of visitors without an account.
"""

# ruff: noqa: E402 Django is set up before its models are imported
import datetime
import json
import os
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pishkhan.settings")

import django

django.setup()

from django.db import transaction
from django.utils import timezone

from pishkhan.accounts import totp
from pishkhan.accounts.factors import POLICY, add_factor
from pishkhan.accounts.models import Factor, Side, User
from pishkhan.accounts.models import Kind as FactorKind
from pishkhan.accounts.operations import change_password, create_account
from pishkhan.accounts.sessions import SessionStore
from pishkhan.approvals.models import Action
from pishkhan.approvals.operations import BULK, ask_as_operator, keep_image
from pishkhan.audit.operations import SYSTEM
from pishkhan.cases import drafts, operations
from pishkhan.cases.models import Case
from pishkhan.catalogue.parties import Unit
from pishkhan.catalogue.scans import Scan
from pishkhan.catalogue.service import Service, find
from pishkhan.documents.drawn import Kind, draw_scan, draw_signature, draw_stamp
from pishkhan.inspections.models import Found
from pishkhan.inspections.models import Kind as KindOfVisit
from pishkhan.inspections.operations import Visit, publish, record_inspection
from pishkhan.people.models import ContributionRecord, Person
from pishkhan.people.operations import add_records, employ, register_person
from pishkhan.persian.identifiers import national_code_with_check
from pishkhan.policy.operations import decide_policy
from pishkhan.workshops.actors import Actor, actor_for, visitor
from pishkhan.workshops.models import Branch, StaffPost, Workshop
from pishkhan.workshops.operations import open_workshop, prepare_branch, set_image

DEYLAMAN = "1462319012"
PASSWORD = "darya-baran-46"
LONG_NAME = "تعاونی تولیدی، بازرگانی و بسته‌بندی فرآورده‌های کشاورزی و دامی جلگه‌نشینان شرق گیلان (سهامی خاص)"
PEOPLE = 950_000
"""Demo data use the numbers below."""
SCAN_DRAFTS = 40
"""Drafts without scans, one for each test that sends some."""

_registration = find("main-registration")
assert _registration
REGISTRATION = _registration


def national_code(number: int) -> str:
    return national_code_with_check(f"999{number:06}")


def staff(branch: Branch, username: str, first: str, last: str, unit: str, senior: bool) -> Actor:
    user, _ = create_account(username, Side.DESK, by=SYSTEM, first_name=first, last_name=last)
    change_password(user, PASSWORD, by=SYSTEM)
    StaffPost.objects.create(user=user, branch=branch, unit=unit, is_senior=senior)
    actor = actor_for(user)
    assert actor
    return actor


def with_app(actor: Actor) -> list[str]:
    """The user has an authenticator app; returns the recovery codes."""
    assert actor.user
    secret = totp.sealed(totp.new_secret(), actor.user.pk)
    return add_factor(actor.user, Factor(kind=FactorKind.TOTP, secret=secret), by=SYSTEM, session=None)


SHAPES: dict[str, tuple[Kind, tuple[int, int]]] = {
    "photo": ("photo", (450, 600)),
    "card": ("card", (800, 500)),
    "page": ("page", (700, 1000)),
}


def drawn(service: Service, scan: Scan) -> BytesIO:
    """A picture for that kind of scan, unlike those of the service's other kinds."""
    kind, size = SHAPES[scan.shape]
    return BytesIO(draw_scan(scan.title, 1 + service.scans.index(scan), size, kind=kind))


class World:
    """Makes things and notes what the tests must know of them."""

    def __init__(self) -> None:
        branch = prepare_branch()
        # As with demo data: test_second_factor.py shows what is asked of the staff otherwise.
        decide_policy(POLICY, [], valid_from=timezone.localdate(), by=SYSTEM)
        self.senior = staff(branch, "arshad", "معصومه", "کوچک‌پور", "", True)
        self.officer = staff(branch, "bayegan", "لیلا", "شفتی", Unit.REGISTRATION, False)
        staff(branch, "bayegan2", "مجید", "رودباری", Unit.REGISTRATION, False)
        self.inspector = staff(branch, "bazres", "سعید", "خمامی", Unit.INSPECTION, False)
        staff(branch, "bazres2", "نرگس", "لشت‌نشایی", Unit.INSPECTION, False)
        staff(branch, "sabeghe", "طاهره", "املشی", Unit.REGISTRATION, False)
        for number in range(1, 5):  # each sets up a second factor in a test of its own
            staff(branch, f"gam{number}", "هما", "دیلمی", Unit.REGISTRATION, False)
        guarded = staff(branch, "negahban", "رعنا", "ماسوله‌ای", Unit.REGISTRATION, False)
        self.known: dict[str, Any] = {"password": PASSWORD, "workshops": {}, "cases": {}, "sessions": {}}
        self.known["recovery"] = with_app(guarded)
        self.known |= {"people": {}, "visits": []}
        self.next_number = PEOPLE

    def workshop(self, key: str, code: str, name: str, *, ready: bool, images: bool) -> Actor:
        """A workshop with its representative; `ready`: signed in before and using `PASSWORD`."""
        data = {"code": code, "name": name, "employer_name": "بهروز گیلانی", "username": code}
        data |= {"first_name": "مریم", "last_name": "پوررضا"}
        _, user, password = open_workshop(self.senior, data)
        if ready:
            change_password(user, PASSWORD, by=SYSTEM)
        actor = actor_for(user)
        assert actor
        if images:
            set_image(actor, "signature", BytesIO(draw_signature(1)))
            set_image(actor, "stamp", BytesIO(draw_stamp("مهر کارگاه", 1)))
        password = PASSWORD if ready else password
        self.known["workshops"][key] = {"code": code, "name": name, "username": code, "password": password}
        return actor

    def draft(self, workshop: Workshop, *, by: Actor | None = None, scans: bool = True, **other: str) -> Case:
        """A draft of a new person, by the employer or by the person."""
        self.next_number += 1
        answers = REGISTRATION.example | {"national_code": national_code(self.next_number)} | other
        case = drafts.start_draft(by or visitor(), REGISTRATION, workshop, answers)
        for kind in REGISTRATION.required_scans(answers) if scans else ():
            drafts.attach_scan(by or holder(case), case, kind.code, drawn(REGISTRATION, kind))
        return case

    def sent(self, workshop: Workshop, **other: str) -> Case:
        """A registration that waits for the employer."""
        case = self.draft(workshop, **other)
        return operations.send(holder(case), case.pk)

    def submitted(self, employer: Actor, **other: str) -> Case:
        assert employer.workshop
        case = self.sent(employer.workshop, **other)
        return operations.send(employer, case.pk)

    def came_back(self, employer: Actor, **other: str) -> Case:
        """A registration whose photo the branch did not take: it came again with another."""
        case = self.submitted(employer, **other)
        marks = [{"target": "scan:photo", "label": "عکس پرسنلی ۳×۴", "reason": "تصویر تار یا ناخواناست."}]
        operations.return_for_correction(self.officer, case.pk, version=case.version, note="", marks=marks)
        another_photo(employer, case)
        return operations.send(employer, case.pk)

    def known_to_the_branch(self, employer: Actor, elsewhere: Actor) -> Case:
        """Somebody on the register begins at another workshop, with another photo than the one on file."""
        first = self.submitted(employer)
        operations.confirm(self.officer, first.pk, version=first.version)
        assert elsewhere.workshop
        case = self.draft(elsewhere.workshop, by=elsewhere, national_code=first.national_code)
        another_photo(elsewhere, case)
        return operations.send(elsewhere, case.pk)

    def insured(self, key: str, workshop: Workshop, first_name: str, last_name: str) -> Person:
        """A main insured person of the workshop, forty-five years old, without pictures on file."""
        self.next_number += 1
        names = {"first_name": first_name, "last_name": last_name, "father_name": "حسن"}
        born = {"birth_date": datetime.date(1981, 6, 5), "birth_certificate_no": "0", "issue_place": "رشت"}
        more = {"gender": "male", "insurance_number": f"99{self.next_number:06}"}
        code = national_code(self.next_number)
        person = register_person(code, names | born | more, by=SYSTEM)
        employ(person, workshop, job="مکانیک", started_on=datetime.date(2019, 3, 21), by=SYSTEM)
        self.known["people"][key] = {"name": person.full_name, "national_code": code}
        return person

    def visit(self, workshop: Workshop, name: str, number: str = "1405/900900") -> None:
        """A visit to the workshop that the employer was told of, with as much to read as there can be."""
        data = {
            "number": number,
            "workshop_code": workshop.code,
            "visit_date": datetime.date(2026, 6, 1),
            "visit_time": datetime.time(9, 30),
            "kind": KindOfVisit.choices[0][0],
            "workshop_state": Found.choices[0][0],
            "inspector_name": name,
            "inspector_code": "1234567890",
            "present_name": name,
            "present_role": "سرپرست نوبت شب و جانشین مدیر تولید",
            "employer_present": False,
            "observed_count": 1250,
            "on_list_count": 3,
            "documents_seen": "دفتر حضور و غیاب، لیست مزد، قراردادهای کار و برگه‌های مأموریت. " * 5,
            "remarks": "چند کارگر هنگام ورود بازرس کارگاه را ترک کردند. " * 15,
        }
        worker = {
            "name": name,
            "father_name": "غلامرضا محمدحسین",
            "national_code": national_code(PEOPLE),
            "insurance_number": "99950123",
            "job": "متصدی دستگاه برش و بسته‌بندی فرآورده‌های لبنی",
            "start_date": datetime.date(2020, 3, 21),
            "stated_wage": 1_234_567_890,
            "hours": 12,
        }
        made = record_inspection(self.inspector, Visit(data, [worker] * 3))
        publish(self.inspector, made.pk, version=made.version)
        self.known["visits"].append(made.pk)

    def with_booklet(self, employer: Actor, person: Person) -> None:
        """The employer has asked for the first booklet: it is issued, and the pictures are on file."""
        service = find("booklet-first")
        assert service
        case = drafts.start_draft(employer, service, employer.workshop, service.example, person)
        for kind in service.scans:
            drafts.attach_scan(employer, case, kind.code, drawn(service, kind))
        case = operations.send(employer, case.pk)
        operations.confirm(self.officer, case.pk, version=case.version)

    def note(self, key: str, case: Case) -> None:
        case.refresh_from_db()
        name, code = case.subject_name, case.national_code
        about = {"id": case.pk, "name": name, "national_code": code, "tracking_code": case.tracking_code}
        self.known["cases"][key] = about

    def session(self, key: str, held: str, case: Case) -> None:
        """A browser session that holds the case: `held` is the service's code, or `follow-up`."""
        store = SessionStore()
        store["held_cases"] = {held: case.pk}
        store.create()
        self.known["sessions"][key] = store.session_key
        self.note(key, case)


def holder(case: Case) -> Actor:
    return visitor(frozenset({case.pk}))


def another_photo(by: Actor, case: Case) -> None:
    found = drafts.find(by, case.pk)
    drafts.attach_scan(by, found, "photo", BytesIO(draw_scan("عکس تازه", 7, (450, 600), kind="photo")))


STORY_WORKSHOPS = (
    (DEYLAMAN, "صنایع پلاستیک دیلمان گیلان"),
    ("1462319111", "نخ‌ریسی سپیدرود رشت"),
    ("1462319112", "لوازم خانگی خزر"),
    ("1462319113", "فیبر و تختهٔ شمشاد"),
)


def story() -> dict[str, Any]:
    """Four workshops that never signed in, one for each way the story is told; and one that works."""
    world = World()
    for index, (code, name) in enumerate(STORY_WORKSHOPS):
        world.workshop(f"story-{index}", code, name, ready=False, images=False)
    reset = world.workshop("reset", "1462319301", "روشنایی توسکا", ready=True, images=True)
    gil = world.workshop("gil", "1462319200", "رنگ و پوشش گیل", ready=True, images=True)
    assert gil.workshop
    for way in ("with script", "without script"):
        world.session(f"double {way}", REGISTRATION.code, world.draft(gil.workshop))
    for key in ("upload", "too large", "retried", "slow"):
        world.session(key, REGISTRATION.code, world.draft(gil.workshop, scans=False))
    for number in range(SCAN_DRAFTS):
        world.session(f"scans {number}", REGISTRATION.code, world.draft(gil.workshop, scans=False))
    world.session("receipt", REGISTRATION.code, world.sent(gil.workshop))
    world.note("expired", world.sent(gil.workshop))
    for key in ("at once", "keys", "after keys"):
        world.note(key, world.submitted(gil))
    world.note("came back", world.came_back(gil))
    world.note("known", world.known_to_the_branch(gil, reset))
    services(world)
    visited = world.workshop("visited", "1462319203", "چوب و کاغذ شفت", ready=True, images=True)
    assert visited.workshop
    world.note("not sent", world.sent(visited.workshop))
    for number in (1, 2):
        world.visit(visited.workshop, "نرگس لشت‌نشایی", f"1405/90090{number}")
    return world.known


def services(world: World) -> None:
    """A workshop whose insured people ask for each of the services."""
    owner = world.workshop("services", "1462319202", "قطعه‌سازی سفیدکنار", ready=True, images=True)
    assert owner.workshop
    for key, first_name, last_name in (
        ("main", "بهمن", "کوچصفهانی"),
        ("sponsor", "داوود", "خشکبیجاری"),
        ("booklet-first", "نادر", "سنگری"),
        ("history", "یوسف", "شاقاجی"),
        ("claims", "جمشید", "لاکانی"),
    ):
        person = world.insured(key, owner.workshop, first_name, last_name)
        if key == "history":
            start, end = datetime.date(2019, 3, 21), datetime.date(2020, 3, 19)
            known = {"workshop_code": owner.workshop.code, "workshop_name": owner.workshop.name}
            paid = ContributionRecord(**known, started_on=start, ended_on=end, days=365, source="list")
            add_records(person, [paid], by=SYSTEM)
    for key, first_name, last_name in (
        ("booklet-renewal", "ایرج", "پسیخانی"),
        ("booklet-duplicate", "فریدون", "کیاشهری"),
    ):
        world.with_booklet(owner, world.insured(key, owner.workshop, first_name, last_name))


def pages() -> dict[str, Any]:
    """Every state of a request in one workshop with a long name, an empty workshop, held drafts."""
    world = World()
    world.workshop("first", "1462319401", "بهداشتی نیلو", ready=False, images=False)
    world.workshop("empty", "1462319402", "چای ماسال", ready=True, images=False)
    owner = world.workshop("long", "1462319403", LONG_NAME, ready=True, images=True)
    workshop = owner.workshop
    assert workshop
    long = {
        "first_name": "سیده فاطمه‌زهرا",
        "last_name": "حاجی‌محمدرضایی کهنه‌گورابی‌نژاد اصل طاهرگورابی",
        "remarks": "کارت پایان خدمت در پروندهٔ کارگاه است. " * 8,
    }
    world.note("draft", world.draft(workshop, by=owner, scans=False))
    world.note("awaiting", world.sent(workshop, **long))
    world.note("submitted", world.submitted(owner, **long))
    under_review = world.submitted(owner)
    operations.take(world.officer, under_review.pk)
    world.note("under review", under_review)
    returned = world.submitted(owner, **long)
    marks = [
        {"target": "scan:photo", "label": "عکس پرسنلی ۳×۴", "reason": "تصویر تار یا ناخواناست."},
        {"target": "postal_code", "label": "کد پستی محل سکونت", "reason": "با مدرک پیوست یکی نیست."},
    ]
    note = "لطفاً هر دو مورد را اصلاح کنید و دوباره بفرستید. " * 4
    operations.return_for_correction(
        world.officer, returned.pk, version=returned.version, note=note, marks=marks
    )
    world.session("returned", "follow-up", returned)
    completed = world.submitted(owner, **long)
    operations.confirm(world.officer, completed.pk, version=completed.version)
    world.note("completed", completed)
    archived = world.submitted(owner, **long)
    operations.confirm(world.officer, archived.pk, version=archived.version)
    operations.archive(owner, archived.pk)
    rejected = world.submitted(owner)
    operations.reject(world.officer, rejected.pk, version=rejected.version, note="مدرک شخص دیگری است.")
    world.session("rejected", "follow-up", rejected)
    world.note("came back", world.came_back(owner, **long))
    withdrawn = world.sent(workshop)
    operations.withdraw(holder(withdrawn), withdrawn.pk)
    world.note("withdrawn", withdrawn)
    world.session(
        "half", REGISTRATION.code, world.draft(workshop, scans=False, **{**long, "postal_code": ""})
    )
    world.session("whole", REGISTRATION.code, world.draft(workshop, **long))
    world.session("receipt", REGISTRATION.code, world.sent(workshop, **long))
    world.session("follow", "follow-up", world.sent(workshop, **long))
    world.visit(workshop, f"{long['first_name']} {long['last_name']}")
    decide_policy(BULK, 0, valid_from=timezone.localdate(), by=SYSTEM)
    because = "مهر پیشین در جابه‌جایی کارگاه گم شده و از کار افتاده است."
    keep_image(owner, "stamp", BytesIO(draw_stamp("مهر تازه", 2)), because)
    ask_as_operator(Action.ROTATE, "سالگرد کلید")
    return world.known


if __name__ == "__main__":
    with transaction.atomic():
        made = {"story": story, "pages": pages}[sys.argv[1]]()
    assert User.objects.exists()
    print(json.dumps(made, ensure_ascii=False))
