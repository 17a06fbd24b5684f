"""Scans made ready on the device: straightened, judged, turned into a JPG within the limit, and not lost."""

from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest
from acting import choose, press, sign_in, wait_filled
from conftest import Portal
from photographs import MARK_AT, askew, mark_of, paper, printed, saved
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter
from playwright.sync_api import Locator, Page, Route, expect
from watching import Windows

Opener = Callable[..., Page]
SCANS = "/apply/main-registration/scans/"
CARD = 85.6 / 54
ON_THE_TABLE = [(0.2, 0.22), (0.82, 0.16), (0.86, 0.74), (0.15, 0.8)]
LIMIT = 204_800

WATCH_SIZES = """() => {
  window.sizes = [];
  const append = FormData.prototype.append;
  FormData.prototype.append = function (name, value, ...more) {
    if (value instanceof Blob) sizes.push(value.size);
    return append.call(this, name, value, ...more);
  };
}"""
"""Notes how large each file is that the page sends."""


@pytest.fixture(scope="module")
def drafts() -> "count[int]":
    return count()


@pytest.fixture
def page(page_at: Opener, portal: Portal, drafts: Iterator[int]) -> Page:
    """The scans of a draft of its own, on a phone."""
    opened = page_at(390, session=portal.world["sessions"][f"scans {next(drafts)}"])
    opened.goto(SCANS)
    return opened


OPEN = """new Promise((done) => {
  const opening = indexedDB.open("scans", 1);
  opening.onsuccess = () => done(opening.result.transaction("scans", "readwrite").objectStore("scans"));
})"""
KEPT = f"""async () => {{
  const asked = (await {OPEN}).count();
  return await new Promise((done) => {{ asked.onsuccess = () => done(asked.result) }});
}}"""
"""How many scans the browser keeps because they were not sent."""
CHANGE_KEPT = f"""async () => {{
  const store = await {OPEN};
  await new Promise((done) => {{
    store.getAll().onsuccess = ({{ target }}) => {{
      for (const scan of target.result) {{ CHANGE; store.put(scan) }}
      store.transaction.oncomplete = done;
    }};
  }});
}}"""


def slot(page: Page, kind: str) -> Locator:
    return page.locator(f"#scan-{kind}")


def stored(page: Page, kind: str) -> bytes:
    """The bytes of the picture as the server keeps it."""
    wait_filled(page, kind)
    address = slot(page, kind).locator(".slot-picture a").get_attribute("href")
    assert address and not address.startswith("blob:")
    return page.request.get(address).body()


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(content)).size


def refused(page: Page, kind: str, words: str) -> None:
    """The slot tells of a doubt and nothing was sent."""
    expect(slot(page, kind).locator(".doubts")).to_contain_text(words)
    expect(slot(page, kind)).not_to_have_class("filled")


def test_a_card_photographed_askew_is_straightened_to_its_shape(page: Page, tmp_path: Path) -> None:
    photograph = askew(paper(), (2000, 1500), ON_THE_TABLE)
    choose(page, "national_card_front", saved(photograph, tmp_path / "card.jpg", quality=92))
    content = stored(page, "national_card_front")
    width, height = size_of(content)
    assert width / height == pytest.approx(CARD, rel=0.01)
    assert width > 1000
    assert mark_of(content) == pytest.approx(MARK_AT, abs=0.015)


def test_a_page_of_print_is_found_on_its_table(page: Page, tmp_path: Path) -> None:
    photograph = askew(printed(), (1200, 1600), [(0.15, 0.08), (0.8, 0.1), (0.92, 0.93), (0.07, 0.9)])
    choose(page, "questionnaire", saved(photograph, tmp_path / "page.jpg", quality=92))
    assert mark_of(stored(page, "questionnaire")) == pytest.approx(MARK_AT, abs=0.02)


def test_no_part_of_a_page_is_taken_for_the_page(page: Page, tmp_path: Path) -> None:
    whole = printed()
    ImageDraw.Draw(whole).rectangle((150, 150, 750, 800), fill=(200, 215, 235))
    choose(page, "questionnaire", saved(whole, tmp_path / "page.jpg", quality=85))
    assert size_of(stored(page, "questionnaire")) == whole.size


def test_a_scan_that_is_good_as_it_is_is_sent_unchanged(page: Page, pictures: dict[str, Path]) -> None:
    page.evaluate(WATCH_SIZES)
    for kind in ("photo", "national_card_front", "birth_certificate_1", "questionnaire"):
        choose(page, kind, pictures[kind])
        wait_filled(page, kind)
        assert page.evaluate("sizes.at(-1)") == pictures[kind].stat().st_size, kind


DOUBTS = {
    "dark": "تاریک است",
    "blurred": "تار است",
    "blank": "چیزی دیده نمی‌شود",
    "tiny": "کوچک است",
    "glaring": "نور روی مدرک",
    "cut off": "بیرون از عکس",
    "a long strip": "به کارت نمی‌ماند",
    "another paper": "به کارت نمی‌ماند",
}


def doubtful(name: str) -> Image.Image:
    if name == "dark":
        return ImageEnhance.Brightness(paper()).enhance(0.25)
    if name == "blurred":
        return paper().filter(ImageFilter.GaussianBlur(14))
    if name == "blank":
        return Image.new("RGB", (1200, 800), (190, 188, 184))
    if name == "tiny":
        return paper((240, 150))
    if name == "glaring":
        spot = Image.new("L", (1284, 810))
        ImageDraw.Draw(spot).ellipse((500, 200, 900, 560), fill=255)
        shining = spot.filter(ImageFilter.GaussianBlur(50)).point(lambda value: min(255, value * 2))
        return Image.composite(Image.new("RGB", spot.size, (255, 255, 255)), paper(), shining)
    if name == "cut off":
        return askew(paper(), (1600, 1200), ON_THE_TABLE).crop((550, 0, 1600, 1200))
    if name == "a long strip":
        return paper((1800, 600))
    return askew(paper((900, 900)), (1600, 1200), [(0.3, 0.2), (0.7, 0.2), (0.7, 0.75), (0.3, 0.75)])


@pytest.mark.parametrize("name", DOUBTS)
def test_a_doubtful_picture_gets_its_verdict_before_it_is_sent(page: Page, tmp_path: Path, name: str) -> None:
    choose(page, "national_card_front", saved(doubtful(name), tmp_path / "card.jpg", quality=92))
    refused(page, "national_card_front", DOUBTS[name])


def test_a_doubtful_picture_may_be_sent_all_the_same_or_replaced(
    page: Page, tmp_path: Path, pictures: dict[str, Path]
) -> None:
    dark = saved(doubtful("dark"), tmp_path / "dark.jpg", quality=92)
    for kind in ("national_card_front", "national_card_back"):
        choose(page, kind, dark)
        refused(page, kind, "تاریک است")
    press(slot(page, "national_card_front"), "همین را بفرست")
    assert size_of(stored(page, "national_card_front")) == (1284, 810)
    with page.expect_file_chooser() as chooser:
        press(slot(page, "national_card_back"), "عکس دیگر")
    chooser.value.set_files(pictures["national_card_back"])
    stored(page, "national_card_back")
    expect(slot(page, "national_card_back").locator(".doubts")).to_have_count(0)


@pytest.mark.parametrize("form", ["png", "webp"])
def test_other_pictures_become_a_jpg_on_the_device(page: Page, tmp_path: Path, form: str) -> None:
    choose(page, "national_card_front", saved(paper(), tmp_path / f"card.{form}"))
    content = stored(page, "national_card_front")
    assert content.startswith(b"\xff\xd8\xff")
    assert mark_of(content) == pytest.approx(MARK_AT, abs=0.01)


def test_a_page_of_a_pdf_is_chosen_and_becomes_a_jpg(page: Page, tmp_path: Path) -> None:
    pages = [paper((900, 1270), "page"), paper((900, 1270), "page").rotate(180)]
    file = saved(pages[0], tmp_path / "paper.pdf", save_all=True, append_images=pages[1:])
    choose(page, "questionnaire", file)
    offered = page.get_by_role("dialog", name="کدام صفحه؟")
    offered.get_by_role("button", name="صفحهٔ ۲").click()
    x, y = MARK_AT
    assert mark_of(stored(page, "questionnaire")) == pytest.approx((1 - x, 1 - y), abs=0.02)


def heic(folder: Path) -> Path:
    """What begins as the photographs of a phone do; Chromium opens none of them."""
    file = folder / "IMG_0001.HEIC"
    file.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400))
    return file


def test_a_heic_photograph_is_refused_with_what_to_do_on_the_phone(page: Page, tmp_path: Path) -> None:
    choose(page, "photo", heic(tmp_path))
    error = slot(page, "photo").locator(".error")
    for words in ("عکس HEIC است", "Settings › Camera › Formats", "Most Compatible", "گالری گوشی"):
        expect(error).to_contain_text(words)
    expect(slot(page, "photo").get_by_text("انتخاب عکس")).to_be_visible()


READS_HEIC = """
  delete window.Worker;
  const read = window.createImageBitmap;
  window.createImageBitmap = async (source, options) => {
    if ((await source.slice(4, 12).text()) !== "ftypheic") return await read(source, options);
    const canvas = Object.assign(document.createElement("canvas"), { width: 1284, height: 810 });
    return await read(canvas);
  };
"""
"""As in Safari, which reads HEIC by itself; no browser that does runs here."""


def test_a_browser_that_reads_heic_sends_it_as_a_jpg(page: Page, tmp_path: Path) -> None:
    page.add_init_script(READS_HEIC)
    page.reload()
    choose(page, "national_card_front", heic(tmp_path))
    content = stored(page, "national_card_front")
    assert content.startswith(b"\xff\xd8\xff") and size_of(content) == (1284, 810)


@pytest.mark.parametrize("inside", ["jpeg", "jpeg 2000", "fax"])
def test_a_pdf_of_one_page_is_sent_without_a_question(page: Page, tmp_path: Path, inside: str) -> None:
    modes = {"jpeg": "RGB", "jpeg 2000": "RGBA", "fax": "1"}
    scan = paper((900, 1270), "page").convert(modes[inside])
    choose(page, "questionnaire", saved(scan, tmp_path / "paper.pdf"))
    content = stored(page, "questionnaire")
    width, height = size_of(content)
    assert width / height == pytest.approx(900 / 1270, rel=0.01)
    if inside == "fax":
        assert Image.open(BytesIO(content)).convert("L").getextrema()[0] < 80, "black on white"
    else:
        assert mark_of(content) == pytest.approx(MARK_AT, abs=0.02)


def test_a_picture_turned_by_its_exif_is_stored_upright(page: Page, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned to the right
    lying = paper().transpose(Image.Transpose.ROTATE_90)
    choose(page, "national_card_front", saved(lying, tmp_path / "card.jpg", quality=85, exif=exif))
    content = stored(page, "national_card_front")
    assert size_of(content) == (1284, 810)
    assert mark_of(content) == pytest.approx(MARK_AT, abs=0.01)


def test_a_photograph_of_twelve_megapixels_ends_within_the_limit(page: Page, tmp_path: Path) -> None:
    photograph = askew(paper((2568, 1620)), (4000, 3000), ON_THE_TABLE)
    file = saved(photograph, tmp_path / "card.jpg", quality=97)
    assert file.stat().st_size > 1_000_000
    page.evaluate(WATCH_SIZES)
    choose(page, "national_card_front", file)
    content = stored(page, "national_card_front")
    assert page.evaluate("sizes.at(-1)") <= LIMIT and len(content) <= LIMIT
    assert mark_of(content) == pytest.approx(MARK_AT, abs=0.015)


@pytest.mark.parametrize("missing", ["Worker", "OffscreenCanvas"])
def test_without_a_worker_a_picture_is_still_made_to_fit_and_sent(
    page: Page, pictures: dict[str, Path], missing: str
) -> None:
    page.add_init_script(f"delete window.{missing}")
    page.reload()
    choose(page, "photo", pictures["too_large"])
    assert len(stored(page, "photo")) <= LIMIT
    expect(slot(page, "photo").get_by_role("button", name="برش و چرخش")).to_have_count(0)


def test_a_broken_connection_is_tried_again_by_itself(
    page: Page, windows: Windows, pictures: dict[str, Path]
) -> None:
    windows.expect("ERR_FAILED")
    tries = count(1)

    def break_twice(route: Route) -> None:
        if route.request.method == "POST" and next(tries) <= 2:
            route.abort()
        else:
            route.continue_()

    page.route(f"**{SCANS}photo/**", break_twice)
    choose(page, "photo", pictures["photo"])
    expect(slot(page, "photo").locator(".error")).to_contain_text("دوباره فرستاده می‌شود")
    stored(page, "photo")
    expect(slot(page, "photo").locator(".error")).to_be_hidden()


def test_after_four_tries_a_button_sends_again(
    page: Page, windows: Windows, pictures: dict[str, Path]
) -> None:
    windows.expect("ERR_FAILED")
    page.clock.install()
    page.route(f"**{SCANS}photo/", lambda route: route.abort())
    choose(page, "photo", pictures["photo"])
    error, again = (
        slot(page, "photo").locator(".error"),
        slot(page, "photo").get_by_role("button", name="دوباره بفرست"),
    )
    for wait in (1100, 3100, 9100):
        expect(error).to_contain_text("دوباره فرستاده می‌شود")
        expect(again).to_have_count(0)
        page.wait_for_timeout(300)
        page.clock.fast_forward(wait)
    expect(again).to_be_visible()
    page.unroute(f"**{SCANS}photo/")
    again.click()
    stored(page, "photo")


def test_a_portal_that_can_keep_nothing_now_is_quoted_and_the_scan_stays_to_be_sent(
    page: Page, windows: Windows, pictures: dict[str, Path]
) -> None:
    windows.expect("503")
    page.clock.install()
    told = "ثبت نشد؛ سامانه اکنون نمی‌تواند چیزی نگه دارد."
    page.route(f"**{SCANS}photo/", lambda route: route.fulfill(status=503, json={"error": told}))
    choose(page, "photo", pictures["photo"])
    there = slot(page, "photo")
    for wait in (1100, 3100, 9100):
        expect(there.locator(".error")).to_contain_text(f"{told} تا چند ثانیهٔ دیگر دوباره فرستاده می‌شود.")
        page.wait_for_timeout(300)
        page.clock.fast_forward(wait)
    expect(there.locator(".error")).to_contain_text(f"{told} یک دقیقهٔ دیگر دوباره بفرستید.")
    expect(there.locator(".hint")).to_have_text("هنوز فرستاده نشده است.")
    expect(page.locator("#scan-photo.filled")).to_have_count(0)
    page.unroute(f"**{SCANS}photo/")
    there.get_by_role("button", name="دوباره بفرست").click()
    stored(page, "photo")


def test_what_was_not_sent_outlasts_a_reload_and_is_sent_then(
    page: Page, windows: Windows, tmp_path: Path, pictures: dict[str, Path]
) -> None:
    windows.expect("ERR_FAILED")
    page.route(f"**{SCANS}photo/", lambda route: route.abort())
    choose(page, "photo", pictures["photo"])
    expect(slot(page, "photo").locator(".error")).to_be_visible()
    choose(page, "national_card_front", saved(doubtful("dark"), tmp_path / "dark.jpg"))
    refused(page, "national_card_front", "تاریک است")
    page.unroute(f"**{SCANS}photo/")
    page.reload()
    stored(page, "photo")
    refused(page, "national_card_front", "تاریک است")
    press(slot(page, "national_card_front"), "همین را بفرست")
    stored(page, "national_card_front")
    assert page.evaluate(KEPT) == 0


def test_what_was_not_sent_is_gone_for_another_user_and_after_a_day(page: Page, tmp_path: Path) -> None:
    dark = saved(doubtful("dark"), tmp_path / "dark.jpg")
    for change in ("scan.owner = 'case-0'", "scan.at -= 25 * 3600 * 1000"):
        choose(page, "national_card_front", dark)
        refused(page, "national_card_front", "تاریک است")
        assert page.evaluate(KEPT) == 1
        page.evaluate(CHANGE_KEPT.replace("CHANGE", change))
        page.reload()
        page.wait_for_function(f"async () => await ({KEPT})() === 0")
        expect(slot(page, "national_card_front").locator(".doubts")).to_have_count(0)


def test_a_form_sent_during_an_upload_goes_on_when_the_upload_has_come_to_its_end(
    page: Page, pictures: dict[str, Path]
) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(f"**{SCANS}photo/", hold)
    with page.expect_request(f"**{SCANS}photo/"):
        choose(page, "photo", pictures["photo"])
    expect(slot(page, "photo").locator("progress")).to_be_visible()
    press(page, "ادامه")
    page.wait_for_timeout(300)
    expect(page.locator("#problems")).to_have_count(0)
    (held,) = waiting
    held.continue_()
    expect(page.locator("#problems")).to_contain_text("کارت ملی")
    expect(page.locator("#problems")).not_to_contain_text("عکس پرسنلی")


class TestTheEditor:
    @pytest.fixture
    def editor(self, page: Page, tmp_path: Path) -> Locator:
        """The editor of a dark card on its table, whose corners were found."""
        photograph = askew(paper(), (1600, 1200), ON_THE_TABLE)
        dark = ImageEnhance.Brightness(photograph).enhance(0.4)
        choose(page, "national_card_front", saved(dark, tmp_path / "card.jpg", quality=92))
        refused(page, "national_card_front", "تاریک است")
        press(slot(page, "national_card_front"), "برش و چرخش")
        dialog = page.get_by_role("dialog", name="برش و چرخش")
        expect(dialog).to_be_visible()
        return dialog

    def corner(self, editor: Locator, name: str) -> list[float]:
        handle = editor.get_by_role("button", name=f"گوشهٔ {name}")
        return [
            float(handle.evaluate(f"it => parseFloat(it.style.{side})")) / 100 for side in ("left", "top")
        ]

    def test_the_keyboard_moves_a_corner(self, page: Page, editor: Locator) -> None:
        before = self.corner(editor, "بالا، چپ")
        assert before == pytest.approx(ON_THE_TABLE[0], abs=0.01)
        editor.get_by_role("button", name="گوشهٔ بالا، چپ").focus()
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("ArrowDown")
        after = self.corner(editor, "بالا، چپ")
        assert after == pytest.approx([before[0] + 0.05, before[1] + 0.005], abs=0.001)
        expect(editor.get_by_role("status")).to_contain_text("٪ از چپ")
        press(editor, "تأیید")
        assert mark_of(stored(page, "national_card_front"))[0] < MARK_AT[0]

    def test_the_mouse_moves_a_corner(self, page: Page, editor: Locator) -> None:
        box = editor.get_by_role("button", name="گوشهٔ پایین، راست").bounding_box()
        assert box and box["width"] >= 44 and box["height"] >= 44
        page.mouse.move(box["x"] + 22, box["y"] + 22)
        page.mouse.down()
        page.mouse.move(box["x"] + 32, box["y"] + 42, steps=3)
        page.mouse.up()
        after = self.corner(editor, "پایین، راست")
        assert after[0] > ON_THE_TABLE[2][0] + 0.01 and after[1] > ON_THE_TABLE[2][1] + 0.02

    def test_a_turn_and_no_crop_are_sent_as_they_were_set(self, page: Page, editor: Locator) -> None:
        press(editor, "بدون برش")
        press(editor, "چرخش به راست")
        press(editor, "تأیید")
        assert size_of(stored(page, "national_card_front")) == (1200, 1600)

    def test_given_up_it_changes_nothing(self, page: Page, editor: Locator) -> None:
        press(editor, "انصراف")
        expect(editor).to_be_hidden()
        refused(page, "national_card_front", "تاریک است")

    def test_what_was_sent_can_be_cropped_anew(self, page: Page, pictures: dict[str, Path]) -> None:
        choose(page, "questionnaire", pictures["questionnaire"])
        stored(page, "questionnaire")
        press(slot(page, "questionnaire"), "برش و چرخش")
        editor = page.get_by_role("dialog", name="برش و چرخش")
        press(editor, "چرخش به چپ")
        with page.expect_response(lambda response: response.url.endswith("/questionnaire/")):
            press(editor, "تأیید")
        expect(slot(page, "questionnaire").locator(".hint")).to_contain_text("فرستاده شد")
        assert size_of(stored(page, "questionnaire")) == (1000, 700)


CHOSEN = """async (input) => [...new Uint8Array(await input.files[0].arrayBuffer())]"""


@pytest.mark.parametrize("name", ["signature", "stamp"])
def test_a_signature_photographed_in_bad_light_is_left_on_pure_white(
    page_at: Opener, portal: Portal, tmp_path: Path, pictures: dict[str, Path], name: str
) -> None:
    page = page_at(390)
    workshop = portal.world["workshops"]["gil"]
    sign_in(page, workshop["username"], workshop["password"])
    page.goto("/profile/")
    ink = Image.open(pictures[name]).convert("RGB").resize((1600, 1200))
    shade = Image.linear_gradient("L").resize(ink.size).point(lambda value: 120 + value // 3)
    photograph = ImageChops.multiply(ink, Image.merge("RGB", (shade, shade, shade)))
    page.locator(f"#file-{name}").set_input_files(saved(photograph, tmp_path / "ink.jpg", quality=90))
    expect(page.locator(f"#{name} .hint")).to_contain_text("با همین فرم فرستاده می‌شود")
    expect(page.locator(f"#{name} .doubts")).to_have_count(0)
    content = bytes(page.locator(f"#file-{name}").evaluate(CHOSEN))
    grey = Image.open(BytesIO(content)).convert("L")
    counts = grey.histogram()
    assert sum(counts[:150]) > 0.005 * grey.width * grey.height, "the ink is there"
    assert sum(counts[250:]) > 0.8 * grey.width * grey.height * (0.8 if name == "stamp" else 1)


def test_what_has_no_ink_on_it_is_told_and_holds_nothing_up(
    page_at: Opener, portal: Portal, tmp_path: Path
) -> None:
    page = page_at()
    workshop = portal.world["workshops"]["gil"]
    sign_in(page, workshop["username"], workshop["password"])
    page.goto("/profile/")
    page.locator("#file-signature").set_input_files(saved(doubtful("blank"), tmp_path / "blank.jpg"))
    expect(page.locator("#signature .doubts")).to_contain_text("امضا یا مهر از کاغذ جدا نشد")
