"""Tell stock nbgrader where this course is, so that its commands work in this folder.

source/ is written by hand, course/ is what students get (`nbgrader generate_assignment`),
and everything that holds students' work or grades is below autograder/.
"""

from __future__ import annotations

from pathlib import Path

from lessonkit.batch.templates import FOLDERS

c = get_config()  # type: ignore[name-defined]  # noqa: F821  (traitlets puts it here)

ROOT = Path(__file__).resolve().parent
GRADING = ROOT / "autograder"

c.CourseDirectory.course_id = "lessonkit"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "course"
c.CourseDirectory.source_with_tests_directory = "autograder/source_with_tests"
c.CourseDirectory.submitted_directory = "autograder/submitted"
c.CourseDirectory.autograded_directory = "autograder/autograded"
c.CourseDirectory.feedback_directory = "autograder/feedback"
c.CourseDirectory.solution_directory = "autograder/solution"
c.CourseDirectory.db_url = f"sqlite:///{GRADING / 'gradebook.db'}"

# What a learner's own record says stays with them: it is neither handed out nor collected.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "my-work*.json",
    ".my-work-*",
]

# The default exchange is a system folder that only root can make. This one is the user's own.
c.Exchange.root = str(GRADING / "exchange")
c.Exchange.timezone = "UTC"

# Students' code is judged in a sandbox, apart from the tests, whichever of nbgrader's commands and
# pages asks for it: see docs/grading.md. What one submission may use, such as
# c.LessonkitBudget.wall_seconds, has defaults there.
c.Autograde.exporter_class = "lessonkit.batch.stock.RepairedNotebook"
c.Autograde.pre_convert_hook = "lessonkit.batch.stock.find_renamed"
c.Autograde.autograde_preprocessors = [
    "lessonkit.batch.stock.Judge",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
    "lessonkit.batch.stock.Record",
]

# Nothing that students wrote runs in the browser of whoever reads or grades it, and hidden tests
# stay hidden.
c.GenerateFeedback.exporter_class = "lessonkit.batch.feedback.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "lessonkit.batch.feedback.HideTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.HTMLExporter.preprocessors = ["lessonkit.batch.feedback.CleanCells"]
c.HTMLExporter.filters = {"markdown2html": "lessonkit.batch.feedback.clean_markdown"}
c.FeedbackPage.preprocessors = []
# The page on which a person grades asks for nothing from the Internet, and so waits for nothing.
c.HTMLExporter.extra_template_basedirs = FOLDERS

# What is below is for kernels, which only nbgrader's validation starts here. A check starts
# processes and waits for them: seconds, but several times that on a loaded machine.
for execute in (c.Execute, c.ExecutePreprocessor):
    execute.timeout = 120
    # Feedback is plain HTML without a widget manager: saved widgets would come out blank.
    execute.store_widget_state = False

# A deleted check cell is put back instead of waiting for a manual grade that nobody can see.
c.OverwriteCells.add_missing_cells = True
