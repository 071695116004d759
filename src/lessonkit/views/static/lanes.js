// Lifelines: one lane per process, drawn where they are in sight; over them a cursor moves.
// Letters and lines are those of the picture that lessonkit.show.svg draws.

const ROW = 26;
const PAD = 14;
const MIN_COLUMN = 15;
const NEAR = 200; // px around what is in sight that is drawn before it is
const AHEAD_MS = 3; // a tile takes less
const whenIdle = window.requestIdleCallback?.bind(window)
  ?? ((call) => setTimeout(() => call({ timeRemaining: () => 20 }), 60));
const PRINT_WIDTH = 540;
const RULER = 22; // px, the height of the row of times
const AWAY = -100; // px, out of the stage, which shows nothing beyond itself
const FAR = 1e7; // px; no picture is wider or higher
const NO_LETTER = "\u00a0";
const RANKS = "sSTCFE^WXKR";
const SIGNS = {
  F: "forks", E: "runs a new program (exec)", X: "exits", K: "is killed by a signal",
  W: "reaps a child (wait)", R: "is reaped", "^": "gets a new parent", s: "sends a signal",
  S: "gets a signal", T: "is stopped", C: "goes on",
};
const LINES = {
  run: "runs", exec: "runs after exec", stop: "stopped", zombie: "zombie: ended, not reaped",
  fork: "parent to child", reap: "reaped by", reparent: "to the new parent",
  signal: "signal, from its sender",
};

/**
 * Move an element along "X" or "Y": to(px). Its place is the time of an animation that stands
 * still, as only the compositor has to be told of that; were it a style, the browser would sort
 * the layers of the whole page anew at every step.
 */
function mover(element, axis) {
  const at = (px) => `translate${axis}(${px}px)`;
  const moves = element.animate({ transform: [at(AWAY), at(FAR)] },
    { duration: FAR - AWAY, fill: "both" });
  moves.pause();
  return (px) => { moves.currentTime = px - AWAY; };
}

/** The lanes: drawn once per width, then only a cursor moves. pick(step) is called on a click. */
function laneBox(story, pick) {
  const marksAt = story.steps.map(() => []);
  for (const [step, row, letter] of story.marks) marksAt[step].push([row, letter]);
  for (const [step, , to, kind] of story.links) if (kind === "fork") marksAt[step].push([to, ""]);
  const axis = h("svg", { class: "lk-axis", "aria-hidden": "true" });
  const pictures = h("div", { class: "lk-pictures" });
  const veil = h("div", { class: "lk-veil" });
  const cursor = h("div", { class: "lk-cursor" });
  const band = h("div", { class: "lk-band" });
  const badges = [0, 1, 2].map(() => h("div", { class: "lk-badge" }, NO_LETTER));
  const upright = h("div", { class: "lk-upright" }, veil, cursor, ...badges);
  const stage = h("div", { class: "lk-stage" }, pictures, band, upright);
  const [toColumn, toBand] = [mover(upright, "X"), mover(band, "Y")];
  const toRow = badges.map((badge) => mover(badge, "Y"));
  const drawing = h("div", { class: "lk-drawing" }, stage);
  const labels = labelColumn(story);
  const box = h("div", {
    class: "lk-lanes", tabindex: 0, role: "group",
    "aria-label": "Lifelines. Left and Right arrow keys go step by step; each step is told below.",
  }, h("div", { class: "lk-canvas" },
    h("div", { class: "lk-corner", "aria-hidden": "true" }, "pid"),
    h("div", { class: "lk-ruler", "aria-hidden": "true" }, axis),
    labels.column, drawing));
  const paint = painter(pictures);
  let column = 0;
  let [room, high, wide, tall] = [0, 0, 0, 0]; // in sight, and in all
  let [at, sight, waits, whole] = [null, null, false, false];
  const xOf = (step) => PAD + story.steps[step].column * column;
  const yOf = (row) => row * ROW + ROW / 2;

  /** Draw for the width of the box; on paper nothing scrolls, so there everything has to fit. */
  function draw(paper) {
    labels.fit(box.clientWidth);
    room = paper ? PRINT_WIDTH : box.clientWidth - drawing.offsetLeft;
    const fits = (room - 2 * PAD) / Math.max(1, story.width - 1);
    column = paper ? fits : Math.max(MIN_COLUMN, Math.floor(fits));
    wide = 2 * PAD + (story.width - 1) * column;
    tall = story.processes.length * ROW;
    axis.setAttribute("width", wide);
    axis.setAttribute("height", 20);
    drawing.style.width = `${wide}px`;
    drawing.style.height = `${tall}px`;
    const ticks = drawAxis(axis, story, xOf, wide);
    paint.take(shapesOf(story, xOf, yOf, tall, ticks), wide, tall, paper);
    [whole, sight] = [false, null];
    if (paper) see(0, 0, wide, tall);
    else look();
    whole = paper;
  }

  /** What has to be known of the page before it is changed; what is in sight gets drawn. */
  function look() {
    const [left, top] = [box.scrollLeft, box.scrollTop];
    high = box.clientHeight - RULER;
    see(left, top);
    return { left, top };
  }

  /** Draw that part, if it is not drawn yet; what comes next is drawn when nobody waits. */
  function see(left, top, right = left + room, bottom = top + high) {
    const seen = sight;
    if (whole) return;
    sight = [left, top, right, bottom];
    if (!seen || sight.some((place, index) => place !== seen[index])) {
      paint.see(left, top, right, bottom);
      labels.see(top, bottom);
    }
    if (!waits) whenIdle(ahead);
    waits = true;
  }
  /** As much as there is time for at once: each time costs a frame, for which a key would wait. */
  function ahead(time) {
    waits = box.isConnected && !whole;
    while (waits && time.timeRemaining() > AHEAD_MS) waits = drawNext();
    if (waits) whenIdle(ahead);
  }

  /** Draw one tile of what the steps before and after would show, then of what is near. */
  function drawNext() {
    const [left, top, right, bottom] = sight;
    const steps = [1, -1, 2, 3, 4, -2].filter((off) => story.steps[at + off]);
    const places = steps.map((off) => [off, placeOf(at + off, { left, top })]);
    // The next one last: what was used last is kept longest.
    for (const [, there] of [...places].reverse()) labels.ahead(there.top, there.top + high);
    return places.some(([off, there]) => {
      const part = [there.left, there.top, there.left + room, there.top + high];
      return paint.ahead(part, off === 1 || off === -1);
    }) || paint.ahead([left - NEAR, top - NEAR, right + room * 2 / 3, bottom + NEAR], false);
  }

  box.addEventListener("scroll", look);

  /** Which step a place in the drawing means: the nearest mark of that lane, or the moment. */
  function stepAt(x, y) {
    const row = Math.floor(y / ROW);
    let best = null;
    for (const [step, of] of story.marks) {
      const off = Math.abs(xOf(step) - x);
      if (of === row && off <= 12 && (best === null || off <= best[0])) best = [off, step];
    }
    if (best !== null) return best[1];
    let step = 0;
    while (step < story.steps.length - 1 && xOf(step + 1) <= x + 4) step += 1;
    return step;
  }

  drawing.addEventListener("click", (event) => {
    const at = drawing.getBoundingClientRect();
    pick(stepAt(event.clientX - at.left, event.clientY - at.top));
  });

  const width = () => box.clientWidth;

  /** Put cursor, band and badges at the step that is shown; what has no place goes out of sight. */
  function mark() {
    const { row, kind } = story.steps[at];
    toColumn(xOf(at));
    toBand(row === null ? AWAY : row * ROW);
    const alone = kind === "zombie" ? "Z" : "";
    const marks = marksAt[at].length || row === null ? marksAt[at] : [[row, alone]];
    badges.forEach((badge, index) => {
      const [of, letter] = marks[index] ?? [];
      if (of !== undefined) setText(badge, letter || NO_LETTER);
      toRow[index](of === undefined ? AWAY : yOf(of) - 9);
    });
  }

  /** Where that step is in sight, from where the reader is now. */
  function placeOf(step, seen) {
    const [x, y] = [xOf(step), story.steps[step].row * ROW];
    const aside = x < seen.left + 40 || x > seen.left + room - 40;
    const beyond = y < seen.top || y > seen.top + high - 2 * ROW;
    const within = (wanted, most) => Math.round(Math.max(0, Math.min(most, wanted)));
    return {
      left: aside ? within(x - room / 3, wide - room) : seen.left,
      top: beyond ? within(y - high / 3, tall - high) : seen.top,
    };
  }

  /** Show that step, and return what to scroll afterwards; what that brings is drawn already. */
  function show(step, seen) {
    at = step;
    mark();
    labels.mark(story.steps[step].row);
    const { left, top } = placeOf(step, seen);
    see(left, top);
    return () => {
      if (left !== seen.left) box.scrollLeft = left;
      if (top !== seen.top) box.scrollTop = top;
    };
  }
  box.lkAhead = () => waits; // for tests: whether something is still to be drawn
  return { box, draw, show, look, width };
}

/** Draw the times that fit, and return where they stand. */
function drawAxis(axis, story, xOf, wide) {
  const [parts, ticks] = [[], []];
  let free = 0;
  story.steps.forEach((step, index) => {
    const [x, room] = [xOf(index), 7 * step.when.length];
    if (x < free || x + room > wide) return;
    free = x + room + 14;
    ticks.push(x);
    parts.push(h("text", { x, y: 14 }, step.when));
  });
  axis.replaceChildren(...parts);
  return ticks;
}

/** Everything in the lanes as shapes: who made, reaped and signalled whom, lives, and marks. */
function shapesOf(story, xOf, yOf, high, ticks) {
  const shapes = [];
  const add = (layer, x1, y1, x2, y2, make) => shapes.push({
    layer, left: Math.min(x1, x2), top: Math.min(y1, y2), right: Math.max(x1, x2),
    bottom: Math.max(y1, y2), make,
  });
  const line = (layer, kind, x1, y1, x2, y2) => add(layer, x1, y1, x2, y2, () => h(
    "line", { class: `lk-line-${kind}`, x1, y1, x2, y2 }));
  const text = (x, y, words) => add(LIVES, x, y, x + 60, y, () => h("text", { x, y }, words));
  for (const x of ticks) line(GRID, "grid", x, 0, x, high);
  for (const [step, from, to, kind] of story.links) {
    const [x, y1, y2] = [xOf(step), yOf(from), yOf(to)];
    const back = y2 > y1 ? -1 : 1;
    const d = `M${x} ${y2 + 8 * back}l-4 ${6 * back}h8z`;
    line(GRID, kind, x, y1, x, y2);
    if (kind !== "reap") add(GRID, x, y2, x, y2, () => h("path", { class: "lk-line-tip", d }));
  }
  story.processes.forEach((process, row) => addLife(story, process, xOf, yOf(row), line, text));
  for (const [step, row, letter] of lastMarks(story, xOf)) {
    const [x, y] = [xOf(step), yOf(row)];
    add(MARKS, x, y, x, y, () => h("circle", { class: "lk-line-mark", cx: x, cy: y, r: 7 }));
    add(MARKS, x, y, x, y, () => h(
      "text", { class: "lk-mark", x, y: y + 4, "data-step": step, "data-row": row }, letter));
  }
  return shapes;
}

/** One life as lines: what it did from when to when. */
function addLife(story, process, xOf, y, line, text) {
  const lasts = (kind, from, to) => line(LIVES, kind, xOf(from), y, xOf(to), y);
  const end = story.steps.length - 1;
  process.states.forEach(([step, state], index) => {
    const from = Math.max(step, process.since);
    const next = process.states[index + 1];
    const to = next ? Math.max(next[0], process.since) : end;
    if (state === "run") {
      const execed = process.execed ?? Infinity;
      if (from < execed) lasts("run", from, Math.min(to, execed));
      if (to > execed) lasts("exec", Math.max(from, execed), to);
    } else if (state === "zombie" || (state === "ended" && next?.[1] === "zombie")) {
      lasts("zombie", from, to);
      if (xOf(to) - xOf(from) > 90) text(xOf(from) + 14, y - 6, "zombie");
    } else if (state === "stop") lasts("stop", from, to);
    if (!next && state === "run") text(xOf(end) + 4, y + 4, ">");
  });
  const born = xOf(process.since);
  if (process.born !== null) line(LIVES, "born", born, y - 6, born, y + 6);
}

/** The marks [step, row, letter]; of several at one place the one that counts most. */
function lastMarks(story, xOf) {
  const best = new Map();
  for (const mark of story.marks) {
    const [step, row, letter] = mark;
    const place = `${xOf(step)} ${row}`;
    const other = best.get(place);
    if (!other || RANKS.indexOf(letter) >= RANKS.indexOf(other[2])) best.set(place, mark);
  }
  return best.values();
}

/** What the signs mean, of those that occur. */
function legend(story) {
  const letters = new Set(story.marks.map(([, , letter]) => letter));
  const kinds = new Set(story.links.map(([, , , kind]) => kind));
  for (const process of story.processes) {
    for (const [, state] of process.states) kinds.add(state);
    if (process.execed !== null) kinds.add("exec");
  }
  const item = (sign, words) => h("li", {}, sign, ` ${words}`);
  return h("ul", { class: "lk-legend", "aria-label": "What the signs mean" },
    ...Object.keys(LINES).filter((kind) => kinds.has(kind)).map((kind) => item(
      h("svg", { class: "lk-sample", viewBox: "0 0 26 12", "aria-hidden": "true" },
        h("path", { class: `lk-line-${kind}`, d: "M1 6H25" })), LINES[kind])),
    ...Object.keys(SIGNS).filter((letter) => letters.has(letter)).map((letter) => item(
      h("span", { class: "lk-letter" }, letter), SIGNS[letter])));
}
