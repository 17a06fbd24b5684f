"""The user guide tells what the browser's journeys do, shows it, and helps on every page."""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver, resolve, reverse

from pishkhan.web import guide

ROOT = Path(__file__).resolve().parents[1]
PICTURES = guide.FOLDER / "pictures"
JOURNEYS = [*sorted(ROOT.glob("browser/test_manual_*.py")), ROOT / "browser" / "test_second_factor.py"]
Told = dict[tuple[str, str], list[str]]

NO_PAGE = {  # routes that answer with a file, a redirect or a script's JSON
    *("healthz", "sign_out", "leave_followed", "correct_followed", "withdraw_followed", "held_letter"),
    *("apply_scan", "apply_forget", "guide_pdf", "withdraw_request", "archive_request", "request_scan"),
    *("person_photo", "acknowledge_inspection", "objection_scan", "request_letter", "profile_image"),
    *("choose_workshop", "take", "desk_archive", "review_scan", "inspection_template", "publish_inspection"),
    "review_compared_scan",
    *("desk_objection_scan", "reopen_workshop", "review_letter", "credentials_letter", "account_active"),
    *("end_representation", "desk_person_photo", "records_template", "workshops_template"),
    *("remove_record", "end_employment", "end_dependent", "discard_inspection"),
    *("end_own_sessions", "remove_second_factor"),
    *("approval_picture", "withdraw_approval", "waiting_image", "withdraw_asked"),
}


def calls(tree: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """The calls of the recorder, in the order of the file."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("turn_to", "step")
        and ast.unparse(node.func.value).rpartition(".")[2] == "guide"
    ]
    for node in sorted(found, key=lambda node: node.lineno):
        yield node.func.attr, node.args


def told_by_the_journeys() -> Told:
    told: Told = {}
    for file in JOURNEYS:
        at = ("", "")
        for name, arguments in calls(ast.parse(file.read_text("utf-8"))):
            words = [ast.literal_eval(argument) for argument in arguments[: 2 if name == "turn_to" else 1]]
            if name == "turn_to":
                at = (words[0], words[1])
            else:
                told.setdefault(at, []).append(words[0])
    return told


def test_the_committed_text_is_what_the_journeys_tell():
    committed = {
        (chapter.code, part.code): [step.text for step in part.steps]
        for chapter in guide.chapters().values()
        for part in chapter.parts
    }
    assert committed == told_by_the_journeys(), "run script/guide"


def test_the_chapters_and_parts_are_those_of_the_outline(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "browser"))
    from recorder import OUTLINE  # noqa: PLC0415 the browser's tests are no package

    sys.modules.pop("recorder")
    shown = {c.code: (c.title, c.lead, {p.code: p.title for p in c.parts}) for c in guide.chapters().values()}
    assert shown == OUTLINE, "run script/guide"


def test_every_step_has_its_picture_and_no_picture_is_left_over():
    named = [s.picture for c in guide.chapters().values() for p in c.parts for s in p.steps]
    assert sorted(named) == sorted(file.name for file in PICTURES.iterdir())
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) <= 3_000_000
    assert guide.PDF.stat().st_size <= 4_000_000


def test_every_page_has_its_part_of_the_guide():
    routes = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    assert set(guide.HELP) | NO_PAGE == routes
    assert not set(guide.HELP) & NO_PAGE


@pytest.mark.parametrize("place", sorted({place for place in guide.HELP.values() if place}))
def test_every_part_that_helps_is_in_the_guide(place):
    chapter, _, part = place.partition("#")
    assert not part or guide.chapters()[chapter].has(part)


@pytest.mark.django_db
def test_the_guide_is_read_by_everybody_and_shows_each_part(client):
    assert "راهنما" in client.get(reverse("guide")).content.decode()
    for chapter in guide.chapters().values():
        page = client.get(reverse("guide_chapter", args=[chapter.code])).content.decode()
        for part in chapter.parts:
            assert f'id="{part.code}"' in page
    assert client.get(reverse("guide_chapter", args=["nobody"])).status_code == 404
    assert client.get(reverse("guide_pdf"))["Content-Type"] == "application/pdf"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/follow-up/", "/guide/insured/#follow-up"),
        ("/apply/dependent-registration/", "/guide/insured/#dependent-registration"),
        ("/apply/representative-signup/", "/guide/employer/#representative-signup"),
        ("/cartable/new/booklet-renewal/", "/guide/employer/#booklet-renewal"),
    ],
)
def test_a_page_leads_to_its_own_part(rf, path, place):
    request = rf.get(path)
    request.resolver_match = resolve(path)
    assert guide.help_address(request) == place


def test_what_the_chapters_say_is_printed_and_never_read_as_html(rf, monkeypatch):
    wicked = guide.Part("x", "<script>", (guide.Step("<b>", "x.jpg"),))
    chapter = guide.Chapter("insured", "<i>", "<u>", (wicked,))
    monkeypatch.setattr("pishkhan.web.portal.guide.chapters", lambda: {"insured": chapter})
    from pishkhan.web.portal.guide import chapter as page  # noqa: PLC0415

    request = rf.get("/guide/insured/")
    request.resolver_match = resolve("/guide/insured/")
    request._messages = []
    words = page(request, "insured").content.decode()
    assert not any(tag in words for tag in ("<script>", "<b>x", "<i>", "<u>"))


def test_the_chapters_are_plain_json():
    for code in guide.ORDER:
        assert json.loads((guide.FOLDER / f"{code}.json").read_text("utf-8"))["code"] == code


@pytest.mark.django_db
def test_who_is_signed_in_finds_the_way_back_from_the_guide(client, django_user_model):
    assert "داشبورد</span>" not in client.get(reverse("guide")).content.decode()
    user = django_user_model.objects.create(username="kar", side="workshop", must_change_password=False)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert 'href="/dashboard/"' in client.get(reverse("guide")).content.decode()
    assert client.get(reverse("guide"), headers={"host": "elsewhere.example"}).status_code == 400
