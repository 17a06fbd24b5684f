"""What was measured, as a table."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from .clock import paced

START, END = "<!-- {} writes from here -->", "<!-- to here -->"

HEAD = (
    *("database", "cases", "page", "of", "rows", "queries", "kB", "CPU ms (p10–p90)"),
    *("server ms", "database ms", "wall ms", "bare ms", "with session", "SQL ms", "admin ms", "beside ms"),
    *("page/bare", "page/SQL", "admin/page", "growth"),
)


def report(results: list[dict[str, Any]]) -> str:
    """One line a page; CPU is the portal's (server) and the database's together, medians of many."""
    lines = [HEAD, *(line(result, page, results) for result in results for page in result["pages"])]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    told = [
        "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)) for cells in lines
    ]
    filled = [
        f"{result['database']}, {result['cases']:,} cases: made in {result['filled_in']} s, "
        f"measured with {result['peak_mb']} MB at most"
        for result in results
    ]
    return "\n".join([*told, "", *filled])


def write(results: list[dict[str, Any]], file: Path, sizes: str = "") -> None:
    """Puts a table of each database into a Markdown file; `sizes` that are not the usual have their own."""
    for database in dict.fromkeys(result["database"] for result in results):
        asked = f"--databases {database.removesuffix('ql')}" + (f" --cases {sizes}" if sizes else "")
        of_it = [result for result in results if result["database"] == database]
        put(file, f"script/bench {asked}", f"script/bench {asked} --write FILE", _told(of_it))


def _told(results: list[dict[str, Any]]) -> list[str]:
    pages = max(result["pages_measured"] for result in results)
    paces = [pace for result in results for pace in result["paces"]]
    filled = "; ".join(f"{r['cases']:,}: {r['filled_in']} s" for r in results if r["filled_in"])
    held = "; ".join(f"{r['cases']:,}: {r['peak_mb']} MB" for r in results)
    return [
        f"Medians of {pages} pages. {paced(paces)}",
        *([f"Demo data were made in: {filled}."] if filled else []),
        f"The measuring process, with Django's admin in it, held at most: {held}.",
        "",
        *table([HEAD, *(line(result, page, results) for result in results for page in result["pages"])]),
    ]


def put(file: Path, writer: str, command: str, told: list[str]) -> None:
    """Puts lines between the writer's two marks in a Markdown file, with the day and the command.

    Where there are no such marks yet (other sizes were asked for), they are put at the file's end: what took
    an hour to measure is not lost for want of a place.
    """
    start, text = START.format(writer), file.read_text("utf-8")
    if start not in text:
        text += f"\n{start}\n{END}\n"
    before, rest = text.split(start, 1)
    _, after = rest.split(END, 1)
    lines = [start, f"Measured on {date.today()} with `{command}`.", "", *told, END]
    file.write_text(before + "\n".join(lines) + after, "utf-8")


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows, the first of titles, as a table of Markdown."""
    return [f"| {' | '.join(row)} |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:])]


def line(result: dict[str, Any], page: dict[str, Any], results: list[dict[str, Any]]) -> tuple[str, ...]:
    cpu, bare, signed_in, sql, admin, beside = (
        page[name]["cpu"]["median"] if name in page else 0
        for name in ("page", "bare", "bare_signed_in", "sql", "admin", "beside")
    )
    database = page["page"]["server_cpu"]["median"]
    return (
        result["database"],
        f"{result['cases']:,}",
        page["asked"],
        page["holder"],
        str(page["rows"]) if "list" in page["asked"] or ", " in page["asked"] else "",
        str(page["queries"] or ""),
        f"{page['bytes'] / 1000:.1f}" if page["bytes"] else "",
        f"{cpu:.2f} ({page['page']['cpu']['p10']:.2f}–{page['page']['cpu']['p90']:.2f})",
        f"{cpu - database:.2f}",
        f"{database:.2f}",
        f"{page['page']['wall']['median']:.2f}",
        f"{bare:.2f}",
        f"{signed_in:.2f}" if signed_in else "",
        f"{sql:.2f}" if sql else "",
        f"{admin:.1f}" if admin else "",
        f"{beside:.1f}" if beside else "",
        f"{cpu / bare:.1f}",
        f"{cpu / sql:.1f}" if sql else "",
        f"{admin / cpu:.1f}" if admin else "",
        growth(result, page, results),
    )


def growth(result: dict[str, Any], page: dict[str, Any], results: list[dict[str, Any]]) -> str:
    """How much more the page costs than in the smallest database of the same kind."""
    same = [other for other in results if other["database"] == result["database"]]
    least = min(same, key=lambda other: int(other["cases"]))
    if least is result:
        return ""
    twins = [other for other in least["pages"] if _alike(other, page)]
    return f"{page['page']['cpu']['median'] / twins[0]['page']['cpu']['median']:.2f}" if twins else ""


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """The same page of the workshop with the most cases, or of a middling one, however many those are."""
    kinds = [(each["asked"], each["holder"].partition("(")[0]) for each in (one, other)]
    return kinds[0] == kinds[1]
