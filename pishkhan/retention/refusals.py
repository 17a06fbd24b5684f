"""Why something was not erased or not held: each says what to tell the person who asked."""


class RefusedErasureError(Exception):
    message = ""

    def __init__(self) -> None:
        super().__init__(self.message)


class HeldError(RefusedErasureError):
    message = "حذف توقیف شده است؛ تا توقیف برداشته نشود چیزی پاک نمی‌شود."


class RequestOpenError(RefusedErasureError):
    message = "این شخص درخواستی در جریان دارد؛ پس از پایان آن دوباره بخواهید."


class ReasonWantedError(RefusedErasureError):
    message = "علت را بنویسید."
