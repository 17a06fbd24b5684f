"""One page for each kind of flaw. They are open to whoever reaches the loopback address of the scan."""

import subprocess
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt

LINKS = """
<a href="/planted/found/?name=x">1</a> <a href="/planted/echo/?text=x">2</a>
<a href="/planted/away/?to=/">3</a> <a href="/planted/file/?name=views.py">4</a>
<a href="/planted/ping/?host=here">5</a> <a href="/planted/note/">6</a> <a href="/planted/notes/">8</a>
<a href="/planted/told/?name=x">7</a>
<form method="post" action="/planted/searched/"><input name="text"><button>?</button></form>
"""


def bare(page: str) -> HttpResponse:
    """A page without the portal's policy."""
    response = HttpResponse(f"<!doctype html><title>planted</title>{page}")
    response._csp_exempt = True  # type: ignore[attr-defined]
    return response


def links(request: HttpRequest) -> HttpResponse:
    response = bare(LINKS)
    response.set_cookie("careless", "1")
    return response


def workshops_named(name: str) -> str:
    """The SQL that is open to what was typed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT code FROM workshops_workshop WHERE name = '{name}'".replace("%", "%%"))
        return ", ".join(row[0] for row in cursor.fetchall())


def found(request: HttpRequest) -> HttpResponse:
    return bare(workshops_named(request.GET.get("name", "")))


def told(request: HttpRequest) -> HttpResponse:
    """The same, and what the database says of it stands on the page."""
    try:
        return bare(workshops_named(request.GET.get("name", "")))
    except DatabaseError as error:
        return bare(f"{type(error.__cause__).__module__}.{type(error.__cause__).__name__}: {error}")


@csrf_exempt
def searched(request: HttpRequest) -> HttpResponse:
    """Like the portal's searches: what was typed waits in the session, and the page after it asks."""
    if request.method == "POST":
        request.session["planted"] = request.POST.get("text", "")
        return redirect("planted_searched")
    return bare(workshops_named(request.session.get("planted", "")))


def echo(request: HttpRequest) -> HttpResponse:
    return bare(f"<p>{request.GET.get('text', '')}</p>")


def away(request: HttpRequest) -> HttpResponse:
    return redirect(request.GET.get("to", "/"))


def file(request: HttpRequest) -> HttpResponse:
    try:
        return bare((Path(__file__).parent / request.GET.get("name", "")).read_text())
    except (OSError, ValueError):
        return bare("no such file")


def ping(request: HttpRequest) -> HttpResponse:
    said = f"echo {request.GET.get('host', '')}"
    done = subprocess.run(said, shell=True, capture_output=True, text=True, check=False, timeout=20)
    return bare(done.stdout + done.stderr)


def kept_notes() -> list[str]:
    """The last notes, from a file that every process of the server reads."""
    file = settings.DATA_DIR / "notes"
    return file.read_text().split("\0")[-200:] if file.exists() else []


@csrf_exempt
def note(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        notes = [*kept_notes(), request.POST.get("text", "")]
        (settings.DATA_DIR / "notes").write_text("\0".join(notes))
    return bare('<form method="post" action="/planted/note/"><input name="text"><button>!</button></form>')


def notes(request: HttpRequest) -> HttpResponse:
    return bare("".join(f"<p>{each}</p>" for each in kept_notes()))


def number(request: HttpRequest) -> JsonResponse:
    """What is no number is an error of the server."""
    return JsonResponse({"half": int(request.GET.get("of", "0")) / 2})
