// What is to be read of one step besides the lanes: the tree, the sentence and the program.

const TREE_ROWS = 14;
const TREE_ROW = 22;
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

/** The tree just after `step`: the same rules as tree_at in show/story.py. */
function treeAt(story, step) {
  const nodes = new Map();
  story.processes.forEach((process, row) => {
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

/** The tree, patched: what did not change is not touched. */
function treeBox(story) {
  const list = h("ul", { style: `height:${story.tallest * TREE_ROW}px` });
  const rows = Math.min(TREE_ROWS, Math.max(2, story.tallest));
  const box = h("div", {
    class: "lk-tree", tabindex: 0, role: "group", "aria-label": "Processes at this step",
    style: `height:${rows * TREE_ROW + 12}px`,
  }, list);
  // The colon is there for those who listen, or copy. Neither it nor the sign clips anything or
  // has coordinates of its own: both would be one more thing to compose in every row.
  const make = () => h("li", {}, h("div", { class: "lk-node" }, h("span", { class: "lk-sign" }),
    h("span", { class: "lk-name" }), h("span", { class: "lk-apart" }, ": "), h("span", {})));
  let [count, found] = [0, null];
  function patch(parent, nodes, actor) {
    keyed(parent, nodes, (node) => node.key, make, (item, node) => {
      if (node.row === actor) found = count;
      count += 1;
      const [sign, label, , words] = item.firstChild.children;
      const same = item.lkWords === node.words && item.lkLabel === node.label;
      if (!same) {
        [item.lkWords, item.lkLabel] = [node.words, node.label];
        setText(label, node.label);
        setText(words, node.words);
        const kind = KINDS[node.state];
        sign.className = `lk-sign lk-sign-${kind} lk-state-${kind}`;
        words.className = `lk-state-${kind}`;
        label.classList.toggle("lk-struck", node.state === "gone");
      }
      if (item.lkActs !== (node.row === actor)) {
        item.lkActs = node.row === actor;
        item.firstChild.classList.toggle("lk-acts", item.lkActs);
      }
      const below = item.children[1];
      if (node.children.length) patch(below ?? item.appendChild(h("ul", {})), node.children, actor);
      else below?.remove();
    });
  }
  function show(step, seen) {
    [count, found] = [0, null];
    patch(list, treeAt(story, step), story.steps[step].row);
    const top = found * TREE_ROW;
    const hides = top < seen || top > seen + (rows - 1) * TREE_ROW;
    return () => {
      if (found !== null && hides) box.scrollTop = top - (rows * TREE_ROW) / 3;
    };
  }
  return { box, show, look: () => box.scrollTop };
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
  const { box, show } = make({ class: "lk-sentence", "aria-live": "polite" });
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
