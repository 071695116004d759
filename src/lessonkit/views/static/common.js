// What all views share. Joined before each view's own file: no imports, no network.

/** Make an element: h("button", {class: "x", onclick: f, "aria-label": "..."}, "text", child). */
function h(tag, props, ...children) {
  const svg = SVG_TAGS.has(tag);
  const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}
const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(
  ["svg", "g", "line", "rect", "circle", "path", "text", "title", "polygon", "polyline", "desc"]);

/** Set text only where it changed: a selection in it survives. */
function setText(element, text) {
  const { firstChild: own, lastChild } = element;
  if (own && own === lastChild && own.nodeType === Node.TEXT_NODE) {
    if (own.data !== text) own.data = text; // dearer were a new node
  } else if (element.textContent !== text) element.textContent = text;
}

/** Set an attribute only where it changed; null removes it. */
function setAttribute(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/**
 * Make the children of `parent` be those of `items`, in order, and keep each element with its
 * key: focus and selection survive. make(item) -> element, once; update(element, item), always.
 */
function keyed(parent, items, key, make, update) {
  const old = parent.lkChildren ?? new Map();
  const now = new Map();
  for (const item of items) now.set(key(item), old.get(key(item)) ?? make(item));
  // Those that go, go first: else all behind them would be moved, and lose focus and selection.
  for (const [name, element] of old) if (!now.has(name)) element.remove();
  let next = parent.firstChild;
  for (const item of items) {
    const element = now.get(key(item));
    update(element, item);
    if (element === next) next = next.nextSibling;
    else parent.insertBefore(element, next);
  }
  parent.lkChildren = now;
}

/**
 * The root of a view. Keys typed inside stay inside: Lab's single-letter commands and arrow
 * keys must not act on the notebook's cells.
 */
function root(el, kind, label) {
  const box = h("section", {
    class: `lk lk-${kind}`, "aria-label": unusedLabel(label),
    "data-lm-suppress-shortcuts": "true",
  });
  for (const name of ["keydown", "keyup", "keypress"]) {
    box.addEventListener(name, (event) => event.stopPropagation());
  }
  el.append(box);
  return box;
}

/** Two views of a kind on one page have two names: who jumps between them must tell them apart. */
function unusedLabel(label) {
  const used = new Set(
    [...document.querySelectorAll("section.lk")].map((view) => view.getAttribute("aria-label")));
  const name = (number) => (number === 1 ? label : `${label} (${number})`);
  let number = 1;
  while (used.has(name(number))) number += 1;
  return name(number);
}

/** A name that nothing else in the page has; each model has its own copy of this script. */
function uniqueName(start) {
  return `lk-${start}-${Math.random().toString(36).slice(2, 10)}`;
}

/**
 * A region that screen readers read out when its text changes: say = announcer(box). The same text
 * once more is a change, too: it answers something that was done again.
 */
function announcer(box) {
  const region = h("p", { class: "lk-hidden", role: "status", "aria-live": "polite" });
  box.append(region);
  let next = 0;
  return (text) => {
    clearTimeout(next);
    if (region.textContent !== text) return void (region.textContent = text);
    region.textContent = "";
    next = setTimeout(() => { region.textContent = text; }, 100);
  };
}

/** Call lost() when the kernel of a model is restarted; nothing brings a model back after that. */
function whenLost(model, lost) {
  model.on("comm_live_update", lost);
  return () => model.off("comm_live_update", lost);
}

/** What a state letter of ps(1) means: its class, its word and its shape (12 x 12). */
const STATES = {
  R: ["run", "runs"], S: ["wait", "sleeps"], D: ["wait", "waits for a device"],
  I: ["wait", "idle"], T: ["stop", "stopped"], t: ["stop", "stopped by a tracer"],
  Z: ["zombie", "zombie"], X: ["gone", "gone"],
};
const SHAPES = {
  run: () => h("polygon", { points: "2,1 11,6 2,11", fill: "currentColor" }),
  wait: () => h("circle", { cx: 6, cy: 6, r: 4.5, fill: "none", stroke: "currentColor", "stroke-width": 2 }),
  stop: () => h("rect", { x: 1.5, y: 1.5, width: 9, height: 9, fill: "currentColor" }),
  zombie: () => h("path", { d: "M2 2 L10 2 L2 10 L10 10", fill: "none", stroke: "currentColor", "stroke-width": 2.2 }),
  gone: () => h("path", { d: "M2 2 L10 10 M10 2 L2 10", fill: "none", stroke: "currentColor", "stroke-width": 1.6 }),
};
function stateOf(letter) {
  const [kind, word] = STATES[letter] ?? ["wait", letter];
  return { kind, word };
}
/** The shape of a state, as an SVG element that screen readers pass over (the word stands beside). */
function shape(letter) {
  const { kind } = stateOf(letter);
  return h("svg", { class: `lk-shape lk-state-${kind}`, viewBox: "0 0 12 12", "aria-hidden": "true" },
    SHAPES[kind]());
}
