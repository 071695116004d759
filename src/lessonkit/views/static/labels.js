// The names left of the lanes, and how wide a text will be.

const BLOCK = 8; // names are made together
const MOST_BLOCKS = 20; // that are kept, in sight or not

/** A ruler for texts in the font of an element: width(text) in px. */
function penOf(element) {
  const pen = document.createElement("canvas").getContext("2d");
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  pen.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  return (text) => pen.measureText(text).width;
}

/**
 * The names left of the lanes; like the picture, only those in sight lately are there. Names
 * clip nothing, but the few that are too long: every clip is one more thing to compose. They come
 * in blocks, of which the browser keeps what it has painted.
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
  let [widths, room, sight] = [[], 0, [0, 0]];

  /** As wide as the widest name, but no wider than a third of the view. */
  function fit(all) {
    const width = penOf(column);
    widths = texts.map((text, row) => Math.ceil(indent[row] + width(text) + 12));
    const most = widths.reduce((a, b) => Math.max(a, b), 110);
    room = Math.min(most, Math.max(110, Math.floor(all * 0.3)));
    column.style.width = `${room}px`;
    column.style.height = `${texts.length * ROW}px`;
    for (const block of there.values()) block.remove();
    there.clear();
  }
  function make(row) {
    const kind = widths[row] > room ? "lk-label lk-long" : "lk-label";
    return h("div", { class: kind, style: `padding-left:${indent[row]}px` }, texts[row]);
  }
  /** The blocks from and to which a part of the column reaches. */
  const blocksOf = (top, bottom) => [
    Math.floor(top / (BLOCK * ROW)),
    Math.ceil(Math.min(texts.length, bottom / ROW) / BLOCK),
  ];

  /** Make the names of that part, if they are not there; the last used are the last to go. */
  function ahead(top, bottom) {
    const fresh = [];
    const [first, end] = blocksOf(top, bottom);
    for (let number = first; number < end; number++) {
      let block = there.get(number);
      if (!block) {
        const from = number * BLOCK;
        const rows = texts.slice(from, from + BLOCK).map((_, index) => make(from + index));
        block = h("div", { class: "lk-block", style: `top:${from * ROW}px` }, ...rows);
        fresh.push(block);
      }
      there.delete(number);
      there.set(number, block);
    }
    acts.before(...fresh);
    for (const [number, block] of there) {
      if (there.size <= MOST_BLOCKS) break;
      if (number >= sight[0] && number < sight[1]) continue;
      block.remove();
      there.delete(number);
    }
  }
  function see(top, bottom) {
    sight = blocksOf(top, bottom);
    ahead(top, bottom);
  }
  const mark = (row) => toActing(row === null ? AWAY : row * ROW);
  return { column, fit, see, ahead, mark };
}
