// The scans of a case: one, or two beside each other, each with its own zoom and turn.

const ZOOMS = [1, 1.5, 2, 3, 4, 6];
const STRIDE = 80; // pixels that a key moves a picture
// By the key's place, not its letter: the keyboard of a Persian clerk is Persian.
const KEYS = {
  ArrowRight: "previous", ArrowLeft: "next", KeyB: "pair", KeyS: "other", KeyF: "full", KeyT: "turn",
  Equal: "larger", NumpadAdd: "larger", Minus: "smaller", NumpadSubtract: "smaller", Digit0: "whole", Numpad0: "whole",
};
const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class Picture {
  constructor(item) {
    this.item = item;
    this.title = item.dataset.title;
    this.stage = item.querySelector(".stage");
    this.frame = this.stage.querySelector("a");
    this.image = this.stage.querySelector("img");
    this.zoom = this.turns = 0;
    this.frame.removeAttribute("href"); // a click is for dragging now; the link is among the tools
    this.image.draggable = false;
    Object.assign(this.stage, { tabIndex: 0, role: "group", ariaLabel: `تصویر ${this.title}` });
    this.stage.addEventListener("pointerdown", (event) => this.grab(event));
    this.stage.addEventListener("pointermove", (event) => this.drag(event));
    new ResizeObserver(() => this.fit()).observe(this.stage);
  }

  /** The whole picture is as large as its stage lets it; the zoom multiplies that. */
  fit() {
    const { stage, frame, image, turns } = this;
    if (!stage.offsetWidth) return;
    const width = Number(image.getAttribute("width")), height = Number(image.getAttribute("height"));
    const [across, down] = turns % 2 ? [height, width] : [width, height];
    const scale = Math.min(stage.offsetWidth / across, stage.offsetHeight / down) * ZOOMS[this.zoom];
    Object.assign(frame.style, { width: `${Math.floor(across * scale)}px`, height: `${Math.floor(down * scale)}px` });
    Object.assign(image.style, { width: `${width * scale}px`, height: `${height * scale}px` });
    image.style.transform = `translate(-50%, -50%) rotate(${turns * 90}deg)`;
    stage.classList.toggle("zoomed", this.zoom > 0);
  }

  /** What is in the middle stays there. */
  zoomTo(zoom) {
    const { stage } = this;
    const middle = [(stage.scrollLeft + stage.clientWidth / 2) / stage.scrollWidth, (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight];
    this.zoom = Math.min(Math.max(zoom, 0), ZOOMS.length - 1);
    this.fit();
    this.item.querySelector("output").textContent = ZOOMS[this.zoom].toLocaleString("fa", { style: "percent" });
    stage.scrollTo(middle[0] * stage.scrollWidth - stage.clientWidth / 2, middle[1] * stage.scrollHeight - stage.clientHeight / 2);
  }

  turn() {
    this.turns = (this.turns + 1) % 4;
    this.fit();
  }

  grab(event) {
    const { stage } = this;
    if (!this.zoom || event.pointerType !== "mouse" || event.button !== 0 || event.target === stage) return; // its scroll bars
    this.held = [stage.scrollLeft + event.clientX, stage.scrollTop + event.clientY];
    stage.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (this.stage.hasPointerCapture(event.pointerId)) this.stage.scrollTo(this.held[0] - event.clientX, this.held[1] - event.clientY);
  }
}

const viewer = document.querySelector("[data-viewer]");
const pictures = [...viewer.querySelectorAll("li")].map((item) => new Picture(item));
const said = document.createElement("output");
let panes = [0]; // which pictures are shown: one, or two
let active = 0; // which of them the keys and the list mean
const held = () => pictures[panes[active]];

const deeds = {
  next: () => step(1),
  previous: () => step(-1),
  pair() {
    if (panes.length === 1) panes.push(partner(panes[0]));
    else panes.pop();
    active = panes.length - 1;
    draw();
  },
  other() {
    active = panes.length - 1 - active;
    draw();
    held().stage.focus({ preventScroll: true });
  },
  full: () => (document.fullscreenElement ? document.exitFullscreen() : viewer.requestFullscreen?.()),
  larger: () => held().zoomTo(held().zoom + 1),
  smaller: () => held().zoomTo(held().zoom - 1),
  whole: () => held().zoomTo(0),
  turn: () => held().turn(),
};

/** The next picture that is not shown already. */
function step(by) {
  let index = panes[active];
  do index = (index + by + pictures.length) % pictures.length;
  while (panes.includes(index) && index !== panes[active]);
  show(index);
}

function show(index) {
  if (panes.includes(index)) active = panes.indexOf(index);
  else panes[active] = index;
  draw();
}

/** What a picture is best compared with, else the one after it. */
function partner(index) {
  const named = pictures.findIndex(({ item }) => item.id === pictures[index].item.dataset.beside);
  return named < 0 ? (index + 1) % pictures.length : named;
}

function draw() {
  const focused = document.activeElement.closest("[data-viewer] li");
  viewer.classList.toggle("paired", panes.length === 2);
  viewer.querySelector("[data-do=pair]")?.setAttribute("aria-pressed", String(panes.length === 2));
  pictures.forEach((picture, index) => {
    const pane = panes.indexOf(index);
    picture.item.classList.toggle("shown", pane >= 0);
    picture.item.classList.toggle("second", pane === 1);
    picture.item.classList.toggle("active", pane === active);
    tabs[index].setAttribute("aria-pressed", String(pane >= 0));
    if (pane < 0 && picture.zoom) picture.zoomTo(0);
  });
  if (focused && focused !== held().item) held().stage.focus({ preventScroll: true });
  const told = panes.map((index) => pictures[index].title).join("؛ کنار آن ");
  if (said.textContent !== told) said.textContent = told;
}

/** Takes the half that somebody touches, or is in with the keyboard. */
function take(event) {
  const index = pictures.findIndex(({ item }) => item.contains(event.target));
  if (panes.includes(index) && panes[active] !== index) show(index);
}

/** Does what a key of the viewer does; whether it was one. */
export function press(event) {
  if (!pictures.length) return false;
  const way = WAYS[event.code];
  const reading = way?.[1] && event.target.closest(".paper"); // up and down scroll the answers there
  if (way && held().zoom && !reading) held().stage.scrollBy(way[0] * STRIDE, way[1] * STRIDE);
  else if (KEYS[event.code]) deeds[KEYS[event.code]]();
  else return false;
  return true;
}

const tabs = [...viewer.querySelectorAll(".viewer-tabs button")];
if (pictures.length) {
  tabs.forEach((tab, index) => tab.addEventListener("click", () => show(index)));
  said.className = "visually-hidden";
  viewer.querySelector(".viewer-tabs").after(said);
  for (const part of viewer.querySelectorAll(".viewer-tools, .viewer-tabs, .viewer-keys")) part.hidden = false;
  viewer.classList.add("on");
  viewer.addEventListener("focusin", take);
  viewer.addEventListener("pointerdown", take);
  viewer.addEventListener("click", (event) => deeds[event.target.closest("[data-do]")?.dataset.do]?.());
  viewer.addEventListener("fullscreenchange", () => viewer.querySelector("[data-do=full]").setAttribute("aria-pressed", String(document.fullscreenElement === viewer)));
  const anew = pictures.findIndex(({ item }) => "anew" in item.dataset);
  panes = [Math.max(0, anew)];
  draw();
  if (anew >= 0) deeds.pair(); // the officer asked for another picture: it is shown beside the one it replaced
}
