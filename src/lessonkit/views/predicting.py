"""Let a learner predict, then run, then explain: `predict` makes one demonstration.

    d1 = views.predict(
        "D1",
        "You send SIGKILL to a zombie. What happens?",
        {"A": "`kill` fails: No such process", "B": "`kill` says success, nothing changes"},
        lambda: run(kill_a_zombie),
        fact=lambda r: f"before: {r.value['before']}; after: {r.value['after']}",
        answer=lambda r: "B" if r.value["before"] == r.value["after"] else None,
        why="The number still belongs to a process that exists, so sending succeeds.",
    )
    d1

In JupyterLab this is a form; elsewhere it is text, and `d1.keep("B")`, `d1.run()` and
`d1.explain("...")` do the same. Showing it runs nothing, so Run All never waits for it, and
nothing here ever raises for a learner: what cannot be done is said. A later cell may use
`d1.record`; it is None until the demonstration has run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from weakref import WeakValueDictionary

from lessonkit.errors import LessonkitError, UsageError
from lessonkit.show.words import block
from lessonkit.views import base
from lessonkit.views.background import Job, heed_interrupts
from lessonkit.views.comparing import prediction_html, prediction_text
from lessonkit.views.forms import MOST_CHARS, Form, Kept, form_script, form_style, plain
from lessonkit.views.outcomes import (
    Choice,
    Tell,
    fact_of,
    problem_of,
    record_html,
    sentence_of,
)
from lessonkit.workbook import Workbook, workbook_here

__all__ = ["Prediction", "predict"]

_FIELDS = ("prediction", "fact", "fact_text", "agrees", "explanation", "ran", "problem")

# What ran in this kernel, so that a cell that is run again still has its record; what runs now, and
# the demonstration that its cell has made last, which is to hear of its end.
_records: dict[tuple[str, str], Any] = {}
_jobs: dict[tuple[str, str], Job] = {}
_newest: WeakValueDictionary[tuple[str, str], Prediction] = WeakValueDictionary()
_table = threading.RLock()


def predict(
    item: str,
    question: str,
    options: Mapping[str, str] | range | None,
    run: Callable[[], Any],
    *,
    fact: Tell | None = None,
    answer: Tell | str | int | None = None,
    why: str = "",
) -> Prediction:
    """Make a demonstration that runs after it was predicted. Show it as a cell's last line.

    Args:
        item: Its name, such as "D1"; what is kept of it is kept under this name.
        question: What is asked. `code` stands between backticks; nothing else is markup.
        options: Letter -> text of an option; or a range for a whole number from it
            (`range(21)`); or None for a sentence.
        run: Runs the demonstration and returns its record, mostly `lambda: run(function)`.
        fact: Says from the record what the kernel did, in a sentence. Left out, it is the
            value that the function returned.
        answer: Says from the record which option came true (a letter or a number), or None
            where none did. The fact decides; a constant is for what cannot be read from it.
        why: Our own explanation; opens after the learner's has been kept.
    """
    if not callable(run):
        raise UsageError(f"{item}: run is a function that runs the demonstration, not {run!r:.60}")
    choice = Choice(item, options)
    return Prediction(item, question, choice, run, fact, answer, why, workbook_here())


class PredictForm(Form):
    """The form of a demonstration in the page."""

    _esm = form_script("predict.js")
    _css = form_style("predict.css")


class Prediction:
    """A demonstration, made by `predict`.

    record: what the demonstration returned, mostly a `Run`; None until it has run.
    """

    def __init__(
        self,
        item: str,
        question: str,
        choice: Choice,
        run: Callable[[], Any],
        fact: Tell | None,
        answer: Tell | str | int | None,
        why: str,
        workbook: Workbook | None,
    ) -> None:
        self.item = item
        self.question = question
        self.choice = choice
        self.why = why
        self._work, self._fact, self._answer = run, fact, answer
        self._key = (str(workbook.path) if workbook else "", item)
        self._view: PredictForm | None = None
        self._note = ""
        self._drawn: tuple[Any, str] = (None, "")
        self._lock = threading.RLock()
        with _table:  # what its cell has begun before may end in this very moment
            self._kept = Kept(workbook, "predictions", item)
            self.record: Any = _records.get(self._key)
            _newest[self._key] = self

    # What a learner does; each returns the demonstration, which shows how things stand.

    def keep(self, prediction: object) -> Prediction:
        """Store the prediction: a letter, a number or a sentence."""
        with self._lock:
            kept = self.choice.read(prediction)
            if self.ran or self._job is not None:
                self._note = "The prediction stays as it was before the run."
            elif kept is None:
                self._note = f"That is not one of the answers asked for: {self.choice.wanted()}."
            else:
                self._note = ""
                self._kept.update(prediction=kept, question=self.question)
            return self._changed()

    def run(self) -> Prediction:
        """Run the demonstration, if a prediction is stored, and wait for its end."""
        if self._may_run():
            try:
                self._ended(self._work(), None)
            except Exception as error:
                self._ended(None, error)
        return self._changed()

    def demonstrate(self) -> Any:
        """Run the demonstration and return its record, without a prediction; keep nothing.

        For authors: `tools/record_lesson.py` makes its recording so.
        """
        return self._work()

    def begin(self) -> Prediction:
        """Run the demonstration in the background, if a prediction is stored."""
        with self._lock, _table:  # another form of the same demonstration may be there as well
            if self._may_run():
                job = _jobs[self._key] = Job(self._work, self._finished)
                job.start()
            return self._changed()

    def stop(self) -> Prediction:
        """End a run that was begun in the background."""
        job = self._job
        if job is not None:
            job.stop()
        return self

    def explain(self, sentence: str) -> Prediction:
        """Store one sentence that explains the fact; after it, ours can be read."""
        with self._lock:
            text = block(" ".join(str(sentence).split()), MOST_CHARS)
            self._note = "" if text else "An explanation needs at least a word."
            if text:
                self._kept.update(explanation=text)
            return self._changed()

    def forget(self) -> Prediction:
        """Begin again: nothing is predicted, run or explained."""
        with self._lock:
            if self._job is None:
                self._note = ""
                self.record = None
                _records.pop(self._key, None)
                self._kept.update(**dict.fromkeys(_FIELDS))
            return self._changed()

    # How things stand; all of it may come from an earlier session.

    @property
    def _job(self) -> Job | None:
        """What runs now; it may have been begun before its cell was run again."""
        return _jobs.get(self._key)

    @property
    def prediction(self) -> str | None:
        """What was predicted, or None."""
        text = self._kept.text("prediction")
        return None if text is None else self.choice.read(text)

    @property
    def ran(self) -> bool:
        """Whether it has run, now or in an earlier session, and something was seen."""
        return self.prediction is not None and self.fact_text is not None

    @property
    def fact_text(self) -> str | None:
        """What the kernel did, in a sentence; None before it ran."""
        return self._kept.text("fact_text")

    @property
    def fact(self) -> str | None:
        """The option that came true, or None where that is not known."""
        text = self._kept.text("fact")
        return None if text is None else self.choice.read(text)

    @property
    def agrees(self) -> bool | None:
        """Whether the prediction came true; None where that is not known."""
        return None if not self.ran or self.fact is None else self.fact == self.prediction

    @property
    def explanation(self) -> str | None:
        """The learner's sentence, or None."""
        return self._kept.text("explanation")

    @property
    def note(self) -> str:
        """What has to be said besides: what could not be done or kept."""
        problem = self._kept.text("problem") if self.ran else None
        return " ".join(part for part in (self._note, problem, self._kept.problem) if part)

    # Showing it.

    def __repr__(self) -> str:
        return prediction_text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return base.bundle(self._shown, html=prediction_html(self), text=prediction_text(self))

    def _shown(self) -> PredictForm:
        if self._view is None:
            form = {"item": self.item, "question": plain(self.question), **self.choice.form()}
            heed_interrupts()
            self._view = PredictForm(form, self._state(), self._act)
        return self._view

    def _state(self) -> dict[str, Any]:
        job = self._job
        return {
            "running": job is not None,
            "seconds": 0.0 if job is None else job.seconds(),
            "prediction": self.prediction,
            "predicted": self.choice.words(self.prediction),
            "ran": self.ran,
            "fact": self.choice.words(self.fact),
            "fact_text": self.fact_text or "",
            "agrees": self.agrees,
            "record": self._page() if self.ran else "",
            "explanation": self.explanation or "",
            "why": plain(self.why) if self.ran and self.explanation else "",
            "note": self.note,
            "problem": "",
        }

    def _page(self) -> str:
        """The record as it shows itself, drawn once."""
        if self._drawn[0] is not self.record:
            self._drawn = self.record, record_html(self.record)
        return self._drawn[1]

    def _changed(self) -> Prediction:
        if self._view is not None:
            self._view.state = self._state()
        return self

    def _act(self, message: dict[str, Any]) -> None:
        what, value = message.get("do"), message.get("value")
        if what == "keep":
            self.keep(value)
        elif what == "explain":
            self.explain(str(value))
        elif what in ("begin", "stop", "forget"):
            getattr(self, what)()

    # Running it.

    def _may_run(self) -> bool:
        self._note = ""
        if self._job is not None:
            self._note = "It is running already."
        elif self.prediction is None:
            self._note = "Predict first; it opens what runs."
        return not self._note

    def _finished(self, record: Any, error: BaseException | None) -> None:
        """Called by the job, in its thread."""
        with self._lock:
            try:
                self._ended(record, error)
            except Exception as problem:  # nobody would hear of it, and the form would run for ever
                self._note = f"What it did could not be told: {type(problem).__name__}: {problem}"
        with _table:
            _jobs.pop(self._key, None)
            newest = _newest.get(self._key)
        for one in {self, newest or self}:
            one._is_over(self)

    def _is_over(self, which: Prediction) -> None:
        """The run that the form has shown is over; *which* has begun it."""
        with self._lock:
            if which is not self:  # its cell was run again meanwhile
                self._note, self._kept, self.record = which._note, which._kept, which.record
            try:
                self._changed()
            except Exception as problem:  # a record that cannot be drawn
                self.record = None
                self._note = f"What it did cannot be shown: {type(problem).__name__}: {problem}"
                self._changed()

    def _ended(self, record: Any, error: BaseException | None) -> None:
        self._note = ""
        if isinstance(error, KeyboardInterrupt):
            self._note = "You stopped it. Nothing of it runs any more; you can run it again."
        elif isinstance(error, LessonkitError):
            self._note = f"It could not be run, and that is not your fault: {error}"
        elif error is not None:
            self._note = f"The demonstration failed: {type(error).__name__}: {error}"
        else:
            self.record = _records[self._key] = record
            self._kept.update(
                fact=self.choice.read(fact_of(record, self._answer)),
                fact_text=sentence_of(record, self._fact),
                problem=problem_of(record),
                ran=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            self._kept.update(agrees=self.agrees)
