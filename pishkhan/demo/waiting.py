"""What waits for a second person in the demo data: asked for as people would, through the operations."""

from io import BytesIO

from pishkhan.accounts.models import User
from pishkhan.approvals.operations import ask_senior_role, keep_image
from pishkhan.documents.drawn import draw_stamp
from pishkhan.workshops.actors import actor_for
from pishkhan.workshops.models import Representation, Workshop

from .workshops import shorter

PLACE = 3
"""The place of the workshop whose stamp is to be replaced: none that a demo account acts for."""


def ask_for_demo(workshops: list[Workshop], seed: int) -> None:
    """A new stamp of a workshop, and the senior role for an officer: one senior user asks, the other sees."""
    senior, officer = (User.objects.get(username=name) for name in ("senior2", "registration2"))
    by = actor_for(senior)
    assert by
    ask_senior_role(by, officer, "جانشین کاربر ارشد در روزهای مرخصی است.")
    for workshop in workshops[PLACE : PLACE + 1]:
        held = Representation.objects.filter(workshop=workshop, ended_at=None).select_related("user").first()
        employer = actor_for(held.user, workshop_id=workshop.pk) if held else None
        if employer:
            stamp = BytesIO(draw_stamp(shorter(workshop.name), seed + 100))
            keep_image(employer, "stamp", stamp, "نام کارگاه روی مهر پیشین کامل نبود.")
