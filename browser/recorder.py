"""The user guide is told by the tests that follow the manual: under `script/guide` each step leaves its
sentence and a picture of the page; in tests nothing is kept.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page

QUALITY = 30
"""Of the pictures (JPEG): words are still sharp, and the guide's pictures together stay below 3 MB."""

OUTLINE: dict[str, tuple[str, str, dict[str, str]]] = {
    "insured": (
        "بیمه‌شده",
        "بی‌نام کاربری و از گوشی خود: ثبت نام، پیگیری و سنجش نامه‌ها.",
        {
            "main-registration": "ثبت نام بیمه‌شدهٔ اصلی",
            "dependent-registration": "ثبت نام بیمه‌شدهٔ تبعی",
            "follow-up": "پیگیری درخواست",
            "letters": "سنجش اصالت نامه",
        },
    ),
    "employer": (
        "کارفرما",
        "نمایندهٔ کارگاه: ورود، کارتابل، درخواست‌ها، بیمه‌شدگان و بازرسی‌ها.",
        {
            "representative-signup": "ثبت نام نمایندهٔ کارفرما",
            "sign-in": "نخستین ورود",
            "profile": "ویرایش پروفایل، امضا و مهر",
            "cartable": "کارتابل: جست‌وجو و بایگانی",
            "main-registration": "درخواست ثبت نام بیمه‌شدهٔ اصلی",
            "dependent-registration": "درخواست ثبت نام بیمه‌شدهٔ تبعی",
            "correction": "درخواستی که برای رفع نقص برگشته است",
            "booklet-first": "صدور دفترچه برای اولین بار",
            "booklet-renewal": "تجدید دفترچه",
            "booklet-duplicate": "صدور المثنی دفترچه",
            "history-request": "درخواست سابقه",
            "record-collection": "جمع‌آوری سوابق و پرونده",
            "inspections": "لیست بازرسی کارگاه",
            "insured-list": "لیست بیمه‌شدگان",
            "password": "تغییر رمز عبور",
            "second-step": "گام دوم ورود",
        },
    ),
    "officer": (
        "کارشناس شعبه",
        "واحدهای نام‌نویسی و بازرسی: بررسی درخواست‌ها، کارگاه‌ها و بازدیدها.",
        {
            "queue": "کارتابل واحد",
            "review": "بررسی، برگشت و تأیید درخواست",
            "claims": "تصمیم دربارهٔ سوابق ادعاشده",
            "people": "پروندهٔ بیمه‌شدگان و سوابق آنان",
            "workshops": "لیست کارگاه‌ها",
            "inspections": "بازدیدها، ابلاغ و اعتراض",
            "profile": "مشخصات من و رمز عبور",
        },
    ),
    "senior": (
        "کاربر ارشد",
        "ریاست شعبه: نماینده‌های تازه، حساب‌ها، تأیید دوم، داده‌های اشخاص و تنظیمات شعبه.",
        {
            "signups": "تأیید نمایندهٔ تازه",
            "new-account": "حساب جدید و نامهٔ آن",
            "accounts": "مشخصات و رمز کاربران",
            "approvals": "تأیید دوم",
            "person-data": "داده‌های یک شخص: دریافت، توقیف، پاک کردن",
            "trail": "رویدادها",
            "settings": "تنظیمات شعبه",
        },
    ),
}
"""The chapters: code → title, for whom it is, and its parts in order (code → title)."""


@dataclass
class Recorder:
    """Keeps the steps when it has a folder to write them to."""

    folder: Path | None = None
    at: tuple[str, str] = ("", "")
    steps: dict[tuple[str, str], list[tuple[str, bytes]]] = field(default_factory=dict)

    def turn_to(self, chapter: str, part: str) -> None:
        """The steps that follow belong to that part of that chapter."""
        assert part in OUTLINE[chapter][2]
        self.at = (chapter, part)

    def step(self, text: str, page: Page, show: Locator | None = None) -> None:
        """One sentence with a picture of the page, `show` being in view."""
        if self.folder is None:
            return
        page.wait_for_load_state()
        page.evaluate("() => document.fonts.ready")
        if show:
            show.evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
            page.wait_for_timeout(200)  # pictures come when they are scrolled to
        picture = page.screenshot(type="jpeg", quality=QUALITY)
        self.steps.setdefault(self.at, []).append((text, picture))

    def write(self) -> None:
        """The chapters as files, each picture beside its sentence; pictures of steps that are gone go too."""
        assert self.folder
        pictures = self.folder / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        for stale in pictures.glob("*.jpg"):
            stale.unlink()
        for code, (title, lead, parts) in OUTLINE.items():
            told = [self._part(code, part, heading) for part, heading in parts.items()]
            chapter = {"code": code, "title": title, "lead": lead, "parts": told}
            text = json.dumps(chapter, ensure_ascii=False, indent=1)
            (self.folder / f"{code}.json").write_text(text + "\n", encoding="utf-8")

    def _part(self, chapter: str, part: str, title: str) -> dict[str, object]:
        assert self.folder
        told = []
        for number, (text, picture) in enumerate(self.steps[chapter, part], 1):
            name = f"{chapter}-{part}-{number}.jpg"
            (self.folder / "pictures" / name).write_bytes(picture)
            told.append({"text": text, "picture": name})
        return {"code": part, "title": title, "steps": told}
