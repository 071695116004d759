// A demonstration: predict, run, compare, explain. Python decides; this shows, and asks.

const RUN_WAITS = "Run opens when your prediction is kept.";
const LOST = "The kernel was restarted: nothing of it runs any more. Run this cell again.";
const AGREES = "It came as you predicted.";
const DIFFERS = "It came otherwise than you predicted: here is something to learn.";

/** Where the learner answers: options, a number or a sentence. */
function answerPart(form, onchange) {
  if (form.kind === "one") {
    const { list, inputs } = optionList("radio", form.options, onchange);
    return {
      element: list,
      read: () => inputs.find((input) => input.checked)?.value ?? "",
      show: (value) => inputs.forEach((input) => { input.checked = input.value === value; }),
    };
  }
  const number = form.kind === "number";
  const words = number
    ? `Your prediction, a whole number from ${form.least} to ${form.most}`
    : "Your prediction, in a sentence";
  const limits = number ? { type: "number", min: form.least, max: form.most, step: 1 }
    : { type: "text", maxlength: 1000 };
  const input = h("input", { ...limits, autocomplete: "off", oninput: onchange });
  return {
    element: h("label", { class: `lk-ask-field${number ? "" : " lk-ask-wide"}` }, words, input),
    read: () => input.value.trim(),
    show: (value) => { if (document.activeElement !== input) input.value = value; },
  };
}

/** The steps, with the present one marked by more than colour. */
function stepList() {
  const names = ["Predict", "Run", "Explain"];
  const items = names.map((name) => h("li", {}, name));
  const show = (at) => items.forEach((item, place) => {
    setAttribute(item, "aria-current", place === at ? "step" : null);
    setAttribute(item, "class", place < at ? "lk-ask-past" : null);
  });
  return { element: h("ol", { class: "lk-ask-steps", "aria-label": "Steps" }, ...items), show };
}

/** Prediction and fact side by side, and what to make of it. */
function resultPart() {
  const predicted = h("dd", {});
  const fact = h("p", { class: "lk-ask-answer" });
  const told = h("p", {});
  const verdict = h("p", { class: "lk-ask-verdict" });
  const pages = h("div", { class: "lk-ask-record" });
  const record = h("details", {}, h("summary", {}, "The record of this run"), pages);
  const gone = h("p", { class: "lk-soft" },
    "The record itself is not kept over a restart. Run it again to see it.");
  const element = h("div", { class: "lk-ask-result" },
    h("dl", { class: "lk-ask-sides" },
      h("div", {}, h("dt", {}, "You predicted"), predicted),
      h("div", {}, h("dt", {}, "The kernel did"), h("dd", {}, fact, told))),
    verdict, record, gone);
  const show = (state) => {
    setShown(element, state.ran);
    setRich(predicted, state.predicted);
    setRich(fact, state.fact);
    setShown(fact, state.fact !== "");
    setRich(told, state.fact_text);
    setShown(verdict, state.agrees !== null);
    setText(verdict, state.agrees ? AGREES : DIFFERS);
    setAttribute(verdict, "data-agrees", state.agrees);
    setShown(record, state.record !== "");
    setShown(gone, state.record === "");
    if (pages.lkHtml !== state.record) pages.replaceChildren(...harmless(state.record));
    pages.lkHtml = state.record;
  };
  return { element, show };
}

/** The learner's sentence, and ours behind it. */
function explainPart(talk) {
  const input = h("input", { type: "text", maxlength: 1000, autocomplete: "off" });
  const keep = h("button", { type: "submit" }, "Keep my sentence");
  const ours = h("p", {});
  const box = h("div", { class: "lk-ask-ours" },
    h("p", { class: "lk-ask-caption" }, "Our sentence"), ours);
  const waits = h("p", { class: "lk-soft" }, "Our sentence opens when yours is kept.");
  const onsubmit = (event) => {
    event.preventDefault();
    talk.send("explain", input.value);
  };
  const element = h("form", { class: "lk-ask-explain", onsubmit },
    h("label", { class: "lk-ask-field lk-ask-wide" },
      "Why? One sentence, in your own words", input),
    keep);
  const whole = h("div", {}, element, waits, box);
  let shown = null;
  const show = (state) => {
    setShown(whole, state.ran);
    if (shown !== state.explanation) input.value = shown = state.explanation;
    setShown(box, state.why !== "");
    setShown(waits, state.explanation === "");
    setRich(ours, state.why);
  };
  return { element: whole, show };
}

/** The Run and Stop buttons, and what is going on. */
function runPart(talk, say) {
  const reason = h("p", { class: "lk-soft lk-ask-line", id: uniqueName("reason") });
  // Not in what describes Run: that would be read out each second, while Run has the focus.
  const going = h("p", { class: "lk-soft lk-ask-line" });
  const run = h("button", { type: "button", "aria-describedby": reason.id });
  const stop = h("button", { type: "button", class: "lk-quiet" }, "Stop");
  let began = 0;
  let clock = 0;
  const tick = () => {
    const seconds = Math.round((Date.now() - began) / 1000);
    setText(going, `It runs in a sandbox: ${seconds} s so far. Cells can be run meanwhile.`);
  };
  const show = (state) => {
    setText(run, state.ran ? "Run again" : "Run");
    setEnabled(run, state.prediction !== null && !state.running);
    setText(reason, state.prediction === null ? RUN_WAITS : "");
    setShown(reason, !state.running);
    setShown(going, state.running);
    showStop(state.running);
    if (state.running && !clock) {
      began = Date.now() - 1000 * state.seconds;
      clock = setInterval(tick, 1000);
      tick();
    }
    if (!state.running) halt();
  };
  const halt = () => {
    clearInterval(clock);
    clock = 0;
  };
  const showStop = (shown) => {
    if (!shown && document.activeElement === stop) run.focus();
    setShown(stop, shown);
  };
  const lost = () => {
    if (!clock) return;
    halt();
    showStop(false);
    setText(going, LOST);
    say(LOST);
  };
  run.addEventListener("click", () => {
    if (isEnabled(run)) talk.send("begin");
    else say(clock ? going.textContent : reason.textContent);
  });
  stop.addEventListener("click", () => talk.send("stop"));
  const element = h("div", { class: "lk-ask-row" }, run, stop, reason, going);
  return { element, show, lost, close: halt };
}

/** What a change of state sounds like. */
function spoken(old, state) {
  if (state.note && state.note !== old.note) return state.note;
  if (state.running && !old.running) return "Running.";
  if (state.ran && old.running) {
    const verdict = state.agrees === null ? "" : (state.agrees ? AGREES : DIFFERS);
    return `Done. The kernel did: ${state.fact} ${state.fact_text} ${verdict}`;
  }
  if (state.why && !old.why) return `Kept. Our sentence: ${state.why}`;
  if (state.prediction !== old.prediction && state.prediction !== null) {
    return "Your prediction is kept. Run is open now.";
  }
  return "";
}

function render({ model, el }) {
  const form = model.get("form");
  const box = root(el, "predict", `${form.item}: predict, run, explain`);
  box.classList.add("lk-ask");
  const say = announcer(box);
  const talk = conversation(model, () => say(last));
  let state = model.get("state");
  let last = "";

  const keep = h("button", { type: "submit" }, "Keep my prediction");
  const kept = h("p", { class: "lk-soft lk-ask-line" });
  const answer = answerPart(form, () => setEnabled(keep, answer.read() !== ""));
  const fields = h("fieldset", {},
    h("legend", {}, h("b", {}, `${form.item}. `), ...rich(form.question)), answer.element);
  const onsubmit = (event) => {
    event.preventDefault();
    if (isEnabled(keep)) talk.send("keep", answer.read());
    else say("Choose or write something first.");
  };
  const keeping = h("div", { class: "lk-ask-row" }, keep, kept);
  const predictForm = h("form", { onsubmit }, fields, keeping);
  const again = h("button", { type: "button", class: "lk-quiet lk-ask-again" }, "Begin again");
  again.addEventListener("click", () => talk.send("forget"));

  const steps = stepList();
  const run = runPart(talk, say);
  const result = resultPart();
  const explain = explainPart(talk);
  const note = h("p", { class: "lk-ask-note" });
  box.append(steps.element, predictForm, run.element, note, result.element, explain.element,
    h("div", { class: "lk-ask-row lk-ask-foot" }, talk.line, again));

  const patch = (first) => {
    const old = state;
    state = model.get("state");
    if (first || old.prediction !== state.prediction) answer.show(state.prediction ?? "");
    fields.disabled = state.ran || state.running;
    setShown(keeping, !state.ran);
    setEnabled(keep, answer.read() !== "" && !state.running);
    setText(kept, state.prediction === null ? ""
      : `Kept: ${form.kind === "text" ? `“${state.prediction}”` : state.prediction}.` +
        " You can change it until you run.");
    setText(note, [state.note, state.problem].filter(Boolean).join(" "));
    setShown(note, note.textContent !== "");
    const leaves = document.activeElement === again && !state.ran;
    setShown(again, state.ran && !state.running);
    if (leaves) answer.element.querySelector("input").focus();
    steps.show(state.ran ? 2 : state.prediction === null ? 0 : 1);
    for (const part of [run, result, explain]) part.show(state);
    const words = first ? "" : spoken(old, state).replaceAll("`", "");
    if (words) say(last = words);
  };
  const changed = () => patch(false);
  patch(true);
  model.on("change:state", changed);
  const stopListening = whenLost(model, run.lost);
  return () => {
    model.off("change:state", changed);
    stopListening();
    talk.close();
    run.close();
  };
}

export default { render };
