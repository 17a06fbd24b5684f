"""The parts list (CycloneDX) of what runs: Python packages, what pages load from npm, Debian's libraries.

`build/sbom.json` is written anew each time and never committed.
"""

import json
import re
import subprocess
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from .installing import installed, version
from .serving import ROOT

OUT = ROOT / "build" / "sbom.json"
Component = dict[str, Any]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    """Name and version of every package that requirements/run.txt pins for this machine."""
    text = (ROOT / "requirements" / "run.txt").read_text()
    lines = re.findall(r"^([\w.\[\],-]+)==(\S+)( ; .+?)? \\$", text, re.MULTILINE)
    here = {plain(each.metadata["Name"]) for each in distributions()}
    named = {plain(name.partition("[")[0]): (number, marker) for name, number, marker in lines}
    return {name: number for name, (number, marker) in named.items() if not marker or name in here}


def cyclonedx(*arguments: str | Path) -> dict[str, Any]:
    command = [installed("cyclonedx-bom") / "cyclonedx-py", *arguments, "--output-format", "JSON", "-o", "-"]
    return dict(json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout))


def python_parts() -> list[Component]:
    """Versions and digests as pinned, licences as the installed packages state them."""
    licences = {
        plain(each["name"]): each.get("licenses", [])
        for each in cyclonedx("environment", sys.executable)["components"]
    }
    parts: dict[str, Component] = {}
    for each in cyclonedx("requirements", "requirements/run.txt")["components"]:
        name = plain(each["name"])
        if name in pinned():
            hashes = [digest for place in each.pop("externalReferences", []) for digest in place["hashes"]]
            kept = {key: each[key] for key in ("type", "name", "version", "purl")}
            parts[name] = kept | {
                "bom-ref": each["purl"],
                "hashes": hashes,
                "licenses": licences.get(name, []),
            }
    return list(parts.values())


def browser_parts() -> list[Component]:
    """What package-lock.json has for the browser: script/assets.py takes the pages' files from these."""
    options = ["--package-lock-only", "--omit=dev", "--omit=optional", "--sbom-format=cyclonedx"]
    done = subprocess.run(["npm", "sbom", *options], cwd=ROOT, capture_output=True, check=True)
    kept = ("type", "name", "version", "purl", "bom-ref", "hashes", "licenses")
    parts = [
        {key: each[key] for key in kept if key in each} for each in json.loads(done.stdout)["components"]
    ]
    for part in parts:
        if "licenses" not in part:  # npm leaves out what is no SPDX identifier, such as "OFL"
            stated = json.loads((ROOT / "node_modules" / part["name"] / "package.json").read_text())[
                "license"
            ]
            part["licenses"] = [{"license": {"name": stated}}]
    return parts


def debian_parts() -> list[Component]:
    """Debian's packages whose libraries the interpreter and the Python packages load, by what `ldd` says."""
    files = [Path(sys.executable).resolve(), *Path(sysconfig.get_path("purelib")).rglob("*.so")]
    said = subprocess.run(["ldd", *files], capture_output=True, text=True, check=False).stdout
    named = set(re.findall(r"=> (/(?:usr/)?lib\S+)", said))
    # /lib is a link to /usr/lib, and Debian knows either spelling; the interpreter itself may be Debian's.
    loaded = named | {str(Path(each).resolve()) for each in [*named, sys.executable]}
    owners = subprocess.run(["dpkg", "-S", *loaded], capture_output=True, text=True, check=False).stdout
    names = sorted(set(re.findall(r"^([\w.+-]+)(?::\w+)?: ", owners, re.MULTILINE)))
    form = "-f=${Package} ${Version} ${Architecture}\n"
    told = subprocess.run(
        ["dpkg-query", "-W", form, *names], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in told.splitlines()]
    return [
        {
            **{"type": "library", "name": name, "version": number},
            **dict.fromkeys(("purl", "bom-ref"), f"pkg:deb/debian/{name}@{number}?arch={machine}"),
        }
        for name, number, machine in rows
    ]


def lacking(parts: list[Component]) -> list[str]:
    """What is pinned and not in the list as it is pinned, and what has neither digest nor licence."""
    wanted = {("pypi", name, number) for name, number in pinned().items()}
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for place, package in lock.items():
        if place and not (package.get("dev") or package.get("optional") or package.get("devOptional")):
            wanted.add(("npm", place.rpartition("node_modules/")[2], package["version"]))
    kinds = {
        kind: [each for each in parts if each["purl"].startswith(f"pkg:{kind}/")] for kind in ("pypi", "npm")
    }
    listed = {
        (kind, plain(each["name"]) if kind == "pypi" else each["name"], each["version"])
        for kind, of_kind in kinds.items()
        for each in of_kind
        if each["hashes"] and each["licenses"]
    }
    return [" ".join(each) for each in sorted(wanted - listed)]


def download_addresses() -> list[str]:
    """Where a file that is committed says from which host a package comes."""
    found = []
    for file in [*(ROOT / "requirements").rglob("*.*"), ROOT / "package-lock.json", ROOT / ".npmrc"]:
        text = file.read_text()
        is_lock = file.name == "package-lock.json"
        pattern = "resolved.: .http" if is_lock else r"://|--(extra-)?index-url|--find-links|^registry"
        found += [str(file.relative_to(ROOT))] if re.search(pattern, text, re.MULTILINE) else []
    return found


def run(long: bool) -> bool:
    kinds = {"Python": python_parts(), "browser": browser_parts(), "Debian": debian_parts()}
    parts = [part for of_kind in kinds.values() for part in of_kind]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": parts}
    document["metadata"] = {"component": {"type": "application", "name": "pishkhan", "bom-ref": "pishkhan"}}
    OUT.write_text(json.dumps(document, indent=1))
    told = ", ".join(f"{len(of_kind)} {kind}" for kind, of_kind in kinds.items())
    print(f"sbom (cyclonedx-bom {version('cyclonedx-bom')}): {told} packages in {OUT.relative_to(ROOT)}")
    if not lacking(parts[1:]):
        print("✗ the list is not compared: a package was left out, and nothing said so")
        return False
    wrong = [*lacking(parts), *(f"{file} names a host" for file in download_addresses())]
    print(*[f"  ✗ not listed with its digest and licence: {each}" for each in wrong], sep="\n")
    return not wrong
