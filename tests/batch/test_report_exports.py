"""Grades for Canvas and Moodle: the columns that they import, and nothing that computes."""

from __future__ import annotations

import csv
import io

import pytest

from lessonkit.batch.reports.cells import decimal, is_formula, plain
from lessonkit.batch.reports.exports import Export, canvas_csv, moodle_csv
from lessonkit.batch.reports.records import Class, Graded, Mark, Student, Submitted

FORMULA = "=cmd|' /C calc'!A0"
PEOPLE = {
    "ada": Student(
        id="ada", first_name="Ada", last_name="Núñez, Jr", email="ada@a.example", lms_id="101"
    ),
    "bob": Student(id="bob", first_name=FORMULA, email="bob@a.example", lms_id="12abc"),
    "+eve": Student(id="+eve", first_name="Eve", last_name="Points Possible", lms_id=" 103 "),
    "dan": Student(id="dan", email="ada@a.example"),
    "gil": Student(id="gil", first_name="Gil", email="@gil", lms_id="107"),
}


def submitted(student: str, points: float | None, *, penalty: float = 0.0) -> Submitted:
    """A submission of one question; None: it waits for a person."""
    marks = {("n", "q"): Mark(points=points, waits=points is None)}
    return Submitted(student=PEOPLE[student], status="graded", penalty=penalty, marks=marks)


def classes() -> list[Class]:
    """Two assignments of 10 points; gil handed in neither, and ada alone handed in ps2."""
    question = Graded(notebook="n", grade_id="q", kind="test", max_points=10)
    first = (
        submitted("ada", 9.5, penalty=1.25),
        submitted("bob", 10 / 3),
        submitted("+eve", None),
        submitted("dan", 0.00001),
    )
    others = tuple(one for name, one in PEOPLE.items() if name != "ada")
    return [
        Class(assignment="ps1", questions=(question,), submitted=first, absent=(PEOPLE["gil"],)),
        Class(
            assignment="ps2",
            questions=(question,),
            submitted=(submitted("ada", 10),),
            absent=others,
        ),
    ]


def rows(export: Export) -> list[list[str]]:
    """The cells of a file."""
    return list(csv.reader(io.StringIO(export.content)))


def test_canvas_gets_its_columns_and_its_row_of_points() -> None:
    """Student, ID, SIS User ID, SIS Login ID, Section, the assignments; then who has a score."""
    export = canvas_csv(classes(), {"ps1": "Problem set 1 (4711)"}, zero=False)
    found = rows(export)
    info = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert found[0] == [*info, "Problem set 1 (4711)", "ps2"]
    assert found[1] == ["    Points Possible", "", "", "", "", "10", "10"]
    assert found[2:] == [
        ["dan", "", "", "dan", "", "0", ""],
        ["'" + FORMULA, "", "", "bob", "", "3.3333", ""],
        ["Ada Núñez, Jr", "101", "", "ada", "", "8.25", "10"],
        ["Eve Points-Possible", "103", "", "", "", "0", ""],
    ]


def test_canvas_never_takes_half_a_number_for_an_id() -> None:
    """It would read 12abc as 12, who is somebody else; whom it has to look for is said."""
    said = " ".join(canvas_csv(classes(), {}, zero=False).sentences)
    assert "dan, bob have no Canvas id" in said
    assert "+eve has an id that a spreadsheet could compute" in said


def test_what_waits_and_what_is_missing_is_said() -> None:
    """By assignment; --zero gives a 0 to who handed in nothing."""
    said = canvas_csv(classes(), {}, zero=False).sentences
    assert any(one.startswith("ps1: +eve has points to get from a person") for one in said)
    assert any(one.startswith("ps1: 1 student has handed in nothing") for one in said)
    zero = canvas_csv(classes(), {}, zero=True)
    assert [row[-2:] for row in rows(zero) if row[0] == "Gil"] == [["0", "0"]]
    assert not any("nothing and no score" in one for one in zero.sentences)


@pytest.mark.parametrize(
    ("key", "who", "left_out"),
    [
        ("username", ["dan", "bob", "ada"], ["+eve has a value"]),
        ("email", ["bob@a.example"], ["+eve has no email", "dan, ada have the same email"]),
        ("idnumber", ["12abc", "101", "103"], ["dan has no idnumber"]),
    ],
)
def test_moodle_gets_nobody_without_the_one_thing_that_says_who(
    key: str, who: list[str], left_out: list[str]
) -> None:
    """It would give a row of nobody to the student above it; two rows of one would be one."""
    export = moodle_csv(classes(), {}, key=key, zero=False)
    found = rows(export)
    assert found[0] == [key, "firstname", "lastname", "ps1", "ps2"]
    assert [row[0] for row in found[1:]] == who
    said = " ".join(export.sentences)
    for words in left_out:
        assert words in said


def test_moodle_gets_a_dash_where_there_is_no_grade() -> None:
    """And the penalty taken off, as nbgrader's own export does."""
    found = {row[0]: row[1:] for row in rows(moodle_csv(classes(), {}, key="username", zero=False))}
    assert found["ada"] == ["Ada", "Núñez, Jr", "8.25", "10"]
    assert found["bob"] == ["'" + FORMULA, "", "3.3333", "-"]


def test_moodle_says_when_a_score_is_above_what_it_takes() -> None:
    """One grade above 100 stops the import."""
    question = Graded(notebook="n", grade_id="q", kind="test", max_points=120)
    group = Class(assignment="ps1", questions=(question,), submitted=(submitted("ada", 120),))
    assert "up to 120" in " ".join(moodle_csv([group], {}, key="username", zero=False).sentences)
    fine = Class(assignment="ps1", questions=(question,), submitted=(submitted("ada", 100),))
    assert not moodle_csv([fine], {}, key="username", zero=False).sentences


def test_a_class_without_scores_gives_an_empty_file_and_says_so() -> None:
    """The columns are there all the same."""
    question = Graded(notebook="n", grade_id="q", kind="test", max_points=10)
    group = Class(assignment="ps1", questions=(question,), submitted=())
    export = canvas_csv([group], {}, zero=False)
    assert len(rows(export)) == 2
    assert "nobody has a score yet" in " ".join(export.sentences)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r\n=1", "＝1", "a;=1", "a;  @x"],
)
def test_no_cell_is_computed(text: str) -> None:
    """Wherever a spreadsheet might see the beginning of a cell."""
    safe = plain(text)
    assert is_formula(text)
    assert not is_formula(safe)
    assert safe.isprintable()
    assert "'" in safe


@pytest.mark.parametrize("text", ["Ada", "O'Neill", "a=b", "x-y", "ada@a.example", "Núñez; Ada"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    """The control."""
    assert plain(text) == text
    assert not is_formula(text)


def test_numbers_are_written_for_every_reader() -> None:
    """No exponents, no trailing noughts, no more than four places, no minus before nothing."""
    found = [decimal(one) for one in (10.0, 0.1 + 0.2, 1e-5, 100, 1234567.5, None)]
    assert found == ["10", "0.3", "0", "100", "1234567.5", ""]
