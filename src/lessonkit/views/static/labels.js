// The names left of the lanes, and how wide a text will be.

const MOST_LABELS = 200;

/** A ruler for texts in the font of an element: width(text) in px. */
function penOf(element) {
  const pen = document.createElement("canvas").getContext("2d");
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  pen.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  return (text) => pen.measureText(text).width;
}

/**
 * The names left of the lanes; like the picture, only those in sight lately are there. Names
 * clip nothing, but the few that are too long: every clip is one more thing to compose.
 */
function labelColumn(story) {
  const acts = h("div", { class: "lk-band lk-acting" });
  const rows = h("div", { class: "lk-rows" }, acts);
  const toActing = mover(acts, "Y");
  const column = h("div", { class: "lk-labels", "aria-hidden": "true" }, rows);
  const texts = story.processes.map((process) => (
    `${process.pid} ${process.names.at(-1)[1]}${process.thread ? " (thread)" : ""}`));
  const indent = story.processes.map((process) => 8 + 10 * Math.min(process.depth, 5));
  const there = new Map();
  let [widths, room] = [[], 0];

  /** As wide as the widest name, but no wider than a third of the view. */
  function fit(all) {
    const width = penOf(column);
    widths = texts.map((text, row) => Math.ceil(indent[row] + width(text) + 12));
    const most = widths.reduce((a, b) => Math.max(a, b), 110);
    room = Math.min(most, Math.max(110, Math.floor(all * 0.3)));
    column.style.width = `${room}px`;
    column.style.height = `${texts.length * ROW}px`;
    for (const label of there.values()) label.remove();
    there.clear();
  }
  function make(row) {
    const kind = widths[row] > room ? "lk-label lk-long" : "lk-label";
    const style = `top:${row * ROW}px;padding-left:${indent[row]}px`;
    return h("div", { class: kind, style }, texts[row]);
  }
  function see(top, bottom) {
    const [first, last] = [Math.floor(top / ROW), Math.min(texts.length, Math.ceil(bottom / ROW))];
    for (const [row, label] of there.size > MOST_LABELS ? there : []) {
      if (row >= first && row < last) continue;
      label.remove();
      there.delete(row);
    }
    const fresh = [];
    for (let row = first; row < last; row++) {
      if (there.has(row)) continue;
      there.set(row, make(row));
      fresh.push(there.get(row));
    }
    acts.before(...fresh);
  }
  const mark = (row) => toActing(row === null ? AWAY : row * ROW);
  return { column, fit, see, mark };
}
