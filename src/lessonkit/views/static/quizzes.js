// A question that answers at once. The kernel judges; this shows, and asks.

/** One option, or several. */
function choicePart(form, onchange) {
  const many = form.kind === "many";
  const { list, inputs } = optionList(many ? "checkbox" : "radio", form.options, onchange);
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return {
    element: list,
    hint: many ? "Choose all that belong." : "",
    read: () => (many ? chosen() : chosen()[0] ?? ""),
    ready: () => many || chosen().length === 1,
    show: (answer) => inputs.forEach((input) => {
      input.checked = [answer ?? []].flat().includes(input.value);
    }),
    lock: () => {},
  };
}

/** A number with its unit. */
function numberPart(form, onchange) {
  const input = h("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", maxlength: 40, oninput: onchange,
  });
  const words = form.unit ? `Your answer, in ${form.unit}` : "Your answer, a number";
  const unit = form.unit ? h("span", { "aria-hidden": "true" }, form.unit) : null;
  return {
    element: h("label", { class: "lk-ask-field" }, words,
      h("span", { class: "lk-ask-unit" }, input, unit)),
    hint: "",
    read: () => input.value.trim(),
    ready: () => input.value.trim() !== "",
    show: (answer) => { input.value = answer ?? ""; },
    lock: () => {},
  };
}

const MOVES = {
  up: { sign: "↑", key: "ArrowUp" },
  down: { sign: "↓", key: "ArrowDown" },
  out: { sign: "←", key: "ArrowLeft" },
  in: { sign: "→", key: "ArrowRight" },
  "leave out": { sign: "×", key: "Delete" },
};

/** Lines to be put in order: a list whose items are moved with arrow keys, buttons or mouse. */
function orderPart(form, onchange, say) {
  const texts = new Map(form.lines);
  const names = ["up", "down", ...(form.indent ? ["out", "in"] : []),
    ...(form.spare ? ["leave out"] : [])];
  const hint = h("p", { class: "lk-soft", id: uniqueName("hint") },
    "Move a line with its buttons, with the mouse, or with the arrow keys while it has the focus" +
    (form.indent ? " (left and right: out and in)" : "") +
    (form.spare ? "; Delete leaves it out." : "."));
  const list = h("ol", { class: "lk-ask-lines", "aria-label": "Your order" });
  const rest = h("ul", { class: "lk-ask-lines", "aria-label": "Lines that you leave out" });
  const restBox = h("div", {}, h("p", { class: "lk-ask-caption" }, "Left out"), rest,
    h("p", { class: "lk-soft lk-ask-none" }, "Nothing so far."));
  let used = form.lines.map(([letter]) => ({ letter, steps: 0 }));
  let left = [];
  let locked = false;
  let dragged = null;

  const textNodes = (letter) => (form.code ? [h("code", {}, texts.get(letter))]
    : rich(texts.get(letter)));
  const spoken = (letter) => texts.get(letter).replaceAll("`", "");
  const where = (letter) => {
    const place = used.findIndex((line) => line.letter === letter);
    const steps = place < 0 ? 0 : used[place].steps;
    const inside = steps ? `, ${steps} ${steps === 1 ? "step" : "steps"} in` : "";
    return place < 0 ? "left out" : `line ${place + 1} of ${used.length}${inside}`;
  };
  const focus = (letter) =>
    [...list.children, ...rest.children].find((item) => item.lkLetter === letter)
      ?.querySelector("button").focus();

  /** Do one named move with a line, and say where it is now. */
  const move = (letter, name) => {
    const at = used.findIndex((line) => line.letter === letter);
    const line = used[at];
    if (locked || (name === "use") !== (at < 0) || (at >= 0 && !names.includes(name))) return;
    if (name === "use") {
      used.push({ letter, steps: 0 });
      left = left.filter((other) => other !== letter);
    } else if (name === "leave out") {
      used.splice(at, 1);
      left.push(letter);
    } else if (name === "in" || name === "out") {
      line.steps = Math.max(0, Math.min(form.most, line.steps + (name === "in" ? 1 : -1)));
    } else {
      const to = at + (name === "up" ? -1 : 1);
      if (used[to]) [used[at], used[to]] = [used[to], line];
    }
    moved(letter);
  };
  /** Put a line before or behind another one: what a drop does. */
  const put = (letter, other, behind) => {
    if (locked || letter === null || letter === other) return;
    const line = used.find((one) => one.letter === letter) ?? { letter, steps: 0 };
    used = used.filter((one) => one !== line);
    left = left.filter((one) => one !== letter);
    used.splice(used.findIndex((one) => one.letter === other) + (behind ? 1 : 0), 0, line);
    moved(letter);
  };
  const moved = (letter) => {
    draw();
    focus(letter);
    say(`${spoken(letter)}: ${where(letter)}`);
    onchange();
  };

  const pressed = (event, letter) => {
    const name = names.find((one) => MOVES[one].key === event.key) ??
      (event.key === "Backspace" && form.spare ? "leave out" : null);
    if (name === null || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(letter, name);
  };
  const small = (letter, name, sign, focusable) => h("button", {
    type: "button", class: "lk-quiet lk-ask-move", title: name,
    tabindex: focusable ? null : -1, "aria-label": `${name}: ${spoken(letter)}`,
    onclick: () => move(letter, name),
  }, sign);
  /** Whether a line that is dropped there comes behind this one: below its middle. */
  const isBehind = (item, event) => {
    const { top, height } = item.getBoundingClientRect();
    return event.clientY > top + height / 2;
  };
  const over = (item, on, behind = false) => {
    item.classList.toggle("lk-ask-over", on && !behind);
    item.classList.toggle("lk-ask-under", on && behind);
  };
  const makeLine = ({ letter }) => {
    const grip = h("button", {
      type: "button", class: "lk-ask-grip", "aria-describedby": hint.id,
      onkeydown: (event) => pressed(event, letter),
      onclick: () => say(`${spoken(letter)}: ${where(letter)}`),
    }, h("span", { class: "lk-ask-place", "aria-hidden": "true" }),
    h("span", { class: "lk-ask-text" }, ...textNodes(letter)), h("span", { class: "lk-hidden" }));
    const item = h("li", {
      draggable: "true",
      ondragstart: (event) => {
        dragged = letter;
        event.dataTransfer.setData("text/plain", spoken(letter));
      },
      // It may come late, when the next line is being dragged already.
      ondragend: () => { if (dragged === letter) dragged = null; },
      ondragover: (event) => {
        if (dragged === null || locked) return;
        event.preventDefault();
        over(item, true, isBehind(item, event));
      },
      ondragleave: () => over(item, false),
      ondrop: (event) => {
        event.preventDefault();
        over(item, false);
        put(dragged, letter, isBehind(item, event));
      },
    }, grip, h("span", { class: "lk-ask-moves" },
      ...names.map((name) => small(letter, name, MOVES[name].sign, false))));
    item.lkLetter = letter;
    return item;
  };
  const updateLine = (item, line) => {
    const [place, text, hidden] = item.querySelector("button").children;
    setText(place, String(used.indexOf(line) + 1));
    setText(hidden, `, ${where(line.letter)}`);
    text.style.paddingLeft = `${2 * line.steps}em`;
    setAttribute(item, "draggable", locked ? "false" : "true");
  };
  const makeRest = (letter) => {
    const item = h("li", {}, small(letter, "use", "use", true),
      h("span", { class: "lk-ask-text" }, ...textNodes(letter)));
    item.lkLetter = letter;
    return item;
  };
  const draw = () => {
    keyed(list, used, (line) => line.letter, makeLine, updateLine);
    keyed(rest, left, (letter) => letter, makeRest, () => {});
    setShown(restBox.lastChild, left.length === 0);
  };
  draw();
  return {
    element: h("div", {}, hint, list, form.spare ? restBox : null),
    hint: "",
    read: () => used.map(({ letter, steps }) => (steps ? `${letter}+${steps}` : letter)),
    ready: () => used.length > 0,
    show: (answer) => {
      if (answer === null) return;
      used = answer.map((place) => ({ letter: place[0], steps: Number(place.slice(2) || 0) }));
      left = form.lines.map(([letter]) => letter)
        .filter((letter) => !used.some((line) => line.letter === letter));
      draw();
    },
    lock: (on) => {
      locked = on;
      list.classList.toggle("lk-ask-locked", on);
      rest.classList.toggle("lk-ask-locked", on);
      draw();
    },
  };
}

/** What is said to an answer: by shape and word, colour only repeats it. */
function feedbackPart(form) {
  const mark = h("svg", { class: "lk-ask-mark", viewBox: "0 0 16 16", "aria-hidden": "true" });
  const verdict = h("b", {});
  const text = h("p", {});
  const notes = h("ul", { class: "lk-ask-notes" });
  const element = h("div", { class: "lk-ask-feedback" },
    mark, h("div", {}, h("p", {}, verdict), text, notes));
  const show = (state) => {
    setShown(element, state.right !== null);
    setAttribute(element, "data-right", state.right);
    mark.replaceChildren(h("path", {
      d: state.right ? "M3 8.5 L6.5 12 L13 4.5" : "M4 4 L12 12 M12 4 L4 12",
      fill: "none", stroke: "currentColor", "stroke-width": 2.2,
    }));
    setText(verdict, verdictWords(form, state));
    setRich(text, state.text);
    setShown(text, state.text !== "");
    setShown(notes, state.notes.length > 0);
    notes.replaceChildren(...state.notes.map(([letter, said]) =>
      h("li", {}, h("b", {}, `${letter}: `), ...rich(said))));
  };
  return { element, show };
}

/** Lines are not named in the page, so an order is not repeated. */
function verdictWords(form, state) {
  if (form.kind === "order") return state.right ? "Right." : "Not right.";
  return `${state.words}: ${state.right ? "right" : "not right"}.`;
}

function render({ model, el }) {
  const form = model.get("form");
  const box = root(el, "quiz", `${form.item}: self-check`);
  box.classList.add("lk-ask");
  const say = announcer(box);
  const talk = conversation(model, () => say(last));
  let state = null;
  let last = "";
  let again = false;
  const makers = { one: choicePart, many: choicePart, number: numberPart, order: orderPart };
  const check = h("button", { type: "submit" }, form.button ?? "Check");
  const ready = () => setEnabled(check, part.ready());
  const part = makers[form.kind](form, () => ready(), say);
  const unlock = h("button", { type: "button", class: "lk-quiet" }, "Answer again");
  const tries = h("p", { class: "lk-soft lk-ask-line" });
  const fields = h("fieldset", {},
    h("legend", {}, h("b", {}, `${form.item}. `), ...rich(form.question)),
    part.hint ? h("p", { class: "lk-soft" }, part.hint) : null, part.element);
  const onsubmit = (event) => {
    event.preventDefault();
    if (fields.disabled) return;
    if (isEnabled(check)) talk.send("answer", part.read());
    else say("Answer first.");
  };
  const feedback = feedbackPart(form);
  const note = h("p", { class: "lk-ask-note" });
  box.append(
    h("form", { onsubmit }, fields,
      h("div", { class: "lk-ask-row" }, check, unlock, tries, talk.line)),
    note, feedback.element);

  const settle = () => {
    const done = state.right === true && !again;
    fields.disabled = done && form.kind !== "order";
    part.lock(done);
    setShown(check, !done);
    setShown(unlock, done);
  };
  unlock.addEventListener("click", () => {
    again = true;
    settle();
    ready();
    box.querySelector("fieldset input, fieldset button")?.focus();
  });
  const patch = (first) => {
    const old = state;
    state = model.get("state");
    const focused = box.contains(document.activeElement);
    const same = !first && JSON.stringify(old.answer) === JSON.stringify(state.answer);
    if (!same) part.show(state.answer);
    if (first || old.tries !== state.tries) again = false; // else nothing was judged
    settle();
    ready();
    setText(tries, state.tries ? `${state.tries} ${state.tries === 1 ? "try" : "tries"}` : "");
    setText(note, [state.note, state.problem].filter(Boolean).join(" "));
    setShown(note, note.textContent !== "");
    feedback.show(state);
    if (first) return;
    if (focused && state.right === true) unlock.focus();
    const said = state.notes.map(([letter, text]) => `${letter}: ${text}`);
    const words = state.note ? [state.note] : [verdictWords(form, state), state.text, ...said];
    say(last = words.join(" ").replaceAll("`", ""));
  };
  const changed = () => patch(false);
  patch(true);
  model.on("change:state", changed);
  return () => {
    model.off("change:state", changed);
    talk.close();
  };
}

export default { render };
