"""A service's questions on screen: its plain forms, what was typed in them, and its scans."""

import logging
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from pishkhan.audit.operations import record
from pishkhan.cases.drafts import attach_scan
from pishkhan.cases.models import Case, CaseScan
from pishkhan.cases.refusals import EXPLAIN
from pishkhan.catalogue.answers import Answers, bound, is_rows, stored, unbound
from pishkhan.catalogue.scans import Scan
from pishkhan.catalogue.service import Caution, Page
from pishkhan.documents.ink import without_paper
from pishkhan.documents.models import Document
from pishkhan.documents.operations import DamagedDocument, load_content
from pishkhan.documents.pictures import RefusedPicture, thumbnail
from pishkhan.workshops.actors import Actor

logger = logging.getLogger(__name__)

SMALL, FACE = 160, 96
"""Pixels of the longer side: where a paper is told from another, and a face in a list."""


@dataclass(frozen=True)
class Section:
    """A page of a service with its form as it is now."""

    page: Page
    form: forms.Form


@dataclass(frozen=True)
class ScanSlot:
    """One scan that a case asks for: the kind, the picture in it if any, whether it must be there."""

    kind: Scan
    attached: CaseScan | None
    required: bool
    mark: str = ""
    error: str = ""

    @property
    def asked(self) -> bool:
        """Whether it concerns this request; what else may be added is shown behind it."""
        return self.required or self.attached is not None or bool(self.mark or self.error)


def typed_answers(case: Case, data: Any) -> Answers:
    """The stored answers of whatever fields of the service `data` holds."""
    answers: Answers = {}
    for page in case.service.pages:
        if any(_is_in(data, name, field) for name, field in page.form.base_fields.items()):
            answers |= stored(page.form(data))
    return answers


def _is_in(data: Any, name: str, field: forms.Field) -> bool:
    """Whether a form that was sent asked for this field."""
    return name in data or (is_rows(field) and not field.widget.value_omitted_from_data(data, {}, name))


def sections(case: Case, *, judged: bool, typed: dict[str, Any] | None = None) -> list[Section]:
    """Every page's form showing the case's answers, with messages when `judged`."""
    if typed:
        return [Section(page, page.form(initial=_typed_in(page, typed))) for page in case.service.pages]
    fill = bound if judged else unbound
    return [Section(page, fill(page.form, case.answers)) for page in case.service.pages]


def _typed_in(page: Page, typed: dict[str, Any]) -> dict[str, Any]:
    """What each field of the page holds, several values and rows included."""
    data = QueryDict(mutable=True)
    for name, value in typed.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    fields = page.form.base_fields.items()
    return {name: field.widget.value_from_datadict(data, {}, name) for name, field in fields}


def scan_slots(case: Case, errors: dict[str, str] | None = None) -> list[ScanSlot]:
    """The scans of the case's service, in order, each with its picture, the desk's mark and an error."""
    attached = case.pictures()
    required = {scan.code for scan in case.service.required_scans(case.answers, case.subject)}
    marks = {mark["target"]: mark["reason"] for mark in case.marks}
    errors = errors or {}
    return [
        ScanSlot(
            kind,
            attached.get(kind.code),
            kind.code in required,
            marks.get(f"scan:{kind.code}", ""),
            errors.get(f"scan:{kind.code}", ""),
        )
        for kind in case.service.scans
    ]


def attach_uploads(
    actor: Actor, case: Case, files: MultiValueDict[str, UploadedFile]
) -> tuple[dict[str, CaseScan], dict[str, str]]:
    """Stores every good picture of a form by itself; returns these, and the others' messages, by field."""
    attached, errors = {}, {}
    for name, upload in files.items():
        kind = case.service.scan(name.removeprefix("scan:")) if name.startswith("scan:") else None
        if kind is None or not isinstance(upload, UploadedFile):
            continue
        try:
            attached[name] = attach_scan(actor, case, kind.code, upload)
        except RefusedPicture as refused:
            errors[name] = str(refused.messages[0])
    return attached, errors


@dataclass(frozen=True)
class Asked:
    """A caution as its sender sees it: what was said of it, and what is missing."""

    caution: Caution
    said: str
    error: str = ""


def asked_about(
    case: Case, found: list[Caution], errors: dict[str, str], typed: dict[str, Any] | None = None
) -> list[Asked]:
    """The cautions of a case with what was said of each, or `typed` before signing in again."""
    said = said_in(typed or {})
    return [
        Asked(c, said.get(c.code) or case.said(c.code), errors.get(f"{EXPLAIN}{c.code}", "")) for c in found
    ]


def said_in(data: Any) -> dict[str, str]:
    """What a form says of cautions: code → words."""
    return {name.removeprefix(EXPLAIN): data[name] for name in data if name.startswith(EXPLAIN)}


def add_errors(shown: list[Section], errors: dict[str, str]) -> None:
    """Puts messages that no single form can find beside the fields that they are about."""
    for section in shown:
        for name, message in errors.items():
            if name in section.form.fields and not section.form.errors.get(name):
                section.form.add_error(name, message)


def upload_answer(scan: CaseScan | None, errors: dict[str, str], at: str) -> HttpResponse:
    """What the upload script is told: the picture's address, or the message to show."""
    if errors or scan is None:
        message = next(iter(errors.values()), "تصویری نرسید؛ دوباره انتخاب کنید.")
        return JsonResponse({"error": message}, status=422)
    return JsonResponse({"picture": f"{at}?v={scan.document_id}", "bytes": scan.document.size})


def picture(document: Document | None) -> HttpResponse:
    """A stored picture: fixed type, never cached, never sniffed, unable to run anything."""
    return _inline(_content(document))


def ink(document: Document | None) -> HttpResponse:
    """A signature or a stamp without its paper, as letters print it."""
    return _inline(without_paper(_content(document)), "png")


def small_picture(document: Document | None, side: int = SMALL) -> HttpResponse:
    """A stored picture so small that no paper can be read in it."""
    return _inline(thumbnail(_content(document), side))


def shown_picture(document: Document | None, *, small: bool) -> HttpResponse:
    """Either of them."""
    return small_picture(document) if small else picture(document)


def wants_small(request: HttpRequest) -> bool:
    """Whether a picture is asked for as small as that."""
    return "small" in request.GET


def _content(document: Document | None) -> bytes:
    if document is None:
        raise Http404
    try:
        return load_content(document)
    except DamagedDocument as damaged:
        logger.error("%s: restore it from the backup", damaged)
        raise Http404 from damaged


def _inline(content: bytes, kind: str = "jpeg") -> HttpResponse:
    response = HttpResponse(content, content_type=f"image/{kind}")
    response["Content-Disposition"] = f'inline; filename="scan.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def case_picture(case: Case, code: str, *, small: bool = False) -> HttpResponse:
    """The picture that the case uses for that kind; the caller has come through `visible_to`."""
    scan = case.pictures().get(code)
    return shown_picture(scan.document if scan else None, small=small)


def opened_picture(actor: Actor, case: Case, code: str, *, small: bool = False) -> HttpResponse:
    """The same, and the entry of the trail that it was opened; to see it small is not to open it."""
    response = case_picture(case, code, small=small)
    if not small:
        record("scan opened", by=actor.author, about=f"case:{case.pk}", kind=code)
    return response
