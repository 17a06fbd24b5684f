"""The kinds of scans that services ask for. Known kinds belong to a person and are used again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Answers = dict[str, Any]


def always(answers: Answers) -> bool:
    return True


@dataclass(frozen=True)
class Scan:
    """One picture that is asked for: its code, its name, a hint, and when it is required.

    `when` tells from the answers whether it must be there; a scan that is not required may still be added.
    `known` scans are kept with the person and offered again.
    """

    code: str
    title: str
    hint: str = ""
    when: Callable[[Answers], bool] = always
    known: bool = False
    shape: str = "page"


def never(answers: Answers) -> bool:
    return False


PHOTO = Scan("photo", "عکس پرسنلی ۳×۴", "تمام‌رخ، زمینهٔ روشن، تازه", known=True, shape="photo")
NATIONAL_CARD_FRONT = Scan(
    "national_card_front", "کارت ملی (رو)", "همهٔ چهار گوشهٔ کارت پیدا باشد", known=True, shape="card"
)
NATIONAL_CARD_BACK = Scan(
    "national_card_back", "کارت ملی (پشت)", "همهٔ چهار گوشهٔ کارت پیدا باشد", known=True, shape="card"
)
BIRTH_CERTIFICATE_1 = Scan(
    "birth_certificate_1", "شناسنامه، صفحهٔ ۱", "صفحهٔ مشخصات، خوانا و بدون سایه", known=True
)
BIRTH_CERTIFICATE_2 = Scan(
    "birth_certificate_2", "شناسنامه، صفحهٔ ۲", "صفحهٔ همسر و فرزندان؛ اگر خالی است همان صفحهٔ خالی", known=True
)
BIRTH_CERTIFICATE_REMARKS = Scan(
    "birth_certificate_remarks", "شناسنامه، صفحهٔ توضیحات", "تنها اگر در آن چیزی نوشته شده است", when=never
)
QUESTIONNAIRE = Scan(
    "questionnaire",
    "پرسش‌نامهٔ نام‌نویسی",
    "فرم آن را کارفرما یا شعبه می‌دهد؛ با امضای بیمه‌شده و مهر و امضای کارگاه",
)
