"""Grade the whole corpus behind the fence, look at everything around it, and report.

`main` is the body: it makes a course with all submissions between those of good students, and
earlier grades in its gradebook; grades it with `lessonkit grade`; grades it again; runs some of
the attacks where nothing holds them; and at last spoils a few things itself, so that the test
outside sees that such changes are noticed. What is reported is one JSON object; `records` are by
student:

    status, reason, repairs, notes, points    as the command told
    scores, manual                            of each test, as the gradebook has them
    why                                       of each test, as kept for the report
    size, cpu_seconds                         of the judged notebook, and of judging it
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from tests.fence import REPOSITORY, require_inside
from tests.submissions.cases import Case, all_cases
from tests.submissions.courses import FIRST, LAST, MIDDLE, write_course
from tests.submissions.drafts import ANSWERS, NAME, Draft
from tests.submissions.looking import Look, book_rows
from tests.submissions.naive import SHARED, UNBOXED, shared, unboxed
from tests.submissions.tricks import PORT, SECRET, all_wrong

__all__ = ["CONTROLS", "ODD_NAMES", "main"]

# Long enough for honest programs on a crowded machine; what spins is ended by its processor time.
LIMITS = """
c.LessonkitBudget.cell_seconds = 6
c.LessonkitBudget.call_seconds = 6
c.LessonkitBudget.test_seconds = 30
c.LessonkitBudget.wall_seconds = 90
c.LessonkitBudget.tree_cpu_seconds = 4
c.LessonkitBudget.memory_bytes = 160_000_000
c.LessonkitBudget.tree_memory_bytes = 320_000_000
c.LessonkitBudget.max_processes = 40
c.LessonkitBudget.disk_bytes = 8_000_000
c.LessonkitBudget.output_bytes = 100_000
"""
RELEASE = f"""
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.nbgraderapp import NbGraderApp

app = NbGraderApp()
app.load_config_file()
api = NbGraderAPI(config=app.config)
done = api.generate_assignment({NAME!r})
assert done["success"], done
with Gradebook(api.coursedir.db_url, "corpus") as book:
    book.add_assignment("earlier")
    book.add_notebook("one", "earlier")
    book.add_grade_cell("test", "one", "earlier", max_score=9, cell_type="code")
    for number, name in enumerate(({FIRST!r}, {LAST!r}, "asserts_dropped", "fork_bomb")):
        book.add_student(name, first_name="kept", email=name + "@example.org")
        book.add_submission("earlier", name)
        grade = book.find_grade("test", "one", "earlier", name)
        grade.auto_score, grade.manual_score = number, 9 - number
    book.db.commit()
"""
SETTLE_SECONDS = 30.0

CONTROLS = ("control-cheat", "control-loser")
"""Graded like the others, and expected to get what they do not: a cheat that got its points, and
an honest student who lost one."""

ODD_NAMES = {
    "<img src=x onerror=alert(1)>": "graded",
    "; rm -rf ~": "graded",
    "line\nend": "",
    "\x1b]0;owned\x07": "",
    "n" * 200: "",
    "linked folder": "not gradable",
}
"""Names of students, and what becomes of them; "" for names that no gradebook can hold."""


def main(*names: str) -> None:
    """Grade the named cases and families (all, when none is named) and print the report."""
    require_inside()
    course = Path.home() / "course"
    cases = [one for one in all_cases() if not names or one.name in names or one.family in names]
    _prepare(course, cases)
    hits = _listen()
    look = Look(course)
    before, rows_before, pids_before = look.files(), book_rows(course), look.processes()
    first = _grade(course)
    left = _settled(look, pids_before)
    after, rows_after = look.files(), book_rows(course)
    report = {
        "home": str(Path.home()),
        "grading": first,
        "records": _records(course, json.loads(first.pop("stdout"))),
        "changed": look.changes(before, after),
        "rows_lost": [row for row in rows_before if row not in set(rows_after)],
        "processes_left": left,
        "hits": list(hits),
    }
    second = _grade(course)
    told = json.loads(second.pop("stdout"))
    report["second"] = {
        "grading": second,
        "graded": told["graded"],
        "graded_before": told["graded_before"],
        "same_rows": book_rows(course) == rows_after,
        "changed": look.changes(before, look.files()),
        "processes_left": _settled(look, pids_before),
    }
    by_family = [one for one in cases if one.family in SHARED]
    report["unguarded"] = {one.name: shared(one) for one in by_family} | {
        one.name: unboxed(one, course / "submitted" / FIRST) for one in cases if one.name in UNBOXED
    }
    report["planted"] = _plant(course, look, before, rows_before)
    print(json.dumps(report), flush=True)
    os._exit(0)


def _prepare(course: Path, cases: list[Case]) -> None:
    """Make and release the course, with the controls and the odd names in it."""
    write_course(course, cases, config=LIMITS)
    submitted = course / "submitted"
    loser = Draft()
    all_wrong(loser)
    loser.write("q2-answer", ANSWERS["q2-answer"])
    for name, draft in zip(CONTROLS, (Draft(), loser), strict=True):
        draft.hand_in(submitted / name / NAME)
    for name, expected in ODD_NAMES.items():
        if expected != "not gradable":
            Draft().hand_in(submitted / name / NAME)
    (submitted / "linked folder").mkdir()
    (submitted / "linked folder" / NAME).symlink_to(f"../{FIRST}/{NAME}")
    (Path.home() / "secret").write_text("nobody's business")
    done = _run(course, ["-W", "ignore", "-c", RELEASE])
    assert done.returncode == 0, done.stderr[-3000:]


def _listen() -> list[str]:
    """Listen where students must not get through to; return the list that calls are put into."""
    hits: list[str] = []
    tcp = socket.create_server(("127.0.0.1", PORT))
    local = socket.socket(socket.AF_UNIX)
    local.bind("\0lessonkit-test")
    local.listen()

    def answer(listening: socket.socket) -> None:
        while True:
            calling, address = listening.accept()
            hits.append(str(address))
            calling.close()

    for listening in (tcp, local):
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
    return hits


def _grade(course: Path) -> dict[str, Any]:
    """Run `lessonkit grade`, the real one."""
    began, before = time.monotonic(), _cpu_seconds()
    done = _run(course, ["-m", "lessonkit.cli", "grade", NAME, "--jobs", "3", "--json"])
    return {
        "returncode": done.returncode,
        "stdout": done.stdout,
        "stderr": done.stderr[-3000:],
        "seconds": round(time.monotonic() - began, 2),
        "cpu_seconds": round(_cpu_seconds() - before, 2),
    }


def _run(course: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    programs = str(Path(sys.executable).parent)
    env = {**os.environ, SECRET: "nobody's business", "PYTHONDONTWRITEBYTECODE": "1"}
    env |= {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'src'}",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=course,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        check=False,
    )


def _cpu_seconds() -> float:
    """What everything behind the fence has used, also what nobody waited for."""
    for path in (
        "/sys/fs/cgroup/cpuacct/cpuacct.usage",
        "/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage",
    ):
        if os.path.exists(path):
            return int(Path(path).read_text()) / 1e9
    if os.path.exists("/sys/fs/cgroup/cpu.stat"):
        return int(Path("/sys/fs/cgroup/cpu.stat").read_text().split()[1]) / 1e6
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _settled(look: Look, before: list[str]) -> list[str]:
    """Processes that are more than before, when they had time to be gone."""
    until = time.monotonic() + SETTLE_SECONDS
    while left := [one for one in look.processes() if one not in before]:
        if time.monotonic() > until:
            break
        time.sleep(0.05)
    return left


def _records(course: Path, told: dict[str, Any]) -> dict[str, Any]:
    """All that is known of each student, in one place."""
    records = {
        row["student"]: row | {"scores": {}, "manual": [], "why": {}} for row in told["students"]
    }
    book = sqlite3.connect(course / "gradebook.db")
    for student, cell, auto, manual, needs in book.execute(SCORES, (NAME,)):
        records[student]["scores"][cell] = auto if manual is None else f"{manual} by hand"
        if needs:
            records[student]["manual"].append(cell)
    for student, detail in book.execute("SELECT student, detail FROM lessonkit_grading"):
        records[student]["why"] = _reasons(json.loads(detail))
        for notebook in json.loads(detail)["notebooks"]:  # none, where we failed
            records[student]["cpu_seconds"] = notebook.get("cpu_seconds")
    book.close()
    for student, record in records.items():
        file = course / "autograded" / student / NAME / f"{NAME}.ipynb"
        record["size"] = len(file.read_bytes()) if file.is_file() else None
    return records


SCORES = """
SELECT student_id, base_cell.name, auto_score, manual_score, needs_manual_grade
FROM grade JOIN base_cell ON base_cell.id = grade.cell_id
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN assignment ON assignment.id = submitted_assignment.assignment_id
WHERE assignment.name = ?
"""


def _reasons(detail: Any) -> dict[str, str]:
    """Test -> why it has fewer than full points."""
    found: dict[str, str] = {}
    if isinstance(detail, dict):
        if "grade_id" in detail and "why" in detail:
            found[detail["grade_id"]] = str(detail["why"])[:300]
        detail = list(detail.values())
    if isinstance(detail, list):
        for one in detail:
            found |= _reasons(one)
    return found


def _plant(course: Path, look: Look, before: dict[str, Any], rows: list[str]) -> dict[str, Any]:
    """Do what an attack would have done; say what the same looks see of it."""
    (course / "source" / NAME / f"{NAME}.ipynb").write_text("spoilt")
    (course / "submitted" / LAST / NAME / f"{NAME}.ipynb").chmod(0o777)
    shutil.rmtree(course / "submitted" / MIDDLE)
    Path("/tmp/planted").touch()
    (Path.home() / "secret").unlink()
    book = sqlite3.connect(course / "gradebook.db")
    book.execute("UPDATE grade SET manual_score = 0 WHERE manual_score = 9")
    book.commit()
    book.close()
    sleeping = subprocess.Popen(["sleep", "600"])
    known = look.processes()
    sleeping.kill()
    sleeping.wait()
    now = set(book_rows(course))
    return {
        "changed": look.changes(before, look.files()),
        "rows_lost": [row for row in rows if row not in now],
        "processes": [one for one in known if one.startswith(f"{sleeping.pid} ")],
    }
