// The four corners of a paper in a small grey picture: edges, the straight lines on which many of them lie,
// and of those lines the strongest quadrilateral that is lighter, or darker, than all that surrounds it.

const FAINT = 5; // grey levels a pixel: weaker changes are texture
const LINES = 8; // candidates of each direction
const LEAST_AREA = 0.2; // of the picture
const ALIKE = 0.65; // of opposite sides, the shorter to the longer
const STEP = 5; // grey levels between a paper and its table
const AWAY = [3, 5, 7]; // pixels from the edge where both are compared: a printed line is thinner than that
const SAMPLES = 24; // along a side
const CLEAR = 0.65; // share of the samples of a side that show the step
const CLEARER = 0.85; // and where only three sides are seen

const RADIANS = Array.from({ length: 180 }, (_, index) => ((index - 45) * Math.PI) / 180);
const COS = RADIANS.map(Math.cos);
const SIN = RADIANS.map(Math.sin);

// { corners: [top left, top right, bottom right, bottom left], cut } in pixels, or null when nothing is sure.
// `cut`: one side of the paper lies outside the picture. `isWhite`: it is lighter than its table, as pages and photos
// are; a darker part of a page, or a person, would else be taken for the paper.
export function findPaper(grey, isWhite) {
  const picture = { ...grey, isWhite };
  const lines = strongLines(picture);
  const best = strongest(picture, lines.across, lines.down);
  if (best) return { corners: refined(picture, best.corners), cut: false };
  const { width, height } = picture;
  const cut = [
    ...[0, height - 1].map((y) => strongest(picture, lines.across, lines.down, { across: { cos: 0, sin: 1, far: y, border: true } })),
    ...[0, width - 1].map((x) => strongest(picture, lines.across, lines.down, { down: { cos: 1, sin: 0, far: x, border: true } })),
  ].filter(Boolean);
  return cut.length ? { corners: cut.sort((a, b) => b.score - a.score)[0].corners, cut: true } : null;
}

// Each edge that parts two grounds, and is not a line of print, votes for the lines through it that run as it
// does: x·cos + y·sin = far.
function strongLines(picture) {
  const { grey, width, height } = picture;
  const reach = Math.ceil(Math.hypot(width, height));
  const votes = new Float32Array(180 * 2 * reach);
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * width + x;
      const dx = (grey[at + 1 - width] + 2 * grey[at + 1] + grey[at + 1 + width] - grey[at - 1 - width] - 2 * grey[at - 1] - grey[at - 1 + width]) / 8;
      const dy = (grey[at + width - 1] + 2 * grey[at + width] + grey[at + width + 1] - grey[at - width - 1] - 2 * grey[at - width] - grey[at - width + 1]) / 8;
      const strength = Math.hypot(dx, dy);
      if (strength < FAINT || !stepAt(picture, x, y, dx / strength, dy / strength)) continue;
      const angle = (Math.round((Math.atan2(dy, dx) * 180) / Math.PI) + 405) % 180;
      for (let index = Math.max(0, angle - 2); index <= Math.min(179, angle + 2); index++) {
        const far = Math.round(x * COS[index] + y * SIN[index]) + reach;
        votes[index * 2 * reach + far] += Math.min(strength, 30);
      }
    }
  }
  return { down: peaks(votes, reach, 0), across: peaks(votes, reach, 90) };
}

// The strongest lines of one direction; what is nearly the same line as one taken is passed over.
function peaks(votes, reach, from) {
  const row = 2 * reach;
  const found = [];
  while (found.length < LINES) {
    let best = from * row;
    for (let at = best; at < (from + 90) * row; at++) if (votes[at] > votes[best]) best = at;
    if (!votes[best]) break;
    const index = Math.floor(best / row);
    const far = best % row;
    found.push({ cos: COS[index], sin: SIN[index], far: far - reach });
    for (let near = Math.max(from, index - 6); near <= Math.min(from + 89, index + 6); near++) {
      votes.fill(0, near * row + Math.max(0, far - 5), near * row + Math.min(row, far + 6));
    }
  }
  return found;
}

// Of all quadrilaterals of these lines, or of those with one side on the picture's border.
function strongest(picture, across, down, border = {}) {
  let best = null;
  for (const rows of pairs(across, border.across)) {
    for (const columns of pairs(down, border.down)) {
      const sides = inOrder(picture, rows, columns);
      const corners = [0, 1, 2, 3].map((index) => crossing(sides[(index + 3) % 4], sides[index]));
      const open = sides.findIndex((side) => side.border);
      if (!isPaper(picture, corners) || (open >= 0 && !hasTable(picture, corners, open))) continue;
      const score = strength(picture, corners, open);
      if (score > (best?.score ?? 0)) best = { corners, score };
    }
  }
  return best;
}

function pairs(lines, border) {
  if (border) return lines.map((line) => [line, border]);
  return lines.flatMap((one, index) => lines.slice(index + 1).map((other) => [one, other]));
}

// Top, right, bottom, left; told apart where they pass the middle of the picture.
function inOrder({ width, height }, rows, columns) {
  const y = (line) => (line.far - (width / 2) * line.cos) / line.sin;
  const x = (line) => (line.far - (height / 2) * line.sin) / line.cos;
  const [top, bottom] = y(rows[0]) < y(rows[1]) ? rows : [rows[1], rows[0]];
  const [left, right] = x(columns[0]) < x(columns[1]) ? columns : [columns[1], columns[0]];
  return [top, right, bottom, left];
}

function crossing(one, other) {
  const slant = one.cos * other.sin - one.sin * other.cos;
  return [(one.far * other.sin - other.far * one.sin) / slant, (one.cos * other.far - other.cos * one.far) / slant];
}

// Whether the corners lie in the picture and make a large and convex shape, as a paper seen from near above.
function isPaper({ width, height }, corners) {
  if (!corners.every(([x, y]) => x >= -2 && y >= -2 && x <= width + 1 && y <= height + 1)) return false;
  let area = 0;
  for (let i = 0; i < 4; i++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((next) => corners[(i + next) % 4]);
    if (Math.hypot(b[0] - a[0], b[1] - a[1]) < ALIKE * Math.hypot(c[0] - d[0], c[1] - d[1])) return false;
    if ((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) <= 0) return false;
    area += (a[0] * b[1] - b[0] * a[1]) / 2;
  }
  return area >= LEAST_AREA * width * height;
}

// Whether there is room around the three sides that are seen: a frame printed near the border is no paper's edge.
function hasTable({ width, height }, corners, open) {
  const middle = (index, axis) => (corners[index][axis] + corners[(index + 1) % 4][axis]) / 2;
  const room = [middle(0, 1) / height, 1 - middle(1, 0) / width, 1 - middle(2, 1) / height, middle(3, 0) / width];
  return room.every((share, index) => index === open || share > 0.05);
}

// How much of the outline shows the step from paper to table, in pixels; 0 when a side but the `open` one does not.
function strength(picture, corners, open) {
  const least = open < 0 ? CLEAR : CLEARER;
  let [lighter, darker] = [0, 0];
  let [allLighter, allDarker] = [true, true];
  for (let i = 0; i < 4; i++) {
    if (i === open) continue;
    const { light, dark, length } = sideOf(picture, corners[i], corners[(i + 1) % 4]);
    allLighter &&= light >= least;
    allDarker &&= dark >= least;
    lighter += light * length;
    darker += dark * length;
  }
  return Math.max(allLighter ? lighter : 0, allDarker && !picture.isWhite ? darker : 0);
}

function sideOf(picture, [x0, y0], [x1, y1]) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [outX, outY] = [(y1 - y0) / length, (x0 - x1) / length];
  let [light, dark] = [0, 0];
  for (let i = 0; i < SAMPLES; i++) {
    const along = 0.04 + (0.92 * (i + 0.5)) / SAMPLES; // corners are often round
    const [x, y] = [x0 + along * (x1 - x0), y0 + along * (y1 - y0)];
    const step = stepAt(picture, x, y, -outX, -outY);
    if (step > 0) light += 1;
    if (step < 0) dark += 1;
  }
  return { light: light / SAMPLES, dark: dark / SAMPLES, length };
}

// 1 when it is lighter that way, -1 when it is darker, 0 where both sides are alike again some pixels further on.
function stepAt(picture, x, y, towardsX, towardsY) {
  let sign = 0;
  for (const away of AWAY) {
    const step = valueAt(picture, x + away * towardsX, y + away * towardsY) - valueAt(picture, x - away * towardsX, y - away * towardsY);
    if (!(Math.abs(step) > STEP) || step * sign < 0) return 0;
    sign = Math.sign(step);
  }
  return sign;
}

// Not a number outside the picture: then no comparison holds.
function valueAt({ grey, width, height }, x, y) {
  const [column, row] = [Math.round(x), Math.round(y)];
  return column < 0 || row < 0 || column >= width || row >= height ? NaN : grey[row * width + column];
}

// Every side moved to where the step is steepest, by a straight line through what its samples say.
function refined(picture, corners) {
  const sides = corners.map((from, index) => {
    const to = corners[(index + 1) % 4];
    const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    const out = [(to[1] - from[1]) / length, (from[0] - to[0]) / length];
    const shifts = [];
    for (let i = 0; i < SAMPLES; i++) {
      const along = 0.08 + (0.84 * (i + 0.5)) / SAMPLES;
      shifts.push([along - 0.5, steepest(picture, from[0] + along * (to[0] - from[0]), from[1] + along * (to[1] - from[1]), out)]);
    }
    const mean = shifts.reduce((sum, [, shift]) => sum + shift, 0) / SAMPLES;
    const slope = shifts.reduce((sum, [along, shift]) => sum + along * (shift - mean), 0) / shifts.reduce((sum, [along]) => sum + along * along, 0);
    const moved = (point, shift) => [point[0] + shift * out[0], point[1] + shift * out[1]];
    return lineThrough(moved(from, mean - slope / 2), moved(to, mean + slope / 2));
  });
  return sides.map((side, index) => crossing(sides[(index + 3) % 4], side));
}

function steepest(picture, x, y, [outX, outY]) {
  let best = [0, 0];
  for (let shift = -2.5; shift <= 2.5; shift += 0.5) {
    const inner = valueAt(picture, x + (shift - 1) * outX, y + (shift - 1) * outY);
    const outer = valueAt(picture, x + (shift + 1) * outX, y + (shift + 1) * outY);
    if (Math.abs(inner - outer) > best[1]) best = [shift, Math.abs(inner - outer)];
  }
  return best[0];
}

function lineThrough([x0, y0], [x1, y1]) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [cos, sin] = [(y1 - y0) / length, (x0 - x1) / length];
  return { cos, sin, far: x0 * cos + y0 * sin };
}
