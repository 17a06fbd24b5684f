"""The user guide «راهنما»: its chapters as `script/guide` wrote them, and which part helps on which page."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

FOLDER = Path(settings.BASE_DIR).parent / "docs" / "guide"
ORDER = ("insured", "employer", "officer", "senior")
PDF = FOLDER / "guide.pdf"


@dataclass(frozen=True)
class Step:
    """One sentence and the name of its picture."""

    text: str
    picture: str


@dataclass(frozen=True)
class Part:
    """One task, told in steps."""

    code: str
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Chapter:
    """What one audience does in the portal."""

    code: str
    title: str
    lead: str
    parts: tuple[Part, ...]

    def has(self, part: str) -> bool:
        return any(each.code == part for each in self.parts)


@cache
def chapters() -> dict[str, Chapter]:
    return {code: _read(json.loads((FOLDER / f"{code}.json").read_text("utf-8"))) for code in ORDER}


def _read(told: dict[str, Any]) -> Chapter:
    parts = (
        Part(part["code"], part["title"], tuple(Step(**step) for step in part["steps"]))
        for part in told["parts"]
    )
    return Chapter(told["code"], told["title"], told["lead"], tuple(parts))


HELP = {
    "home": "insured",
    "registration": "insured#main-registration",
    "representatives": "employer#representative-signup",
    "follow_up": "insured#follow-up",
    "followed": "insured#follow-up",
    "check_letter": "insured#letters",
    "checked_letter": "insured#letters",
    "apply": "insured#main-registration",
    "apply_workshop": "insured#main-registration",
    "apply_page": "insured#main-registration",
    "apply_scans": "insured#main-registration",
    "apply_check": "insured#main-registration",
    "apply_send": "insured#main-registration",
    "apply_done": "insured#follow-up",
    "sign_in": "employer#sign-in",
    "first_password": "employer#sign-in",
    "password": "employer#password",
    "second_step": "employer#second-step",
    "security": "employer#second-step",
    "confirm_password": "employer#second-step",
    "add_authenticator": "employer#second-step",
    "add_passkey": "employer#second-step",
    "renew_recovery_codes": "employer#second-step",
    "remove_factor": "employer#second-step",
    "dashboard": "employer#sign-in",
    "cartable": "employer#cartable",
    "new_request": "employer#main-registration",
    "look_up": "employer#main-registration",
    "request": "employer#cartable",
    "edit_request": "employer#correction",
    "refuse_request": "employer#main-registration",
    "insured": "employer#insured-list",
    "person": "employer#insured-list",
    "workshop_inspections": "employer#inspections",
    "inspection": "employer#inspections",
    "object_to_inspection": "employer#inspections",
    "profile": "employer#profile",
    "decide_image": "employer#profile",
    "export_insured": "employer#insured-list",
    "large_export": "employer#insured-list",
    "desk_dashboard": "officer#queue",
    "queue": "officer#queue",
    "review": "officer#review",
    "decide": "officer#review",
    "returns": "officer#review",
    "inspections": "officer#inspections",
    "new_inspection": "officer#inspections",
    "import_inspections": "officer#inspections",
    "desk_inspection": "officer#inspections",
    "edit_inspection": "officer#inspections",
    "decide_objection": "officer#inspections",
    "workshops": "officer#workshops",
    "new_workshop": "officer#workshops",
    "import_workshop": "officer#workshops",
    "import_workshops": "officer#workshops",
    "people": "officer#people",
    "desk_person": "officer#people",
    "import_records": "officer#people",
    "workshop": "officer#workshops",
    "edit_workshop": "officer#workshops",
    "close_workshop": "officer#workshops",
    "own_particulars": "officer#profile",
    "accounts": "senior#accounts",
    "account": "senior#accounts",
    "account_post": "senior#accounts",
    "account_workshops": "senior#accounts",
    "new_account": "senior#new-account",
    "new_staff": "senior#new-account",
    "add_account": "senior#new-account",
    "reset_password": "senior#new-account",
    "settings": "senior#settings",
    "settings_group": "senior#settings",
    "trail": "senior#trail",
    "approvals": "senior#approvals",
    "decide_approval": "senior#approvals",
    "person_data": "senior#person-data",
    "case_hold": "senior#person-data",
    "guide": "",
    "guide_chapter": "",
}
"""Route → chapter and part. A page of one service leads to that service's own part, where there is one."""


def help_address(request: HttpRequest) -> str:
    """Where the guide tells of the page that is being shown; its beginning when no route was found."""
    match = request.resolver_match
    place = HELP.get(match.url_name or "", "") if match else ""
    if not place:
        return reverse("guide")
    chapter, _, part = place.partition("#")
    service = str(match.kwargs.get("code", "")) if match else ""
    told_of = [code for code in (chapter, *ORDER) if service and chapters()[code].has(service)]
    if told_of:
        chapter, part = told_of[0], service
    return reverse("guide_chapter", args=[chapter]) + (f"#{part}" if part else "")
