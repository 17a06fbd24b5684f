"""The upload door, as the script of the page and as a plain form, for every file of `generated.FILES`."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from pishkhan.cases.models import Case
from pishkhan.documents import operations
from pishkhan.documents.operations import load_content
from tests.documents import generated as g
from tests.world import drafted

from .browsing import Browser
from .walking import START

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # of broken EXIF

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
            right = (
                response.status_code == 200
                and shown.content == stored_photo()
                and not g.superfluous(shown.content)
            )
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


def sent(phone: Browser, name: str, part_header: bytes, missing: int):
    """A file whose part says something of its length, in a request that claims so many bytes too few."""
    head = b'--x\r\nContent-Disposition: form-data; name="scan:photo"; filename="a.jpg"'
    body = head + part_header + b"\r\n\r\n" + g.made(name) + b"\r\n--x--\r\n"
    return phone.client.generic(
        "POST",
        f"{START}scans/photo/",
        body,
        "multipart/form-data; boundary=x",
        headers={"Accept": "application/json", "X-CSRFToken": phone.client.cookies["csrf"].value},
        CONTENT_LENGTH=str(len(body) - missing),
    )


@pytest.mark.parametrize("length", [b"", b"10", b"0", b"-1", b"99999999999", b"many"])
def test_what_a_part_says_of_its_length_plays_no_part(phone, length):
    header = b"\r\nContent-Length: " + length if length else b""
    assert sent(phone, "plain", header, 0).status_code == 200
    assert sent(phone, "exactly 204,800 bytes by comments", header, 0).status_code == 200
    assert sent(phone, "204,801 bytes by what is behind", header, 0).status_code == 422


@pytest.mark.parametrize("missing", [1, 2, 9, 100, 1_000, 10**9])
def test_a_request_that_claims_too_few_bytes_makes_no_error_of_the_program(phone, missing):
    for name in ("plain", "exactly 204,800 bytes by comments", "204,801 bytes by what is behind"):
        status = sent(phone, name, b"", missing).status_code
        assert status in (200, 400, 403, 422), name
        assert status != 200 or missing < 100, "what is lost of a picture is noticed"


def test_a_picture_for_a_case_that_is_not_ones_own_is_not_even_read(world, monkeypatch):
    case, read = drafted(world), []
    read_picture = operations.read_picture

    def noted(*given):
        read.append(given)
        return read_picture(*given)

    monkeypatch.setattr(operations, "read_picture", noted)
    for actor, status, times in ((world.sara, 404, 0), (world.clerk, 404, 0), (world.ali, 200, 1)):
        upload = {"scan:photo": SimpleUploadedFile("a.jpg", g.jpeg())}
        page = Browser(actor.user).post(f"/cartable/{case.pk}/scans/photo/", upload)
        assert (page.status, len(read)) == (status, times)
