"""Who is told of what waits for a second person, and of what was decided."""

from pishkhan.catalogue.parties import Unit
from pishkhan.notifications.operations import notify
from pishkhan.workshops.models import Branch
from pishkhan.workshops.recipients import senior_recipient, unit_recipient, workshop_recipient

from .models import IMAGES, Action, Approval, State

AT_THE_DESK, PROFILE = "/desk/approvals/", "/profile/"


def tell_deciders(asked: Approval) -> None:
    """The unit that decides; of a workshop's picture the workshop too, whoever asked in its name."""
    text = f"در انتظار تأیید دوم: {asked.title}"
    if asked.workshop:
        text = f"{text}، {asked.workshop.name}"
    if asked.action not in IMAGES:
        notify(senior_recipient(asked.branch_id), text, path=AT_THE_DESK)
        return
    notify(unit_recipient(asked.branch_id, Unit.REGISTRATION), text, path=AT_THE_DESK)
    assert asked.workshop
    notify(workshop_recipient(asked.workshop.pk), f"در انتظار تأیید دوم: {asked.title}", path=PROFILE)


def tell_asker(asked: Approval) -> None:
    text = f"{asked.title}: {State(asked.state).label}"
    if asked.answer:
        text = f"{text}؛ {asked.answer}"
    if asked.workshop is None:
        notify(senior_recipient(asked.branch_id), text, path=AT_THE_DESK)
        return
    path = f"/insured/exports/{asked.pk}/" if asked.action == Action.EXPORT else PROFILE
    notify(workshop_recipient(asked.workshop.pk), text, path=path)


def tell_of_emergency(branch: Branch, action: Action, reason: str) -> None:
    text = f"بدون تأیید دوم، از خط فرمان: {action.label}؛ {reason}"
    notify(senior_recipient(branch.pk), text, path=AT_THE_DESK)
