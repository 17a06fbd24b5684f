"""Whatever is sent to whatever form: an answer in words, never a failure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pishkhan.cases.models import Case
from pishkhan.cases.states import State
from pishkhan.catalogue.parties import Audience
from pishkhan.letters.models import Kind
from pishkhan.web.access import HELD
from tests.letters.reading import letter_of
from tests.world import World, answers_for, drafted, filled_case, jpeg_bytes, registration

from .browsing import Browser, Page
from .walking import START

IN_HYPOTHESIS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

NASTY = [
    *(
        "\x00",
        "a\x00b",
        "\x1b[31m",
        "\u200c",
        "\u202e",
        "\ufeff",
        "\ud7ff",
        "\U0010ffff",
        "𝟙𝟚",
        "१२३",
        "²",
        "½",
    ),
    *(
        "9" * 50,
        "9" * 4400,
        "-1",
        "1e9",
        "NaN",
        "None",
        "0",
        "۰",
        "٠",
        "', '",
        "{{7*7}}",
        "%s",
        "%00",
        "../x",
    ),
    *("1404/12/30", "1404-12-30", "14041230", "0000/00/00", "9999/99/99", "1300/01/01", "1500/12/30"),
    *("1500-12-29", "1622-01-01", "0001-01-01", "9999-12-31", "۱۴۰۳/۱۲/۳۰", "2026-W01-1", "20260101"),
    *(
        "9990000018",
        "۹۹۹۰۰۰۰۰۱۸",
        "1463639001",
        "+989121234567",
        "ب12/123456",
        "a@b",
        "a@" + "b" * 300 + ".com",
    ),
    *(
        "scan:photo",
        "send",
        "<script>",
        "\n\r\n",
        " ",
        "ي ك ة ۀ هٔ",
        "ا" * 3000,
        "e\u0301" * 400,
        "\u0600" * 9,
    ),
]
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.text("۰۱۲0123٠/-. ", max_size=12),
)


@dataclass
class Scene:
    """Where each form is, and who may send it."""

    world: World
    clients: dict[str, Client]
    paths: dict[str, str]


@pytest.fixture
def scene(world: World) -> Scene:
    awaiting = filled_case(world, State.AWAITING_EMPLOYER, answers=answers_for(1))
    review = filled_case(world, State.UNDER_REVIEW, answers=answers_for(2))
    back = filled_case(world, State.RETURNED, answers=answers_for(3))
    draft = drafted(world, by=Audience.PUBLIC, answers=answers_for(4))
    applicant = Client()
    session = applicant.session
    session[HELD] = {"main-registration": draft.pk, "follow-up": awaiting.pk}
    session.save()
    applicant.cookies[portal.SESSION_COOKIE_NAME] = session.session_key
    clients = {"stranger": Client(), "applicant": applicant}
    for name in ("ali", "clerk", "senior"):
        clients[name] = Browser(getattr(world, name).user).client
        clients[name].handler.enforce_csrf_checks = False
    paths = {"awaiting": str(awaiting.pk), "review": str(review.pk), "back": str(back.pk)}
    paths |= {"a": str(world.a.pk), "ali": str(world.ali.user.pk), "clerk": str(world.clerk.user.pk)}
    paths |= {"letter": letter_of(review, Kind.FORM).code, "workshop": str(world.a.pk)}
    return Scene(world, clients, paths)


def names(code: str) -> list[str]:
    return list(next(page for page in registration().pages if page.code == code).form.base_fields)


ANSWERS = [name for name, _ in registration().fields()]
MARKS = [f"mark:{name}" for name in ANSWERS] + ["mark:scan:photo"]
PASSWORDS = ["old_password", "new_password", "new_password_again"]
USER = ["first_name", "last_name", "national_code", "mobile", "email"]
WORKSHOP = ["name", "employer_name", "activity", "legal_national_id", "economic_code"]
WORKSHOP += ["phone", "postal_code", "address"]
PROFILE = [f"user-{name}" for name in USER] + [f"workshop-{name}" for name in WORKSHOP]
FOUND = ["confirmed", "code", "name", "employer_name", "address", "take_name", "take_address", "file"]
SEARCH = ["service", "text", "since", "until", "tab"]
FORMS: dict[str, tuple[str, str, list[str]]] = {
    "sign in": ("stranger", "/login/", ["username", "password", "next"]),
    "follow up": ("stranger", "/follow-up/", ["tracking_code", "national_code"]),
    "check letter": ("stranger", "/letters/", ["number", "code"]),
    "letter file": ("stranger", "/letters/{letter}/", ["file"]),
    "workshop": ("applicant", f"{START}workshop/", ["workshop_code", "confirmed"]),
    "identity": ("applicant", f"{START}page/identity/", names("identity")),
    "contact": ("applicant", f"{START}page/contact/", names("contact")),
    "job": ("applicant", f"{START}page/job/", names("job")),
    "scans": ("applicant", f"{START}scans/", ["onward", "scan:photo", "scan:nonsense"]),
    "send": ("applicant", f"{START}send/", ["x"]),
    "cartable": ("ali", "/cartable/", SEARCH),
    "look up": ("ali", "/cartable/new/main-registration/", ["national_code"]),
    "edit": ("ali", "/cartable/{awaiting}/edit/", [*ANSWERS, "keep", "send"]),
    "correct": ("ali", "/cartable/{back}/edit/", [*ANSWERS, "send"]),
    "refuse": ("ali", "/cartable/{awaiting}/refuse/", ["note"]),
    "archive": ("ali", "/cartable/{back}/archive/", ["undo", "tab"]),
    "profile": ("ali", "/profile/", PROFILE),
    "choose": ("ali", "/profile/workshop/", ["workshop"]),
    "password": ("ali", "/profile/password/", PASSWORDS),
    "queue": ("clerk", "/desk/queue/", [*SEARCH, "unit"]),
    "decide": ("clerk", "/desk/cases/{review}/decide/", ["verb", "version", "note", *MARKS]),
    "workshops": ("clerk", "/desk/workshops/", ["text"]),
    "new workshop": ("clerk", "/desk/workshops/new/", ["code", *WORKSHOP]),
    "edit workshop": ("clerk", "/desk/workshops/{a}/edit/", WORKSHOP),
    "close workshop": ("clerk", "/desk/workshops/{a}/close/", ["reason"]),
    "import workshop": ("clerk", "/desk/workshops/import/", FOUND),
    "own particulars": ("clerk", "/desk/profile/", USER),
    "accounts": ("senior", "/desk/accounts/", ["text"]),
    "account": ("senior", "/desk/accounts/{ali}/", USER),
    "account's workshops": ("senior", "/desk/accounts/{ali}/workshops/", ["workshop_code"]),
    "account's post": ("senior", "/desk/accounts/{clerk}/post/", ["unit", "is_senior"]),
    "new staff": ("senior", "/desk/accounts/new/staff/", ["username", *USER, "unit", "is_senior"]),
    "credentials": ("senior", "/desk/accounts/workshops/{workshop}/letter/", ["username", "password"]),
    "new account": (
        "senior",
        "/desk/accounts/new/",
        ["code", "name", "employer_name", "first_name", "last_name", "username"],
    ),
}
VERBS = {"verb": st.sampled_from(["confirm", "return", "reject"]), "version": st.sampled_from(list("01234"))}


def typed(fields: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the fields, each with one text or several; sometimes none."""
    value = st.one_of(TEXT, TEXT, TEXT, st.lists(TEXT, max_size=3))
    return st.fixed_dictionaries(
        {}, optional={n: st.one_of(VERBS[n], value) if n in VERBS else value for n in fields}
    )


def answered(scene: Scene, who: str, path: str, send: Callable[[Client, str], Any]) -> None:
    """Sends it, reads the answer and the page that follows; whatever it changed is taken back."""
    client = scene.clients[who]
    with transaction.atomic():
        response = send(client, path.format(**scene.paths))
        assert response.status_code in (200, 302, 400, 404, 409, 422, 429), response.status_code
        if response.status_code == 302:
            following = client.get(response["Location"])
            assert following.status_code in (200, 302, 404), response["Location"]
        elif response.headers.get("Content-Type", "").startswith("text/html"):
            page = Page(response, path)
            assert page.status == 200 or page.main
        transaction.set_rollback(True)


@pytest.mark.parametrize("form", list(FORMS))
def test_a_form_answers_whatever_is_typed_into_it(scene: Scene, form: str):
    who, path, fields = FORMS[form]

    @IN_HYPOTHESIS
    @given(typed(fields))
    def send(body: dict[str, Any]) -> None:
        answered(scene, who, path, lambda client, at: client.post(at, body))

    send()


@pytest.mark.parametrize("form", ["identity", "edit", "decide", "profile", "refuse"])
def test_a_form_answers_each_nasty_text_in_all_its_fields_at_once(scene: Scene, form: str):
    who, path, fields = FORMS[form]
    extra = {"verb": "return", "version": "3"} if form == "decide" else {}
    for nasty in NASTY:
        body = dict.fromkeys(fields, nasty) | extra
        answered(scene, who, path, lambda client, at, body=body: client.post(at, body))


BODIES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"first_name=%ff%fe",
            b"%",
            b"a=%u0041",
            b"=&=&",
            b"first_name=%00",
            b"a[]=1&a[]=2",
            b"\xff" * 50,
            b"--x\r\n",
            b'--x\r\nContent-Disposition: form-data; name="scan:photo"; filename="a.jpg"\r\n\r\n',
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\xfe\r\n--x--\r\n',
            b"--x--\r\n",
        ]
    ),
)
KINDS = st.sampled_from(
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "application/json",
        "",
        "application/x-www-form-urlencoded; charset=utf-7",
        "multipart/form-data; boundary=ÿ",
    ]
)


@pytest.mark.parametrize("form", ["sign in", "follow up", "identity", "scans", "edit", "profile", "decide"])
def test_a_form_answers_whatever_bytes_it_is_sent(scene: Scene, form: str):
    who, path, _ = FORMS[form]

    @IN_HYPOTHESIS
    @given(BODIES, KINDS)
    def send(body: bytes, kind: str) -> None:
        answered(scene, who, path, lambda client, at: client.generic("POST", at, body, kind))

    send()


UPLOADS = st.one_of(
    st.binary(max_size=300),
    st.just(b""),
    st.binary(max_size=300).map(lambda tail: b"\xff\xd8\xff" + tail),
    st.tuples(st.integers(0, 600), st.binary(max_size=20)).map(
        lambda cut: jpeg_bytes()[: cut[0]] + cut[1] + jpeg_bytes()[cut[0] + len(cut[1]) :]
    ),
    st.just(jpeg_bytes()),
)
PLACES = {
    "scans": ("applicant", f"{START}scans/"),
    "one scan": ("applicant", f"{START}scans/photo/"),
    "edit": ("ali", "/cartable/{awaiting}/edit/"),
    "one scan of a request": ("ali", "/cartable/{awaiting}/scans/photo/"),
    "profile": ("ali", "/profile/"),
}
FILE_FIELDS = st.sampled_from(
    [
        "scan:photo",
        "photo",
        "scan:nonsense",
        "scan:",
        "scan:scan:photo",
        "signature",
        "stamp",
        "x",
        "scan:../../x",
    ]
)
FILE_NAMES = st.one_of(st.sampled_from(["a.jpg", "../../etc/passwd", "نام فارسی.jpg", "a.php", "a" * 300]))


@pytest.mark.parametrize("place", list(PLACES))
def test_an_upload_answers_whatever_file_comes_under_whatever_name(scene: Scene, place: str):
    who, path = PLACES[place]
    files = st.dictionaries(FILE_FIELDS, st.tuples(FILE_NAMES, UPLOADS), max_size=3)

    @IN_HYPOTHESIS
    @given(files, st.booleans())
    def send(sent: dict[str, tuple[str, bytes]], script: bool) -> None:
        body = {field: SimpleUploadedFile(name, content) for field, (name, content) in sent.items()}
        headers = {"Accept": "application/json"} if script else {}
        answered(scene, who, path, lambda client, at: client.post(at, body, headers=headers))

    send()


REFUSED = {
    b"": "این فایل خالی است",
    b"hello": "فقط عکس JPG پذیرفته می‌شود",
    b"GIF89a": "عکس GIF است",
    b"\x89PNG\r\n": "عکس PNG است",
    b"%PDF-1.4": "سند PDF است",
    b"\xff\xd8\xff" + b"0" * 100: "ناقص یا خراب",
    jpeg_bytes()[:200]: "ناقص یا خراب",
    b"\xff\xd8\xff" + b"0" * 300_000: "بیش از ۲۰۰ کیلوبایت",
}


@pytest.mark.parametrize("content", list(REFUSED), ids=lambda content: REFUSED[content])
def test_a_file_that_is_no_picture_is_refused_in_clear_words_wherever_it_is_sent(
    scene: Scene, content: bytes
):
    def sent(who: str, path: str, field: str, **headers: str) -> Any:
        body = {field: SimpleUploadedFile("a.jpg", content)}
        return scene.clients[who].post(path.format(**scene.paths), body, headers=headers)

    for place, field in (("scans", "scan:photo"), ("edit", "scan:photo"), ("profile", "stamp")):
        who, path = PLACES[place]
        response = sent(who, path, field)
        assert response.status_code == 422, place
        page = Page(response, path)
        assert REFUSED[content] in page.error(field), place
    for place in ("one scan", "one scan of a request"):
        response = sent(*PLACES[place], "scan:photo", Accept="application/json")
        assert response.status_code == 422
        assert REFUSED[content] in response.json()["error"]


def test_a_scan_of_a_kind_that_the_service_does_not_ask_for_is_not_kept(scene: Scene):
    before = {case.pk: case.scans.count() for case in Case.objects.all()}
    for who, path in (PLACES["scans"], PLACES["edit"]):
        body = {"scan:nonsense": SimpleUploadedFile("a.jpg", jpeg_bytes()), "keep": "1"}
        assert scene.clients[who].post(path.format(**scene.paths), body).status_code in (200, 302, 422)
    assert {case.pk: case.scans.count() for case in Case.objects.all()} == before


def test_very_many_files_are_refused_and_not_kept(scene: Scene):
    body = {f"f{n}": SimpleUploadedFile("a.jpg", b"x") for n in range(150)}
    response = scene.clients["applicant"].post(f"{START}scans/", body)
    assert response.status_code == 400
    assert "خوانده نشد" in Page(response, START).main


QUERIES = st.dictionaries(
    st.sampled_from(["tab", "s", "after", "unit", "back", "next", "v"]), TEXT, max_size=4
)


@pytest.mark.names_somebody
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("ali", "/cartable/"),
        ("clerk", "/desk/queue/"),
        ("senior", "/desk/queue/"),
        ("senior", "/desk/"),
        ("senior", "/desk/accounts/"),
        ("applicant", f"{START}page/identity/"),
        ("stranger", "/login/"),
    ],
)
def test_a_page_answers_whatever_stands_in_its_query(scene: Scene, who: str, path: str):
    @IN_HYPOTHESIS
    @given(QUERIES)
    def ask(query: dict[str, str]) -> None:
        answered(scene, who, path, lambda client, at: client.get(at, query))

    ask()


@IN_HYPOTHESIS
@given(st.dictionaries(st.sampled_from(["session", "csrf", "last_user", "messages"]), TEXT, min_size=1))
def test_a_page_answers_whatever_cookies_a_browser_has(world: World, cookies: dict[str, str]):
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode().decode("latin-1")
    client = Client()
    for path in ("/", "/login/", "/cartable/", f"{START}check/"):
        assert client.get(path, headers={"Cookie": sent}).status_code in (200, 302)
    assert client.post("/cartable/", {"text": "x"}, headers={"Cookie": sent}).status_code == 302
