"""The news on a dashboard: the latest few, and all of the last weeks when asked for."""

from typing import Any

from django.http import HttpRequest

from pishkhan.notifications.models import Notification

FEW, MANY = 6, 100


def news_for(request: HttpRequest, recipient: str) -> dict[str, Any]:
    """`news` to show, and whether there are `earlier` ones behind a link: none is skipped unseen."""
    most = MANY if request.GET.get("news") == "all" else FEW
    rows = list(Notification.objects.for_recipient(recipient)[: most + 1])
    return {"news": rows[:most], "earlier_news": most == FEW and len(rows) > most}
