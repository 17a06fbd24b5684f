"""The upload door, as the script of the page and as a plain form, for every file of `generated.FILES`."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pishkhan.cases.models import Case
from pishkhan.documents.operations import load_content
from tests.documents import generated as g

from .browsing import Browser
from .walking import START

NAMES = ("scan.jpg", "IMG_0001.JPG", "scan.JPEG", "کارت ملی ۱.jpg", "a.png", "../../etc/passwd", "x.php")
TYPES = ("image/jpeg", "application/octet-stream", "text/html", "")


@pytest.fixture
def phone(world) -> Browser:
    """Somebody with a draft whose photo is to be sent."""
    browser = Browser()
    browser.open(START)
    browser.open(browser.page.link("آغاز ثبت نام"))
    browser.submit("یافتن کارگاه", {"workshop_code": world.a.code})
    browser.submit("بله، همین کارگاه است")
    return browser


def files():
    """Each file of the table with a name and a type that play no part."""
    for number, (name, sample) in enumerate(g.FILES.items()):
        upload = SimpleUploadedFile(NAMES[number % len(NAMES)], g.made(name), TYPES[number % len(TYPES)])
        yield name, sample, upload


def stored_photo() -> bytes:
    return load_content(Case.objects.get().scans.get(kind="photo").document)


def test_the_upload_script_is_answered_for_every_file_of_the_table(phone):
    token = phone.client.cookies["csrf"].value
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    wrong = {}
    for name, sample, upload in files():
        response = phone.client.post(f"{START}scans/photo/", {"scan:photo": upload}, headers=headers)
        told = response.json()
        if sample.code:
            right = response.status_code == 422 and sample.words in told["error"]
        else:
            shown = phone.client.get(told.get("picture", "/nowhere/"))
            right = response.status_code == 200 and shown.content == stored_photo() and not g.superfluous(shown.content)
        if not right:
            wrong[name] = (response.status_code, told)
    assert wrong == {}


def test_the_form_is_answered_for_every_file_of_the_table(phone):
    wrong, before = {}, ""
    for name, sample, upload in files():
        page = phone.post(f"{START}scans/", {"scan:photo": upload, "keep": "1"})
        photo = Case.objects.get().scans.filter(kind="photo").values_list("document", flat=True).first()
        if sample.code:
            right = page.status == 422 and sample.words in page.error("scan:photo") and photo == before
        else:
            right = page.status == 200 and not page.error("scan:photo") and photo != before
            right = right and not g.superfluous(stored_photo())
        if not right:
            wrong[name] = (page.status, page.error("scan:photo"))
        before = photo
    assert wrong == {}


# Lengths that lie


def body(part: bytes, content: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="scan:photo"; filename="a.jpg"' + (
        part + b"\r\n\r\n" + content + b"\r\n--x--\r\n"
    )


@pytest.mark.parametrize("part", [b"", b"\r\nContent-Length: 10", b"\r\nContent-Length: 99999999999", b"\r\nContent-Length: -1"])
@pytest.mark.parametrize("claimed", [0, -1, 10, -100, 5_000_000])
@pytest.mark.parametrize("name", ["plain", "204,801 bytes by what is behind", "exactly 204,800 bytes by comments"])
def test_a_length_that_lies_makes_no_error_of_the_program_and_lets_nothing_in(phone, name, part, claimed):
    """The claimed length of the request is the true one plus so many bytes."""
    content = body(part, g.made(name))
    headers = {"Accept": "application/json", "X-CSRFToken": phone.client.cookies["csrf"].value}
    response = phone.client.generic(
        "POST",
        f"{START}scans/photo/",
        content,
        "multipart/form-data; boundary=x",
        headers=headers,
        CONTENT_LENGTH=str(max(0, len(content) + claimed)),
    )
    assert response.status_code in (200, 400, 403, 422)
    if g.FILES[name].code:
        assert response.status_code != 200
    if claimed == 0:
        assert (response.status_code == 200) == (not g.FILES[name].code)
