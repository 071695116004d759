"""Write grades in the columns that Canvas and Moodle import.

Canvas. The first row has Student, ID, SIS User ID, SIS Login ID and Section, then a column for
each assignment, "Name" or "Name (its id in Canvas)"; a row "Points Possible" follows. Canvas looks
for a student by ID, then by the SIS columns, then by the name, and takes what is no number in ID
for one as far as it is, so nothing but a number is written there.

Moodle. One column that says who it is, then one for each grade item; who imports says which is
which. A row without a grade says "-". Moodle gives up the whole import at a student it does not
know, and gives the grades of a row that says nobody to whoever stood in the row above: so students
without that one thing are left out, and named.

Source: Canvas, lib/gradebook_importer.rb; Moodle, grade/import/csv/classes/load_data.php.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lessonkit.batch.reports.cells import decimal, is_formula, plain, write_csv
from lessonkit.batch.reports.records import Class, Student
from lessonkit.show.words import name, plural

__all__ = ["MOODLE_KEYS", "Export", "canvas_csv", "moodle_csv"]

_NUMBER = re.compile(r"[0-9]{1,19}")
MOODLE_KEYS = ("username", "email", "idnumber")
MOODLE_MOST = 100
_MAX_NAMED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """A file for another program, and the sentences that whoever imports it should know."""

    content: str
    sentences: tuple[str, ...] = ()


def canvas_csv(classes: Sequence[Class], heads: Mapping[str, str], *, zero: bool) -> Export:
    """The grades for Canvas. heads: assignment -> its column; its own name where nothing is said.

    zero: who handed in nothing gets 0, and no empty cell.
    """
    students, scores = _scores(classes, zero=zero)
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *_heads(classes, heads)],
        ["    Points Possible", "", "", "", "", *(decimal(group.max_points) for group in classes)],
    ]
    without, unsafe = [], []
    for student in students:
        number = student.lms_id.strip()
        if not _NUMBER.fullmatch(number):
            number = ""
            without.append(student)
        login = student.id
        if is_formula(login):
            login = ""
            unsafe.append(student)
        # A person of that name would be taken for the row above.
        shown = plain(student.full_name).replace("Points Possible", "Points-Possible")
        rows.append([shown, number, "", login, "", *scores[student.id]])
    said = _common(classes, scores, zero=zero, empty="Canvas takes an empty cell for no grade")
    if without:
        said.append(
            f"{_who(without)} no Canvas id: lms_user_id in the gradebook is not a number. Canvas "
            "looks for them by the login, which is the student's id here, and then by the name: "
            "look at what it proposes, or put the ids in with: nbgrader db student import FILE.csv "
            "(columns: id, lms_user_id)"
        )
    if unsafe:
        said.append(
            f"{_who(unsafe)} an id that a spreadsheet could compute; it was left out, so Canvas "
            "looks for them by lms_user_id and by the name"
        )
    return Export(content=write_csv(rows), sentences=tuple(said))


def moodle_csv(
    classes: Sequence[Class], heads: Mapping[str, str], *, key: str, zero: bool
) -> Export:
    """The grades for Moodle. key: one of `MOODLE_KEYS`, what says who it is."""
    students, scores = _scores(classes, zero=zero)
    keys = {one.id: _moodle_key(one, key) for one in students}
    shared = {value for value, count in Counter(keys.values()).items() if value and count > 1}
    without = [one for one in students if not keys[one.id]]
    twice = [one for one in students if keys[one.id] in shared]
    unsafe = [one for one in students if keys[one.id] and is_formula(keys[one.id])]
    left_out = {one.id for one in (*without, *twice, *unsafe)}
    rows = [[key, "firstname", "lastname", *_heads(classes, heads)]]
    for student in students:
        if student.id not in left_out:
            names = plain(student.first_name), plain(student.last_name)
            marks = [score or "-" for score in scores[student.id]]
            rows.append([keys[student.id], *names, *marks])
    said = _common(classes, scores, zero=zero, empty='Moodle takes "-" for no grade')
    column = {"username": "id", "email": "email", "idnumber": "lms_user_id"}[key]
    for found, why in (
        (without, f"no {key} (in the gradebook: {column}), without which Moodle stops importing"),
        (twice, f"the same {key} as somebody else, which Moodle could not tell apart"),
        (unsafe, f"a value for {key} that a spreadsheet could compute"),
    ):
        if found:
            said.append(f"{_who(found)} {why}; left out of the file")
    for group in classes:
        best = max((one.score or 0.0 for one in group.submitted), default=0.0)
        if best > MOODLE_MOST:
            said.append(
                f"{name(group.assignment)} has scores up to {decimal(best)}; Moodle stops at one "
                f"above {MOODLE_MOST} unless its administrator allows more (unlimitedgrades)"
            )
    return Export(content=write_csv(rows), sentences=tuple(said))


def _moodle_key(student: Student, key: str) -> str:
    return {"username": student.id, "email": student.email, "idnumber": student.lms_id}[key].strip()


def _heads(classes: Sequence[Class], heads: Mapping[str, str]) -> list[str]:
    return [plain(heads.get(group.assignment, group.assignment)) for group in classes]


def _scores(classes: Sequence[Class], *, zero: bool) -> tuple[list[Student], dict[str, list[str]]]:
    """Who has a score in any of them, by name, and the scores; "" where there is none."""
    students: dict[str, Student] = {}
    scores: dict[str, list[str]] = {}
    for place, group in enumerate(classes):
        found = [(one.student, one.score) for one in group.submitted]
        found += [(one, 0.0 if zero else None) for one in group.absent]
        for student, score in found:
            students[student.id] = student
            scores.setdefault(student.id, [""] * len(classes))[place] = decimal(score)
    known = [one for one in students.values() if any(scores[one.id])]
    known.sort(key=lambda one: (one.last_name.casefold(), one.first_name.casefold(), one.id))
    return known, scores


def _common(
    classes: Sequence[Class], scores: Mapping[str, Sequence[str]], *, zero: bool, empty: str
) -> list[str]:
    """What is to be known of the scores, wherever they go."""
    said = []
    for group in classes:
        called = name(group.assignment)
        if waiting := [one.student for one in group.submitted if one.in_gradebook and one.waits]:
            said.append(f"{called}: {_who(waiting)} points to get from a person; scores may change")
        if ungraded := [one.student for one in group.submitted if not one.in_gradebook]:
            said.append(f"{called}: {_who(ungraded)} a submission without grades, so no score")
        if group.absent and not zero:
            said.append(
                f"{called}: {plural(len(group.absent), 'student has', 'students have')} handed in "
                f"nothing and no score; {empty}. --zero gives them 0"
            )
    if not any(any(row) for row in scores.values()):
        said.append("nobody has a score yet, so there are no students in the file")
    return said


def _who(students: Sequence[Student]) -> str:
    ids = [name(student.id) for student in students]
    if len(ids) > _MAX_NAMED:
        return f"{len(ids)} students ({', '.join(ids[:_MAX_NAMED])}, …) have"
    return f"{', '.join(ids)} {'has' if len(ids) == 1 else 'have'}"
