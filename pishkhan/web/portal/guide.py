"""«راهنما», for whoever reads it: its contents, a chapter, the whole as one PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..guide import PDF, chapters


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    context = {"chapters": chapters().values(), "here": "guide", "has_pdf": PDF.exists()}
    return render(request, "portal/guide.html", context)


@require_safe
def chapter(request: HttpRequest, code: str) -> HttpResponse:
    """The tasks of one audience, step by step with pictures."""
    shown = chapters().get(code)
    if shown is None:
        raise Http404
    context = {"chapter": shown, "chapters": chapters().values(), "here": "guide"}
    return render(request, "portal/guide_chapter.html", context)


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """The whole guide to print."""
    if not PDF.exists():
        raise Http404
    disposition = {"Content-Disposition": 'inline; filename="pishkhan-guide.pdf"'}
    return HttpResponse(PDF.read_bytes(), content_type="application/pdf", headers=disposition)
