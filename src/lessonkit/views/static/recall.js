// Questions to recall: say the answer, unfold it, say whether you knew it.

const PROSE = new Set(["p", "ul", "li", "pre", "code", "strong", "em"]);
const SAID = [["I knew it", true], ["Not yet", false]];

/** Build elements from a tree of texts and [tag, node, ...]; other tags become their words. */
function prose(node) {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, ...children] = node;
  return h(PROSE.has(tag) ? tag : "span", {}, ...children.map(prose));
}

/** Make one question; returns its element, and show(note), which draws what was said. */
function makeCard(card, number, send) {
  const id = uniqueName("answer");
  const answer = h("div", { class: "lk-recall-answer", id, hidden: true }, ...card.answer.map(prose));
  const said = SAID.map(([word, knew]) => h("button", {
    class: "lk-quiet", type: "button", "aria-pressed": "false",
    onclick: () => send({ key: card.key, knew }),
  }, word));
  const ask = h("div", { class: "lk-recall-said", hidden: true, role: "group",
    "aria-label": `Question ${number}: did you know it?` }, ...said);
  const unfold = h("button", { type: "button", "aria-expanded": "false", "aria-controls": id,
    "aria-label": `Show the answer to question ${number}` }, "Show the answer");
  const note = h("p", { class: "lk-recall-note lk-soft", role: "status" });

  function open(isOpen) {
    answer.hidden = ask.hidden = !isOpen;
    const words = isOpen ? "Hide the answer" : "Show the answer";
    setText(unfold, words);
    setAttribute(unfold, "aria-label", `${words} to question ${number}`);
    setAttribute(unfold, "aria-expanded", isOpen);
  }
  unfold.addEventListener("click", () => open(answer.hidden));

  const element = h("li", { class: "lk-recall-card" },
    h("div", { class: "lk-recall-question" }, ...card.question.map(prose)),
    h("p", { class: "lk-soft" }, `From ${card.lesson}`), unfold, answer, ask, note);

  function show(what) {
    setText(note, what?.text ?? "");
    SAID.forEach(([word, knew], at) => {
      const pressed = what?.knew === knew;
      setAttribute(said[at], "aria-pressed", pressed);
      setText(said[at], pressed ? `✓ ${word}` : word);
    });
  }
  return { element, show };
}

export default {
  render({ model, el }) {
    const box = root(el, "recall", "Questions from earlier lessons");
    const list = h("ol", { class: "lk-recall-list" });
    const talk = conversation(model);
    box.append(list, talk.line);
    const shows = new Map();
    model.get("cards").forEach((card, at) => {
      const { element, show } = makeCard(card, at + 1, (known) => talk.send("note", known));
      shows.set(card.key, show);
      list.append(element);
    });
    const draw = () => {
      const notes = model.get("notes");
      for (const [key, show] of shows) show(notes[key]);
    };
    model.on("change:notes", draw);
    draw();
    return () => {
      model.off("change:notes", draw);
      talk.close();
    };
  },
};
