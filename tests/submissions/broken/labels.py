"""Labels of nbgrader that are wrong, double, changed, or lost."""

from __future__ import annotations

from typing import Any

from tests.submissions.cases import case
from tests.submissions.drafts import ANSWERS, Draft, code_cell

__all__: list[str] = []


def labels(draft: Draft) -> list[dict[str, Any]]:
    """The labels of all cells that have one."""
    return [cell["metadata"]["nbgrader"] for cell in draft.cells if "nbgrader" in cell["metadata"]]


@case(says="another version of nbgrader")
def schema_1(draft: Draft) -> None:
    """The labels are of schema version 1, which stops stock nbgrader's whole batch."""
    for label in labels(draft):
        label["schema_version"] = 1


@case(says="another version of nbgrader")
def schema_2_without_tasks(draft: Draft) -> None:
    """The labels are of schema version 2, which knew no tasks."""
    for label in labels(draft):
        label["schema_version"] = 2
        del label["task"]


@case(says="another version of nbgrader")
def schema_99(draft: Draft) -> None:
    """The labels are of a schema version to come."""
    for label in labels(draft):
        label["schema_version"] = 99


@case(says="another version of nbgrader")
def schema_missing(draft: Draft) -> None:
    """The labels name no schema version."""
    for label in labels(draft):
        del label["schema_version"]


@case(says="another version of nbgrader")
def schema_in_words(draft: Draft) -> None:
    """The schema version is a text."""
    for label in labels(draft):
        label["schema_version"] = "three"


@case(says="label")
def points_raised(draft: Draft) -> None:
    """A test is said to be worth a thousand points."""
    draft.label("q1-test")["points"] = 1000


@case(says="label")
def points_in_words(draft: Draft) -> None:
    """The points of tests are texts and lists."""
    draft.label("q1-test")["points"] = "many"
    draft.label("q2-test")["points"] = [2]
    draft.label("q3-test")["points"] = None


@case(says="recognised")
def ids_unknown(draft: Draft) -> None:
    """All grade_ids are others than those that were handed out."""
    for number, label in enumerate(labels(draft)):
        label["grade_id"] = f"cell-{number}"


@case(says="recognised")
def ids_unknown_and_cells_renamed(draft: Draft) -> None:
    """All grade_ids and cell ids are others than those that were handed out."""
    ids_unknown(draft)
    for number, cell in enumerate(draft.cells):
        cell["id"] = f"{number:08x}"


@case(says="recognised")
def ids_empty(draft: Draft) -> None:
    """All grade_ids are empty."""
    for label in labels(draft):
        label["grade_id"] = ""


@case(says="recognised")
def ids_all_the_same(draft: Draft) -> None:
    """All cells claim to be the first answer."""
    for label in labels(draft):
        label["grade_id"] = "q1-answer"


@case(says="recognised")
def ids_swapped(draft: Draft) -> None:
    """An answer and a test have each other's grade_id."""
    draft.label("q1-answer")["grade_id"] = "q1-test"
    draft.label("q1-test")["grade_id"] = "q1-answer"


@case(says="recognised")
def ids_of_answers_swapped(draft: Draft) -> None:
    """Two answers have each other's grade_id."""
    draft.label("q1-answer")["grade_id"] = "q2-answer"
    draft.label("q2-answer")["grade_id"] = "q1-answer"


@case(says="recognised")
def ids_of_another_kind(draft: Draft) -> None:
    """Grade_ids are numbers, lists and nothing."""
    for number, label in enumerate(labels(draft)):
        label["grade_id"] = (number, [label["grade_id"]], None, {})[number % 4]


@case(says="label")
def tests_said_to_be_answers(draft: Draft) -> None:
    """All tests are labelled as answers, without points."""
    for number in range(1, 7):
        label = draft.label(f"q{number}-test")
        label |= {"grade": False, "solution": True, "locked": False}
        del label["points"]


@case(says="label")
def answers_said_to_be_tests(draft: Draft) -> None:
    """All answers are labelled as tests, worth five points."""
    for name in ANSWERS:
        draft.label(name).update({"grade": True, "solution": False, "locked": True, "points": 5})


@case(says="recognised")
def labels_lost(draft: Draft) -> None:
    """Another editor threw all labels away."""
    draft.without_labels()


@case(says="recognised")
def labels_and_ids_lost(draft: Draft) -> None:
    """Another editor threw all labels and ids away."""
    draft.without_labels()
    for number, cell in enumerate(draft.cells):
        cell["id"] = f"{number:08x}"


@case(says="recognised")
def labels_lost_and_cells_added(draft: Draft) -> None:
    """All labels are gone, and there are cells of the student's own between."""
    draft.without_labels()
    for name in ANSWERS:
        draft.cell(name)["id"] = f"x-{name}"
        draft.insert(f"x-{name}", code_cell(f"# a try for {name}"))


@case(says="recognised")
def labels_of_another_kind(draft: Draft) -> None:
    """The labels are texts, numbers and lists."""
    for number, cell in enumerate(draft.cells):
        cell["metadata"]["nbgrader"] = ("yes", 3, [], None)[number % 4]


@case(says="recognised")
def metadata_of_another_kind(draft: Draft) -> None:
    """The metadata of the cells are texts, numbers and lists."""
    for number, cell in enumerate(draft.cells):
        cell["metadata"] = ("none", 0, [], None)[number % 4]


@case(status="graded")
def labels_with_more_in_them(draft: Draft) -> None:
    """The labels have keys that nbgrader does not know."""
    for label in labels(draft):
        label["comment"] = {"by": "an extension"}
