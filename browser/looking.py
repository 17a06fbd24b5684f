"""What is measured on a page: width, reading direction, digits, targets, focus, and what axe finds."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "node_modules" / "axe-core" / "axe.min.js"

SETTLED = """
() => document.documentElement.classList.contains("js") && document.fonts.status === "loaded"
  && [...document.images].every((image) => image.complete || image.loading === "lazy")
  && !document.querySelector(".viewer:not(.on) li")
"""

MEASURE = Path(__file__).with_name("measure.js").read_text()
ON_PAPER = Path(__file__).with_name("paper.js").read_text()
A4 = {"width": 794, "height": 1123}  # pixels

RUN_AXE = """
async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const result = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  const why = (node) => (node.any[0] || node.all[0] || node.none[0] || {}).message || "";
  const tell = (node) => `${node.html.replace(/\\s+/g, " ").slice(0, 160)} — ${why(node)}`;
  return result.violations.map(({ id, impact, nodes }) =>
    `axe ${id} (${impact}): ${nodes.length}× ${nodes.slice(0, 2).map(tell).join(" | ")}`);
}
"""

FOCUS = r"""
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const seen = (e) => {
    const style = getComputedStyle(e);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return outlined || style.boxShadow !== "none";
  };
  const label = element.labels && element.labels[0];
  const number = element.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length);
  const html = element.outerHTML.replace(/\s+/g, " ").slice(0, 140);
  return { number, html, visible: seen(element) || Boolean(label && seen(label)) };
}
"""

TO_THE_TOP = """
() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
}
"""

UNREACHED = r"""
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && !e.dataset.stop)
  .filter((e) => !e.matches("[tabindex='-1'][aria-hidden=true]"))
  .filter((e) => !(e.type === "radio" && document.querySelector(`[name="${e.name}"][data-stop]`)))
  .map((e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 140))
"""


def measure(page: Page) -> list[str]:
    """What is wrong with the page as it stands."""
    page.wait_for_load_state()
    page.wait_for_function(SETTLED)
    found: list[str] = page.evaluate(MEASURE)
    return found


def measure_print(page: Page) -> list[str]:
    """What is wrong with the page on A4 paper: words cut off, or what only a screen can use."""
    before = page.viewport_size
    page.set_viewport_size(A4)  # type: ignore[arg-type]
    page.emulate_media(media="print")
    found: list[str] = page.evaluate(ON_PAPER)
    page.emulate_media(media="screen")
    if before:
        page.set_viewport_size(before)
    return found


def run_axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(RUN_AXE)
    return found


def walk_by_tab(page: Page) -> list[str]:
    """Goes through the page by Tab: what is passed over, and where the focus is not to be seen."""
    found = []
    page.evaluate(TO_THE_TOP)
    page.keyboard.press("Tab")
    passed: set[Any] = set()
    while (stop := page.evaluate(FOCUS)) and stop["number"] not in passed and len(passed) < 200:
        passed.add(stop["number"])
        if not stop["visible"]:
            found.append(f"focus is not seen: {stop['html']}")
        page.keyboard.press("Tab")
    return found + [f"not reached by Tab: {html}" for html in page.evaluate(UNREACHED)]
