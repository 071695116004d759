// The tree of processes while it changes, as it is drawn; the table is in treetable.js.
// Only the rows in sight are elements, and a few more: each has its place by its number.

const BEAT_MS = 10000;
const SAY_MS = 3000;
const FRESH_MS = 1200;
const MOST_DEPTH = 20;
const SPARE_ROWS = 6;

// Its boxes have ended with the kernel; children that it had itself may live on.
const LOST = "The kernel was restarted: so it stood then. Run this cell again.";

const COLUMNS = ["pid", "ppid", "stat", "state", "name"];
const HEADS = ["PID", "PPID", "STAT", "state", "name"];
const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

/** One view of the table. */
class Tree {
  constructor(store, model, el) {
    const { title, height, stop } = model.get("settings");
    Object.assign(this, { store, height, items: new Map(), lines: [], at: new Map(), top: 0,
      closed: new Set(), fresh: new Map(), current: null, paused: null, facts: "" });
    this.box = root(el, "livetree", title);
    this.box.classList.add("lk-panel");
    this.summary = h("span", { class: "lk-tree-summary" });
    this.pause = this.button("Pause", () => this.togglePause());
    setAttribute(this.pause, "aria-pressed", "false");
    const end = stop ? this.button("Stop", () => tell(model, "stop")) : null;
    this.buttons = h("span", { class: "lk-tree-buttons lk-no-print" }, this.pause, end);
    this.list = h("div", { class: "lk-tree-rows", role: "tree", "aria-label": title,
      onkeydown: (event) => this.onKey(event), onclick: (event) => this.onClick(event),
      onfocusin: (event) => this.onFocus(event) });
    this.empty = h("p", { class: "lk-tree-empty lk-soft" }, "No processes yet.");
    this.body = h("div", { class: "lk-tree-body lk-mono", onscroll: () => this.onScroll(),
      style: `height:${(height + 1) * ROW_PX + 2}px` },
      h("div", { class: "lk-tree-row lk-tree-heads", "aria-hidden": "true" },
        ...HEADS.map((text, index) => h("span", { class: `lk-tree-${COLUMNS[index]}` }, text))),
      this.list, this.empty);
    this.box.append(
      h("div", { class: "lk-tree-top" }, h("b", {}, title), this.summary, this.buttons),
      this.body);
    this.say = announcer(this.box);
    this.refresh();
  }

  button(text, onclick) {
    return h("button", { class: "lk-quiet", type: "button", onclick }, text);
  }

  /** Draw what a patch changed. */
  patched(patch, { moved, notable }) {
    if (this.paused) return;
    this.fade(); // with this change rather than in a frame of its own
    this.mark(notable);
    if (moved) this.layout();
    else for (const [pid] of patch.put ?? []) this.draw(pid);
    this.summarise();
  }

  /** Draw everything that differs. */
  refresh() {
    this.layout();
    this.summarise();
  }

  /** Work out the lines anew; what is in sight stays where it is. */
  layout() {
    const { rows } = this.table();
    for (const pid of this.closed) if (!rows.has(pid)) this.closed.delete(pid);
    const before = this.at;
    const [old, first] = [before.get(this.current), Math.ceil(this.top / ROW_PX)];
    const inSight = old >= first && old < first + this.height;
    const anchor = inSight ? this.current : this.lines[first]?.pid;
    this.lines = linesOf(rows, this.closed);
    this.at = new Map(this.lines.map((line, index) => [line.pid, index]));
    this.empty.hidden = this.lines.length > 0;
    this.list.hidden = !this.empty.hidden;
    this.list.style.height = `${this.lines.length * ROW_PX}px`;
    const shift = (this.at.get(anchor) ?? 0) - (before.get(anchor) ?? 0);
    if (shift && this.top && this.at.has(anchor)) this.scrollTo(this.top + shift * ROW_PX);
    const item = this.items.get(this.current);
    const lost = item && !this.same(this.current) ? item : null;
    if (this.lines.length && (lost || !this.at.has(this.current))) {
      const next = Math.min(old ?? 0, this.lines.length - 1);
      this.current = this.lines[next].pid;
    } else if (!this.lines.length) this.current = null;
    this.fill(lost);
  }

  /** Whether the element of a pid still stands for the process that has it. */
  same(pid) {
    return this.at.has(pid) && this.items.get(pid)?.born === this.table().born.get(pid);
  }

  /** Make elements for the rows in sight, for the current one, and where text is selected. */
  fill(lost = null) {
    const focused = this.list.contains(document.activeElement);
    const first = Math.max(0, Math.floor(this.top / ROW_PX) - SPARE_ROWS);
    const lines = this.lines.slice(first, first + this.height + 2 * SPARE_ROWS);
    const last = first + lines.length;
    for (const pid of this.held()) {
      const index = this.at.get(pid);
      if (index < first || index >= last) lines.push(this.lines[index]);
    }
    if (first + lines.length > last) lines.sort((a, b) => this.at.get(a.pid) - this.at.get(b.pid));
    const wanted = new Set(lines.map((line) => line.pid));
    for (const [pid, item] of this.items) {
      if (wanted.has(pid) && this.same(pid)) continue;
      item.element.remove();
      this.items.delete(pid);
    }
    for (const line of lines) {
      const item = this.items.get(line.pid) ?? this.make(line.pid);
      this.draw(line.pid);
      this.hang(item, line);
    }
    place(this.list, lines.map((line) => this.items.get(line.pid).element));
    if (!focused || this.list.contains(document.activeElement)) return;
    this.items.get(this.current)?.element.focus({ preventScroll: true });
    if (lost) this.announce(`${lost.row[NAME]}, process ${lost.row[PID]}, is gone`);
  }

  /** The rows that stay elements even out of sight. */
  held() {
    const { anchorNode, focusNode } = document.getSelection();
    const pids = [anchorNode, focusNode].filter((node) => node && this.list.contains(node))
      .map((node) => (node.closest ? node : node.parentElement).closest("[role=treeitem]")?.lkPid);
    return new Set([this.current, ...pids].filter((pid) => this.at.has(pid)));
  }

  make(pid) {
    const cells = COLUMNS.map((name) => h("span", { class: `lk-tree-${name}` }));
    const item = { cells, born: this.table().born.get(pid), line: {}, word: h("span"),
      element: h("div", { class: "lk-tree-row", role: "treeitem", tabindex: "-1" }, ...cells),
      branches: h("span", { class: "lk-tree-branches" }),
      toggle: h("span", { class: "lk-tree-toggle" }),
      command: h("span", { class: "lk-tree-command" }) };
    item.element.lkPid = pid;
    cells[3].append(item.word);
    cells[4].append(item.branches, item.toggle, item.command);
    this.items.set(pid, item);
    return item;
  }

  /** Write what a row says, where it changed. */
  draw(pid) {
    const item = this.items.get(pid);
    if (!item) return;
    const [row, { element, cells }] = [this.table().rows.get(pid), item];
    element.classList.toggle("lk-tree-fresh", this.fresh.has(pid));
    if (item.row === row) return;
    item.row = row;
    const { kind, word } = stateOf(row[STAT][0]);
    if (item.kind !== kind) {
      item.shape?.remove();
      item.shape = shape(row[STAT][0]);
      cells[3].prepend(item.shape);
      element.classList.remove(`lk-tree-is-${item.kind}`);
      element.classList.add(`lk-tree-is-${kind}`);
      item.kind = kind;
    }
    setText(cells[0], String(row[PID]));
    setText(cells[1], String(row[PPID]));
    setText(cells[2], row[STAT]);
    setText(item.word, word);
    setText(item.command, standing(row) === "dead" ? `[${row[NAME]}] <defunct>` : row[NAME]);
    setAttribute(element, "aria-label",
      `${row[NAME]}, process ${row[PID]}, parent ${row[PPID]}, ${word}`);
  }

  /** Give a row its place, where it changed. */
  hang(item, line) {
    const [old, { element }] = [item.line, item];
    const index = this.at.get(line.pid);
    item.line = line;
    if (item.index !== index) element.style.top = `${index * ROW_PX}px`;
    item.index = index;
    setAttribute(element, "tabindex", line.pid === this.current ? "0" : "-1");
    if (old.level !== line.level) setAttribute(element, "aria-level", line.level);
    if (old.size !== line.size) setAttribute(element, "aria-setsize", line.size);
    if (old.position !== line.position) setAttribute(element, "aria-posinset", line.position);
    if (!old.kids !== !line.kids || old.open !== line.open) {
      setAttribute(element, "aria-expanded", line.kids ? String(line.open) : null);
      setText(item.toggle, !line.kids ? "" : line.open ? "−" : "+");
    }
    if (old.branches !== line.branches) {
      const deep = line.branches.length > MOST_DEPTH;
      Object.assign(item.branches.style, branchStyle(line.branches.slice(-MOST_DEPTH)));
      setText(item.branches, deep ? `level ${line.level}` : "");
    }
  }

  /** Mark rows for a moment, without motion. */
  mark(pids) {
    for (const pid of pids) this.fresh.set(pid, performance.now() + FRESH_MS);
    if (pids.length) this.fading ??= setTimeout(() => this.fadeOn(), FRESH_MS);
  }

  fade() {
    for (const [pid, until] of this.fresh) {
      if (until > performance.now()) continue;
      this.fresh.delete(pid);
      this.items.get(pid)?.element.classList.remove("lk-tree-fresh");
    }
  }

  fadeOn() {
    this.fade();
    this.fading = this.fresh.size ? setTimeout(() => this.fadeOn(), FRESH_MS / 2) : null;
  }

  summarise() {
    if (this.lost) return;
    let [dead, stopped] = [0, 0];
    const { rows, more } = this.table();
    for (const row of rows.values()) {
      const how = standing(row);
      if (how === "dead") dead += 1;
      else if (how) stopped += 1;
    }
    const notes = [dead && count(dead, "zombie", "zombies"), stopped && `${stopped} stopped`];
    const facts = notes.filter(Boolean).join(", ");
    const size = rows.size + more;
    const all = size ? count(size, "process", "processes") : "";
    setText(this.summary, [all, facts].filter(Boolean).join(": "));
    if (facts !== this.facts) this.announce(facts || "no zombies, none stopped");
    this.facts = facts;
  }

  /** Have it read out, at most once in SAY_MS; of several the last. */
  announce(text) {
    this.next = text;
    const wait = Math.max(0, (this.spoke ?? -SAY_MS) + SAY_MS - performance.now());
    this.saying ??= setTimeout(() => {
      this.saying = null;
      this.spoke = performance.now();
      this.say(this.next);
    }, wait);
  }

  /** What is drawn: the processes now, or as they were when the reader paused. */
  table() {
    return this.paused ?? this.store;
  }

  /** The kernel is gone, and what stands here stands still. */
  lose() {
    this.lost = true;
    this.buttons.hidden = true;
    setText(this.summary, LOST);
    this.say(LOST);
  }

  togglePause() {
    const { rows, born, more } = this.store;
    this.paused = this.paused ? null : { rows: new Map(rows), born: new Map(born), more };
    setAttribute(this.pause, "aria-pressed", String(this.paused !== null));
    if (!this.paused) this.refresh();
  }

  scrollTo(top) {
    this.body.scrollTop = top;
    this.top = Math.max(0, top);
  }

  /** Let a row be the one that the keys act on; `focus`: bring it into sight, too. */
  setCurrent(pid, focus) {
    const old = this.items.get(this.current);
    if (old) setAttribute(old.element, "tabindex", "-1");
    this.current = pid;
    if (focus) {
      const y = this.at.get(pid) * ROW_PX;
      const low = y - (this.height - 1) * ROW_PX;
      if (y < this.top || low > this.top) this.scrollTo(y < this.top ? y : low);
      this.fill();
    }
    const { element } = this.items.get(pid);
    setAttribute(element, "tabindex", "0");
    if (focus) element.focus({ preventScroll: true });
  }

  setOpen(pid, open) {
    if (open) this.closed.delete(pid);
    else this.closed.add(pid);
    this.layout();
  }

  onScroll() {
    this.top = this.body.scrollTop;
    this.fill();
  }

  onFocus(event) {
    const pid = event.target.closest("[role=treeitem]")?.lkPid;
    if (pid !== undefined && pid !== this.current) this.setCurrent(pid, false);
  }

  onClick(event) {
    const pid = event.target.closest(".lk-tree-toggle")?.closest("[role=treeitem]").lkPid;
    if (this.items.get(pid)?.line.kids) this.setOpen(pid, this.closed.has(pid));
  }

  onKey(event) {
    const at = this.at.get(this.current);
    if (event.ctrlKey || event.metaKey || event.altKey || at === undefined) return;
    const to = this.target(event.key, at, this.lines[at]);
    if (to === undefined) return;
    event.preventDefault();
    if (to !== null) this.setCurrent(to, true);
  }

  /** Where a key leads: a pid, null for nowhere, undefined if the key means nothing here. */
  target(key, at, line) {
    const { lines } = this;
    const pid = (index) => lines[Math.min(Math.max(index, 0), lines.length - 1)].pid;
    const set = (open) => (this.setOpen(line.pid, open), null);
    switch (key) {
      case "ArrowDown": return pid(at + 1);
      case "ArrowUp": return pid(at - 1);
      case "PageDown": return pid(at + this.height - 1);
      case "PageUp": return pid(at - this.height + 1);
      case "Home": return pid(0);
      case "End": return pid(lines.length - 1);
      case "ArrowRight": return !line.kids ? null : line.open ? pid(at + 1) : set(true);
      case "ArrowLeft": return line.kids && line.open ? set(false) : line.parent || null;
      case "Enter": case " ": return line.kids ? set(!line.open) : null;
    }
    if (key.length !== 1) return undefined;
    const starts = (other) => this.table().rows.get(other.pid)[NAME].toLowerCase()
      .startsWith(key.toLowerCase());
    return [...lines.slice(at + 1), ...lines.slice(0, at)].find(starts)?.pid ?? null;
  }
}

const STORES = new Map();

/** Called once for each model, before its first view. */
function initialize({ model, signal }) {
  const { key, stop } = model.get("settings");
  const store = makeStore(model);
  STORES.set(key, store);
  const beat = setInterval(() => stop && store.views.size && here(model), BEAT_MS);
  signal.addEventListener("abort", () => (clearInterval(beat), STORES.delete(key)));
}

/**
 * Say that the tree is looked at; only where the kernel ends it when nobody does. Where it ends with
 * a run, this could be on its way just then, and the kernel may complain of that below the cell.
 */
function here(model) {
  tell(model, "here");
}

/** Tell the kernel, if it is still there. */
function tell(model, what) {
  try {
    model.send({ do: what });
  } catch {
    // It was restarted: the view says so (`lose`).
  }
}

function render({ model, el, signal }) {
  const store = STORES.get(model.get("settings").key);
  const tree = new Tree(store, model, el);
  store.views.add(tree);
  if (model.get("settings").stop) here(model);
  const listened = whenLost(model, () => tree.lose());
  signal.addEventListener("abort", () => (listened(), store.views.delete(tree)));
}

export default { initialize, render };
