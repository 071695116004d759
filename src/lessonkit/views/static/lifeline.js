// A recorded run, step by step: lanes, a scrubber, and the tree as it stood at that moment.
// The data is made by lessonkit.show.story; here nothing is worked out but places.

const TREE_ROWS = 14;
const TREE_ROW = 22;
const SOURCE_ROWS = 14;
const SOURCE_ROW = 20;
const PLAY_MS = 1200;
const TELL_MS = 150;
const PRINT_WIDTH = 540;
const LETTER_OF_STATE = { run: "R", stop: "T", ended: "X", zombie: "Z", gone: "X" };

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
  const list = h("ul", {});
  const rows = Math.min(TREE_ROWS, Math.max(2, story.tallest));
  const box = h("div", {
    class: "lk-tree", tabindex: 0, role: "group", "aria-label": "Processes at this step",
    style: `height:${rows * TREE_ROW + 12}px`,
  }, list);
  const make = () => h("li", {}, h("div", { class: "lk-node" }, h("span", { class: "lk-sign" }),
    h("span", { class: "lk-name" }), h("span", { class: "lk-hidden" }, ": "), h("span", {})));
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
        sign.replaceChildren(shape(LETTER_OF_STATE[node.state]));
        words.className = `lk-state-${node.state === "ended" ? "gone" : node.state}`;
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

/** The bar with buttons and slider; go(step) is called with what was asked for. */
function controls(count, go) {
  let step = 0;
  let timer = null;
  const button = (text, to) => h("button", {
    type: "button", class: "lk-quiet", "aria-label": `${text} step`,
    onclick: () => { pause(); go(to()); },
  }, text);
  const first = button("First", () => 0);
  const back = button("Previous", () => step - 1);
  const next = button("Next", () => step + 1);
  const last = button("Last", () => count - 1);
  const play = h("button", { type: "button", class: "lk-quiet lk-play", onclick: toggle }, "Play");
  const slider = h("input", {
    type: "range", min: 1, max: count, value: 1, "aria-label": "Step",
    oninput: () => { pause(); go(Number(slider.value) - 1); },
  });
  const place = h("span", { class: "lk-count" });
  function pause() {
    clearInterval(timer);
    timer = null;
    setText(play, "Play");
  }
  function toggle() {
    if (timer !== null) return pause();
    if (step === count - 1) go(0);
    timer = setInterval(() => { if (step < count - 1) go(step + 1); else pause(); }, PLAY_MS);
    setText(play, "Pause");
  }
  function show(now, when) {
    step = now;
    const text = `Step ${step + 1} of ${count}`;
    setText(place, `${text}, at ${when}`);
    slider.value = step + 1;
    setAttribute(slider, "aria-valuetext", text);
    // Not `disabled`: the button that was just pressed would lose the focus.
    for (const end of [first, back]) setAttribute(end, "aria-disabled", step === 0 ? "true" : null);
    for (const end of [next, last]) {
      setAttribute(end, "aria-disabled", step === count - 1 ? "true" : null);
    }
  }
  const bar = h("div", { class: "lk-controls", role: "group", "aria-label": "Steps" },
    h("span", { class: "lk-buttons" }, first, back, next, last, play), slider, place);
  return { bar, show, pause, slider };
}

/** What is known of the run besides its history. */
function report(parts) {
  return h("div", { class: "lk-report" }, ...parts.flatMap(({ title, text, lines }) => (lines
    ? [h("ul", {}, ...lines.map((line) => h("li", {}, line)))]
    : [h("p", { class: "lk-head" }, title), h("pre", { tabindex: 0 }, text)])));
}

/**
 * Show a story in `el` and return { go, close }. told(step) is called when the reader goes
 * elsewhere. For measuring, the box has lkGo(step), and data-step once a step is shown.
 */
function lifeline(el, story, start, told) {
  const shown = window.lessonkitLifelines = (window.lessonkitLifelines ?? 0) + 1;
  // Readers who jump from region to region can tell the first from the second.
  const box = root(el, "lifeline", shown > 1 ? `${story.title} (${shown})` : story.title);
  if (story.report) box.append(report(story.report));
  box.append(h("p", { class: "lk-title" }, story.title),
    h("p", { class: "lk-how lk-soft" }, story.how));
  const count = story.steps.length;
  if (!count) {
    box.append(h("p", {}, "Nothing happened."));
    return { go() {}, close() {} };
  }
  const here = (to) => Math.max(0, Math.min(count - 1, Math.trunc(to) || 0));
  let now = null;
  const move = (to) => { if (go(to)) told(now); };
  const lanes = laneBox(story, (step) => { bar.pause(); move(step); });
  const bar = controls(count, move);
  const tree = treeBox(story);
  const source = Object.keys(story.sources).length ? sourceBox(story) : null;
  const who = h("strong", {});
  const words = h("span", {});
  const sentence = h("p", { class: "lk-sentence", "aria-live": "polite" }, who, " ", words);
  const below = h("div", { class: source ? "lk-below lk-two" : "lk-below" },
    h("div", { class: "lk-now" }, h("p", { class: "lk-head" }, "Processes at this step"), tree.box),
    source?.box);
  box.append(lanes.box, legend(story), bar.bar, sentence, below);
  if (story.perturbs) {
    box.append(h("details", { class: "lk-soft" }, h("summary", {}, "What watching changes"),
      h("p", {}, `${story.perturbs}.`)));
  }

  /** Show that step; false if it was shown already. */
  function go(to) {
    const step = here(to);
    if (step === now) return false;
    now = step;
    // Reading comes first and scrolling last, so that the page is laid out once.
    const [seen, top, read] = [lanes.look(), tree.look(), source?.look()];
    const { pid, words: text, when } = story.steps[step];
    setText(who, String(pid));
    setText(words, text);
    bar.show(step, when);
    const scrolls = [
      tree.show(step, top), source?.show(step, read), lanes.show(step, seen),
    ];
    for (const scroll of scrolls) scroll?.();
    box.dataset.step = step;
    return true;
  }

  box.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: count - 1 }[event.key];
    const other = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (to === undefined || other || event.target === bar.slider) return;
    event.preventDefault();
    bar.pause();
    move(to);
  });
  const redraw = (width, paper) => {
    lanes.draw(width, paper);
    if (box.dataset.step === undefined) source?.ready();
    const step = now;
    now = null;
    go(step);
  };
  const watcher = new ResizeObserver(() => {
    const width = lanes.width();
    if (width > 0 && width !== box.lkWidth) {
      box.lkWidth = width;
      redraw(width, false);
    } else lanes.look();
  });
  watcher.observe(box);
  const print = () => redraw(PRINT_WIDTH, true);
  const printed = () => redraw(lanes.width(), false);
  window.addEventListener("beforeprint", print);
  window.addEventListener("afterprint", printed);
  now = here(start);
  box.lkGo = move;
  return {
    go,
    close() {
      bar.pause();
      watcher.disconnect();
      window.removeEventListener("beforeprint", print);
      window.removeEventListener("afterprint", printed);
    },
  };
}

/** The place that Python is yet to be told of, for each model (known by its story). */
const PLACES = new WeakMap();

/**
 * Tell Python where the reader is, a few times a second at most: an answer of the kernel to
 * every step of a quick reader would keep the page busy. Other views of the model follow at once.
 */
function teller(model, story) {
  if (!PLACES.has(story)) PLACES.set(story, { untold: null });
  const place = PLACES.get(story);
  const send = () => {
    const step = place.untold;
    place.untold = null;
    model.set("step", step);
    model.save_changes();
  };
  const tell = (step) => {
    if (place.untold === null) setTimeout(send, TELL_MS);
    place.untold = step;
    model.set("step", step);
  };
  // The kernel echoes what it was told. A reader who has gone on meanwhile is not taken back.
  const stale = () => place.untold !== null && model.get("step") !== place.untold;
  return { tell, stale };
}

export default {
  render({ model, el }) {
    const story = model.get("story");
    const { tell, stale } = teller(model, story);
    const view = lifeline(el, story, model.get("step"), tell);
    const follow = () => { if (!stale()) view.go(model.get("step")); };
    model.on("change:step", follow);
    return () => {
      model.off("change:step", follow);
      view.close();
    };
  },
};
