"""A demonstration is predicted, run and explained; nothing blocks, raises, or is lost."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonkit import Limits, run
from lessonkit.errors import LaunchError, UsageError
from lessonkit.records import Run
from lessonkit.views import background, predicting
from lessonkit.views.forms import rich
from lessonkit.views.predicting import Prediction, predict

OPTIONS = {"A": "`kill` fails", "B": "it is gone", "C": "nothing changes"}
HOSTILE = "<script>alert(1)</script>`<img src=x onerror=alert(2)>`\x1b[31m"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own my-work.json, and no browser listens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LESSONKIT_VIEWS", "still")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path


def forget_kernel() -> None:
    """What is in memory only is gone, as after a restart."""
    predicting._records.clear()


def made(work: Callable[[], Any] = lambda: "nothing changed", **more: Any) -> Prediction:
    """A demonstration whose fact is option C."""
    return predict("D1", "What happens?", OPTIONS, work, **{"answer": "C", "why": "So.", **more})


def html_of(demonstration: Prediction) -> str:
    """Its text/html."""
    found = demonstration._repr_mimebundle_()["text/html"]
    assert isinstance(found, str)
    return found


def wait_until(condition: Callable[[], object]) -> None:
    """Poll until it is true."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def programs() -> tuple[Callable[[], object], Callable[[], object]]:
    """Two functions that are sent by value, as those of a notebook are."""

    def zombie_then_kill() -> dict[str, object]:
        pid = os.fork()
        if pid == 0:
            os._exit(7)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        os.kill(pid, 9)
        return {"status": os.waitpid(pid, 0)[1]}

    def never_ends() -> None:
        while True:
            time.sleep(1)

    return zombie_then_kill, never_ends


zombie_then_kill, never_ends = programs()


def test_showing_it_runs_nothing() -> None:
    """Run All shows a question; the demonstration waits for a prediction."""
    ran: list[int] = []
    d1 = made(lambda: ran.append(1))

    assert set(d1._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert "What happens?" in repr(d1)
    assert 'd1.keep("A")' in repr(d1).replace("'", '"')
    assert (ran, d1.record, d1.ran) == ([], None, False)


def test_without_a_prediction_it_says_so_and_does_not_run() -> None:
    """A cell that runs it before there is a prediction neither runs, blocks nor raises."""
    ran: list[int] = []
    d1 = made(lambda: ran.append(1)).run()

    assert ran == []
    assert d1.record is None
    assert "Predict first" in repr(d1)
    assert "Predict first" in html_of(d1)


def test_what_the_kernel_did_stands_beside_the_prediction() -> None:
    """A real run: the record is there, the fact is read from it, and they are compared."""
    d1 = predict(
        "D1",
        "A child exits with 7 and is killed while it is a zombie. Its status?",
        {"A": "7", "B": "9", "C": "1792"},
        lambda: run(zombie_then_kill),
        fact=lambda r: f"the status was {r.value['status']}",
        answer=lambda r: {1792: "C", 9: "B"}.get(r.value["status"]),
        why="It exited.",
    )
    d1.keep("b").run()

    assert isinstance(d1.record, Run)
    assert (d1.prediction, d1.fact, d1.agrees) == ("B", "C", False)
    assert "You predicted : B: 9" in repr(d1)
    assert "The kernel did: C: 1792 | the status was 1792" in repr(d1)
    assert "otherwise than you predicted" in repr(d1)
    assert "<td" in html_of(d1)
    assert "It exited." not in repr(d1) + html_of(d1)


def test_our_sentence_opens_after_the_learners() -> None:
    """Before an explanation is kept ours is nowhere, afterwards in every form."""
    d1 = made().keep("C").run()
    before = repr(d1) + html_of(d1) + json.dumps(d1._state())
    d1.explain("  because\nit is over ")

    assert "So." not in before
    assert "Our sentence: So." in repr(d1)
    assert "So." in html_of(d1)
    assert d1.explanation == "because it is over"
    assert d1._state()["why"] == "So."
    assert d1.agrees is True


def test_everything_survives_a_restart_of_the_kernel(own_folder: Path) -> None:
    """The file says the same as the demonstration, which is made anew; the record is gone."""
    made().keep("B").run().explain("because")
    forget_kernel()
    again = made(lambda: pytest.fail("ran by itself"))

    kept = json.loads((own_folder / "my-work.json").read_text())["predictions"]["D1"]
    assert kept["question"] == "What happens?"
    assert (kept["prediction"], kept["fact"], kept["agrees"]) == ("B", "C", False)
    assert (again.prediction, again.fact, again.fact_text) == ("B", "C", "nothing changed")
    assert (again.explanation, again.record) == ("because", None)
    assert "B: it is gone" in repr(again)


def test_a_cell_that_is_run_again_keeps_its_record() -> None:
    """Run All after the demonstrations: later cells still find what was seen."""
    made(lambda: {"seen": 1}).keep("A").run()

    assert made().record == {"seen": 1}


def test_a_prediction_is_not_changed_after_the_fact() -> None:
    """Before the run it can be; afterwards it stays what it was."""
    d1 = made().keep("A").keep("B").run().keep("C")

    assert d1.prediction == "B"
    assert "stays as it was" in repr(d1)


def test_it_can_be_begun_again() -> None:
    """Then nothing is predicted, run or explained, also not after a restart."""
    made().keep("A").run().explain("x").forget()
    again = made()

    assert not again.ran
    assert [again.prediction, again.explanation, again.record] == [None] * 3


@pytest.mark.parametrize("answer", ["D", "", None, 7, True, "A B", ["A"], HOSTILE])
def test_what_is_no_option_is_not_kept(answer: object) -> None:
    """It is told what is asked for, and nothing can be run yet."""
    d1 = made(lambda: pytest.fail("ran")).keep(answer)
    note = repr(d1)
    d1.run()

    assert d1.prediction is None
    assert "one of the answers asked for: A, B, C" in note


@pytest.mark.parametrize(
    ("given", "kept"),
    [(7, "7"), (" 7 ", "7"), ("7.0", "7"), (0, "0"), (20, "20"), (21, None), (-1, None)]
    + [(7.5, None), ("many", None), ("²", None), ("nan", None)],
)
def test_a_number_is_one_of_the_range(given: object, kept: str | None) -> None:
    """A whole number within its bounds; nothing else."""
    assert predict("D3", "How many?", range(21), lambda: 0).keep(given).prediction == kept


def test_a_number_is_compared_with_the_fact() -> None:
    """The fact is a number read from the record."""
    d3 = predict("D3", "How many?", range(21), lambda: {"seen": 4}, answer=lambda r: r["seen"])

    assert d3.keep(18).run().agrees is False
    assert d3.forget().keep("4").run().agrees is True


def test_a_sentence_is_set_beside_the_fact_and_not_judged() -> None:
    """Where the author gives no answer, nobody says right or wrong."""
    d5 = predict("D5", "What is printed?", None, lambda: "a zombie").keep("  a   child ").run()

    assert (d5.prediction, d5.fact_text, d5.agrees) == ("a child", "a zombie", None)
    assert "predicted:" not in repr(d5).replace("You predicted :", "")


def test_a_program_at_its_limit_ends_in_a_message() -> None:
    """The author's functions do not fit such a record; the limit is said instead."""
    d1 = made(
        lambda: run(never_ends, limits=Limits(wall_seconds=0.3)),
        fact=lambda r: r.value["after"],
        answer=lambda r: r.value["letter"],
    )
    d1.keep("A").run()

    assert (d1.fact, d1.agrees) == (None, None)
    assert "it ran longer than 0.3 s" in (d1.fact_text or "")
    assert "The program was stopped at its limit wall_seconds" in repr(d1)


def test_an_error_in_the_program_is_told() -> None:
    """Its name and its message stand below the comparison."""
    d1 = made(lambda: run(lambda: 1 / 0), fact=lambda r: r.value["x"], answer=None)
    d1.keep("A").run()

    assert "The function raised ZeroDivisionError: division by zero" in d1.note


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (LaunchError("no box could be made"), "not your fault: no box could be made"),
        (RuntimeError("oops"), "The demonstration failed: RuntimeError: oops"),
    ],
)
def test_a_failure_of_ours_is_told_and_can_be_repeated(error: Exception, said: str) -> None:
    """It raises nothing, and keeps the prediction; the next run is a run."""
    outcomes: list[Any] = [error, "fine"]

    def work() -> object:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    d1 = made(work).keep("A").run()
    note = d1.note
    d1.run()

    assert said in note
    assert (d1.fact_text, d1.note) == ("fine", "")


def test_in_the_background_the_caller_goes_on() -> None:
    """`begin` returns while the work is going on; its end is seen afterwards."""
    gate = threading.Event()
    d1 = made(lambda: gate.wait(100) and "through").keep("A").begin()
    running = d1._state()["running"], d1.ran
    d1.begin()
    again = d1.note
    gate.set()
    wait_until(lambda: d1.ran)

    assert running == (True, False)
    assert again == "It is running already."
    wait_until(lambda: not d1._state()["running"])
    assert (d1.fact_text, d1.note) == ("through", "")


def test_a_cell_that_is_run_again_meanwhile_goes_on_with_what_runs() -> None:
    """It can be stopped there, nothing runs twice, and its end is seen there."""
    gate = threading.Event()
    runs: list[int] = []

    def work() -> str:
        runs.append(1)
        gate.wait(100)
        return "through"

    first = made(work).keep("A").begin()
    wait_until(lambda: runs)
    again = made(work)
    assert again._state()["running"]
    assert again._state()["seconds"] > 0
    again.begin().keep("B")
    assert "stays as it was" in again.note
    gate.set()
    wait_until(lambda: not again._state()["running"])

    assert (again.record, again.fact_text, again.prediction) == ("through", "through", "A")
    assert (first.record, again.note, runs) == ("through", "", [1])
    assert made(work).record == "through"


def test_a_cell_that_is_run_again_meanwhile_can_stop_what_runs() -> None:
    """Nobody else could: the form that has begun it is gone from the page."""
    made(lambda: run(never_ends, limits=Limits(wall_seconds=300))).keep("A").begin()
    again = made().stop()
    wait_until(lambda: not again._state()["running"])
    assert "You stopped it" in again.note


@pytest.mark.parametrize("broken", ["sentence_of", "record_html"])
def test_a_record_that_cannot_be_shown_does_not_run_for_ever(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong at the end is told, and the form is usable again."""

    def fail(*_: object) -> str:
        raise RecursionError("too deep")

    d1 = made().keep("A")
    form = d1._shown()
    monkeypatch.setattr(predicting, broken, fail)
    d1.begin()
    wait_until(lambda: not form.state["running"] and form.state["note"])
    assert "RecursionError: too deep" in form.state["note"]
    form.close()


@pytest.mark.parametrize("what", ["a box", "python"])
def test_stop_ends_what_runs_in_the_background(what: str) -> None:
    """A sandbox is ended with all its processes, a loop by an exception; the rest goes on."""

    def spin() -> None:
        while True:
            pass

    began = time.monotonic()
    work = spin if what == "python" else lambda: run(never_ends, limits=Limits(wall_seconds=300))
    d1 = made(work).keep("A").begin()
    d1.stop()
    wait_until(lambda: not d1._state()["running"])

    assert time.monotonic() - began < 100
    assert "You stopped it" in d1.note
    assert d1.record is None
    assert d1.prediction == "A"
    wait_until(lambda: not background._running)
    assert run(lambda: 1).value == 1


def test_stopping_what_has_ended_does_nothing() -> None:
    """A click that comes too late changes nothing."""
    d1 = made().keep("A").begin()
    wait_until(lambda: d1.ran)

    assert d1.stop().fact_text == "nothing changed"


def test_what_cannot_be_kept_is_told_and_shown(own_folder: Path) -> None:
    """In a folder that cannot be written to, everything works until the restart."""
    d1 = made()
    own_folder.rename(own_folder.with_name("moved"))
    d1.keep("B").run()

    assert (d1.prediction, d1.fact) == ("B", "C")
    assert "cannot be written" in repr(d1)
    assert "cannot be written" in html_of(d1)


def test_what_could_not_be_kept_is_kept_with_the_next(own_folder: Path) -> None:
    """Who makes room and goes on has not lost the prediction."""
    d1 = made()
    moved = own_folder.rename(own_folder.with_name("moved"))
    d1.keep("B")
    assert "cannot be written" in d1.note
    moved.rename(own_folder)
    d1.run()

    assert (d1.prediction, d1.fact, d1.ran, d1.note) == ("B", "C", True, "")
    forget_kernel()
    assert (made().prediction, made().ran) == ("B", True)


def test_while_nbgrader_grades_nothing_is_read_or_written(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grading is not the learner's doing."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setenv("JPY_SESSION_NAME", "x.ipynb")
    monkeypatch.delenv("LESSONKIT_VIEWS")
    d1 = made().keep("A").run()

    assert set(d1._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert os.listdir(own_folder) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"prediction": 5, "fact_text": ["x"]},
        {"prediction": "Z", "fact": "Z", "fact_text": "seen"},
        {"prediction": HOSTILE, "fact": {}, "fact_text": HOSTILE, "explanation": HOSTILE},
        {"prediction": "A", "fact": 7, "fact_text": "seen", "explanation": 3, "problem": 1},
    ],
)
def test_a_file_edited_by_hand_does_no_harm(own_folder: Path, fields: dict[str, Any]) -> None:
    """What is not one of the answers counts as none, and no markup gets through."""
    (own_folder / "my-work.json").write_text(json.dumps({"predictions": {"D1": fields}}))
    d1 = made()
    shown = repr(d1) + html_of(d1) + json.dumps(d1._state())

    assert d1.prediction in (None, "A")
    assert "<script" not in html_of(d1)
    assert "\x1b" not in shown


def test_hostile_texts_stay_texts() -> None:
    """Options, questions and what a program printed are never markup."""
    d1 = predict(HOSTILE, HOSTILE, {"A": HOSTILE, "B": HOSTILE}, lambda: HOSTILE, why=HOSTILE)
    d1.keep("A").run().explain(HOSTILE)

    for part in ("<script", "<img", "\x1b"):
        assert part not in html_of(d1)
    assert "<code>&lt;img" in html_of(d1)
    assert "\x1b" not in repr(d1)


@given(st.text(alphabet="a`<\n&", max_size=30))
def test_only_code_and_line_breaks_are_markup(text: str) -> None:
    """Whatever is written, the HTML holds code and br elements, closed, and nothing else."""
    found = rich(text)
    for known in ("<code>", "</code>", "<br>", "&lt;", "&amp;"):
        found = found.replace(known, "")

    assert "<" not in found
    assert "&" not in found
    assert rich(text).count("<code>") == rich(text).count("</code>") == text.count("`") // 2


@pytest.mark.parametrize("options", [{}, {"A": "one"}, {"A": "x", "a": "y"}, range(1)])
def test_a_question_without_a_choice_is_the_authors_mistake(options: Any) -> None:
    """It is found when the cell is run the first time."""
    with pytest.raises(UsageError, match="D1"):
        predict("D1", "What?", options, lambda: 0)


def test_what_runs_must_be_a_function() -> None:
    """`run=run(f)` instead of `lambda: run(f)` would run before the prediction."""
    with pytest.raises(UsageError, match="run is a function"):
        predict("D1", "What?", OPTIONS, "text")  # type: ignore[arg-type]
