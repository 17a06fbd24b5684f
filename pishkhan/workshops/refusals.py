"""Why an operation on accounts did not happen: each says what to tell the person who asked."""

from django.core.exceptions import PermissionDenied


class RefusedChangeError(Exception):
    """The change would leave the branch, or the asker, without a way back."""

    message = ""

    def __init__(self) -> None:
        super().__init__(self.message)


class OwnAccountError(RefusedChangeError):
    message = "حساب خودتان را نمی‌توانید غیرفعال کنید؛ کاربر ارشد دیگری می‌تواند."


class OwnSecondFactorError(RefusedChangeError):
    message = "گام دوم ورود خودتان را در «ورود و امنیت» تغییر دهید."


class LastSeniorError(RefusedChangeError):
    message = "این تنها کاربر ارشد فعال شعبه است؛ نخست کاربر دیگری را ارشد کنید."


class AddedMeanwhileError(RefusedChangeError):
    message = (
        "نمایندگان این کارگاه همین اکنون تغییر کرده‌اند و کاربر دیگری ساخته نشد. "
        "اگر نامهٔ کاربر تازه را ندارید، در صفحهٔ او رمز جدید بسازید."
    )


class RenewedMeanwhileError(RefusedChangeError):
    message = (
        "رمز این کاربر پس از باز شدن صفحه تغییر کرده است و رمز دیگری ساخته نشد. "
        "اگر نامهٔ تازه لازم است، اکنون دوباره «ساخت رمز جدید» را بزنید."
    )


class DecidedMeanwhileError(RefusedChangeError):
    message = (
        "این تنظیم‌ها پس از باز شدن صفحه تغییر کرده است («تغییرهای پیشین» را ببینید). کنار هر پاسخی که با آنچه"
        " ثبت است یکی نیست، همان نوشته شده است؛ بسنجید و اگر همین را می‌خواهید دوباره «ذخیره» را بزنید."
    )


class ClosedWorkshopError(RefusedChangeError):
    message = "این کارگاه بسته است؛ نخست آن را باز کنید."


class SecondPersonError(RefusedChangeError, PermissionDenied):
    message = "این کار با تأیید کاربر ارشد دیگری انجام می‌شود؛ آن را در صفحهٔ همین حساب بخواهید."


class KeptByOperatorError(RefusedChangeError, PermissionDenied):
    message = (
        "رمز و گام دوم ورود کاربر ارشد از اینجا تازه نمی‌شود؛ مسئول رایانهٔ سامانه آن را با فرمان"
        " renew_password یا renew_second_factor تازه می‌کند."
    )


class ImageIsThereError(RefusedChangeError):
    message = "این تصویر همین اکنون ثبت شده است؛ صفحه را تازه کنید."


class WithoutWorkError(RefusedChangeError, PermissionDenied):
    message = (
        "این کاربر اکنون برای هیچ کارگاه بازی کار نمی‌کند و با رمز تازه هم وارد نمی‌شود؛"
        " نخست کارگاهی به او بدهید یا کارگاه او را باز کنید."
    )
