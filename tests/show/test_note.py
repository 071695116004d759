"""What is to be read before a run comes first, in text, in HTML, in lifelines and on a page."""

from __future__ import annotations

from dataclasses import replace

from lessonkit import show
from lessonkit.records import Ending, Run
from lessonkit.show.story import findings
from lessonkit.views.outcomes import problem_of
from lessonkit.views.pages import page
from tests.show.handmade import HOSTILE, RUN, TIMELINE, USAGE

SENTENCE = "Recorded elsewhere: a program is missing here."
NOTED = replace(RUN, note=SENTENCE, timeline=TIMELINE)
NOT_RUN = Run(ending=Ending(kind="not run"), usage=USAGE, note=SENTENCE)


def test_a_note_is_the_first_thing_in_text_and_html() -> None:
    """Before the output; and without a note nothing of it is there."""
    assert show.run_text(NOTED).startswith(f"{SENTENCE}\n")
    assert show.run_html(NOTED).startswith(f"<div><p>{SENTENCE}</p>")
    assert show.run_text(replace(NOTED, note="")) == show.run_text(NOTED).removeprefix(
        f"{SENTENCE}\n\n"
    )
    assert SENTENCE not in show.run_html(replace(NOTED, note=""))


def test_lines_below_the_sentence_are_shown_as_they_are() -> None:
    """A compiler's messages keep their form: blanks point at columns."""
    noted = replace(NOTED, note="The compiler warns:\nx.c:1: a\n     ^~~")

    assert "x.c:1: a\n     ^~~" in show.run_html(noted)
    assert show.run_text(noted).startswith("The compiler warns:\nx.c:1: a\n     ^~~\n\n")
    assert findings(noted)[0] == {"title": "The compiler warns:", "text": "x.c:1: a\n     ^~~"}


def test_a_note_is_above_the_lifelines() -> None:
    """In the report of the view, and in the page that stands alone."""
    assert findings(NOTED)[0] == {"lines": [SENTENCE]}
    assert SENTENCE in page(NOTED)
    assert {"lines": [SENTENCE]} not in findings(replace(NOTED, note=""))


def test_a_demonstration_says_that_its_run_was_recorded() -> None:
    """Beside the fact, in one sentence."""
    assert problem_of(replace(NOTED, note=f"{SENTENCE}\nmore")) == SENTENCE
    assert problem_of(replace(NOTED, note="")) is None


def test_hostile_notes_are_made_safe() -> None:
    """A recording may come from anywhere."""
    shown = show.run_html(replace(NOTED, note=HOSTILE))

    assert "<script" not in shown
    assert "\x1b" not in show.run_text(replace(NOTED, note=HOSTILE))


def test_what_was_not_run_has_no_ending_no_time_and_no_memory() -> None:
    """The note says why, and nothing else is claimed."""
    assert show.run_text(NOT_RUN).endswith("The program was not run.")
    assert "Took" not in show.run_html(NOT_RUN)
    assert not NOT_RUN.ok
    assert problem_of(NOT_RUN) == SENTENCE
