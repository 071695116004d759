"""Cells that were split, merged, copied, moved, deleted or changed: what happens in any class."""

from __future__ import annotations

from tests.submissions.cases import case
from tests.submissions.drafts import ANSWERS, Draft, code_cell, text_cell

__all__: list[str] = []

WRONG_LONGEST = "def longest(words):\n    return min(words, key=len)"


@case(status="graded")
def nothing_wrong(draft: Draft) -> None:
    """A good notebook, to compare the others with."""


@case(status="graded")
def own_cells_between(draft: Draft) -> None:
    """The student's own cells stand between the instructor's: a helper, a try, a remark."""
    draft.insert(
        "q3-answer", code_cell("def times(letter, letters):\n    return letters.count(letter)")
    )
    draft.write(
        "q3-answer", "def tally(letters):\n    return {x: times(x, letters) for x in letters}"
    )
    draft.insert("q3-test", code_cell('tally("try")'), text_cell("This works."))


@case(status="graded", lost="q2 q5")
def two_left_blank(draft: Draft) -> None:
    """Two answers were not written, which is no damage."""
    draft.blank("q2-answer", "q5-answer")


@case(says="split")
def split_answer_in_two(draft: Draft) -> None:
    """An answer was split inside its function, so that no part can run alone."""
    draft.split("q3-answer", "    for letter")


@case(says="split")
def split_answer_in_three(draft: Draft) -> None:
    """An answer was split twice."""
    draft.split("q5-answer", "    if not", "    os.close(w)")


@case(says="split")
def split_in_a_line(draft: Draft) -> None:
    """The cursor stood in the middle of a line."""
    draft.split("q1-answer", "* height")


@case(says="split")
def split_between_functions(draft: Draft) -> None:
    """A helper and the answer were in one cell, which was split between them."""
    draft.write(
        "q6-answer",
        "def code_of(status):\n    return os.WEXITSTATUS(status)\n\n\n" + ANSWERS["q6-answer"],
    )
    draft.split("q6-answer", "def reap")


@case()
def split_and_label_lost(draft: Draft) -> None:
    """The second part has no label, as some editors make it."""
    draft.split("q3-answer", "    for letter")
    draft.cell("q3-answer")["metadata"] = {}


@case()
def split_and_first_label_lost(draft: Draft) -> None:
    """The first part has no label."""
    draft.split("q4-answer", "    if not")
    draft.cell("q4-answer-part-0")["metadata"] = {}


@case(says="more than once")
def split_test(draft: Draft) -> None:
    """A test was split, which leaves two cells with its label."""
    draft.write("q3-test", draft.cell("q3-test")["source"] + "\nassert tally('a')")
    draft.split("q3-test", "\nassert tally('a')")


@case(says="more than once")
def copied_blank_answer_below(draft: Draft) -> None:
    """A copy of the empty answer is left below the written one, before the test."""
    draft.blank("q2-answer")
    draft.copy("q2-answer")
    draft.write("q2-answer", ANSWERS["q2-answer"])


@case(says="more than once")
def copied_and_only_the_copy_written(draft: Draft) -> None:
    """The original is still empty, its copy has the answer."""
    draft.copy("q2-answer")
    draft.blank("q2-answer")


@case(says="more than once")
def copied_blank_answer_after_the_test(draft: Draft) -> None:
    """A copy of the empty answer stands at the end of the notebook."""
    draft.blank("q4-answer")
    draft.copy("q4-answer", below="end")
    draft.write("q4-answer", ANSWERS["q4-answer"])


@case(says="last one before its test")
def copied_with_an_older_try_above(draft: Draft) -> None:
    """A wrong first try, and below it a copy with the right answer."""
    draft.copy("q2-answer")
    draft.write("q2-answer", WRONG_LONGEST)


@case(says="last one before its test")
def copied_with_a_try_at_the_end(draft: Draft) -> None:
    """The answer is right; a copy at the end of the notebook holds a wrong try."""
    draft.copy("q2-answer", WRONG_LONGEST, below="end")


@case(lost="q2", says="last one before its test")
def copied_and_the_last_is_wrong(draft: Draft) -> None:
    """Right, then wrong, then the test: the student's own kernel would see the wrong one."""
    draft.copy("q2-answer", WRONG_LONGEST)


@case(says="split")
def copied_blank_answer_and_split(draft: Draft) -> None:
    """A copy of the empty answer was split and left below the written one."""
    draft.blank("q1-answer")
    draft.copy("q1-answer")
    draft.write("q1-answer", ANSWERS["q1-answer"])
    draft.split("q1-answer-copy", "    raise")


@case(says="more than once")
def copied_answer_unchanged(draft: Draft) -> None:
    """The same answer twice."""
    draft.copy("q6-answer")


@case(says="more than once")
def copied_test(draft: Draft) -> None:
    """The same test twice."""
    draft.copy("q1-test")


@case(says="more than once")
def copied_test_to_try_more(draft: Draft) -> None:
    """A test was copied and changed, to try other values; one of them is wrong."""
    draft.copy("q1-test", "assert area(10, 10) == 10")


@case(says="more than once")
def copied_everything(draft: Draft) -> None:
    """All cells were selected, copied and pasted below."""
    for cell in list(draft.cells):
        draft.copy(cell["id"], below=draft.cells[-1]["id"])


@case(says="merged")
def merged_answer_and_test(draft: Draft) -> None:
    """An answer and its test became one cell."""
    draft.merge("q2-answer", "q2-test")


@case(says="merged")
def merged_test_and_next_answer(draft: Draft) -> None:
    """A test, the next question's text and its answer became one cell, with the test's label."""
    draft.merge("q2-test", "q3-text", "q3-answer")


@case(says="merged")
def merged_text_and_answer(draft: Draft) -> None:
    """An answer was merged into the text above it, and so became text."""
    draft.merge("q5-text", "q5-answer")


@case(says="merged")
def merged_two_questions(draft: Draft) -> None:
    """Two answers, the test between them and a text became one cell."""
    draft.merge("q1-answer", "q1-test", "q2-text", "q2-answer")


@case(says="merged")
def merged_two_answers(draft: Draft) -> None:
    """An answer was merged below a later one, with nothing of the instructor's between."""
    draft.move("q2-answer", "q5-test")
    draft.merge("q5-answer", "q2-answer")


@case(says="merged")
def wrote_all_in_one_cell(draft: Draft) -> None:
    """All functions were written into one new cell at the top; the answers are blank."""
    draft.blank()
    draft.insert("q1-text", code_cell("import os\n\n\n" + "\n\n\n".join(ANSWERS.values())))


@case(says="merged")
def merged_all(draft: Draft) -> None:
    """All cells of all questions became one."""
    names = [cell["id"] for cell in draft.cells if cell["id"].startswith("q")]
    draft.merge("q1-answer", "q1-test", *names[3:])


@case(says="merged")
def merged_and_cut_within_a_function(draft: Draft) -> None:
    """All cells of two questions became one text, which was then split inside the first answer."""
    draft.merge("q5-text", "q5-answer", "q5-test", "q6-text", "q6-answer", "q6-test")
    draft.split("q5-text", "    data = os.read")


@case(says="merged")
def merged_two_tests(draft: Draft) -> None:
    """Two tests became one cell."""
    draft.move("q2-test", "q1-test")
    draft.merge("q2-test", "q1-test")


@case(says="missing")
def deleted_test(draft: Draft) -> None:
    """A test is not there."""
    draft.remove("q3-test")


@case(says="missing")
def deleted_all_tests(draft: Draft) -> None:
    """No test is there."""
    draft.remove(*(f"q{number}-test" for number in range(1, 7)))


@case(says="missing")
def deleted_all_but_answers(draft: Draft) -> None:
    """Only the answers are there, and the set-up is not."""
    draft.cells[:] = [cell for cell in draft.cells if cell["id"] in ANSWERS]


@case(lost="q4", says="missing")
def deleted_answer(draft: Draft) -> None:
    """An answer is not there."""
    draft.remove("q4-answer")


@case(says="missing")
def deleted_answer_and_wrote_elsewhere(draft: Draft) -> None:
    """The answer's cell was deleted, and the function written into a new cell at the top."""
    draft.remove("q2-answer")
    draft.insert("q1-text", code_cell(ANSWERS["q2-answer"]))
    draft.remove("q2-test")


@case(says="missing")
def deleted_setup(draft: Draft) -> None:
    """The cell with the imports was deleted after it had been run."""
    draft.remove("setup")


@case(status="graded")
def deleted_setup_but_imports(draft: Draft) -> None:
    """The cell with the imports was deleted; an answer's cell imports what is needed."""
    draft.remove("setup")
    draft.write("q1-answer", "import os\n\n" + ANSWERS["q1-answer"])


@case(says="missing")
def deleted_texts(draft: Draft) -> None:
    """All texts of the questions were deleted."""
    draft.remove(*(f"q{number}-text" for number in range(1, 7)))


@case(says="moved")
def moved_test_before_answer(draft: Draft) -> None:
    """A test stands above the answer that it tests."""
    draft.move("q3-test", "q3-answer")


@case(says="moved")
def moved_tests_to_the_top(draft: Draft) -> None:
    """All tests stand at the top."""
    for number in range(1, 7):
        draft.move(f"q{number}-test", "title")


@case()
def moved_tests_to_the_end(draft: Draft) -> None:
    """All tests stand at the end, which changes nothing for them, in another order."""
    for number in (3, 1, 2, 6, 5, 4):
        draft.move(f"q{number}-test", "end")


@case(says="moved")
def moved_answer_below_all(draft: Draft) -> None:
    """An answer stands at the end, below its test."""
    draft.move("q2-answer", "end")


@case(says="moved")
def moved_question_to_the_top(draft: Draft) -> None:
    """The last question was done first, and stands first."""
    for name in ("q6-text", "q6-answer", "q6-test"):
        draft.move(name, "q1-text")


@case(says="moved")
def moved_everything(draft: Draft) -> None:
    """All cells stand in the opposite order; the set-up, which defines `os`, at the end."""
    draft.cells.reverse()


@case(says="moved")
def moved_answer_that_another_uses(draft: Draft) -> None:
    """An answer uses another one at once, and so was moved behind it; that order is kept."""
    draft.write("q1-answer", "assert tally('a')\n\n" + ANSWERS["q1-answer"])
    draft.move("q3-answer", "q1-answer")
    draft.move("q1-test", "q1-answer")


@case(says="changed")
def changed_test(draft: Draft) -> None:
    """A test was edited until it passed."""
    draft.write("q1-test", "assert area(2, 3) == 5")


@case(lost="q1", says="changed")
def changed_test_of_a_wrong_answer(draft: Draft) -> None:
    """A wrong answer, and a test edited to fit it."""
    draft.write("q1-answer", "def area(width, height):\n    return width + height")
    draft.write("q1-test", "assert area(2, 3) == 5")


@case(says="changed")
def emptied_tests(draft: Draft) -> None:
    """All tests are empty."""
    for number in range(1, 7):
        draft.write(f"q{number}-test", "")


@case(status="graded", lost="q1")
def emptied_answer(draft: Draft) -> None:
    """The cell of an answer is empty."""
    draft.write("q1-answer", "")


@case(says="text of yours")
def wrote_into_the_test(draft: Draft) -> None:
    """A line was added below a test."""
    draft.write("q1-test", draft.cell("q1-test")["source"] + "\nprint(area(1, 1))")


@case(says="changed")
def changed_text(draft: Draft) -> None:
    """The text of a question was edited."""
    draft.write("q1-text", "## Q1\n\nDone!")


@case(says="another type")
def answer_became_text(draft: Draft) -> None:
    """M was pressed on an answer."""
    draft.cell("q3-answer")["cell_type"] = "markdown"


@case(says="another type")
def answer_became_heading(draft: Draft) -> None:
    """1 was pressed on an answer, which makes its first line a heading."""
    draft.cell("q3-answer")["cell_type"] = "markdown"
    draft.write("q3-answer", "# " + ANSWERS["q3-answer"])


@case(says="another type")
def answer_became_raw(draft: Draft) -> None:
    """R was pressed on an answer."""
    draft.cell("q6-answer")["cell_type"] = "raw"


@case(says="another type")
def test_became_text(draft: Draft) -> None:
    """M was pressed on a test."""
    draft.cell("q3-test")["cell_type"] = "markdown"


@case(says="another type")
def setup_became_text(draft: Draft) -> None:
    """M was pressed on the cell with the imports."""
    draft.cell("setup")["cell_type"] = "markdown"


@case(says="another type")
def text_became_code(draft: Draft) -> None:
    """Y was pressed on the text of a question."""
    draft.cell("q2-text")["cell_type"] = "code"


@case(says=("split", "more than once", "missing", "moved"))
def everything_at_once(draft: Draft) -> None:
    """Split, copied, deleted and moved, in one notebook."""
    draft.split("q3-answer", "    for letter")
    draft.copy("q1-answer")
    draft.remove("q5-test", "setup")
    draft.move("q6-test", "q6-answer")
