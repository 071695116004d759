"""The lifeline as an object: with a browser and without, its step, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lessonkit import records, show
from lessonkit.errors import UsageError
from lessonkit.views import lives
from lessonkit.views.base import WIDGET_MIME
from tests.show.handmade import RUN, TIMELINE

TOLD_RUN = replace(RUN, timeline=TIMELINE)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens."""
    monkeypatch.setenv("LESSONKIT_VIEWS", "still")


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser listens."""
    monkeypatch.setenv("LESSONKIT_VIEWS", "live")


@pytest.fixture
def attached(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are shown with the view; afterwards as before."""
    monkeypatch.setattr(records, "_renderers", dict(records._renderers))
    lives.attach()


@pytest.mark.usefixtures("still")
def test_without_a_browser_it_is_what_the_record_is() -> None:
    """No widget is made; text and HTML are those of the run or the timeline."""
    assert lives.lifeline(TIMELINE)._repr_mimebundle_() == {
        "text/plain": show.timeline_text(TIMELINE),
        "text/html": show.timeline_html(TIMELINE),
    }
    assert lives.lifeline(TOLD_RUN)._repr_mimebundle_() == {
        "text/plain": show.run_text(TOLD_RUN),
        "text/html": show.run_html(TOLD_RUN),
    }


@pytest.mark.usefixtures("live")
def test_with_a_browser_there_is_a_widget_besides() -> None:
    """One widget, however often it is shown; the HTML says how to get it back."""
    view = lives.lifeline(TIMELINE)
    first, second = view._repr_mimebundle_(), view._repr_mimebundle_()

    assert set(first) == {"text/plain", "text/html", WIDGET_MIME}
    assert first[WIDGET_MIME] == second[WIDGET_MIME]
    assert show.timeline_html(TIMELINE) in first["text/html"]
    assert "Run this cell again to go through it step by step." in first["text/html"]


@pytest.mark.usefixtures("still", "attached")
def test_records_without_a_browser_stay_as_they_are() -> None:
    """What nbgrader and nbconvert see is not changed by the view."""
    for record in (TIMELINE, TOLD_RUN, RUN):
        assert set(record._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert TOLD_RUN._repr_mimebundle_()["text/html"] == show.run_html(TOLD_RUN)


@pytest.mark.usefixtures("live", "attached")
def test_records_with_a_history_get_the_view() -> None:
    """A run without a timeline has nothing to step through."""
    assert WIDGET_MIME in TIMELINE._repr_mimebundle_()
    assert WIDGET_MIME in TOLD_RUN._repr_mimebundle_()
    assert WIDGET_MIME not in RUN._repr_mimebundle_()


@pytest.mark.usefixtures("live")
def test_the_step_can_be_set_before_and_after_it_is_shown() -> None:
    """It stays within the history; the tree follows it."""
    view = lives.lifeline(TIMELINE, title="Mine")
    view.step = 7
    assert (view.step, view.story["title"]) == (7, "Mine")
    assert "3 true: zombie, exit code 0" in view.tree()
    view._repr_mimebundle_()
    assert view.step == 7
    view.step = 99
    assert view.step == len(TIMELINE.events) - 1
    view.step = -1
    assert view.step == 0
    assert "zombie" not in view.tree()
    assert "zombie" in view.tree(7)


def test_a_history_without_steps_has_step_0() -> None:
    """Nothing to step through is no error."""
    view = lives.lifeline(records.Timeline(mode="exact", events=()))
    view.step = 5

    assert view.step == 0
    assert view.tree() == "(no processes)"


@pytest.mark.parametrize("wrong", [RUN, None, "run.json"])
def test_what_has_no_history_is_refused(wrong: records.Run) -> None:
    """The message says what is missing."""
    with pytest.raises(UsageError, match=r"no timeline|can be shown"):
        lives.lifeline(wrong)
