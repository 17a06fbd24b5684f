// Makes scans away from the page, which stays alive meanwhile: a picture goes in, the JPG to send comes out.

import { compressed, resized } from "./compress.js";
import { findPaper } from "./corners.js";
import { greyOf } from "./grey.js";
import { evenLight, takeInk } from "./light.js";
import { aspectOf, isWhole, LONGEST, sidesOf, sizeOf, straightened, WHOLE } from "./straighten.js";
import { isTurned } from "./turned.js";
import { NO_INK, verdict } from "./verdict.js";

const WORKING = 2600; // pixels of the longer side that a picture is worked on with
const SEARCHED = 320; // and that corners are looked for with
const SLACK = 0.04; // corners so near the picture's own are the picture's own

const tasks = { make, preview };

self.addEventListener("message", async ({ data: { number, task, ...given } }) => {
  try {
    self.postMessage({ number, result: await tasks[task](given) });
  } catch (error) {
    self.postMessage({ number, failure: String(error) });
  }
});

// Null for what is no picture that this browser can read.
const read = (file) => createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);

async function preview({ file }) {
  const bitmap = await read(file);
  return bitmap && createImageBitmap(resized(bitmap, 1000));
}

// `corners` (0 to 1, after `turns` quarter turns to the right) are what the user chose; without them they are found.
async function make({ file, shape, limit, corners = null, turns = 0 }) {
  const bitmap = await read(file);
  if (!bitmap) return null;
  const working = resized(bitmap, WORKING, turns);
  bitmap.close();
  const found = corners ? { corners, cut: false, fits: true } : look(working, shape);
  const asItIs = shape !== "ink" && !corners && isWhole(found.corners) && file.type === "image/jpeg" && file.size <= limit && !(await isTurned(file));
  const made = asItIs ? working : cropped(working, shape, found.corners, Boolean(corners));
  const faults = verdict(made, shape, found);
  if (asItIs) return { blob: file, corners: found.corners, turns, faults };
  if (!lighten(made, shape)) faults.push(NO_INK);
  return { blob: await compressed(made, limit), corners: found.corners, turns, faults };
}

// Where the paper is: its corners, whether a part of it is outside, whether it has the shape asked for.
function look(working, shape) {
  const picture = greyOf(working, SEARCHED);
  const paper = findPaper(picture, shape !== "card");
  const measured = sidesOf(paper?.corners ?? WHOLE.map(([x, y]) => [x * working.width, y * working.height]));
  if (!paper) return { corners: WHOLE, cut: false, fits: !isFarOff(shape, measured) };
  if (paper.cut) return { corners: WHOLE, cut: shape !== "photo", fits: true };
  const corners = paper.corners.map(([x, y]) => [(x + 0.5) / picture.width, (y + 0.5) / picture.height].map((value) => Math.min(1, Math.max(0, value))));
  if (isWhole(corners, SLACK)) return { corners: WHOLE, cut: false, fits: !isFarOff(shape, measured) };
  const fits = hasShape(shape, measured);
  return { corners: fits ? corners : WHOLE, cut: false, fits };
}

// A paper that was found is measured well enough to tell a card from a page.
function hasShape(shape, sides) {
  const measured = sides.width / sides.height;
  if (shape === "page" || shape === "ink") return measured > 0.45 && measured < 2.2;
  return aspectOf(shape, sides) !== measured;
}

// A whole picture may have room around the paper: only what is far too long is told.
function isFarOff(shape, { width, height }) {
  const most = { photo: 1.7, card: 2.2, page: 2.4, ink: 6 }[shape];
  return Math.max(width / height, height / width) > most;
}

function cropped(working, shape, corners, chosen) {
  if (shape === "photo" && !chosen && isWhole(corners)) return middle(working);
  const pixels = corners.map(([x, y]) => [x * working.width, y * working.height]);
  const size = isWhole(corners) ? null : sizeOf(shape, pixels);
  if (!size) return resized(working, LONGEST[shape]);
  const source = working.getContext("2d").getImageData(0, 0, working.width, working.height);
  const canvas = new OffscreenCanvas(size.width, size.height);
  canvas.getContext("2d", { willReadFrequently: true }).putImageData(straightened(source, pixels, size), 0, 0);
  return canvas;
}

// The largest 3×4 of a picture of a person, from its middle and rather from above, where the head is.
function middle(working) {
  const width = Math.min(working.width, working.height * 0.75);
  const height = width / 0.75;
  const canvas = new OffscreenCanvas(Math.min(900, Math.round(width)), Math.min(1200, Math.round(height)));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(working, (working.width - width) / 2, (working.height - height) / 4, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// Whether there is on it what should be.
function lighten(canvas, shape) {
  const pen = canvas.getContext("2d");
  const image = pen.getImageData(0, 0, canvas.width, canvas.height);
  const share = shape === "ink" ? takeInk(image) : evenLight(image, shape);
  pen.putImageData(image, 0, 0);
  return shape !== "ink" || (share > 0.001 && share < 0.5);
}
