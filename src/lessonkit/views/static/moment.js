// What is to be read of one step besides the lanes: the tree, the sentence and the program.

const TREE_ROWS = 14;
const TREE_ROW = 22;
const TREE_DEEP = 15; // px for each level; as in the style sheet
const TREE_WHOLE = 64; // of so many rows all are elements: dearer to draw, cheaper to leap in
const TREE_SPARE = 3; // of more, those in sight, and so many above and below them
const SPAN = 32; // steps for which it is known together who may be there
const SOURCE_ROWS = 14;
const SOURCE_ROW = 20;
const MOST_PROBES = 50;
const KINDS = { run: "run", stop: "stop", ended: "gone", zombie: "zombie", gone: "gone" };

/** The last of `changes` up to `step`; the first one if all come later. */
function latest(changes, step) {
  let found = changes[0];
  for (const change of changes) {
    if (change[0] > step) break;
    found = change;
  }
  return found;
}

/** alive(step): the rows of those who may be there at a step, few more than are. */
function census(story) {
  const spans = Array.from({ length: Math.ceil(story.steps.length / SPAN) || 1 }, () => []);
  story.processes.forEach((process, row) => {
    const last = process.gone ?? story.steps.length - 1;
    for (let at = Math.floor(process.since / SPAN); at <= last / SPAN; at++) spans[at].push(row);
  });
  return (step) => spans[Math.floor(step / SPAN)];
}

/** The tree just after `step`: the same rules as tree_at in show/story.py. */
function treeAt(story, step, alive) {
  const nodes = new Map();
  alive(step).forEach((row) => {
    const process = story.processes[row];
    if (process.since > step || (process.gone !== null && step > process.gone)) return;
    const [, state, words] = latest(process.states, step);
    const label = `${process.pid} ${latest(process.names, step)[1]}`.trimEnd();
    nodes.set(row, { row, key: process.key, label, state, words, children: [], own: [] });
  });
  const roots = [];
  for (const [row, node] of nodes) {
    const parent = latest(story.processes[row].parents, step)[1];
    const there = parent !== row && nodes.has(parent) && story.processes[parent].gone !== step;
    (there ? nodes.get(parent).own : roots).push(node);
  }
  const placed = new Set();
  const found = [];
  for (const root of [...roots, ...nodes.values()]) {
    if (placed.has(root)) continue;
    placed.add(root);
    found.push(root);
    const waiting = [root];
    while (waiting.length) {
      const parent = waiting.pop();
      parent.children = parent.own.filter((child) => !placed.has(child));
      for (const child of parent.children) placed.add(child);
      waiting.push(...parent.children);
    }
  }
  return found;
}

/** The tree at `step` from top to bottom: { node, level, position, size }, as in the live tree. */
function linesAt(story, step, alive) {
  const [lines, waiting] = [[], []];
  const push = (nodes, level) => {
    for (let index = nodes.length - 1; index >= 0; index--) {
      waiting.push({ node: nodes[index], level, position: index + 1, size: nodes.length });
    }
  };
  push(treeAt(story, step, alive), 1);
  while (waiting.length) {
    const line = waiting.pop();
    lines.push(line);
    push(line.node.children, line.level + 1);
  }
  return lines;
}

/**
 * The tree, patched: what did not change is not touched. Of a large one only the rows in sight are
 * elements, and a few more; on paper all. Up and Down go from row to row, and have each one read out.
 */
function treeBox(story) {
  const rows = Math.min(TREE_ROWS, Math.max(2, story.tallest));
  const many = story.tallest <= TREE_WHOLE ? story.tallest : rows + 1 + 2 * TREE_SPARE;
  const list = h("div", { role: "none", style: `height:${story.tallest * TREE_ROW}px` });
  const box = h("div", {
    class: "lk-tree", tabindex: 0, role: "tree", "aria-label": "Processes at this step",
    style: `height:${rows * TREE_ROW + 12}px`, onscroll: () => draw(box.scrollTop), onkeydown,
  }, list);
  const name = uniqueName("tree");
  const alive = census(story);
  const idOf = (key) => `${name}-${key}`;
  let [lines, actor, whole, first, current] = [[], null, false, 0, null];

  // The colon is there for those who listen, or copy. Neither it nor the sign clips anything or
  // has coordinates of its own: both would be one more thing to compose in every row.
  const make = () => h("div", { class: "lk-node", role: "treeitem" },
    h("span", { class: "lk-sign" }), h("span", { class: "lk-name" }),
    h("span", { class: "lk-apart" }, ": "), h("span", {}));

  function update(item, { node, level, position, size }) {
    const [sign, label, , words] = item.children;
    const old = item.lkLine ?? { node: {} };
    if (old.node.key !== node.key) item.id = idOf(node.key);
    if (old.node.words !== node.words || old.node.label !== node.label) {
      setText(label, node.label);
      setText(words, node.words);
      const kind = KINDS[node.state];
      sign.className = `lk-sign lk-sign-${kind} lk-state-${kind}`;
      words.className = `lk-state-${kind}`;
      label.classList.toggle("lk-struck", node.state === "gone");
    }
    if (old.level !== level) {
      const deep = Math.max(0, level - 2) * TREE_DEEP;
      item.style.paddingLeft = `${10 + deep}px`;
      item.style.backgroundSize = `${deep}px 100%`;
      item.classList.toggle("lk-deep", level > 1);
      item.classList.toggle("lk-deeper", level > 2);
      item.setAttribute("aria-level", level);
    }
    if (old.position !== position) item.setAttribute("aria-posinset", position);
    if (old.size !== size) item.setAttribute("aria-setsize", size);
    item.lkLine = { node, level, position, size };
    for (const [name, is] of [["lk-acts", node.row === actor], ["lk-at", node.key === current]]) {
      if (item.classList.contains(name) !== is) item.classList.toggle(name, is);
    }
  }

  /** Where none stays, as after a leap, the elements are those of other rows from now on. */
  function reuse(part) {
    const rest = [...list.children];
    const few = part.slice(0, rest.length);
    list.lkChildren = new Map(few.map(({ node }) => [node.key, rest.shift()]));
    for (const item of rest) item.remove();
  }

  /** Make elements for what is in sight from `top` px on; `anew`: also if that was so before. */
  function draw(top, anew = false) {
    const most = Math.max(0, lines.length - many);
    const from = whole ? 0 : Math.min(most, Math.max(0, Math.floor(top / TREE_ROW) - TREE_SPARE));
    if (from === first && !anew) return;
    if (from !== first) list.style.paddingTop = `${from * TREE_ROW}px`;
    first = from;
    const part = whole ? lines : lines.slice(from, from + many);
    if (!part.some(({ node }) => list.lkChildren?.has(node.key))) reuse(part);
    keyed(list, part, ({ node }) => node.key, make, update);
    const there = part.some(({ node }) => node.key === current);
    setAttribute(box, "aria-activedescendant", there ? idOf(current) : null);
  }

  /** Where to scroll to from `seen`, so that a row is in sight; `seen` if it is. */
  function placeOf(index, seen) {
    const top = index * TREE_ROW;
    if (index < 0 || (top >= seen && top <= seen + (rows - 1) * TREE_ROW)) return seen;
    const most = Math.max(0, (story.tallest - rows) * TREE_ROW);
    return Math.round(Math.max(0, Math.min(most, top - (rows * TREE_ROW) / 3)));
  }

  function show(step, seen) {
    lines = linesAt(story, step, alive);
    actor = story.steps[step].row;
    const top = placeOf(actor === null ? -1 : lines.findIndex(({ node }) => node.row === actor),
      seen);
    draw(top, true);
    return () => { if (top !== seen) box.scrollTop = top; };
  }

  function onkeydown(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !lines.length || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const at = lines.findIndex(({ node }) => node.key === current);
    const acting = Math.max(0, lines.findIndex(({ node }) => node.row === actor));
    const index = at < 0 ? acting : Math.max(0, Math.min(lines.length - 1, at + by));
    current = lines[index].node.key;
    const [seen, top] = [box.scrollTop, index * TREE_ROW];
    const low = top - (rows - 1) * TREE_ROW;
    const to = top < seen ? top : Math.max(low, seen);
    draw(to, true);
    if (to !== seen) box.scrollTop = to;
  }

  /** On paper nothing scrolls: there all rows are drawn. */
  function print(paper) {
    whole = paper;
  }
  return { box, show, print, look: () => box.scrollTop };
}

/** The learner's program, with the line that made the call. */
function sourceBox(story) {
  const head = h("p", { class: "lk-head" });
  const lines = new Map();
  const texts = Object.entries(story.sources).map(([key, { first, lines: text }]) => h("div",
    { class: "lk-text", hidden: true, "data-source": key }, ...text.map((line, index) => {
      const row = h("div", { class: "lk-line" },
        h("span", { class: "lk-number", "aria-hidden": "true" }, first + index), `${line}\n`);
      lines.set(`${key}:${first + index}`, [row, index]);
      return row;
    })));
  const most = Math.max(...Object.values(story.sources).map(({ lines: text }) => text.length));
  const box = h("div", {
    class: "lk-code", tabindex: 0, role: "group", "aria-label": "The program",
    style: `height:${Math.min(SOURCE_ROWS, Math.max(3, most)) * SOURCE_ROW + 12}px`,
  }, ...texts);
  let shown = null;
  let current = null;
  function open(key) {
    shown = key;
    for (const text of texts) text.hidden = text.dataset.source !== key;
  }
  function show(step, seen) {
    const { source, line } = story.steps[step];
    if (source !== null && source !== shown) open(source);
    const [row, index] = lines.get(`${source}:${line}`) ?? [null, 0];
    setText(head, `${story.sources[shown].name}${row ? `, line ${line}` : ""}`);
    const none = () => {};
    if (row === current) return none;
    current?.classList.remove("lk-here");
    current?.removeAttribute("aria-current");
    current = row;
    row?.classList.add("lk-here");
    row?.setAttribute("aria-current", "step");
    const [top, high] = [index * SOURCE_ROW, SOURCE_ROWS * SOURCE_ROW];
    const hides = row && (top < seen || top > seen + high - 2 * SOURCE_ROW);
    return hides ? () => { box.scrollTop = top - high / 3; } : none;
  }
  const first = story.steps.find(({ source }) => source !== null);
  open(first.source);
  const top = Math.max(0, first.line - story.sources[first.source].first - 2) * SOURCE_ROW;
  return { box: h("div", { class: "lk-source" }, head, box), show, look: () => box.scrollTop,
    ready: () => { box.scrollTop = top; } };
}

/** Who did what at this step; as high as the longest sentence, so that none moves what follows. */
function sentenceBox(story) {
  const make = (props) => {
    const [who, words] = [h("strong", {}), h("span", {})];
    const show = (step) => {
      setText(who, String(step.pid));
      setText(words, step.words);
    };
    return { box: h("p", props, who, " ", words), show };
  };
  const { box, show } = make({ class: "lk-sentence", "aria-live": "polite", "aria-atomic": "true" });
  function fit() {
    // Not in the sentence itself: what is set there is read out.
    const shapes = new Map(story.steps.map((step) => [step.words.replace(/\d/g, "0"), step]));
    const long = [...shapes.values()].sort((a, b) => b.words.length - a.words.length);
    const width = box.offsetWidth;
    const probes = long.slice(0, MOST_PROBES).map((step) => {
      const probe = make({ class: "lk-sentence lk-probe", "aria-hidden": "true",
        style: `width:${width}px` });
      probe.show(step);
      return probe.box;
    });
    box.after(...probes);
    box.style.height = `${Math.max(...probes.map((probe) => probe.offsetHeight))}px`;
    for (const probe of probes) probe.remove();
  }
  return { box, show, fit };
}
