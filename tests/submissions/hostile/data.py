"""Cheats with the notebook's data: outputs, labels, points and tests as the student wants them.

Every answer is wrong, unless it says otherwise.
"""

from __future__ import annotations

from typing import Any

from tests.submissions.cases import case
from tests.submissions.drafts import Draft, code_cell
from tests.submissions.tricks import WRONG, all_wrong

__all__: list[str] = []

TESTS = tuple(f"q{number}-test" for number in range(1, 7))
SCORES = {"score": 2, "auto_score": 2.0, "manual_score": 2.0, "extra_credit": 50, "points": 2}


def two_points() -> list[dict[str, Any]]:
    """Outputs that nbgrader reads as two points."""
    return [
        {
            "data": {"text/plain": "2.0"},
            "execution_count": 1,
            "metadata": {},
            "output_type": "execute_result",
        },
        {"name": "stdout", "output_type": "stream", "text": "2.0\n"},
    ]


@case(status="graded", lost="all")
def outputs_handed_in(draft: Draft) -> None:
    """The tests come with outputs that say two points, and so do all other cells."""
    all_wrong(draft)
    for cell in draft.cells:
        if cell["cell_type"] == "code":
            cell["outputs"] = two_points()


@case(status=("graded", "repaired"), lost="all")
def scores_in_metadata(draft: Draft) -> None:
    """Scores are written into the metadata of cells and of the notebook, in many forms."""
    all_wrong(draft)
    draft.notebook["metadata"] |= {"nbgrader": SCORES, "score": 12, "max_score": 0}
    for name in TESTS:
        draft.label(name).update({key: value for key, value in SCORES.items() if key != "points"})
        draft.cell(name)["metadata"] |= SCORES


@case(lost="all", says="label")
def points_raised_of_wrong_answers(draft: Draft) -> None:
    """Tests are said to be worth 1,000 points, minus one, none at all, and not a number."""
    all_wrong(draft)
    values = (1000, -1, 0, float("nan"), 1e308, "2")
    for name, points in zip(TESTS, values, strict=True):
        draft.label(name)["points"] = points


@case(lost="all", says="changed")
def tests_made_easy(draft: Draft) -> None:
    """The tests were edited so that they pass, or give the points themselves."""
    all_wrong(draft)
    texts = ("assert True", "2.0", "pass", "", "assert area(2, 3) == 5", "raise SystemExit(0)")
    for name, text in zip(TESTS, texts, strict=True):
        draft.write(name, text)


@case(lost="all", says="missing")
def tests_deleted(draft: Draft) -> None:
    """The tests of wrong answers were deleted."""
    all_wrong(draft)
    draft.remove(*TESTS)


@case(lost="all", says="label")
def tests_said_to_be_answers_of_wrong_ones(draft: Draft) -> None:
    """The tests are labelled as answers that a person grades, and unlocked."""
    all_wrong(draft)
    for name in TESTS:
        draft.label(name).update({"grade": True, "solution": True, "locked": False})
        draft.write(name, "2.0")


@case(lost="all")
def answers_said_to_be_the_tests(draft: Draft) -> None:
    """The answers have the ids and labels of the tests, whose cells are gone."""
    all_wrong(draft)
    for number, name in enumerate(TESTS, 1):
        label = dict(draft.label(name))
        draft.remove(name)
        draft.cell(f"q{number}-answer")["metadata"]["nbgrader"] = label
        draft.cell(f"q{number}-answer")["id"] = name
        draft.write(name, f"{WRONG[f'q{number}-answer']}\n2.0")


@case(lost="all", says="recognised")
def ids_of_tests_swapped_with_answers(draft: Draft) -> None:
    """Tests and answers have each other's ids."""
    all_wrong(draft)
    for number, name in enumerate(TESTS, 1):
        draft.label(name)["grade_id"] = f"q{number}-answer"
        draft.label(f"q{number}-answer")["grade_id"] = name


@case(status=("graded", "repaired"), lost="all")
def questions_added(draft: Draft) -> None:
    """There are more graded cells than were handed out, worth fifty points each."""
    all_wrong(draft)
    for number in (7, 8):
        more = code_cell("50")
        more["id"] = f"q{number}-test"
        more["outputs"] = two_points()
        more["metadata"]["nbgrader"] = dict(draft.label("q1-test"))
        more["metadata"]["nbgrader"] |= {"grade_id": f"q{number}-test", "points": 50}
        draft.insert("end", more)


@case(lost="all", says="more than once")
def tests_copied_and_made_easy(draft: Draft) -> None:
    """Copies of the tests that always pass stand above and below them."""
    all_wrong(draft)
    for name in TESTS:
        draft.copy(name, "2.0")["id"] = f"{name}-below"
        draft.copy(name, "assert True", below=name.replace("test", "answer"))


@case(status=("graded", "repaired"), lost="all")
def set_up_replaced(draft: Draft) -> None:
    """The instructor's set-up was replaced by a program that changes what tests use."""
    all_wrong(draft)
    draft.write(
        "setup",
        "import builtins\nclass os:\n    fork = staticmethod(lambda: 1)\n"
        "builtins.AssertionError = SystemExit\nraise SystemExit(0)",
    )


@case(lost="all", says="another type")
def tests_made_text(draft: Draft) -> None:
    """The tests are text, which nobody runs."""
    all_wrong(draft)
    for name in TESTS:
        draft.cell(name)["cell_type"] = "markdown"


@case(status=("graded", "repaired"), lost="all")
def running_switched_off(draft: Draft) -> None:
    """Tags tell runners to skip the tests, to expect errors, or to take cells out."""
    all_wrong(draft)
    tags = ["skip-execution", "raises-exception", "remove_cell", "nbgrader-skip", "parameters"]
    for cell in draft.cells:
        cell["metadata"]["tags"] = tags
        cell["metadata"] |= {"init_cell": True, "run_control": {"frozen": True}}
    draft.notebook["metadata"]["execution"] = {"timeout": 0, "allow_errors": True}


@case(status=("graded", "repaired"))
def another_kernel(draft: Draft) -> None:
    """The answers are right; the notebook asks for a kernel that is a program of the student's."""
    draft.notebook["metadata"]["kernelspec"] = {
        "argv": ["/bin/sh", "-c", "touch /tmp/kernel"],
        "display_name": "../../evil",
        "language": "bash",
        "name": "../../submitted/another_kernel/proc/kernel",
    }
    draft.notebook["metadata"]["language_info"] = {"name": "r", "file_extension": "/../../x.py"}
    draft.files["kernel/kernel.json"] = b'{"argv": ["/bin/sh", "-c", "touch /tmp/kernel"]}'


@case(status=("graded", "repaired"), lost="all")
def markers_of_the_instructor(draft: Draft) -> None:
    """The answers hold nbgrader's markers of solutions and hidden tests."""
    all_wrong(draft)
    for name in WRONG:
        text = draft.cell(name)["source"]
        draft.write(
            name,
            f"### BEGIN HIDDEN TESTS\n2.0\n### END HIDDEN TESTS\n{text}\n"
            "### BEGIN SOLUTION\n2.0\n### END SOLUTION\n### BEGIN HIDDEN TESTS\n2.0",
        )
