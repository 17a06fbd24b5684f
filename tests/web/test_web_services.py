"""Every service on screen: looked up, filled in, sent, decided — without JavaScript, with its own example."""

from typing import Any

import pytest

from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.answers import is_rows, typed
from pishkhan.catalogue.parties import Audience
from pishkhan.catalogue.service import About, Service, every_service, offered_to
from pishkhan.workshops.models import Workshop
from tests import world as w
from tests.world import World, jpeg_bytes

from .browsing import Browser, Page

pytestmark = pytest.mark.django_db
BY_WORKSHOP = offered_to(Audience.WORKSHOP)
BY_PUBLIC = offered_to(Audience.PUBLIC)


def by(services: list[Service]) -> Any:
    return pytest.mark.parametrize("service", services, ids=[s.code for s in services])


def filled(service: Service, *names: str) -> dict[str, Any]:
    """The service's example as somebody types it, field by field."""
    sent: dict[str, Any] = {}
    for name, field in service.fields():
        if names and name not in names:
            continue
        answer = service.example[name]
        if not is_rows(field):
            if answer not in ("", None, []):
                sent[name] = typed(field, answer)
            continue
        for number, row in enumerate(answer):
            sent |= {f"{name}-{number}-{n}": typed(f, row[n]) for n, f in field.fields()}
    return sent


def code_to_look_up(service: Service) -> str:
    if service.about == About.NEWCOMER:
        return str(service.example["national_code"])
    return w.code_of_person(1)


def looked_up(world: World, service: Service) -> Browser:
    w.on_the_register(world, service)
    ali = Browser(world.ali.user)
    ali.open(f"/cartable/new/{service.code}/")
    ali.submit("جستجو", {"national_code": code_to_look_up(service)})
    return ali


def pictures(page: Page) -> dict[str, bytes]:
    """A picture for every place that asks for one."""
    slots = [node["name"] for node in page.tree.all("input", type="file")]
    return {name: jpeg_bytes(20 + number) for number, name in enumerate(slots)}


def decided(world: World, case: Case) -> Case:
    officer = Browser(world.officer_of(case).user)
    asked = case.service.decision_form(case)
    fields = asked.base_fields.items() if asked else ()
    first = {n: next(iter(f.choices))[0] for n, f in fields if hasattr(f, "choices")}
    officer.open(f"/desk/cases/{case.pk}/")
    page = officer.submit("تأیید", first)
    assert case.service.afterwards in page.main
    return w.fresh(case)


@by(BY_WORKSHOP)
def test_the_employer_looks_up_fills_in_sends_and_the_branch_confirms(world, service):
    ali = looked_up(world, service)
    page = ali.submit("ارسال به سازمان", filled(service), pictures(ali.page))
    assert "به سازمان ارسال شد" in page.main, page.main[:600]
    case = decided(world, Case.objects.get())
    assert case.state == State.COMPLETED
    assert "انجام‌شده" in ali.open(f"/cartable/{case.pk}/").main


@by(BY_WORKSHOP)
def test_what_was_typed_stays_when_the_request_is_only_kept(world, service):
    ali = looked_up(world, service)
    ali.submit("ذخیره بدون ارسال", filled(service))
    case = Case.objects.get()
    assert {n: a for n, a in case.answers.items() if n in dict(service.fields())} == service.example


@by(BY_WORKSHOP)
def test_what_was_typed_stays_when_something_else_is_wrong(world, service):
    ali = looked_up(world, service)
    page = ali.submit("ارسال به سازمان", filled(service), follow=True)
    required = service.required_scans(service.example, Case.objects.get().subject)
    assert page.status == (422 if required else 200)
    for name, value in filled(service).items():
        if required and isinstance(value, str):
            assert page.value(name) == value, name


@by([s for s in BY_WORKSHOP if s.about != About.NEWCOMER])
def test_nobody_outside_the_workshop_is_found(world, service):
    w.insured(world, world.b, 30)
    ali = Browser(world.ali.user)
    ali.open(f"/cartable/new/{service.code}/")
    page = ali.submit("جستجو", {"national_code": w.code_of_person(30)})
    assert page.status == 422
    assert "در لیست بیمه‌شدگان کارگاه شما نیست" in page.main
    assert not Case.objects.exists()


@by([s for s in every_service() if s.about.on_file])
def test_the_page_shows_whom_the_request_is_about_and_the_printed_rows_too(world, service):
    ali = looked_up(world, service)
    case = Case.objects.get()
    assert case.subject.full_name in ali.page.main
    assert case.subject.father_name in ali.page.main


@by(BY_PUBLIC)
def test_the_public_goes_page_by_page_to_its_receipt(world, service):
    w.on_the_register(world, service)
    visitor = Browser()
    visitor.open(f"/apply/{service.code}/")
    if service.about == About.STRANGER:
        visitor.submit("آغاز ثبت نام")
    else:
        visitor.open(f"/apply/{service.code}/workshop/")
        visitor.submit("یافتن کارگاه", {"workshop_code": world.a.code})
        visitor.submit("بله، همین کارگاه است")
    for page in service.pages:
        visitor.submit("ادامه", filled(service, *page.form.base_fields))
    visitor.submit("ادامه", files=pictures(visitor.page))
    page = visitor.submit("ارسال برای")
    assert "درخواست شما ثبت شد" in page.main, page.main[:600]
    assert Case.objects.get().tracking_code


def test_a_sign_up_returned_by_the_branch_is_corrected_by_its_applicant_and_approved(world):
    service = next(s for s in BY_PUBLIC if s.about == About.STRANGER)
    case = w.filled_case(world, State.SUBMITTED, service=service, by=Audience.PUBLIC)
    senior = Browser(world.senior.user)
    senior.open(f"/desk/cases/{case.pk}/")
    senior.submit("برگشت برای رفع نقص", {"mark:phone": "تلفن درست نیست."})
    visitor = Browser()
    visitor.open("/follow-up/")
    codes = {"tracking_code": case.tracking_code, "national_code": case.national_code}
    page = visitor.submit("پیگیری", codes)
    assert "تلفن درست نیست." in page.main
    page = visitor.submit("اصلاح و ارسال دوباره")
    visitor.open(page.link("تلفن درست نیست."))
    visitor.submit("ادامه", {"phone": "01333999999"})
    assert "درخواست شما ثبت شد" in visitor.submit("ارسال برای شعبه").main
    case = decided(world, w.fresh(case))
    assert case.state == State.COMPLETED
    workshop = Workshop.objects.get(code=case.answers["workshop_code"])
    assert workshop.phone == "01333999999"
    assert "الهام" in senior.open(f"/desk/workshops/{workshop.pk}/").main
