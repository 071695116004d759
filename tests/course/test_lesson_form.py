"""A lesson keeps its form and its keys. Nothing here runs a lesson: notebooks are read as text."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator

import pytest

from lessonkit.checks import quiz
from tests.course.lessons import (
    LESSONS,
    STUB,
    Cell,
    Lesson,
    form_calls,
    one_line,
    python_of,
    released,
    without,
    words,
)

CODE_LINES = 12
ANSWER_LINES = 26
TEXT_WORDS = 130

WHITELIST = {"jupyter", "nbgrader", "tags"}
GRADER_KEYS = {"grade", "grade_id", "locked", "schema_version", "solution", "task"}


def each(choose: Callable[[Lesson], list[Cell]]) -> pytest.MarkDecorator:
    """Run a test for each of these cells of each lesson."""
    cells = [cell for lesson in LESSONS for cell in choose(lesson)]
    return pytest.mark.parametrize("cell", cells, ids=[f"{c.lesson}-{c.id}" for c in cells])


def each_name(choose: Callable[[Lesson], list[str]]) -> pytest.MarkDecorator:
    """Run a test for each of these items of each lesson."""
    found = [(lesson, name) for lesson in LESSONS for name in choose(lesson)]
    names = [f"{lesson.name}-{name}" for lesson, name in found]
    return pytest.mark.parametrize(("lesson", "name"), found, ids=names)


each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


@each(lambda lesson: lesson.cells)
def test_a_cell_holds_no_output_and_only_known_metadata(cell: Cell) -> None:
    """What a run leaves behind is not kept in git."""
    assert cell.raw.get("outputs", []) == []
    assert cell.raw.get("execution_count") is None
    assert set(cell.metadata) <= WHITELIST


@each_lesson
def test_every_cell_has_its_own_name(lesson: Lesson) -> None:
    """A name that is used twice is lost by nbgrader, and with it the answer."""
    assert len(lesson.by_id) == len(lesson.cells)
    assert all(re.fullmatch(r"[a-z0-9-]{3,40}", cell.id) for cell in lesson.cells)


@each(lambda lesson: [cell for cell in lesson.cells if cell.grader])
def test_the_name_of_a_graded_cell_is_its_grade_id(cell: Cell) -> None:
    """So that a cell is found under one name everywhere; the entry has exactly known keys."""
    points = {"points"} if cell.grader["grade"] else set()

    assert cell.grader["grade_id"] == cell.id
    assert cell.grader["schema_version"] == 3
    assert set(cell.grader) == GRADER_KEYS | points


@each(lambda lesson: lesson.code)
def test_a_code_cell_is_short_and_compiles(cell: Cell) -> None:
    """One idea fits into a dozen lines; an answer may need twice as many, its stub does not."""
    limit = ANSWER_LINES if cell.id.endswith("-answer") else CODE_LINES
    # A form is folded away: what it asks and advises is as long as it has to be.
    limit = 60 if cell.is_form else limit
    lines = without(cell.source, kind="HIDDEN TESTS").splitlines()

    assert 1 <= len(lines) <= limit
    assert cell.is_form or len(released(cell).splitlines()) <= CODE_LINES
    assert max(map(len, lines)) <= 100
    for source in (cell.source, released(cell)):
        ast.parse(python_of(source))


@each(lambda lesson: lesson.text)
def test_a_text_cell_can_be_read_in_one_breath(cell: Cell) -> None:
    """Long texts are split: one idea per cell."""
    limit = TEXT_WORDS
    if cell.id.endswith("-answer"):
        limit = 250  # a model answer with its rubric
    elif re.fullmatch(r"q\d+-\d+-text", cell.id):
        limit = 220  # what is asked has to be exact

    assert 1 <= len(words(cell.source)) <= limit
    assert cell.source.count("<details>") == cell.source.count("</details>")
    assert cell.source.count("```") % 2 == 0


@each_lesson
def test_text_and_code_keep_step(lesson: Lesson) -> None:
    """Each code cell is preceded by text; only a check follows its answer directly."""
    for before, cell in itertools.pairwise(lesson.cells):
        if cell.kind != "code":
            continue
        if cell.is_check and not cell.is_form:
            assert before.id == cell.id.replace("-check", "-answer")
        else:
            assert before.kind == "markdown", cell.id
    assert 0.5 <= len(lesson.code) / len(lesson.text) <= 1.4


@each_lesson
def test_lessonkit_is_imported_once(lesson: Lesson) -> None:
    """The set-up cell holds all imports, so that every later cell can be run on its own."""
    importing = [
        c.id for c in lesson.code if re.search(r"^(from|import) lessonkit", c.source, re.M)
    ]

    assert importing == ["setup"]


def top_level_calls(source: str) -> Iterator[str]:
    """Names of the functions that running the cell itself calls, not those inside functions."""
    pending: list[ast.AST] = list(ast.parse(source).body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)
        pending.extend(ast.iter_child_nodes(node))


@each(lambda lesson: [c for c in lesson.code if not c.source.startswith("%%sandbox")])
def test_no_cell_starts_a_process_in_the_kernel(cell: Cell) -> None:
    """Whatever forks, kills or waits is handed to run() or check()."""
    forbidden = (
        r"os\.(fork|kill\w*|abort|_exit|exec\w*|posix_spawn\w*|wait\w*|spawn\w*|system|popen)"
        r"|subprocess\..*|signal\.(signal|set\w*|pthread\w*)|resource\.set\w*"
    )

    called = top_level_calls(python_of(released(cell)))
    assert [name for name in called if re.fullmatch(forbidden, name)] == []


# ------------------------------------------------------------------ questions


@each_lesson
def test_a_lesson_asks_the_exercises_of_its_page(lesson: Lesson) -> None:
    """Neither more nor less; in what order is for the lesson to say."""
    there = [c.id[: -len("-text")] for c in lesson.text if re.fullmatch(r"q\d+-\d+-text", c.id)]

    assert there
    assert sorted(there) == sorted(lesson.asked)


@each_name(lambda lesson: list(lesson.asked))
def test_an_exercise_is_text_answer_check(lesson: Lesson, name: str) -> None:
    """Always the same shape: locked text with three hints, a stub, one line that checks."""
    text, answer, check = (lesson.by_id[f"{name}-{part}"] for part in ("text", "answer", "check"))
    number = name[1:].replace("-", ".")
    at = lesson.cells.index(text)

    assert [text, answer, check] == lesson.cells[at : at + 3]
    assert [c.grader["locked"] for c in (text, answer, check)] == [True, False, True]
    assert [c.grader["grade"] for c in (text, answer, check)] == [False, False, True]
    assert [c.grader["solution"] for c in (text, answer, check)] == [False, True, False]
    assert re.fullmatch(rf'check\("{re.escape(number)}", \w+\)', check.source)
    assert re.findall(r"<summary>Hint (\d)</summary>", text.source) == ["1", "2", "3"]
    assert STUB in released(answer)


@each_name(lambda lesson: list(lesson.asked))
def test_an_exercise_is_the_one_that_the_check_judges(lesson: Lesson, name: str) -> None:
    """Title, points, signature and wording are those of docs/exercises."""
    asked = lesson.asked[name]
    text, answer, check = (lesson.by_id[f"{name}-{part}"] for part in ("text", "answer", "check"))
    heading = text.source.splitlines()[0].replace("● ", "")
    plural = "" if float(asked.points) == 1 else "s"

    assert heading == f"### Q{asked.id} {asked.title} ({asked.points} point{plural})"
    assert f"def {asked.signature}:" in answer.source
    assert asked.text in one_line(text.source)
    assert check.grader["points"] == float(asked.points)


@each_name(lambda lesson: lesson.quizzes)
def test_a_quiz_item_says_what_it_is_worth(lesson: Lesson, name: str) -> None:
    """The heading promises the points that the gradebook gives."""
    heading = lesson.by_id[f"{name}-text"].source.splitlines()[0]
    written = name in lesson.written
    graded = lesson.by_id[f"{name}-answer" if written else f"{name}-check"]
    promised = re.search(r"\(([\d.]+) points?\b", heading)

    if name in lesson.self_checks:
        assert "self-check" in heading
        assert graded.grader["locked"]
    else:
        assert promised is not None
        assert graded.grader["points"] == float(promised[1])


@each_lesson
def test_a_knowledge_check_has_all_kinds(lesson: Lesson) -> None:
    """Some questions are graded by themselves, some answer at once, some a person reads."""
    assert len(lesson.hidden) >= 2
    assert lesson.self_checks
    assert lesson.written or lesson.number == 0


def keyword(call: ast.Call, name: str) -> ast.expr:
    """The value of one keyword of a call."""
    return next(word.value for word in call.keywords if word.arg == name)


def right_answer(lesson: Lesson, name: str) -> object:
    """What the solution of a quiz item returns."""
    tree = ast.parse(lesson.by_id[f"{name}-answer"].source)
    returned = next(node for node in ast.walk(tree) if isinstance(node, ast.Return))
    assert returned.value is not None
    # An answer may be a sum, such as 2**3.
    return eval(compile(ast.Expression(returned.value), name, "eval"), {})


@each_name(lambda lesson: lesson.hidden)
def test_the_solution_of_a_quiz_item_is_right(lesson: Lesson, name: str) -> None:
    """The digest that stands in the cell belongs to the answer in the solution."""
    key = re.search(r'key="([0-9a-f]+)"', lesson.by_id[f"{name}-check"].source)
    answer = right_answer(lesson, name)

    assert key is not None
    assert quiz.digest(name.upper().replace("-", "."), answer) == key[1]  # type: ignore[arg-type]


@each_name(lambda lesson: lesson.hidden)
def test_a_graded_quiz_item_keeps_its_key(lesson: Lesson, name: str) -> None:
    """The released cell has no digest, and the feedback page, which shows all, has no answer."""
    check = lesson.by_id[f"{name}-check"]
    message = re.search(r'^assert right, "(.+)"$', check.source, re.MULTILINE)
    marks = r"\b[KDMQ]\d*\.?\d+|Part [A-Z]"

    assert "quiz.stored" in released(check)
    assert "key=" not in released(check)
    assert message is not None
    assert str(right_answer(lesson, name)) not in re.sub(marks, "", message[1]).split()


@each_name(lambda lesson: lesson.self_checks)
def test_a_self_check_has_advice_for_every_option(lesson: Lesson, name: str) -> None:
    """An option without advice would be the key; and exactly one option is right."""
    [call] = form_calls(lesson.by_id[f"{name}-check"])
    item = ast.literal_eval(call.args[0])

    assert item == name.upper().replace("-", ".")
    if ast.unparse(call.func) != "views.one":
        return  # the other kinds refuse by themselves what has no advice
    options, given = (ast.literal_eval(node) for node in (call.args[2], keyword(call, "advice")))
    key = ast.literal_eval(keyword(call, "key"))
    assert len(options) >= 2
    assert list(given) == list(options)
    assert [letter for letter in options if quiz.digest(item, letter) == key] != []


@each_name(lambda lesson: lesson.written)
def test_a_written_answer_has_a_model_and_a_rubric_that_students_do_not_get(
    lesson: Lesson, name: str
) -> None:
    """The person who grades sees both; the released cell is empty."""
    cell = lesson.by_id[f"{name}-answer"]

    assert "**Model answer.**" in cell.source
    assert "**Rubric (" in cell.source
    assert released(cell).strip() == "YOUR ANSWER HERE"
    assert [cell.grader[key] for key in ("grade", "solution", "locked")] == [True, True, False]
