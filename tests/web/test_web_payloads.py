"""Forty scripts in every text of every table: on no page, in no Excel file and in no letter does one run.

They are written into the rows themselves, past every form's checks, as a mistake in a check would let them.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import cycle
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from pishkhan.cases.models import Case, Event
from pishkhan.cases.states import State
from pishkhan.letters.models import Kind
from pishkhan.letters.operations import load_letter
from tests.inspections import inspecting
from tests.letters.reading import letter_of
from tests.world import World, answers_for, filled_case, insured

from .browsing import Browser, Page
from .walking import crawl

# Every one has "pwn" in it: as an element's or attribute's name or in a value that runs, it would be found.
PAYLOADS = [
    "<script>pwn()</script>",
    '"><script>pwn()</script>',
    "'><script>pwn()</script>",
    "</title><script>pwn()</script>",
    "</textarea><script>pwn()</script>",
    "</script><script>pwn()</script>",
    "<script src=//pwn.example></script>",
    "<ScRiPt>pwn()</sCrIpT>",
    "<scr<script>ipt>pwn()</script>",
    "<script\n>pwn()</script\n>",
    "<img src=x onerror=pwn()>",
    '"><img src=x onerror="pwn()">',
    "<img/src=x/onerror=pwn()>",
    "<svg onload=pwn()>",
    "<svg/onload=pwn()//",
    "<svg><script>pwn()</script></svg>",
    "<math href='javascript:pwn()'>x</math>",
    "<body onload=pwn()>",
    "<iframe src=javascript:pwn()></iframe>",
    "<iframe srcdoc='<script>pwn()</script>'>",
    "<object data=javascript:pwn()>",
    "<embed src=javascript:pwn()>",
    "<a href=javascript:pwn()>x</a>",
    "<base href=//pwn.example/>",
    "<link rel=stylesheet href=//pwn.example>",
    "<meta http-equiv=refresh content='0;//pwn.example'>",
    "<form action=//pwn.example><button>x",
    "<style>@import '//pwn.example';</style>",
    "<details open ontoggle=pwn()>",
    "<input autofocus onfocus=pwn()>",
    '" onmouseover="pwn()',
    "' onmouseover='pwn()",
    '" autofocus onfocus=pwn() x="',
    "x onclick=pwn()",
    '" style="background:url(//pwn.example)',
    "javascript:pwn()",
    "data:text/html,<script>pwn()</script>",
    "--><script>pwn()</script><!--",
    "<![CDATA[<script>pwn()</script>]]>",
    "&lt;script&gt;pwn()&lt;/script&gt;",
    "&#60;script&#62;pwn()&#60;/script&#62;",
    "{{ pwn }}{% pwn %}${pwn}#{pwn}",
    "\\u003cscript\\u003epwn()\\u003c/script\\u003e",
    "\u202e<script>pwn()</script>",
    "<noscript><p title='</noscript><img src=x onerror=pwn()>'>",
]
FORMULAS = ['=HYPERLINK("//pwn")', "+pwn", "-pwn", "@SUM(pwn)", "\tpwn", "\r=pwn", "=cmd|'/C pwn'!A0"]

# Leaves whatever it stands in: an attribute, a title, a text field. Stands first in every text.
WAY_OUT = "'\"></title></textarea><img src=x onerror=pwn()>"

# Texts that the program itself writes, reads back and compares: codes, keys, states.
KEPT = {
    *("password", "username", "sort_key", "search_key", "secret", "sha256", "owner", "key_id", "likeness"),
    *("key", "service_code", "begun_by", "tracking_code", "tracking_digits", "state", "waiting_on", "unit"),
    *("kind", "verb", "audience", "to", "code", "occasion", "recipient", "path", "session_data", "source"),
    *("action", "about", "mac", "digest", "year_month", "workshop_code", "number"),
}


def texts_of(model: type[models.Model]) -> list[Any]:
    """Its texts with room for a script; numbers of identity are matched by their digits."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not (field.choices or field.primary_key or field.name in KEPT)
        and (field.max_length or 100) >= 60
    ]


def fill(payloads: Iterator[str]) -> set[str]:
    """Writes a payload into each text of each row; returns the fields that hold some now."""
    filled = set()
    for model in apps.get_models():
        if not model.__module__.startswith("pishkhan.") or model.__name__ in ("Entry", "Seal", "Session"):
            continue
        for row in model._default_manager.all():
            new = {field.name: next(payloads)[: field.max_length] for field in texts_of(model)}
            model._default_manager.filter(pk=row.pk).update(**new) if new else None
            filled |= {f"{model.__name__}.{name}" for name in new}
    return filled


def fill_answers(payloads: Iterator[str]) -> None:
    """The same for what is kept as JSON: answers, marks, explanations, changes."""
    for case in Case.objects.all():
        answers = {
            name: value if name == "national_code" or name.endswith("_date") else next(payloads)
            for name, value in case.answers.items()
        }
        marks = [{**mark, "label": next(payloads), "reason": next(payloads)} for mark in case.marks]
        explained = {name: next(payloads) for name in case.explanations}
        Case.objects.filter(pk=case.pk).update(answers=answers, marks=marks, explanations=explained)
    for event in Event.objects.exclude(marks=[]):
        marks = [{**mark, "label": next(payloads), "reason": next(payloads)} for mark in event.marks]
        models.QuerySet(Event).filter(pk=event.pk).update(marks=marks)


@pytest.fixture
def case(world: World) -> Case:
    """One case of each stage, a person, visits and an objection, all of whose texts are scripts."""
    insured(world)
    for number, state in enumerate(State):
        filled_case(world, state, answers=answers_for(500 + number))
    inspecting.published(world)
    inspecting.objected(world)
    inspecting.recorded(world)
    payloads = cycle([WAY_OUT + payload for payload in PAYLOADS])
    assert len(fill(payloads)) >= 25
    fill_answers(payloads)
    return Case.objects.get(state=State.RETURNED)


FOREIGN = ("style", "iframe", "object", "embed", "base", "math")
SAFE = ("/", "?", "#", "tel:")


def runs(page: Page) -> list[str]:
    """What on the page is a part of it and came from a payload."""
    found = []
    for node in page.tree.walk():
        if "pwn" in node.tag or node.tag in FOREIGN:
            found.append(node.tag)
        for name, value in node.attrs.items():
            leads = name in ("src", "href", "action", "formaction", "data", "srcdoc", "content", "http-equiv")
            away = leads and "pwn" in value and not value.startswith(SAFE)
            if "pwn" in name or name.startswith("on") or name == "style" or away:
                found.append(f"<{node.tag} {name}={value}>")
        if node.tag == "script" and not node["src"].startswith("/static/"):
            found.append("script")
    return found


def said(page: Page) -> int:
    """How often a payload stands on the page as text or as an attribute's value."""
    return page.text.count("pwn") + sum("pwn" in v for n in page.tree.walk() for v in n.attrs.values())


@pytest.mark.parametrize(
    ("who", "first", "least"),
    [
        ("ali", "/dashboard/", 200),
        ("clerk", "/desk/", 200),
        ("inspector", "/desk/", 20),
        ("senior", "/desk/", 200),
    ],
)
def test_no_page_of_any_role_runs_what_stands_in_the_tables(world, case, who: str, first: str, least: int):
    shown = 0
    for page in crawl(Browser(getattr(world, who).user), first, at_most=60):
        assert page.status < 500
        assert not runs(page), page.path
        shown += said(page)
    assert shown >= least, shown


def test_every_payload_in_every_text_runs_on_no_page_that_shows_most(world, case):
    visit, person = inspecting.objected(world), insured(world)
    ali, clerk, inspector, senior = (
        Browser(actor.user) for actor in (world.ali, world.clerk, world.inspector, world.senior)
    )
    for payload in PAYLOADS:
        fill(cycle([payload]))
        fill_answers(cycle([payload]))
        for page in (
            ali.open(f"/cartable/{case.pk}/edit/"),
            clerk.open("/desk/"),
            clerk.open(f"/desk/cases/{case.pk}/"),
            clerk.open(f"/desk/people/{person.pk}/"),
            inspector.open(f"/desk/inspections/{visit.pk}/"),
            senior.open(f"/desk/accounts/{world.ali.user.pk}/"),
        ):
            assert page.status == 200 and said(page) and not runs(page), (payload, page.path)


def test_nor_do_the_pages_of_who_follows_a_request(world, case):
    browser = Browser()
    browser.open("/follow-up/")
    codes = {"tracking_code": case.tracking_code or "", "national_code": case.answers["national_code"]}
    Case.objects.filter(pk=case.pk).update(national_code=case.answers["national_code"])
    page = browser.submit("پیگیری", codes)
    assert not runs(page) and said(page) >= 3


def test_no_cell_of_an_export_is_a_formula(world, case):
    for person in world.a.employments.values_list("person", flat=True):
        fill_person(person, cycle(FORMULAS))
    for who, path in (
        ("ali", "/insured/export/"),
        ("clerk", "/desk/people/records-template/"),
        ("clerk", "/desk/workshops/excel/template/"),
        ("inspector", "/desk/inspections/import/template/"),
    ):
        answer = Browser(getattr(world, who).user).client.get(path)
        assert answer.status_code == 200, path
        check_sheet(answer.content)
    written = Browser(world.ali.user).client.get("/insured/export/").content
    cells = str(CalamineWorkbook.from_filelike(BytesIO(written)).get_sheet_by_index(0).to_python())
    assert cells.count("pwn") >= 3


def fill_person(pk: int, payloads: Iterator[str]) -> None:
    person = apps.get_model("people", "Person")
    new = {field.name: next(payloads)[: field.max_length] for field in texts_of(person)}
    person.objects.filter(pk=pk).update(**new)


def check_sheet(content: bytes) -> None:
    archive = zipfile.ZipFile(BytesIO(content))
    for name in archive.namelist():
        assert not any(word in name for word in ("vba", "external", "connections", "hyperlink")), name
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            text = archive.read(name).decode()
            assert "<f>" not in text and "<f " not in text and "hyperlink" not in text


ACTIVE = {
    "/JS",
    "/JavaScript",
    "/OpenAction",
    "/AA",
    "/Launch",
    "/EmbeddedFiles",
    "/RichMedia",
    "/URI",
    "/GoToR",
}


def names_in(pdf: bytes) -> set[str]:
    """Every name in every object of the file, also of the compressed ones."""
    reader, found = PdfReader(BytesIO(pdf)), set()

    def look(thing: Any) -> None:
        if isinstance(thing, dict):
            for key, value in thing.items():
                found.add(str(key))
                look(value)
        elif isinstance(thing, list):
            for each in thing:
                look(each)
        elif isinstance(thing, str) and thing.startswith("/"):
            found.add(thing)

    for number in range(1, int(reader.trailer["/Size"])):
        look(reader.get_object(number))
    return found


def test_letters_print_scripts_as_text_and_hold_nothing_active(world, case):
    done = Case.objects.get(state=State.COMPLETED)
    for of, kind in ((case, Kind.FORM), (case, Kind.RETURN), (done, Kind.DECISION)):
        pdf = load_letter(letter_of(of, kind))
        assert not ACTIVE & names_in(pdf), kind
        assert "pwn" in "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_there_are_at_least_forty_payloads():
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 40 and all("pwn" in payload for payload in PAYLOADS)
