from pishkhan.prepared import insert

from .models import Notification


def notify(recipient: str, text: str, *, case_id: int | None = None, path: str = "") -> Notification:
    """Puts a line before `recipient`. Call it in the transaction of what the line tells.

    `case_id` or `path`: where the line leads, if anywhere.
    """
    return insert(Notification(recipient=recipient, text=text[:300], case_id=case_id, path=path))


def forget_case(case_id: int) -> None:
    """Takes out the lines that lead to a case, which may name whom it was about."""
    Notification.objects.filter(case_id=case_id).delete()
