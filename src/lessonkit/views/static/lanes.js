// Lifelines: one lane per process, drawn where they are in sight; over them a cursor moves.
// Letters and lines are those of the picture that lessonkit.show.svg draws.

const ROW = 26;
const PAD = 14;
const MIN_COLUMN = 15;
const [GRID, LIVES, MARKS] = [0, 1, 2]; // from below to above
const NEAR = 300; // what is so near to what is in sight is drawn too
const EDGE = 60; // no sign or word is larger
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
 * A picture of which only what is in sight, or near, is there: a browser that has to look at
 * thousands of elements, or at a picture of thousands of pixels, spends a frame on it at every
 * step. A shape is { layer, left, top, right, bottom, make }.
 */
function painter(picture) {
  const groups = [GRID, LIVES, MARKS].map(() => h("g", {}));
  picture.append(...groups);
  let [shapes, wide, tall, part] = [[], 0, 0, null];
  const elements = new Map();

  function take(all, width, height) {
    for (const group of groups) group.replaceChildren();
    elements.clear();
    [shapes, wide, tall, part] = [all, width, height, null];
  }

  /** Draw what is there; the part of the whole that is drawn now, or null if it was before. */
  function see(left, top, right, bottom) {
    if (part && left >= part.left && top >= part.top && Math.min(right, wide) <= part.right
      && Math.min(bottom, tall) <= part.bottom) return null;
    part = {
      left: Math.max(0, Math.floor(left - NEAR)), right: Math.min(wide, Math.ceil(right + NEAR)),
      top: Math.max(0, Math.floor(top - NEAR)), bottom: Math.min(tall, Math.ceil(bottom + NEAR)),
    };
    const [across, down] = [part.right - part.left, part.bottom - part.top];
    picture.setAttribute("width", across);
    picture.setAttribute("height", down);
    picture.setAttribute("viewBox", `${part.left} ${part.top} ${across} ${down}`);
    const fresh = groups.map(() => []);
    for (const shape of shapes) {
      const there = shape.left <= part.right + EDGE && shape.right >= part.left - EDGE
        && shape.top <= part.bottom + EDGE && shape.bottom >= part.top - EDGE;
      const element = elements.get(shape);
      if (there && !element) {
        const made = shape.make();
        elements.set(shape, made);
        fresh[shape.layer].push(made);
      } else if (!there && element) {
        element.remove();
        elements.delete(shape);
      }
    }
    groups.forEach((group, index) => group.append(...fresh[index]));
    return part;
  }
  return { take, see };
}

/** The lanes: drawn once per width, then only a cursor moves. pick(step) is called on a click. */
function laneBox(story, pick) {
  const marksAt = story.steps.map(() => []);
  for (const [step, row, letter] of story.marks) marksAt[step].push([row, letter]);
  for (const [step, , to, kind] of story.links) if (kind === "fork") marksAt[step].push([to, ""]);
  const axis = h("svg", { class: "lk-axis", "aria-hidden": "true" });
  const picture = h("svg", { class: "lk-picture", "aria-hidden": "true" });
  const veil = h("div", { class: "lk-veil" });
  const cursor = h("div", { class: "lk-cursor" });
  const band = h("div", { class: "lk-band" });
  const badges = [0, 1, 2].map(() => h("div", { class: "lk-badge", hidden: true }));
  const stage = h("div", { class: "lk-stage" }, band, picture, veil, cursor, ...badges);
  const drawing = h("div", { class: "lk-drawing" }, stage);
  const labels = story.processes.map((process) => h("div", {
    class: "lk-label", style: `padding-left:${8 + 10 * Math.min(process.depth, 5)}px`,
  }, `${process.pid} ${process.names.at(-1)[1]}${process.thread ? " (thread)" : ""}`));
  const box = h("div", {
    class: "lk-lanes", tabindex: 0, role: "group",
    "aria-label": "Lifelines. Left and Right arrow keys go step by step; each step is told below.",
  }, h("div", { class: "lk-canvas" },
    h("div", { class: "lk-corner", "aria-hidden": "true" }, "pid"),
    h("div", { class: "lk-ruler", "aria-hidden": "true" }, axis),
    h("div", { class: "lk-labels", "aria-hidden": "true" }, ...labels), drawing));
  const paint = painter(picture);
  let column = 0;
  let [room, high] = [0, 0];
  let named = null;
  let [at, part] = [null, { left: 0, top: 0 }];
  const xOf = (step) => PAD + story.steps[step].column * column;
  const yOf = (row) => row * ROW + ROW / 2;

  /** Draw for that width; on paper nothing scrolls, so there everything has to fit. */
  function draw(wanted, paper) {
    room = wanted;
    const fits = (wanted - 2 * PAD) / Math.max(1, story.width - 1);
    column = paper ? fits : Math.max(MIN_COLUMN, Math.floor(fits));
    const wide = 2 * PAD + (story.width - 1) * column;
    const tall = story.processes.length * ROW;
    axis.setAttribute("width", wide);
    axis.setAttribute("height", 20);
    drawing.style.width = `${wide}px`;
    drawing.style.height = `${tall}px`;
    const ticks = drawAxis(axis, story, xOf, wide);
    paint.take(shapesOf(story, xOf, yOf, tall, ticks), wide, tall);
    if (paper) see(0, 0, wide, tall);
    else look();
  }

  /** What has to be known of the page before it is changed; what is in sight gets drawn. */
  function look() {
    const [left, top] = [box.scrollLeft, box.scrollTop];
    high = box.clientHeight - 20;
    see(left, top);
    return { left, top };
  }

  /** Draw that part, if it is not drawn yet, and put the stage there: it is all there is. */
  function see(left, top, right = left + room, bottom = top + high) {
    const drawn = paint.see(left, top, right, bottom);
    if (!drawn) return;
    part = drawn;
    stage.style.cssText = `left:${part.left}px;top:${part.top}px;`
      + `width:${part.right - part.left}px;height:${part.bottom - part.top}px`;
    if (at !== null) mark();
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

  const width = () => box.clientWidth - drawing.offsetLeft;

  /** Put cursor, band and badges at the step that is shown. */
  function mark() {
    const x = xOf(at) - part.left;
    const { row, kind } = story.steps[at];
    veil.style.transform = `translateX(${Math.max(0, x + 1)}px)`;
    cursor.style.transform = `translateX(${x - 1}px)`;
    band.hidden = row === null;
    if (row !== null) band.style.transform = `translateY(${row * ROW - part.top}px)`;
    const alone = kind === "zombie" ? "Z" : "";
    const marks = marksAt[at].length || row === null ? marksAt[at] : [[row, alone]];
    badges.forEach((badge, index) => {
      badge.hidden = index >= marks.length;
      if (badge.hidden) return;
      setText(badge, marks[index][1]);
      badge.style.transform = `translate(${x - 9}px, ${yOf(marks[index][0]) - part.top - 9}px)`;
    });
  }

  /** Show that step, and return what to scroll afterwards. */
  function show(step, seen) {
    at = step;
    mark();
    const x = xOf(step);
    const { row } = story.steps[step];
    named?.classList.remove("lk-acts");
    named = row === null ? null : labels[row];
    named?.classList.add("lk-acts");
    const y = row * ROW;
    return () => {
      const aside = x < seen.left + 40 || x > seen.left + room - 40;
      const beyond = y < seen.top || y > seen.top + high - 2 * ROW;
      if (aside) box.scrollLeft = x - room / 3;
      if (beyond) box.scrollTop = y - high / 3;
      if (aside || beyond) look();
    };
  }
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
  const text = (x, y, words) => add(LIVES, x, y, x, y, () => h("text", { x, y }, words));
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
    add(MARKS, x, y, x, y, () => h("g", {},
      h("circle", { class: "lk-line-mark", cx: x, cy: y, r: 7 }),
      h("text", { class: "lk-mark", x, y: y + 4, "data-step": step, "data-row": row }, letter)));
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
