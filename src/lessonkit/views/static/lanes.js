// Lifelines: one lane per process, drawn once; then only a cursor moves over them.
// Letters and lines are those of the picture that lessonkit.show.svg draws.

const ROW = 26;
const PAD = 14;
const MIN_COLUMN = 15;
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
  const drawing = h("div", { class: "lk-drawing" }, band, picture, veil, cursor, ...badges);
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
  let column = 0;
  let [room, high] = [0, 0];
  let named = null;
  const xOf = (step) => PAD + story.steps[step].column * column;
  const yOf = (row) => row * ROW + ROW / 2;

  /** Draw for that width; on paper nothing scrolls, so there everything has to fit. */
  function draw(wanted, paper) {
    room = wanted;
    high = box.clientHeight - 20;
    const fits = (wanted - 2 * PAD) / Math.max(1, story.width - 1);
    column = paper ? fits : Math.max(MIN_COLUMN, Math.floor(fits));
    const wide = 2 * PAD + (story.width - 1) * column;
    const tall = story.processes.length * ROW;
    for (const [element, height] of [[axis, 20], [picture, tall]]) {
      element.setAttribute("width", wide);
      element.setAttribute("height", height);
    }
    drawing.style.width = `${wide}px`;
    drawing.style.height = `${tall}px`;
    const ticks = drawAxis(axis, story, xOf, wide);
    picture.replaceChildren(...drawLives(story, xOf, yOf, tall, ticks));
  }

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

  /** What has to be known of the page before it is changed. */
  const look = () => ({ left: box.scrollLeft, top: box.scrollTop });
  const width = () => box.clientWidth - drawing.offsetLeft;

  /** Show that step, and return what to scroll afterwards. */
  function show(step, seen) {
    const x = xOf(step);
    const { row } = story.steps[step];
    veil.style.transform = `translateX(${x + 1}px)`;
    cursor.style.transform = `translateX(${x - 1}px)`;
    band.hidden = row === null;
    if (row !== null) band.style.transform = `translateY(${row * ROW}px)`;
    const alone = story.steps[step].kind === "zombie" ? "Z" : "";
    const marks = marksAt[step].length || row === null ? marksAt[step] : [[row, alone]];
    badges.forEach((badge, index) => {
      badge.hidden = index >= marks.length;
      if (badge.hidden) return;
      setText(badge, marks[index][1]);
      badge.style.transform = `translate(${x - 9}px, ${yOf(marks[index][0]) - 9}px)`;
    });
    named?.classList.remove("lk-acts");
    named = row === null ? null : labels[row];
    named?.classList.add("lk-acts");
    const y = row * ROW;
    return () => {
      if (x < seen.left + 40 || x > seen.left + room - 40) box.scrollLeft = x - room / 3;
      if (y < seen.top || y > seen.top + high - 2 * ROW) box.scrollTop = y - high / 3;
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

/**
 * Who made, reaped and signalled whom, then the lives, each in a group of its own: of what is
 * scrolled out of sight the browser then skips whole groups.
 */
function drawLives(story, xOf, yOf, high, ticks) {
  const marks = lastMarks(story, xOf);
  const grid = h("g", {}, ...ticks.map((x) => segment("grid", x, 0, x, high)));
  const links = [];
  story.links.forEach(([step, from, to, kind], index) => {
    if (index % 32 === 0) links.push(h("g", {}));
    const [x, y1, y2] = [xOf(step), yOf(from), yOf(to)];
    const back = y2 > y1 ? -1 : 1;
    const tip = `M${x} ${y2 + 8 * back}l-4 ${6 * back}h8z`;
    links.at(-1).append(segment(kind, x, y1, x, y2),
      kind === "reap" ? "" : h("path", { class: "lk-line-tip", d: tip }));
  });
  const lives = story.processes.map((process, row) => h("g", {},
    ...drawLife(story, process, xOf, yOf(row)), ...(marks[row] ?? []).flatMap(([step, letter]) => [
      h("circle", { class: "lk-line-mark", cx: xOf(step), cy: yOf(row), r: 7 }),
      h("text", { class: "lk-mark", x: xOf(step), y: yOf(row) + 4, "data-step": step,
        "data-row": row }, letter),
    ])));
  return [grid, ...links, ...lives];
}

const segment = (kind, x1, y1, x2, y2) => h("line", { class: `lk-line-${kind}`, x1, y1, x2, y2 });

/** One life as lines: what it did from when to when. */
function drawLife(story, process, xOf, y) {
  const parts = [];
  const lasts = (kind, from, to) => parts.push(segment(kind, xOf(from), y, xOf(to), y));
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
      const wide = xOf(to) - xOf(from) > 90;
      if (wide) parts.push(h("text", { x: xOf(from) + 14, y: y - 6 }, "zombie"));
    } else if (state === "stop") lasts("stop", from, to);
    if (!next && state === "run") parts.push(h("text", { x: xOf(end) + 4, y: y + 4 }, ">"));
  });
  const born = xOf(process.since);
  if (process.born !== null) parts.push(segment("born", born, y - 6, born, y + 6));
  return parts;
}

/** For each row its marks [step, letter]; of several at one place the one that counts most. */
function lastMarks(story, xOf) {
  const best = new Map();
  for (const [step, row, letter] of story.marks) {
    const place = `${xOf(step)} ${row}`;
    const other = best.get(place);
    const wins = !other || RANKS.indexOf(letter) >= RANKS.indexOf(other[2]);
    if (wins) best.set(place, [step, row, letter]);
  }
  const rows = [];
  for (const [step, row, letter] of best.values()) (rows[row] ??= []).push([step, letter]);
  return rows;
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
