"""What was measured, as a table."""

from datetime import date
from pathlib import Path
from typing import Any

START, END = "<!-- script/bench writes from here -->", "<!-- to here -->"

HEAD = (
    *("database", "cases", "page", "of", "rows", "queries", "kB", "CPU ms (p10–p90)"),
    *("server ms", "database ms", "wall ms", "bare ms", "with session", "SQL ms", "admin ms"),
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
        f"{result['database']}, {result['cases']:,} cases: made in {result['filled_in']} s"
        for result in results
    ]
    return "\n".join([*told, "", *filled])


def write(results: list[dict[str, Any]], file: Path) -> None:
    """Puts the table between the two marks in a Markdown file, with the day and how it was made."""
    text = file.read_text("utf-8")
    before, rest = text.split(START, 1)
    _, after = rest.split(END, 1)
    pages = {result["pages_measured"] for result in results}
    filled = "; ".join(f"{r['database']} {r['cases']:,}: {r['filled_in']} s" for r in results)
    told = [
        f"Measured on {date.today()} with `script/bench --write FILE`, medians of {max(pages)} pages.",
        f"Demo data were made in: {filled}.",
        "",
        _row(HEAD),
        _row(("---",) * len(HEAD)),
        *(_row(line(result, page, results)) for result in results for page in result["pages"]),
    ]
    file.write_text(before + START + "\n" + "\n".join(told) + "\n" + END + after, "utf-8")


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def line(result: dict[str, Any], page: dict[str, Any], results: list[dict[str, Any]]) -> tuple[str, ...]:
    cpu, bare, sql = (page[name]["cpu"]["median"] for name in ("page", "bare", "sql"))
    admin = page["admin"]["cpu"]["median"] if "admin" in page else 0
    database = page["page"]["server_cpu"]["median"]
    return (
        result["database"],
        f"{result['cases']:,}",
        page["asked"],
        page["holder"],
        str(page["rows"]),
        str(page["queries"]),
        f"{page['bytes'] / 1000:.1f}",
        f"{cpu:.2f} ({page['page']['cpu']['p10']:.2f}–{page['page']['cpu']['p90']:.2f})",
        f"{cpu - database:.2f}",
        f"{database:.2f}",
        f"{page['page']['wall']['median']:.2f}",
        f"{bare:.2f}",
        f"{page['bare_signed_in']['cpu']['median']:.2f}",
        f"{sql:.2f}",
        f"{admin:.1f}" if admin else "",
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
    twin = least["pages"][result["pages"].index(page)]
    return f"{page['page']['cpu']['median'] / twin['page']['cpu']['median']:.2f}"
