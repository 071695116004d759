"""Questions in the page: answered by mouse and by keyboard alone, with advice, and kept."""

from __future__ import annotations

import json
import re
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.desk import Desk
from tests.browser.driver import LabPage
from tests.browser.notebooks import OpenNotebook, opened, theme, violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

SETUP = "from lessonkit import views\nfrom lessonkit.checks import quiz"
ONE = """
k1 = views.one("K1", "What does `kill -9` on a zombie print?",
               {"A": "an error", "B": "`137`", "C": "nothing"},
               key=quiz.digest("K1", "C"),
               advice={"A": "Is the number free?", "B": "Whose end is that?", "C": "It succeeds."})
k1
"""
MANY = """
k2 = views.many("K2", "Who can reap?", {"A": "the parent", "B": "root", "C": "who adopted it"},
                keys=quiz.keys("K2", "AC"),
                advice={"A": "It asks.", "B": "What could root call?", "C": "It is the parent."})
k2
"""
NUMBER = """
k3 = views.numeric("K3", "How much?", key=quiz.digest("K3", 250), tolerance=10, unit="MB",
                   advice={250000: "That is KiB."}, why="10 KiB for each.")
k3
"""
ORDER = """
k4 = views.order("K4", "A life, in order.", ["it is a zombie", "`fork`", "its pid is free"],
                 key=quiz.digest("K4", quiz.sequence("BAC")),
                 advice={"C>A": "Free, and still a zombie?"}, why="So it goes.")
k4
"""
PARSONS = """
k5 = views.parsons("K5", "Reap them all.",
                   ["pid = reap()", "while True:", "os.kill(pid, 9)", "if not pid: break"],
                   key=quiz.digest("K5", quiz.sequence(["B", "A+1", "D+1"])), distractors=True,
                   advice={"C": "They have ended already."}, why="Until none is ready.")
k5
"""
CELLS = [SETUP, ONE, MANY, NUMBER, ORDER, PARSONS]
CLEAR_JS = """async () => {
    const {sessionContext} = window.lessonkitWidget;
    await sessionContext.session.kernel.restart();
    await window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
}"""


def button(place: Locator, name: str) -> Locator:
    """The button of exactly this name."""
    return place.get_by_role("button", name=name, exact=True)


def line(place: Locator, text: str) -> Locator:
    """The part of a line that takes the focus."""
    return place.locator(".lk-ask-grip").filter(has_text=text)


def asked(notebook: OpenNotebook, cell: str) -> Locator:
    """The form below the cell, once it is there; the set-up has run before."""
    if notebook.cell("c0").count is None:
        notebook.run("c0")
    notebook.run(cell)
    form = notebook.output(cell).locator(".lk-quiz")
    form.wait_for()
    return form


def drag_to_top(form: Locator, text: str) -> None:
    """Drag a line onto the first one; once more, as people do, where the mouse let go of it."""
    first = form.locator("ol > li").first
    for _ in range(5):
        line(form, text).drag_to(first)
        with suppress(AssertionError):
            expect(first).to_contain_text(text, timeout=5000)
            return
    raise AssertionError(f"{text} was dragged, and is not the first line: {in_page(form)}")


def drag_below(form: Locator, text: str, other: str) -> None:
    """Drag a line onto the lower half of another one."""
    target = form.locator("ol > li").filter(has_text=other)
    box = target.bounding_box()
    assert box is not None
    place = {"x": box["width"] / 3, "y": box["height"] - 4}
    for _ in range(5):
        line(form, text).drag_to(target, target_position=place)  # type: ignore[arg-type]
        with suppress(AssertionError):
            expect(form.locator("ol > li").last).to_contain_text(text, timeout=5000)
            return
    raise AssertionError(f"{text} was dragged, and is not the last line: {in_page(form)}")


def says(form: Locator, text: str) -> None:
    """Wait until the feedback has this text, and screen readers have been told."""
    form.locator(".lk-ask-feedback").filter(has_text=text).wait_for()
    form.locator(".lk-hidden[role=status]").filter(has_text=text).wait_for(state="attached")


def in_page(form: Locator) -> list[str]:
    """The lines in their order, each with its place and how far in it is."""
    return [text.replace("\n", " ") for text in form.locator("ol .lk-ask-grip").all_inner_texts()]


def focused(lab: LabPage) -> str:
    """The text of what has the focus."""
    text: str = lab.page.evaluate("document.activeElement.textContent")
    return text


def calm(lab: LabPage) -> None:
    """No script failed, and nothing was asked of the internet."""
    # Lab drops what it had asked of a kernel that is restarted, and calls that an error.
    lab.errors[:] = [text for text in lab.errors if "Canceled future" not in text]
    assert lab.errors == []
    assert lab.external == []


def test_by_mouse_every_answer_gets_its_own_advice(lab: LabPage, desk: Desk) -> None:
    """One option, several, and a number: wrong first, then right, then it is closed."""
    with desk.holding(lab.folder / "quiz-mouse", CELLS) as notebook:
        form = asked(notebook, "c1")
        button(form, "Check").hover()
        button(form, "Check").click(force=True)  # it says that it cannot be used, and still can
        assert notebook.python("k1.tries") == 0
        for letter, advice in [("A", "Is the number free?"), ("B", "Whose end is that?")]:
            form.get_by_role("radio", name=re.compile(f"^{letter} ")).check()
            button(form, "Check").click()
            says(form, advice)
            says(form, f"{letter}: not right.")
        form.get_by_role("radio", name=re.compile("^C ")).check()
        button(form, "Check").click()
        says(form, "C: right.")
        assert form.get_by_text("3 tries").is_visible()
        assert form.get_by_role("radio").first.is_disabled()
        button(form, "Answer again").click()
        assert form.get_by_role("radio").first.is_enabled()

        form = asked(notebook, "c2")
        for letter in "AB":
            form.get_by_role("checkbox", name=re.compile(f"^{letter} ")).check()
        button(form, "Check").click()
        says(form, "What could root call?")
        assert "It asks." not in form.inner_html()
        form.get_by_role("checkbox", name=re.compile("^B ")).uncheck()
        form.get_by_role("checkbox", name=re.compile("^C ")).check()
        button(form, "Check").click()
        says(form, "A, C: right.")

        form = asked(notebook, "c3")
        for typed, said in [("250,000", "That is KiB."), ("about 3", ""), ("245 MB", "10 KiB")]:
            form.get_by_role("textbox").fill(typed)
            button(form, "Check").click()
            if said:
                says(form, said)
            else:
                form.locator(".lk-ask-note").get_by_text("not an answer: a number of MB").wait_for()
        assert notebook.python("[k1.right, k2.right, k3.right, k3.tries]") == [True] * 3 + [2]
    calm(lab)


def test_the_same_answer_once_more_is_told_once_more(lab: LabPage, desk: Desk) -> None:
    """Who hears nothing after Check does not know whether it was pressed."""
    with desk.holding(lab.folder / "quiz-twice", CELLS) as notebook:
        form = asked(notebook, "c3")
        status = form.locator(".lk-hidden[role=status]")
        status.evaluate(
            "e => { window.lessonkitSaid = []; new MutationObserver(() => {"
            " if (e.textContent) window.lessonkitSaid.push(e.textContent); })"
            ".observe(e, {childList: true}); }"
        )
        form.get_by_role("textbox").fill("about 3")  # no number: nothing changes the second time
        for times in (1, 2):
            button(form, "Check").click()
            lab.page.wait_for_function(
                "times => window.lessonkitSaid.filter("
                "text => text.includes('a number of MB')).length >= times",
                arg=times,
            )
    calm(lab)


def test_what_is_no_answer_does_not_close_the_question(lab: LabPage, desk: Desk) -> None:
    """After a right answer, too: it is open again, and stays so until something was judged."""
    with desk.holding(lab.folder / "quiz-open", CELLS) as notebook:
        form = asked(notebook, "c3")
        form.get_by_role("textbox").fill("250")
        button(form, "Check").click()
        button(form, "Answer again").click()
        form.get_by_role("textbox").fill("about 3")
        button(form, "Check").click()
        form.locator(".lk-ask-note").get_by_text("not an answer").wait_for()
        assert form.get_by_role("textbox").is_enabled()
        button(form, "Check").wait_for()
    calm(lab)


def test_by_keyboard_alone_options_are_chosen_and_checked(lab: LabPage, desk: Desk) -> None:
    """Arrows choose, space ticks, Enter checks; Lab's own shortcuts do not act."""
    with desk.holding(lab.folder / "quiz-keys", CELLS) as notebook:
        keys = lab.page.keyboard
        form = asked(notebook, "c1")
        form.get_by_role("radio").first.focus()
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        keys.press("Enter")
        says(form, "C: right.")
        assert focused(lab) == "Answer again"
        form = asked(notebook, "c2")
        form.get_by_role("checkbox").first.focus()
        keys.press("Space")
        keys.press("Tab")
        keys.press("Tab")
        keys.press("Space")
        keys.press("Tab")
        assert focused(lab) == "Check"
        keys.press("Enter")
        says(form, "A, C: right.")
        form = asked(notebook, "c3")
        form.get_by_role("textbox").focus()
        keys.type("250")
        keys.press("Enter")
        says(form, "10 KiB")
        assert notebook.cell("c3").source == NUMBER
    calm(lab)


def test_by_keyboard_alone_lines_are_put_in_order(lab: LabPage, desk: Desk) -> None:
    """Arrow keys move the line, the focus goes with it, and its new place is announced."""
    with desk.holding(lab.folder / "quiz-lines", CELLS) as notebook:
        keys = lab.page.keyboard
        form = asked(notebook, "c4")
        spoken = form.locator(".lk-hidden[role=status]")
        line(form, "its pid is free").focus()
        for _ in range(3):
            keys.press("ArrowUp")
        line(form, "it is a zombie").focus()
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        assert "it is a zombie" in focused(lab)
        spoken.filter(has_text="it is a zombie: line 3 of 3").wait_for(state="attached")
        assert in_page(form)[0].startswith("1 its pid is free")
        keys.press("Tab")
        keys.press("Enter")
        says(form, "Free, and still a zombie?")
        for _ in range(2):
            line(form, "its pid is free").focus()
            keys.press("ArrowDown")
        line(form, "fork").focus()
        keys.press("ArrowUp")
        keys.press("ArrowUp")
        button(form, "Check").focus()
        keys.press("Enter")
        says(form, "So it goes.")
        assert notebook.python("k4.given") == ["B", "A", "C"]
        line(form, "fork").focus()
        keys.press("ArrowDown")
        assert in_page(form)[0].startswith("1 fork")
        assert notebook.cell("c4").source == ORDER
    calm(lab)


def test_by_keyboard_alone_a_program_is_made_of_lines(lab: LabPage, desk: Desk) -> None:
    """Right and left move in and out, Delete leaves out, `use` takes back."""
    with desk.holding(lab.folder / "quiz-parsons", CELLS) as notebook:
        keys = lab.page.keyboard
        form = asked(notebook, "c5")
        spoken = form.locator(".lk-hidden[role=status]")
        line(form, "os.kill").focus()
        keys.press("Delete")
        spoken.filter(has_text="os.kill(pid, 9): left out").wait_for(state="attached")
        assert focused(lab) == "use"
        keys.press("Enter")
        assert "line 4 of 4" in focused(lab)
        button(form, "Check").focus()
        keys.press("Enter")
        says(form, "They have ended already.")
        line(form, "os.kill").focus()
        keys.press("Backspace")
        for text, ups, steps in [("if not pid", 0, 1), ("pid = reap", 3, 1), ("while", 3, 0)]:
            line(form, text).focus()
            for _ in range(ups):
                keys.press("ArrowUp")
            for _ in range(steps + 1):
                keys.press("ArrowRight")
            keys.press("ArrowLeft")
        assert "1 step in" in line(form, "if not pid").inner_text()
        button(form, "Check").focus()
        keys.press("Enter")
        says(form, "Until none is ready.")
        assert notebook.python("k5.given") == ["B", "A+1", "D+1"]
    calm(lab)


def test_by_mouse_lines_are_moved_with_buttons_and_by_dragging(lab: LabPage, desk: Desk) -> None:
    """Every button has a name that says what it does to which line."""
    with desk.holding(lab.folder / "quiz-drag", CELLS) as notebook:
        form = asked(notebook, "c4")
        for _ in range(2):
            button(form, "up: fork").click()
        button(form, "down: its pid is free").click()
        button(form, "down: its pid is free").click()
        button(form, "Check").click()
        says(form, "So it goes.")

        form = asked(notebook, "c5")
        last = form.locator("ol .lk-ask-text").last.inner_text()
        first = form.locator("ol .lk-ask-text").first.inner_text()
        drag_below(form, first, last)
        assert last in in_page(form)[-2]
        button(form, "leave out: os.kill(pid, 9)").click()
        button(form, "in: pid = reap()").click()
        button(form, "out: pid = reap()").click()
        button(form, "in: pid = reap()").click()
        button(form, "in: if not pid: break").click()
        for _ in range(3):
            for text in ("if not pid", "pid = reap", "while"):
                drag_to_top(form, text)
            if [text[2:7] for text in in_page(form)] == ["while", "pid =", "if no"]:
                break  # else the mouse has taken another line, when the page moved under it
        assert [text[2:7] for text in in_page(form)] == ["while", "pid =", "if no"]
        button(form, "Check").click()
        says(form, "Until none is ready.")
    calm(lab)


def test_answers_survive_a_restart(lab: LabPage) -> None:
    """The last answer, what was said to it and the number of tries are there again."""
    with opened(lab, lab.folder / "quiz-again" / "x.ipynb", CELLS) as notebook:
        form = asked(notebook, "c1")
        form.get_by_role("radio", name=re.compile("^B ")).check()
        button(form, "Check").click()
        says(form, "Whose end is that?")
        form = asked(notebook, "c5")
        button(form, "leave out: os.kill(pid, 9)").click()
        button(form, "in: pid = reap()").click()
        button(form, "Check").click()
        form.locator(".lk-ask-feedback").wait_for()
        before = in_page(form)
        lab.page.evaluate(CLEAR_JS)

        form = asked(notebook, "c1")
        assert form.get_by_role("radio", name=re.compile("^B ")).is_checked()
        form.locator(".lk-ask-feedback").get_by_text("Whose end is that?").wait_for()
        assert form.get_by_text("1 try").is_visible()
        form = asked(notebook, "c5")
        assert in_page(form) == before
        assert form.locator("ul .lk-ask-text").inner_text() == "os.kill(pid, 9)"
    kept = json.loads((lab.folder / "quiz-again" / "my-work.json").read_text())["quizzes"]
    assert (kept["K1"]["answer"], kept["K1"]["right"], kept["K1"]["tries"]) == ("B", False, 1)
    calm(lab)


def test_run_all_asks_and_the_saved_notebook_shows_the_questions(lab: LabPage, kernel: str) -> None:
    """Nothing waits, nothing is answered; the HTML has the options and no key."""
    file = lab.folder / "quiz-all" / "x.ipynb"
    with opened(lab, file, CELLS, kernel=kernel) as notebook:
        assert [cell.error for cell in notebook.run_all()] == [None] * 6
        notebook.output("c5").locator(".lk-quiz").wait_for()
        notebook.save()
        cells = json.loads(file.read_text())["cells"]
    pages = ["".join(cell["outputs"][0]["data"]["text/html"]) for cell in cells[1:]]
    assert "who adopted it" in pages[1]
    assert "<code>while True:</code>" in pages[4]
    assert all("run this cell" in page for page in pages)
    assert not any("It asks." in page or "It succeeds." in page for page in pages)
    assert not (lab.folder / "quiz-all" / "my-work.json").exists()
    calm(lab)


def test_there_is_nothing_to_complain_of_in_either_theme(lab: LabPage, desk: Desk) -> None:
    """axe-core finds nothing, before and after answers, light and dark."""
    with desk.holding(lab.folder / "quiz-axe", CELLS) as notebook:
        notebook.run_all()
        notebook.output("c5").locator(".lk-quiz").wait_for()
        assert violations(lab.page, ".lk-quiz") == []
        notebook.python("[k1.answer('A'), k2.answer('A', 'C'), k3.answer(3), k4.answer(*'BAC')]")
        notebook.python("k5.answer('B', 'A+1', 'C')")
        for cell in range(1, 6):
            notebook.output(f"c{cell}").locator(".lk-ask-feedback").wait_for()
        assert violations(lab.page, ".lk-quiz") == []
        with theme(lab):
            assert violations(lab.page, ".lk-quiz") == []


def test_hostile_texts_are_shown_and_not_obeyed(lab: LabPage, desk: Desk) -> None:
    """Markup in a question, an option or a line is text."""
    bad = '<img src=x onerror="window.harmed = 1"><b>bold</b> `<i>code</i>`'
    cell = (
        f"bad = {bad!r}\nk8 = views.one('K8', bad, dict(A=bad, B=bad), key='', "
        "advice=dict(A=bad, B=bad))\nk8.answer('A')\nk8"
    )
    lines = f"bad = {bad!r}\nk9 = views.parsons('K9', bad, [bad, 'x'], key='', otherwise=bad)\nk9"
    with desk.holding(lab.folder / "quiz-bad", [SETUP, cell, lines]) as notebook:
        for name in ("c1", "c2"):
            form = asked(notebook, name)
            assert form.locator("img, i, b b").count() == 0
            assert "<b>bold</b>" in form.inner_text()
        assert lab.page.evaluate("window.harmed") is None
    calm(lab)
