// Evens the light: what is paper becomes equally bright everywhere, gently; and what is written is taken off it.

import { quantile } from "./grey.js";

const CELLS = 16; // along the longer side
const [PAPER, INK] = [0.88, 0.68]; // of the paper's brightness: lighter is paper, darker is ink
const MOST = { page: 1.6, card: 1.2 }; // brightened by at most so much; photos of faces stay as they are

export function evenLight(image, shape) {
  const most = MOST[shape];
  if (!most) return;
  const { paper, ...grid } = paperOf(image);
  const bright = Math.min(245, quantile(paper, 0.9));
  const gain = paper.map((value) => Math.min(most, Math.max(1, bright / Math.max(value, bright / 2))));
  if (Math.max(...gain) / Math.min(...gain) < 1.08) return;
  each(image, gain, grid, (data, at, factor) => {
    for (let colour = at; colour < at + 3; colour++) data[colour] *= factor;
  });
}

// Leaves the ink of a signature or a stamp on pure white; says how large a share of the picture it covers.
export function takeInk(image) {
  const { paper, ...grid } = paperOf(image);
  let covered = 0;
  each(image, paper, grid, (data, at, bright) => {
    const grey = (0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]) / Math.max(bright, 1);
    const ink = Math.min(1, Math.max(0, (PAPER - grey) / (PAPER - INK)));
    for (let colour = at; colour < at + 3; colour++) data[colour] = 255 - (255 - data[colour]) * ink;
    covered += ink;
  });
  return covered / (image.width * image.height);
}

// How bright the paper is in every cell of a coarse grid.
function paperOf({ data, width, height }) {
  const side = Math.max(width, height) / CELLS;
  const [columns, rows] = [Math.max(2, Math.round(width / side)), Math.max(2, Math.round(height / side))];
  const paper = new Float32Array(columns * rows);
  for (let cell = 0; cell < paper.length; cell++) {
    const seen = [];
    const [left, top] = [((cell % columns) * width) / columns, (Math.floor(cell / columns) * height) / rows];
    for (let y = top; y < top + height / rows - 1; y += 4) {
      for (let x = left; x < left + width / columns - 1; x += 4) {
        const at = 4 * (Math.floor(y) * width + Math.floor(x));
        seen.push(0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2]);
      }
    }
    paper[cell] = quantile(seen, 0.9);
  }
  return { paper: blurred(blurred(paper, columns, rows), columns, rows), columns, rows };
}

function blurred(values, columns, rows) {
  return values.map((_, cell) => {
    let [sum, count] = [0, 0];
    for (let y = Math.max(0, Math.floor(cell / columns) - 1); y <= Math.min(rows - 1, Math.floor(cell / columns) + 1); y++) {
      for (let x = Math.max(0, (cell % columns) - 1); x <= Math.min(columns - 1, (cell % columns) + 1); x++) {
        sum += values[y * columns + x];
        count += 1;
      }
    }
    return sum / count;
  });
}

// Every pixel with the value of the grid there.
function each({ data, width, height }, values, { columns, rows }, act) {
  for (let y = 0, at = 0; y < height; y++) {
    const v = Math.min(rows - 1.001, Math.max(0, ((y + 0.5) * rows) / height - 0.5));
    const [top, q] = [Math.floor(v) * columns, v % 1];
    for (let x = 0; x < width; x++, at += 4) {
      const u = Math.min(columns - 1.001, Math.max(0, ((x + 0.5) * columns) / width - 0.5));
      const [near, p] = [top + Math.floor(u), u % 1];
      const above = values[near] * (1 - p) + values[near + 1] * p;
      const below = values[near + columns] * (1 - p) + values[near + columns + 1] * p;
      act(data, at, above * (1 - q) + below * q);
    }
  }
}
