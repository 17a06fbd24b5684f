// Evens the light: what is paper becomes equally bright everywhere, gently.

import { quantile } from "./grey.js";

const CELLS = 16; // along the longer side
const MOST = { page: 1.6, card: 1.2 }; // brightened by at most so much; photos of faces stay as they are

export function evenLight(image, shape) {
  const most = MOST[shape];
  if (!most) return;
  const cells = gains(image, most);
  if (Math.max(...cells.gain) / Math.min(...cells.gain) < 1.08) return;
  brighten(image, cells);
}

// One gain for every cell of a coarse grid, from how bright its paper is.
function gains({ data, width, height }, most) {
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
  const bright = Math.min(245, quantile(paper, 0.9));
  const smooth = blurred(blurred(paper, columns, rows), columns, rows);
  return { gain: smooth.map((value) => Math.min(most, Math.max(1, bright / Math.max(value, bright / 2)))), columns, rows };
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

function brighten({ data, width, height }, { gain, columns, rows }) {
  for (let y = 0, at = 0; y < height; y++) {
    const v = Math.min(rows - 1.001, Math.max(0, ((y + 0.5) * rows) / height - 0.5));
    const [top, q] = [Math.floor(v) * columns, v % 1];
    for (let x = 0; x < width; x++, at += 4) {
      const u = Math.min(columns - 1.001, Math.max(0, ((x + 0.5) * columns) / width - 0.5));
      const [near, p] = [top + Math.floor(u), u % 1];
      const factor = (gain[near] * (1 - p) + gain[near + 1] * p) * (1 - q) + (gain[near + columns] * (1 - p) + gain[near + columns + 1] * p) * q;
      data[at] *= factor;
      data[at + 1] *= factor;
      data[at + 2] *= factor;
    }
  }
}
