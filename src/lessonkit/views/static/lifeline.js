// A recorded run, step by step: lanes, a scrubber, and the tree as it stood at that moment.
// The data is made by lessonkit.show.story; here nothing is worked out but places.

const PLAY_MS = 1200;
const [TELL_MS, TELL_LATEST_MS] = [600, 5000];

/** The bar with buttons and slider; go(step) is called with what was asked for. */
function controls(steps, go) {
  const count = steps.length;
  const counted = (now, when) => `Step ${now + 1} of ${count}, at ${when}`;
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
  const place = h("span", {});
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
    setText(place, counted(step, when));
    slider.value = step + 1;
    setAttribute(slider, "aria-valuetext", `Step ${step + 1} of ${count}`);
    // Not `disabled`: the button that was just pressed would lose the focus.
    for (const end of [first, back]) setAttribute(end, "aria-disabled", step === 0 ? "true" : null);
    for (const end of [next, last]) {
      setAttribute(end, "aria-disabled", step === count - 1 ? "true" : null);
    }
  }
  /** Room for the longest text, so that none changes the bar. */
  function fit() {
    const width = penOf(place);
    const shapes = new Set(steps.map(({ when }) => counted(count - 1, when).replace(/\d/g, "0")));
    const most = [...shapes].reduce((wide, text) => Math.max(wide, width(text)), 190);
    place.style.width = `${Math.ceil(most) + 2}px`;
  }
  const bar = h("div", { class: "lk-controls", role: "group", "aria-label": "Steps" },
    h("span", { class: "lk-buttons" }, first, back, next, last, play),
    h("span", { class: "lk-slide" }, slider), h("span", { class: "lk-count" }, place));
  return { bar, show, fit, pause, slider };
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
  const box = root(el, "lifeline", story.title);
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
  const bar = controls(story.steps, move);
  const tree = treeBox(story);
  const source = Object.keys(story.sources).length ? sourceBox(story) : null;
  const sentence = sentenceBox(story);
  const below = h("div", { class: source ? "lk-below lk-two" : "lk-below" },
    h("div", { class: "lk-now" }, h("p", { class: "lk-head" }, "Processes at this step"), tree.box),
    source?.box);
  box.append(lanes.box, legend(story), bar.bar, sentence.box, below);
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
    sentence.show(story.steps[step]);
    bar.show(step, story.steps[step].when);
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
    if (to === undefined || other || event.target === bar.slider || isWide(event.target)) return;
    event.preventDefault();
    bar.pause();
    move(to);
  });
  const redraw = (paper) => {
    lanes.draw(paper);
    tree.print(paper);
    bar.fit();
    sentence.fit();
    if (box.dataset.step === undefined) source?.ready();
    const step = now;
    now = null;
    go(step);
  };
  const watcher = new ResizeObserver(() => {
    const width = lanes.width();
    if (width > 0 && width !== box.lkWidth) {
      box.lkWidth = width;
      redraw(false);
    } else lanes.look();
  });
  watcher.observe(box);
  const print = () => redraw(true);
  const printed = () => redraw(false);
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

/** Whether the keys scroll what has the focus sideways: a text wider than its box. */
function isWide(target) {
  const box = target.closest("pre, .lk-code");
  return box !== null && box.scrollWidth > box.clientWidth;
}

/** The place that Python is yet to be told of, for each model (known by its story). */
const PLACES = new WeakMap();

/**
 * Tell Python where the reader is once there is a pause, when the reader leaves the view (a cell may
 * ask at once), but at least every five seconds: each time the kernel answers (busy, idle, the echo),
 * and the Lab around draws a frame or two of its own, for which the next step would wait. The pause is
 * longer than that between the keys of who reads on. Other views of the model follow at once.
 */
function teller(model, story) {
  if (!PLACES.has(story)) PLACES.set(story, { untold: null, timer: null, since: 0 });
  const place = PLACES.get(story);
  const send = () => {
    const step = place.untold;
    clearTimeout(place.timer);
    if (step === null) return;
    place.untold = null;
    model.set("step", step);
    model.save_changes();
  };
  const tell = (step) => {
    const now = performance.now();
    if (place.untold === null) place.since = now;
    clearTimeout(place.timer);
    const latest = Math.max(0, place.since + TELL_LATEST_MS - now);
    place.timer = setTimeout(send, Math.min(TELL_MS, latest));
    place.untold = step;
    model.set("step", step);
  };
  // The kernel echoes what it was told. A reader who has gone on meanwhile is not taken back.
  const stale = () => place.untold !== null && model.get("step") !== place.untold;
  return { tell, stale, send };
}

export default {
  render({ model, el }) {
    const story = model.get("story");
    const { tell, stale, send } = teller(model, story);
    const view = lifeline(el, story, model.get("step"), tell);
    el.addEventListener("focusout", (event) => { if (!el.contains(event.relatedTarget)) send(); });
    const follow = () => { if (!stale()) view.go(model.get("step")); };
    model.on("change:step", follow);
    return () => {
      model.off("change:step", follow);
      view.close();
    };
  },
};
