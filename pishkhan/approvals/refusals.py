"""Why something that needs a second person did not happen: each says what to tell the person who asked."""

from pishkhan.workshops.refusals import RefusedChangeError


class AlreadyAskedError(RefusedChangeError):
    message = "همین را کسی خواسته و در انتظار تأیید دوم است؛ نخست دربارهٔ آن تصمیم گرفته شود."


class NotWaitingError(RefusedChangeError):
    message = "این خواسته دیگر در انتظار نیست؛ تصمیم آن گرفته شده، پس گرفته شده یا مهلتش گذشته است."


class AskerLostRightError(RefusedChangeError):
    message = "کسی که این را خواسته است دیگر حق آن را ندارد؛ آن را نپذیرید."


class AccountTouchedError(RefusedChangeError):
    message = (
        "پس از این خواسته، شعبه رمز یا گام دوم ورود این حساب را تازه کرده یا حساب دیگر چنان نیست که بود؛"
        " آن را نپذیرید تا اگر هنوز لازم است دوباره خواسته شود."
    )


class PictureChangedError(RefusedChangeError):
    message = "تصویر کنونی دیگر آن نیست که هنگام خواستن بود؛ آن را نپذیرید."
