// The dialog in which the user sets the four corners and turns the picture, by finger, mouse or keyboard.

import { WHOLE } from "./straighten.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const persian = (value) => Math.round(100 * value).toLocaleString("fa");

const dialog = document.querySelector("[data-editor]");
const stage = dialog.querySelector("[data-stage]");
const canvas = stage.querySelector("canvas");
const outline = stage.querySelector("polygon");
const handles = [...stage.querySelectorAll("[data-corner]")];
const status = dialog.querySelector("[role=status]");
let picture = null;
let corners = WHOLE;
let turns = 0;

// What the user confirms, as { corners, turns }; null when nothing shall change.
export function edit(preview, chosen) {
  picture = preview;
  turns = chosen.turns;
  corners = chosen.corners.map((corner) => [...corner]);
  show();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "confirm" ? { corners, turns } : null), { once: true });
  });
}

function show() {
  [canvas.width, canvas.height] = turns % 2 ? [picture.height, picture.width] : [picture.width, picture.height];
  const pen = canvas.getContext("2d");
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((turns * Math.PI) / 2);
  pen.drawImage(picture, -picture.width / 2, -picture.height / 2);
  place();
}

function place() {
  outline.setAttribute("points", corners.map(([x, y]) => `${100 * x},${100 * y}`).join(" "));
  handles.forEach((handle, index) => {
    handle.style.left = `${100 * corners[index][0]}%`;
    handle.style.top = `${100 * corners[index][1]}%`;
  });
}

// A corner stays in its own quarter of the others: the shape never folds over.
function move(index, x, y) {
  const least = 0.05;
  const [before, after] = [corners[(index + 3) % 4], corners[(index + 1) % 4]];
  const [beside, under] = index % 2 ? [before, after] : [after, before];
  const isLeft = index === 0 || index === 3;
  const isTop = index < 2;
  corners[index] = [
    isLeft ? Math.min(Math.max(0, x), beside[0] - least) : Math.max(Math.min(1, x), beside[0] + least),
    isTop ? Math.min(Math.max(0, y), under[1] - least) : Math.max(Math.min(1, y), under[1] + least),
  ];
  place();
}

function turn(by) {
  turns = (turns + by + 4) % 4;
  const turned = corners.map(([x, y]) => (by > 0 ? [1 - y, x] : [y, 1 - x]));
  corners = by > 0 ? [turned[3], ...turned.slice(0, 3)] : [...turned.slice(1), turned[0]];
  show();
}

handles.forEach((handle, index) => {
  handle.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 0.05 : 0.005;
    move(index, corners[index][0] + far * step[0], corners[index][1] + far * step[1]);
    status.textContent = `${handle.getAttribute("aria-label")}: ${persian(corners[index][0])}٪ از چپ، ${persian(corners[index][1])}٪ از بالا`;
  });
  handle.addEventListener("pointerdown", (event) => { handle.setPointerCapture(event.pointerId); });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const frame = canvas.getBoundingClientRect();
    move(index, (event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height);
  });
});

dialog.querySelector("[data-turn-right]").addEventListener("click", () => turn(1));
dialog.querySelector("[data-turn-left]").addEventListener("click", () => turn(-1));
dialog.querySelector("[data-whole]").addEventListener("click", () => { corners = WHOLE.map((corner) => [...corner]); place(); });
dialog.querySelector("[data-confirm]").addEventListener("click", () => dialog.close("confirm"));
dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
