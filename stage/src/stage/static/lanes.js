// Draws the last 30 seconds on one time axis: the votes in their lanes, and the error rate under them.
const WINDOW_MS = 30_000;
const TURN = Math.PI * 2;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const shown = new Map(); // the width of each lane on the screen, on its way to the weight

const style = getComputedStyle(document.documentElement); // live: it follows the colour scheme
const colours = {};

function colour(name) {
  return (colours[name] ??= style.getPropertyValue(`--${name}`));
}

// A canvas in the screen's own pixels; lengths are in rem, so that they grow with the page.
function sheet(canvas, now) {
  const scale = devicePixelRatio;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  for (const name of Object.keys(colours)) delete colours[name]; // read once for each drawing
  const rem = parseFloat(style.fontSize) * scale;
  const edge = rem * 0.7; // a mark is never cut off
  const x = (t) => width - edge - ((now - t) / WINDOW_MS) * (width - 2 * edge);
  return { pen, width, height, rem, x, since: now - WINDOW_MS };
}

function line(pen, points, style, width, dashes = []) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.strokeStyle = style;
  pen.lineWidth = width;
  pen.setLineDash(dashes);
  pen.stroke();
  pen.setLineDash([]);
}

// A failed vote differs from a good one by shape and size, not only by colour.
function cross(pen, x, y, size, rem) {
  for (const [style, width] of [[colour("card"), 0.34], [colour("failed"), 0.2]]) {
    pen.beginPath();
    pen.moveTo(x - size, y - size);
    pen.lineTo(x + size, y + size);
    pen.moveTo(x + size, y - size);
    pen.lineTo(x - size, y + size);
    pen.lineCap = "round";
    pen.strokeStyle = style;
    pen.lineWidth = rem * width;
    pen.stroke();
  }
}

function marks({ pen, x, width, height, rem, since }, moments, base) {
  for (const { t, text, after } of moments) {
    if (t < since) continue;
    line(pen, [[x(t), 0], [x(t), height]], colour("failed"), rem * 0.08, [rem * 0.25, rem * 0.2]);
    if (base === undefined) continue;
    pen.font = `700 ${rem}px system-ui, sans-serif`;
    pen.fillStyle = colour("failed");
    const wide = pen.measureText(text).width + rem * 0.3;
    const left = x(t) > wide && !(after && x(t) + wide < width);
    pen.fillText(text, x(t) + (left ? -wide : rem * 0.3), base);
  }
}

// Where the frame's time stands: with reduced motion, everything jumps once a second instead of flowing.
export function frame(now) {
  return calm.matches ? Math.ceil(now / 1000) * 1000 : now;
}

// A lane is as wide as its release's weight; null is a weight that is not known.
export function drawLane(canvas, { now, weight, votes, moments }) {
  const paper = sheet(canvas, now);
  const { pen, width, height, rem, x, since } = paper;
  const before = shown.get(canvas) ?? weight ?? 0;
  const at = calm.matches || weight === null ? (weight ?? 0) : before + (weight - before) * 0.15;
  shown.set(canvas, Math.abs(at - (weight ?? 0)) < 0.2 ? (weight ?? 0) : at);
  const road = Math.max((height * (shown.get(canvas) ?? 0)) / 100, rem * 0.12);
  canvas.dataset.weight = weight ?? "";
  if (weight === null) {
    const edge = rem * 0.1;
    for (const y of [edge, height - edge]) line(pen, [[0, y], [width, y]], colour("quiet"), edge, [rem * 0.5, rem * 0.5]);
  } else {
    pen.fillStyle = colour("road");
    pen.beginPath();
    pen.roundRect(0, (height - road) / 2, width, road, Math.min(road / 2, rem * 0.5));
    pen.fill();
  }
  marks(paper, moments);
  const size = rem * 0.45;
  const lane = Math.max((weight === null ? height : road) - rem, 0);
  const y = (t, spread) => height / 2 + (((t * 0.618033989) % 1) - 0.5) * spread;
  pen.fillStyle = colour("ok");
  for (const [t, ok] of votes) {
    if (!ok || t < since) continue;
    pen.beginPath();
    pen.arc(x(t), y(t, lane), rem * 0.24, 0, TURN);
    pen.fill();
  }
  const burst = Math.max(lane, height * 0.72 - rem); // failed votes burst out of a narrow lane, so that each is seen
  for (const [t, ok] of votes) if (!ok && t >= since) cross(pen, x(t), y(t, burst), size, rem);
}

// The square root of the rate, so that both the limit of a few percent and 100 % can be seen.
export function drawRate(canvas, { now, rates, until, limit, verdicts, moments }) {
  const paper = sheet(canvas, now);
  const { pen, width, height, rem, x, since } = paper;
  const edge = rem * 0.7;
  const y = (percent) => height - edge - Math.sqrt(Math.min(percent, 100) / 100) * (height - 2 * edge);
  if (limit !== null) {
    pen.fillStyle = colour("danger");
    pen.globalAlpha = 0.12;
    pen.fillRect(0, 0, width, y(limit));
    pen.globalAlpha = 1;
    line(pen, [[0, y(limit)], [width, y(limit)]], colour("failed"), rem * 0.1, [rem * 0.6, rem * 0.3]);
  }
  marks(paper, moments, y(limit ?? 0) - rem * 0.3);
  let run = [];
  const runs = [run];
  for (const [t, percent] of rates) {
    if (percent !== null) run.push([t, percent]);
    else {
      if (run.length) run.push([t, run.at(-1)[1]]);
      runs.push((run = []));
    }
  }
  if (run.length) run.push([Math.max(until, run.at(-1)[0]), run.at(-1)[1]]);
  for (const each of runs) line(pen, each.map(([t, percent]) => [x(t), y(percent)]), colour("text"), rem * 0.2);
  for (const { t, passed, rate } of verdicts) {
    if (t < since || typeof rate !== "number") continue; // a check of something else has no rate
    const at = y(rate);
    if (!passed) cross(pen, x(t), at, rem * 0.4, rem);
    else {
      pen.fillStyle = colour("ok");
      pen.beginPath();
      pen.arc(x(t), at, rem * 0.3, 0, TURN);
      pen.fill();
    }
  }
}
