// A quadrilateral of a picture, looked at from straight above.

export const LONGEST = { photo: 1200, card: 1600, page: 2000, ink: 1000 }; // pixels: as much as the limit holds
const CARD = 85.6 / 54;
const A4 = Math.SQRT2;

export const WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]];

export function isWhole(corners, slack = 0) {
  return corners.every(([x, y], index) => Math.abs(x - WHOLE[index][0]) <= slack && Math.abs(y - WHOLE[index][1]) <= slack);
}

export function sidesOf(corners) {
  const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const [topLeft, topRight, bottomRight, bottomLeft] = corners;
  return {
    width: Math.max(far(topLeft, topRight), far(bottomLeft, bottomRight)),
    height: Math.max(far(topLeft, bottomLeft), far(topRight, bottomRight)),
  };
}

// Width to height that this kind of paper has, when the measured one is near it; else the measured one.
export function aspectOf(shape, { width, height }) {
  const measured = width / height;
  const wanted = { photo: [3 / 4], card: [CARD, 1 / CARD], page: [A4, 1 / A4], ink: [] }[shape];
  const slack = shape === "page" ? 0.08 : 0.25;
  return wanted.find((aspect) => Math.abs(measured / aspect - 1) <= slack) ?? measured;
}

export function sizeOf(shape, corners) {
  const sides = sidesOf(corners);
  const aspect = aspectOf(shape, sides);
  const width = Math.max(sides.width, sides.height * aspect);
  const scale = Math.min(1, LONGEST[shape] / Math.max(width, width / aspect));
  return { width: Math.round(width * scale), height: Math.round((width / aspect) * scale) };
}

// `corners` in pixels of the source; both are ImageData.
export function straightened(source, corners, { width, height }) {
  const made = new ImageData(width, height);
  const from = source.data;
  const to = made.data;
  const [a, b, c, d, e, f, g, h] = projection(corners);
  const [lastX, lastY] = [source.width - 1.001, source.height - 1.001];
  for (let row = 0, at = 0; row < height; row++) {
    const v = (row + 0.5) / height;
    for (let column = 0; column < width; column++, at += 4) {
      const u = (column + 0.5) / width;
      const depth = g * u + h * v + 1;
      const x = Math.min(lastX, Math.max(0, (a * u + b * v + c) / depth - 0.5));
      const y = Math.min(lastY, Math.max(0, (d * u + e * v + f) / depth - 0.5));
      const [left, top] = [x | 0, y | 0];
      const [p, q] = [x - left, y - top];
      const near = 4 * (top * source.width + left);
      const under = near + 4 * source.width;
      for (let colour = 0; colour < 3; colour++) {
        const above = from[near + colour] * (1 - p) + from[near + 4 + colour] * p;
        const below = from[under + colour] * (1 - p) + from[under + 4 + colour] * p;
        to[at + colour] = above * (1 - q) + below * q;
      }
      to[at + 3] = 255;
    }
  }
  return made;
}

// The projection of the unit square on four corners (Heckbert 1989, section 2.2.3).
function projection([[x0, y0], [x1, y1], [x2, y2], [x3, y3]]) {
  const [dx1, dx2, dx3] = [x1 - x2, x3 - x2, x0 - x1 + x2 - x3];
  const [dy1, dy2, dy3] = [y1 - y2, y3 - y2, y0 - y1 + y2 - y3];
  const area = dx1 * dy2 - dx2 * dy1;
  const g = (dx3 * dy2 - dx2 * dy3) / area;
  const h = (dx1 * dy3 - dx3 * dy1) / area;
  return [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h];
}
