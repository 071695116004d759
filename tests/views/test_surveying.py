"""A survey keeps what was answered, and says nothing about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lessonkit.checks.safety.inventory import ITEMS
from lessonkit.errors import UsageError
from lessonkit.views.surveying import Survey, survey, surveyed

HOSTILE = "<script>alert(1)</script>`<img src=x onerror=alert(2)>`"
ITEM = ITEMS["P5"]


class Hostile:
    """A question whose text would like to be more than text."""

    id = "P1"
    question = HOSTILE
    options = {"A": HOSTILE, "B": "`code`"}  # noqa: RUF012  plain data of a test


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has its own my-work.json, and no browser listens."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LESSONKIT_VIEWS", "still")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return tmp_path


def shown(one: Survey) -> dict[str, Any]:
    """What Jupyter gets."""
    return one._repr_mimebundle_()


def test_an_answer_is_kept_beside_the_notebook(own_folder: Path) -> None:
    """Also over a restart; the last one counts."""
    survey(ITEM).answer("A")
    assert survey(ITEM).answer(" (d) ").startswith("P5: Kept: D.")
    assert survey(ITEM).given == "D"
    assert surveyed() == {"P5": "D"}
    assert json.loads((own_folder / "my-work.json").read_text())["pre-test"]["P5"]["answer"] == "D"


def test_right_and_wrong_look_the_same() -> None:
    """Apart from the letter itself, nothing differs."""
    looks = set()
    for letter in ITEM.options:
        one = survey(ITEM)
        said = one.answer(letter)
        texts = [said, repr(one), shown(one)["text/html"], json.dumps(one._state())]
        looks.add("\n".join(texts).replace(f"Kept: {letter}.", "Kept.").replace(f'"{letter}"', ""))
    assert len(looks) == 1
    assert survey(ITEM)._state()["right"] is None


@pytest.mark.parametrize("odd", ["E", "", None, 3, ["A"], "A B"])
def test_what_is_no_answer_is_not_kept(odd: object) -> None:
    """It is said what an answer would be."""
    one = survey(ITEM)
    assert "one of A, B, C, D" in one.answer(odd)
    assert surveyed() == {}


def test_without_an_answer_it_says_how_to_give_one() -> None:
    """Where no form can be shown."""
    assert repr(survey(ITEM)).endswith('Answer with p5.answer("A").')
    assert "You type <code>kill -9 4711</code>" in shown(survey(ITEM))["text/html"]
    assert ITEM.options["A"] in shown(survey(ITEM))["text/html"]


def test_a_form_sends_the_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the page does when its button is pressed."""
    monkeypatch.setenv("LESSONKIT_VIEWS", "live")
    one = survey(ITEM)
    form = one._shown()
    form._on_message(form, {"do": "answer", "value": "B", "number": 1}, None)
    assert form.state["answer"] == "B"
    assert form.state["note"].startswith("Kept: B.")
    assert form.heard == 1
    form._on_message(form, {"do": "something else"}, None)
    assert surveyed() == {"P5": "B"}


def test_while_grading_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, own_folder: Path) -> None:
    """That is not the learner's doing."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    survey(ITEM).answer("A")
    assert surveyed() == {}
    assert not (own_folder / "my-work.json").exists()


@pytest.mark.parametrize("text", ["[]", "{", '{"pre-test": []}', '{"pre-test": {"P5": 3}}'])
def test_a_damaged_file_is_no_answer(text: str, own_folder: Path) -> None:
    """And keeps nobody from answering anew."""
    (own_folder / "my-work.json").write_text(text)
    assert surveyed() == {}
    assert survey(ITEM).given is None
    survey(ITEM).answer("C")
    assert surveyed() == {"P5": "C"}


def test_text_stays_text() -> None:
    """In the page, too."""
    html = shown(survey(Hostile()))["text/html"]
    assert "<script" not in html
    assert "<img" not in html


def test_a_question_needs_options() -> None:
    """Two at least."""

    class Poor:
        id, question = "P1", "?"
        options = {"A": "only this"}  # noqa: RUF012  plain data of a test

    with pytest.raises(UsageError):
        survey(Poor())
