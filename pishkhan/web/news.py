"""The news on a dashboard: the latest few, and all of the last weeks when asked for."""

from typing import Any

from django.http import HttpRequest

from pishkhan.notifications.models import Notification
from pishkhan.prepared import Prepared

FEW, MANY = 6, 100
_told = {
    most: Prepared(lambda to, most=most: Notification.objects.for_recipient(to)[: most + 1], str)
    for most in (FEW, MANY)
}


def news_for(request: HttpRequest, *recipients: str) -> dict[str, Any]:
    """`news` to show, and whether there are `earlier` ones behind a link: none is skipped unseen."""
    most = MANY if request.GET.get("news") == "all" else FEW
    told = [row for each in recipients for row in _told[most](each)]
    rows = sorted(told, key=lambda row: row.pk, reverse=True)
    return {"news": rows[:most], "earlier_news": most == FEW and len(rows) > most}
