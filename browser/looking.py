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

MEASURE = r"""
() => {
  const found = [];
  const root = document.documentElement;
  const short = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 140);
  const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const inside = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1;
  };
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter((e) => {
      const box = e.getBoundingClientRect();
      return visible(e) && inside(e) && (box.left < -1 || box.right > root.clientWidth + 1);
    });
    found.push(`overflow: ${root.scrollWidth} > ${root.clientWidth}; ${wide.slice(0, 3).map(short).join(" | ")}`);
  }
  if (root.dir !== "rtl" || getComputedStyle(document.body).direction !== "rtl") found.push("not right-to-left");
  if (root.lang !== "fa") found.push(`lang=${root.lang}`);
  if (!/\S \| پیشخوان/.test(document.title)) found.push(`title: ${document.title}`);
  const headings = [...document.querySelectorAll("h1")].filter(visible);
  if (headings.length !== 1) found.push(`${headings.length} h1`);

  // Digits: Persian wherever a person reads.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data, parent = walker.currentNode.parentElement;
    if (/[0-9٠-٩]/.test(text) && visible(parent) && !parent.closest("[dir=ltr], script, style, datalist"))
      found.push(`digits: ${text.trim().slice(0, 80)} in ${short(parent)}`);
    if (/[A-Za-z]{4,}/.test(text) && visible(parent) && !parent.closest("[dir=ltr], kbd, script, style, datalist"))
      found.push(`Latin words: ${text.trim().slice(0, 80)}`);
    if (/[يك]/.test(text) && visible(parent)) found.push(`Arabic letters: ${text.trim().slice(0, 80)}`);
    if (/\{\{|\}\}|None|undefined|NaN|\[object/.test(text) && visible(parent)) found.push(`raw: ${text.trim().slice(0, 80)}`);
  }
  for (const field of document.querySelectorAll("input:not([type=hidden], [type=file]), textarea"))
    if (visible(field) && !field.closest("[dir=ltr]") && /[0-9]/.test(field.value + field.placeholder))
      found.push(`digits in a field: ${short(field)} ${field.value}`);

  // Targets of at least 24 px, but for links within a sentence.
  for (const target of document.querySelectorAll("a[href], button, input, select, textarea, summary, label.pick")) {
    const box = target.getBoundingClientRect(), style = getComputedStyle(target);
    if (!visible(target) || !inside(target) || target.type === "hidden" || target.matches(".skip")) continue;
    if (style.display === "inline" || target.matches(".choice input, .js .file")) continue;
    if (box.width < 23.5 || box.height < 23.5) found.push(`target ${Math.round(box.width)}×${Math.round(box.height)}: ${short(target)}`);
  }
  for (const image of document.images)
    if (image.complete && !image.naturalWidth && visible(image)) found.push(`broken picture: ${image.src}`);
  return found;
}
"""

RUN_AXE = """
async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const result = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return result.violations.map((v) => `axe ${v.id} (${v.impact}): ${v.nodes.length}× ` +
    v.nodes.slice(0, 2).map((n) => `${n.html.replace(/\\s+/g, " ").slice(0, 160)} — ${(n.any[0] || n.all[0] || n.none[0] || {}).message || ""}`).join(" | "));
}
"""

FOCUS = r"""
() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const seen = (e) => {
    const style = getComputedStyle(e);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  };
  const label = element.labels && element.labels[0];
  const number = element.dataset.stop ?? (element.dataset.stop = String(document.querySelectorAll("[data-stop]").length));
  return { number, visible: seen(element) || Boolean(label && seen(label)), html: element.outerHTML.replace(/\s+/g, " ").slice(0, 140) };
}
"""

UNREACHED = r"""
() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && !e.dataset.stop)
  .filter((e) => !(e.type === "radio" && document.querySelector(`[name="${e.name}"][data-stop]`)))
  .map((e) => e.outerHTML.replace(/\s+/g, " ").slice(0, 140))
"""


def measure(page: Page) -> list[str]:
    """What is wrong with the page as it stands."""
    page.wait_for_load_state()
    page.wait_for_function(SETTLED)
    found: list[str] = page.evaluate(MEASURE)
    return found


def run_axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(RUN_AXE)
    return found


def walk_by_tab(page: Page) -> list[str]:
    """Goes through the page by Tab: what is passed over, and where the focus is not to be seen."""
    found = []
    page.evaluate(
        "() => { document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex'); }"
    )
    page.keyboard.press("Tab")
    passed: set[Any] = set()
    while (stop := page.evaluate(FOCUS)) and stop["number"] not in passed and len(passed) < 200:
        passed.add(stop["number"])
        if not stop["visible"]:
            found.append(f"focus is not seen: {stop['html']}")
        page.keyboard.press("Tab")
    return found + [f"not reached by Tab: {html}" for html in page.evaluate(UNREACHED)]
