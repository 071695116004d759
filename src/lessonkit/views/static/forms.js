// What predictions and quizzes share: marked-up text, and talking with the kernel.

/** Nodes of an author's text: `code` between backticks, and nothing else is markup. */
function rich(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) parts.push(`${parts.splice(-2, 2).join("`")}`);
  return parts.map((part, number) => (number % 2 ? h("code", {}, part) : part));
}

/** Fill an element with marked-up text, only where it changed. */
function setRich(element, text) {
  if (element.lkText === text) return;
  element.lkText = text;
  element.replaceChildren(...rich(text));
}

/** Show or hide an element without taking it out of the page. */
function setShown(element, shown) {
  element.hidden = !shown;
}

/** A button that says why it cannot be used, and still takes the focus then. */
function setEnabled(button, enabled) {
  setAttribute(button, "aria-disabled", enabled ? null : "true");
}
function isEnabled(button) {
  return button.getAttribute("aria-disabled") !== "true";
}

/** A column of options, each a radio button or a checkbox with its letter and its text. */
function optionList(type, options, onchange) {
  const name = uniqueName("option");
  const inputs = options.map(([letter]) =>
    h("input", { type, name, value: letter, onchange }));
  const labels = options.map(([letter, text], place) =>
    h("label", { class: "lk-ask-option" }, inputs[place],
      h("b", { class: "lk-ask-choice" }, letter), h("span", {}, ...rich(text))));
  const list = h("div", { class: "lk-ask-options" }, ...labels);
  return { list, inputs, labels };
}

const NO_ANSWER = "The kernel does not answer yet: it is busy, or it was restarted. " +
  "After a restart, run this cell again.";

/**
 * Send messages to the kernel, and say so when it does not answer: talk.send("keep", "B").
 * The line keeps its height, so nothing jumps when it speaks. same() is called when the kernel has
 * answered, and all is as it was.
 */
function conversation(model, same = () => {}) {
  const line = h("p", { class: "lk-ask-talk lk-soft", role: "status" });
  let sent = 0;
  let timer = 0;
  let news = false;
  const changed = () => { news = true; };
  const heard = () => {
    if (model.get("heard") < sent) return;
    clearTimeout(timer);
    setText(line, "");
    if (!news) same();
  };
  const send = (what, value) => {
    sent = Math.max(sent, model.get("heard")) + 1;
    clearTimeout(timer);
    news = false;
    timer = setTimeout(() => setText(line, NO_ANSWER), 1500);
    try {
      model.send({ do: what, value: value ?? null, number: sent });
    } catch {
      setText(line, NO_ANSWER);
    }
  };
  model.on("change:state", changed);
  model.on("change:heard", heard);
  return {
    line,
    send,
    close() {
      clearTimeout(timer);
      model.off("change:state", changed);
      model.off("change:heard", heard);
    },
  };
}

const KEPT_TAGS = new Set(["B", "BR", "CODE", "DETAILS", "DIV", "I", "IMG", "LI", "OL", "P", "PRE",
  "SPAN", "SUMMARY", "TABLE", "TBODY", "TD", "TH", "THEAD", "TR", "UL"]);

/** The harmless part of a record's own HTML: known tags, no script, nothing from outside. */
function harmless(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
    if (!KEPT_TAGS.has(node.tagName)) return document.createTextNode("");
    const made = document.createElement(node.tagName);
    for (const { name, value } of node.attributes) {
      const style = name === "style" && !/url\(|@|\\/i.test(value);
      const picture = name === "src" && value.startsWith("data:image/svg+xml;base64,");
      if (style || picture || name === "alt" || name === "colspan") made.setAttribute(name, value);
    }
    made.append(...[...node.childNodes].map(copy));
    return made;
  };
  return [...parsed.body.childNodes].map(copy);
}
