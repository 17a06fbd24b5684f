// The desk's review: one scan at a time with zoom and rotation, and keys on the buttons.

const viewer = document.querySelector("[data-viewer]");
const pages = [...viewer.querySelectorAll("li")];

function showPage(index) {
  pages.forEach((page, i) => page.classList.toggle("shown", i === index));
  tabs.forEach((tab, i) => tab.setAttribute("aria-pressed", String(i === index)));
  viewer.classList.remove("zoomed");
}

function current() {
  return Math.max(0, pages.findIndex((page) => page.classList.contains("shown")));
}

const bar = document.createElement("div");
bar.className = "viewer-tabs";
const tabs = pages.map((page, index) => {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.textContent = page.dataset.title;
  tab.addEventListener("click", () => showPage(index));
  bar.append(tab);
  return tab;
});

if (pages.length) {
  viewer.classList.add("on");
  viewer.append(bar);
  viewer.querySelector(".viewer-tools").hidden = false;
  showPage(0);
  viewer.querySelector("[data-zoom]").addEventListener("click", () => viewer.classList.toggle("zoomed"));
  viewer.querySelector("[data-full]").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : viewer.requestFullscreen?.()));
  viewer.querySelector("[data-rotate]").addEventListener("click", () => {
    const image = pages[current()].querySelector("img");
    const turned = ((Number(image.dataset.turned) || 0) + 1) % 4;
    image.dataset.turned = turned;
    image.classList.remove("turned-1", "turned-2", "turned-3");
    if (turned) image.classList.add(`turned-${turned}`);
  });
}

// Opening a flag puts the cursor into its text.
for (const flag of document.querySelectorAll("details.flag")) {
  flag.addEventListener("toggle", () => { if (flag.open) flag.querySelector("input").focus(); });
}

document.addEventListener("keydown", (event) => {
  // Only while the review itself has the focus (WCAG 2.1.4), and never while somebody writes.
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.target !== document.body && !event.target.closest("main")) return;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const step = event.key === "ArrowLeft" ? 1 : -1;
    if (pages.length) showPage((current() + step + pages.length) % pages.length);
    return;
  }
  // By the key's place, not its letter: the keyboard of a Persian clerk is Persian.
  const button = document.querySelector(`[data-key="${event.code.replace("Key", "").toLowerCase()}"]`);
  button?.focus();
});
