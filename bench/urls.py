import hashlib
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.admin import site
from pishkhan.documents.files import sync_folders, write_file
from pishkhan.documents.models import Document
from pishkhan.urls import handler400, handler403, handler404, handler500
from pishkhan.urls import urlpatterns as portal


def bare(request: HttpRequest) -> HttpResponse:
    """What any answer costs behind the portal's middleware."""
    return HttpResponse("ok")


def kept(request: HttpRequest) -> HttpResponse:
    """An upload received, written, synced and entered; not looked at, not sealed, and nobody's."""
    for upload in request.FILES.values():
        content = upload.read()
        document = Document(width=1, height=1, size=len(content), sha256=hashlib.sha256(content).hexdigest())
        write_file(document.path, content, durable=True)
        sync_folders({document.path.parent}, Path(settings.DOCUMENTS_DIR))
        document.save(force_insert=True)
    return HttpResponse("kept")


urlpatterns = [path("bare", bare), path("kept", kept), path("admin/", site.urls), *portal]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
