"""Grade a class: find submissions, have each judged, write the gradebook and the folders.

    course        where the course is, and what its configuration says
    releases      an assignment as the gradebook has it
    specs         the same, together with the instructor's notebooks
    calibrating   how its tests have to be run
    intake        what one student handed in
    submissions   the same, and what its grade will rest on
    pools         where judging runs: processes here, or Dask's on other machines
    running       the loop that keeps them busy, and tells what became of each job
    results       what became of a submission's notebooks, put together
    gradebooks    nbgrader's database, and `writing` its one writer
    folders       the one writer of autograded/
    driving       all of it together, for one assignment
    telling       what the instructor sees

Whoever may be killed at any moment may be started again at any moment: a student's folder is put
in its place first, the student's rows follow in one transaction, and a student without that
transaction is judged again. Judging itself is `lessonkit.grading`, which knows none of this.
"""

from __future__ import annotations
