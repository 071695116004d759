"""Feedback pages keep what is hidden, and nothing on them runs, loads or covers anything."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lessonkit.batch.cleaning import clean_html
from lessonkit.batch.feedback import HIDDEN, HideTests
from tests.batch.courses import (
    answer,
    cell,
    hand_in,
    lessonkit,
    nbgrader_each,
    notebook,
)
from tests.batch.test_stock_seams import SEAMS

SCHEME = """Draw a tree.
### BEGIN MARK SCHEME
Two points for the root that has a name.
### END MARK SCHEME"""
TESTS = """assert plus(1) == 2, "plus(1) is 2"
### BEGIN HIDDEN TESTS
assert plus(40) == 41
assert plus(-7) == -6
### END HIDDEN TESTS"""
HOSTILE = """\
from IPython.display import HTML, SVG, Javascript, Markdown, display
display(HTML("<b>kept</b><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>"))
display(HTML("<iframe src='https://elsewhere.invalid/'></iframe><p style='position:fixed'>p</p>"))
display(HTML("<img src='https://elsewhere.invalid/spy.png'><a href='javascript:ran=1'>go</a>"))
display(Javascript("window.ran = 1"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg'><script>window.ran = 1</script></svg>"))
display(Markdown("*star* <script>window.ran = 1</script>"))
display({"image/png": "iVBOR"}, raw=True, metadata={"image/png": {"width": "1 onload=ran=1"}})
print("<script>window.ran = 1</script>")
"""
ODD_NAME = "<img src=x onerror=ran=1> proc.ipynb"
ODD_LINK = "\x1b[31m<b>*bold*.txt"
WRITTEN = (
    "Because **so**. <script>window.ran = 1</script> ![](https://elsewhere.invalid/a.png) $x^2$"
)


def lesson() -> Any:
    """A test with a hidden part, an answer to be read, a task with a marking scheme."""
    return notebook(
        [
            cell("code", answer("def plus(a):\n    return a + 1"), "plus", solution=True),
            cell("code", TESTS, "test-plus", 2, grade=True, locked=True),
            cell("markdown", answer("Because."), "why", 2, grade=True, solution=True),
            cell("code", answer("print(1)"), "show", 1, grade=True, solution=True),
            cell("markdown", SCHEME, "draw", 2, task=True, locked=True),
        ]
    )


def odd(course: Path, student: str) -> None:
    """Hand in, under a name that would be a tag, a notebook that lacks a test, and a link whose
    name would be markup and would colour a terminal."""
    right = {"plus": "def plus(a):\n    return a + 1"}
    folder = hand_in(course, student, right, assignment="pages")
    file = folder / "proc.ipynb"
    content = json.loads(file.read_text())
    content["cells"] = [one for one in content["cells"] if one["id"] != "test-plus"]
    file.write_text(json.dumps(content))
    file.rename(folder / ODD_NAME)
    (folder / ODD_LINK).symlink_to("/etc/hostname")


@pytest.fixture(scope="module")
def pages(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Student -> what `nbgrader generate_feedback` made of their graded submission. All were graded
    by `lessonkit grade` but "stock", who handed in what "dora" did, by `nbgrader autograde`."""
    course = shutil.copytree(released_course, tmp_path_factory.mktemp("pages") / "course")
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(SEAMS)
    one = "def plus(a):\n    return 2"
    hand_in(course, "ada", {"plus": one, "why": WRITTEN, "show": HOSTILE}, assignment="pages")
    hand_in(course, "ben", {"plus": "def plus(a):\n    return a"}, assignment="pages")
    (hand_in(course, "cleo", {}, assignment="pages") / "proc.ipynb").write_text("damaged")
    odd(course, "dora")
    done = lessonkit(course, "grade", "pages")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    odd(course, "stock")
    nbgrader_each(course, "autograde pages --student=stock", "generate_feedback pages")
    return {
        name: Path(course, "feedback", name, "pages", "proc.html").read_text()
        for name in ("ada", "ben", "cleo", "dora", "stock")
    }


def words(page: str) -> str:
    """The text of the body."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page.partition("<body>")[2]))


@pytest.mark.slow
def test_no_page_shows_a_hidden_test_or_a_marking_scheme(pages: dict[str, str]) -> None:
    """Neither their text nor their marks; which test failed is said all the same."""
    for page in pages.values():
        text = words(page)
        assert "plus(1)" in text
        for secret in ("plus(40)", "41", "plus(-7)", "HIDDEN TESTS", "root that has a name"):
            assert secret not in text
        assert "MARK SCHEME" not in text
        assert "Draw a tree." in text
    assert "In a hidden test" in words(pages["ada"])
    assert "plus(1) is 2" in words(pages["ben"])
    assert "It is not JSON" in words(pages["cleo"]) or "not a notebook" in words(pages["cleo"])


@pytest.mark.slow
@pytest.mark.parametrize("way", ["dora", "stock"])
def test_students_read_what_was_put_right_and_what_was_not_taken(
    pages: dict[str, str], way: str
) -> None:
    """At the top, whichever command graded; and names that they chose are words."""
    page = pages[way]
    top = html.unescape(words(page).partition("Grade cell")[0])
    assert "Before grading:" in top
    assert f"proc.ipynb was handed in as “{ODD_NAME}”, which was taken for it." in top
    assert r"\x1b[31m<b>*bold*" in top
    assert "was not taken: " in top
    assert "The test was missing" in top
    head = page.partition("<body>")[2].partition("Grade cell")[0]
    assert "<img" not in head
    assert "<em>bold" not in head
    assert "\x1b" not in page


@pytest.mark.slow
def test_points_stand_with_their_reasons(pages: dict[str, str]) -> None:
    """Between a test's score and the next cell is why it is that score."""
    (panel,) = re.findall(r"Grade cell: test-plus (.*?) Student's answer", words(pages["ben"]))
    assert "Score: 0.0 / 2.0" in panel
    assert "AssertionError: plus(1) is 2" in panel


@pytest.mark.slow
def test_nothing_of_a_student_or_from_elsewhere_runs_or_loads(pages: dict[str, str]) -> None:
    """Outputs and Markdown keep their words and lose what acts; the page asks for nothing."""
    page = pages["ada"]
    for tag in ("script", "iframe", "link", "object", "form"):
        assert f"<{tag}" not in page.lower()
    assert "<b>kept</b>" in page
    assert "<em>star</em>" in page
    assert "<strong>so</strong>" in page
    assert "$x^2$" in page
    assert "&lt;script&gt;window.ran = 1&lt;/script&gt;" in page, "what was printed is text"
    tags = re.findall(r"<[a-z][^>]*>", page.partition("<body>")[2])
    assert not [tag for tag in tags if re.search(r"\son\w+=|javascript:|position:", tag)]
    loads = [tag for tag in tags if re.search(r"\ssrc=|srcset=|url\(", tag)]
    assert all('src="data:image/' in tag for tag in loads), loads
    assert "elsewhere.invalid" not in "".join(tags)
    head = page.partition("<body>")[0]
    assert "Content-Security-Policy\" content=\"default-src 'none'" in head


@pytest.mark.parametrize(
    ("hostile", "clean"),
    [
        ("<p>a &lt; b & c</p>", "<p>a &lt; b &amp; c</p>"),
        ("a < b", "a &lt; b"),
        ("<script>x</script>y", "y"),
        ("<<script>script>x<</script>/script>", "&lt;/script&gt;"),
        ("<svg onload=x><script>x</script></svg>y", "y"),
        ("<math><mtext><style><!--</style><img title='--&gt;&lt;img onerror=x&gt;'>", ""),
        ("<noscript><p title='</noscript><img src=x onerror=x>'>", ""),
        ("<plaintext>x", ""),
        ("<a href='java\nscript:x'>y</a>", "<a>y</a>"),
        ("<a href=' data:text/html,x'>y</a>", "<a>y</a>"),
        (
            "<a href='https://y.org/?a&b' target=_top>y</a>",
            '<a href="https://y.org/?a&amp;b">y</a>',
        ),
        ("<img src='//x/y.png'><img src='../x.png'><img src='/x.png'>", "<img><img><img>"),
        ("<img src='a/figure-1.png'>", '<img src="a/figure-1.png">'),
        ("<p style='background:url(//x);color:red'>y</p>", '<p style="color: red">y</p>'),
        ("<p style='margin-top:-9em;color:rgb(1,2,3)'>y</p>", '<p style="color: rgb(1,2,3)">y</p>'),
        ("<p style='color:r\\65 d;width:expression(x)'>y</p>", '<p style="">y</p>'),
        ("<div class='panel-heading' id='top'>y</div>", "<div>y</div>"),
        ("<meta http-equiv=refresh content='0;url=//x'><base href=//x>y", "y"),
        ("<!--[if IE]><script>x</script><![endif]-->y", "y"),
        ("<details open><summary>s</summary>y</details>", None),
    ],
)
def test_html_keeps_what_is_allowed_and_nothing_else(hostile: str, clean: str | None) -> None:
    """Text, tables and colours stay; cleaned twice is as cleaned once."""
    made = clean_html(hostile)
    assert made == clean_html(made)
    if clean is not None:
        assert made == clean
    else:
        assert "<details open" in made


def test_tracebacks_of_a_kernel_lose_lines_of_hidden_tests() -> None:
    """Also coloured ones, as stock nbgrader keeps them; a student's own text is left alone."""
    entry = {"grade": True, "grade_id": "t", "locked": True, "solution": False, "points": 1}
    lines = [
        "\x1b[31mAssertionError\x1b[39m  Traceback (most recent call last)",
        "      1 \x1b[38;5;28;01massert\x1b[39;00m plus(\x1b[32m1\x1b[39m) == 2\n"
        "----> 3 \x1b[38;5;28;01massert\x1b[39;00m plus(\x1b[32m40\x1b[39m) == \x1b[32m41\x1b[39m",
        "\x1b[31mAssertionError\x1b[39m: ",
    ]
    error = {"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": lines}
    student = "# BEGIN HIDDEN TESTS\nprint(1)"
    made: Any = nbformat.from_dict(  # type: ignore[no-untyped-call]
        notebook(
            [
                cell("code", TESTS, "t", 1, grade=True, locked=True)
                | {"metadata": {"nbgrader": entry}, "outputs": [error]},
                cell("code", student, "mine", solution=True),
            ]
        )
    )
    HideTests().preprocess(made, {})  # type: ignore[no-untyped-call]

    (shown,) = made.cells[0].outputs
    text = "\n".join(shown.traceback)
    assert HIDDEN in text
    assert "40" not in text
    assert "assert plus(1) == 2" in text
    assert "plus(40)" not in made.cells[0].source
    assert made.cells[1].source == student
