// The table of processes that the kernel keeps up to date: whole once, then only what changed.
// It belongs to the model, so that a view that comes later has the whole tree at once.

const ROW_PX = 24;
const [PID, PPID, STAT, NAME, UNDER] = [0, 1, 2, 3, 4];

/** An empty table: rows by pid, and which of the processes that had this pid it is. */
function makeTable() {
  return { rows: new Map(), born: new Map(), births: 0 };
}

/**
 * Apply a patch to a table. `moved`: rows came, went or hang elsewhere now; `notable`: the pids
 * of which more changed than that they run or sleep.
 */
function applyPatch(table, patch) {
  const { rows, born } = table;
  const notable = [];
  let moved = false;
  for (const pid of patch.gone ?? []) {
    moved = rows.delete(pid) || moved;
    born.delete(pid);
  }
  for (const put of patch.put ?? []) {
    const old = rows.get(put[PID]);
    const row = put.length === 2 ? old?.with(STAT, put[1]) : put;
    if (!row) continue;
    moved ||= !old || old[PPID] !== row[PPID] || old[UNDER] !== row[UNDER];
    if (!old) born.set(row[PID], ++table.births);
    if (!old || put.length > 2 || standing(old) !== standing(row)) notable.push(row[PID]);
    rows.set(row[PID], row);
  }
  return { moved, notable };
}

/** Whether a process is dead, stopped, or neither. */
function standing(row) {
  return "ZX".includes(row[STAT][0]) ? "dead" : "Tt".includes(row[STAT][0]) ? "stopped" : "";
}

/** Make a table that of a whole tree. */
function replaceTable(table, rows) {
  const stay = new Set(rows.map((row) => row[PID]));
  applyPatch(table, { gone: [...table.rows.keys()].filter((pid) => !stay.has(pid)), put: rows });
}

/**
 * Keep the table of a model. Patches are numbered: after one that was missed (the page was
 * loaded while the kernel went on) the whole table is asked for.
 */
function makeStore(model) {
  const store = { ...makeTable(), number: -1, more: 0, views: new Set() };
  const take = () => {
    const whole = model.get("whole");
    store.number = whole.n;
    store.more = whole.more;
    replaceTable(store, whole.rows);
    for (const view of store.views) if (!view.paused) view.refresh();
  };
  model.on("change:whole", take);
  model.on("msg:custom", (message) => {
    if (message.n <= store.number) return;
    if (message.n > store.number + 1) return void model.send({ do: "whole" });
    store.number = message.n;
    store.more = message.more ?? store.more;
    const changes = applyPatch(store, message);
    for (const view of store.views) view.patched(message, changes);
  });
  take();
  return store;
}

/** The row that a row hangs below, 0 for none. */
function parentOf(row, rows) {
  return row[UNDER] ?? (rows.has(row[PPID]) ? row[PPID] : 0);
}

/**
 * The lines of the tree from top to bottom. `branches` has one letter for each column left of
 * the name: | bar, blank, + branch, L last branch.
 */
function linesOf(rows, closed) {
  const below = new Map();
  for (const row of rows.values()) {
    const parent = parentOf(row, rows);
    if (below.has(parent)) below.get(parent).push(row[PID]);
    else below.set(parent, [row[PID]]);
  }
  const lines = [];
  const waiting = [];
  const push = (parent, level, stem) => {
    const pids = (below.get(parent) ?? []).sort((a, b) => a - b);
    for (let index = pids.length - 1; index >= 0; index--) {
      const [position, size] = [index + 1, pids.length];
      waiting.push({ pid: pids[index], parent, level, position, size, stem });
    }
  };
  push(0, 1, "");
  while (waiting.length) {
    const line = waiting.pop();
    const last = line.position === line.size;
    line.kids = below.get(line.pid)?.length ?? 0;
    line.open = !closed.has(line.pid);
    line.branches = line.level === 1 ? "" : line.stem + (last ? "L" : "+");
    lines.push(line);
    if (line.kids && line.open) {
      const stem = line.level === 1 ? "" : line.stem + (last ? " " : "|");
      push(line.pid, line.level + 1, stem);
    }
  }
  return lines;
}

/** Which items of `numbers` form the longest rising sequence; -1 is never one. */
function longestRising(numbers) {
  const ends = [];
  const previous = [];
  numbers.forEach((number, index) => {
    if (number < 0) return;
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[ends[middle]] < number) low = middle + 1;
      else high = middle;
    }
    previous[index] = ends[low - 1];
    ends[low] = index;
  });
  const stay = new Set();
  for (let index = ends.at(-1); index !== undefined; index = previous[index]) stay.add(index);
  return stay;
}

/** Put elements into this order with the fewest moves: an element that moves loses its focus. */
function place(parent, elements) {
  const places = new Map(Array.from(parent.children, (child, index) => [child, index]));
  const stay = longestRising(elements.map((element) => places.get(element) ?? -1));
  let next = null;
  for (let index = elements.length - 1; index >= 0; index--) {
    const element = elements[index];
    if (!stay.has(index)) {
      if (parent.moveBefore && element.parentNode === parent) parent.moveBefore(element, next);
      else parent.insertBefore(element, next);
    }
    next = element;
  }
}

/** The lines that join a row with its parent, as backgrounds: one element, however deep. */
const drawn = new Map();
function branchStyle(branches) {
  if (!drawn.has(branches)) {
    const [images, places, sizes] = [[], [], []];
    const line = (x, y, width, height) => {
      images.push("linear-gradient(currentColor, currentColor)");
      places.push(`${x}px ${y}px`);
      sizes.push(`${width}px ${height}px`);
    };
    [...branches].forEach((letter, column) => {
      const x = column * 18 + 8;
      if (letter === " ") return;
      line(x, 0, 1, letter === "L" ? ROW_PX / 2 : ROW_PX);
      if (letter !== "|") line(x, ROW_PX / 2, 9, 1);
    });
    drawn.set(branches, {
      width: `${branches.length * 18}px`,
      backgroundImage: images.join(","),
      backgroundPosition: places.join(","),
      backgroundSize: sizes.join(","),
    });
  }
  return drawn.get(branches);
}
