"""schemathesis against a description made from the portal's own addresses and forms: no status undeclared.

The portal has no API; what its scripts ask (a scan sent while the page stays) answers JSON, and is described.
"""

import json
import re
import subprocess
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import get_resolver

from .entering import enter, everything
from .installing import installed, version
from .serving import Portal
from .visiting import Sending, Visitor

EACH, SECONDS = 3, 3600
ENDS_THE_SESSION = {
    "sign_out",
    "end_own_sessions",
    "password",
    "first_password",
    "leave_followed",
    "apply_forget",
}
GET, POST = (200, 302, 400, 404, 405, 422), (200, 302, 400, 403, 404, 405, 409, 413, 422, 429)
"""What a page and a form may answer: 422 with messages, 429 after too many tries, 409 when it moved on."""
TEXT = {"type": "string"}
UPLOADS = {
    "stranger": "/apply/main-registration/scans/{kind}/",
    "employer": "/cartable/{pk}/scans/{kind}/",
}
KINDS = ["photo", "national_card_front", "nothing"]


def document(paths: dict[str, Any]) -> dict[str, Any]:
    return {"openapi": "3.0.3", "info": {"title": "Pishkhan", "version": "0"}, "paths": paths}


def answers(*statuses: int) -> dict[str, Any]:
    return {str(status): {"description": ""} for status in statuses}


def addresses() -> dict[str, Any]:
    """Every address of the portal, with anything where a number or a name stands."""
    paths = {}
    for name, ways in get_resolver("pishkhan.urls").reverse_dict.lists():
        if isinstance(name, str) and name not in ENDS_THE_SESSION:
            pattern, parameters = ways[0][0][0]
            path = "/" + re.sub(r"%\((\w+)\)s", r"{\1}", pattern)
            given = [{"name": each, "in": "path", "required": True, "schema": TEXT} for each in parameters]
            paths[path] = {"get": {"parameters": given, "responses": answers(*GET)}}
    return paths


def forms(sendings: list[Sending]) -> dict[str, Any]:
    """Every form and every query of one visitor, with any text in every field."""
    paths: dict[str, Any] = defaultdict(dict)
    for sending in sendings:
        names = [name for name, _ in sending.fields]
        if not names or sending.route in ENDS_THE_SESSION:
            continue
        path = urlsplit(sending.path).path
        if sending.method == "GET":
            given = [{"name": name, "in": "query", "schema": TEXT} for name in names]
            paths[path]["get"] = {"parameters": given, "responses": answers(*GET)}
        else:
            schema = {"type": "object", "properties": dict.fromkeys(names, TEXT)}
            content = {"application/x-www-form-urlencoded": {"schema": schema}}
            paths[path]["post"] = {"requestBody": {"content": content}, "responses": answers(*POST)}
    return dict(paths)


def uploads(path: str) -> dict[str, Any]:
    """What the upload script asks and is told."""
    told = {"error": {"type": "object", "required": ["error"], "properties": {"error": TEXT}}}
    told["scan"] = {
        "type": "object",
        "required": ["picture", "bytes"],
        "properties": {"picture": TEXT, "bytes": {"type": "integer"}},
    }
    statuses = {"200": "scan", "401": "error", "403": "error", "409": "error", "422": "error"}
    responses: dict[str, Any] = answers(404, 413) | {
        status: {"description": "", "content": {"application/json": {"schema": told[kind]}}}
        for status, kind in statuses.items()
    }
    files = {f"scan:{kind}": TEXT | {"format": "binary"} for kind in KINDS}
    given: list[dict[str, Any]] = [
        {"name": "kind", "in": "path", "required": True, "schema": TEXT | {"enum": KINDS}}
    ]
    if "{pk}" in path:
        given.append({"name": "pk", "in": "path", "required": True, "schema": {"type": "integer"}})
    body = {"content": {"multipart/form-data": {"schema": {"type": "object", "properties": files}}}}
    return {path: {"post": {"parameters": given, "requestBody": body, "responses": responses}}}


def look(
    visitor: Visitor, paths: dict[str, Any], examples: int, *, as_script: bool = False
) -> tuple[bool, str]:
    """(whether nothing was found, what schemathesis says) about these paths, asked by one visitor."""
    checks = ["not_a_server_error", "status_code_conformance"]
    headers = [f"Cookie:{visitor.cookie}", f"X-CSRFToken:{visitor.cookies.get('csrf', '')}"]
    if as_script:
        checks += ["content_type_conformance", "response_schema_conformance"]
        headers.append("Accept:application/json")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "openapi.json"
        file.write_text(json.dumps(document(paths)))
        options = [
            f"--url=http://{visitor.host}",
            f"--checks={','.join(checks)}",
            f"--max-examples={examples}",
        ]
        options += [
            "--phases=fuzzing",
            "--generation-database=none",
            "--seed=1",
            "--no-color",
            "--max-redirects=0",
        ]
        options += [
            "--suppress-health-check=all",
            "--warnings=off",
            *(f"--header={each}" for each in headers),
        ]
        done = subprocess.run(
            [installed("schemathesis") / "schemathesis", "run", file, *options],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )
    return done.returncode == 0, done.stdout + done.stderr


def planted(portal: Portal) -> bool:
    """Whether the planted error is found: what is no number."""
    visitor = enter(portal, "employer")
    given = [{"name": "of", "in": "query", "schema": TEXT}]
    path = {"/planted/number/": {"get": {"parameters": given, "responses": answers(200)}}}
    clean, said = look(visitor, path, 20)
    found = not clean and "Server error" in said
    told = "an error of the server" if found else said
    print(f"schemathesis {version('schemathesis')} on a planted page: {told}")
    return found


def looked_at(
    portal: Portal, who: str, paths: dict[str, Any], examples: int, *, as_script: bool = False
) -> bool:
    visitor = enter(portal, who)
    clean, said = look(visitor, paths, examples, as_script=as_script)
    number = re.search(r"([\d,]+) generated", said)
    kind = "uploads" if as_script else "addresses and forms"
    told = f"{len(paths)} {kind}, {number[1] if number else 'no'} cases"
    print(f"  {who}: {told}, {'nothing found' if clean else 'findings'}", flush=True)
    if not clean or not number:
        print(said[-6000:])
    if not visitor.is_in():
        print(f"✗ {who} was thrown out on the way: what came after was not looked at")
        return False
    return clean and number is not None


def run(portal: Portal, long: bool) -> bool:
    if not planted(portal):
        print("✗ schemathesis is blind: it does not find what is planted")
        return False
    groups, before = defaultdict[str, list[Sending]](list), portal.requests()
    for sending in everything(portal, EACH):
        groups[sending.who].append(sending)
    examples = 60 if long else 4
    work = [(who, addresses() | forms(sendings), False) for who, sendings in groups.items()]
    work += [(who, uploads(path), True) for who, path in UPLOADS.items()]
    with ThreadPoolExecutor(2) as pool:
        good = list(
            pool.map(lambda each: looked_at(portal, each[0], each[1], examples, as_script=each[2]), work)
        )
    print(f"  {portal.requests() - before:,} requests")
    return all(good)
