"""Make a course in which submissions of the corpus lie between those of two good students.

    python -m tests.submissions.courses FOLDER [broken|unlucky|hostile|NAME...]

writes it to look at, or to grade by hand: `nbgrader generate_assignment proc` in that folder
first. Hostile submissions must not be graded with stock nbgrader outside of a second fence.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.submissions.cases import Case, all_cases
from tests.submissions.drafts import ASSIGNMENT, NAME, Draft

__all__ = ["FIRST", "LAST", "MIDDLE", "write_course"]

# Grading goes in the order of names: good students before all others, among them, and after.
FIRST = "a--good"
MIDDLE = "l--good"
LAST = "zz-good"


def write_course(root: Path, cases: Iterable[Case], *, config: str = "") -> None:
    """Write source/ and submitted/ below *root*, in nbgrader's default structure.

    config: more lines of nbgrader_config.py.
    """
    source = root / "source" / NAME
    source.mkdir(parents=True)
    shutil.copy(ASSIGNMENT, source)
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "corpus"\n' + config
    )
    for student in (FIRST, MIDDLE, LAST):
        Draft().hand_in(root / "submitted" / student / NAME)
    for one in cases:
        one.hand_in(root / "submitted")


def main() -> int:
    """Write the course that the command line asks for; return the exit status."""
    if len(sys.argv) < 2:
        print((__doc__ or "").split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    wanted = set(sys.argv[2:])
    cases = [
        one
        for one in all_cases()
        if not wanted or one.name in wanted or one.family.split("/")[0] in wanted
    ]
    write_course(Path(sys.argv[1]), cases)
    for one in cases:
        print(f"{one.name:40} {one.points:4.0f}  {'/'.join(one.status):22} {one.what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
