"""A lesson teaches what it promises, and repeats no claim that was found wrong.

Nothing here runs a lesson: the notebooks are read as text.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.course.lessons import LESSONS, Cell, Lesson, form_calls, one_line
from tests.course.test_lesson_form import each, each_lesson, each_name

# Pages that hold still: manual pages by section, and one project.
LINK = re.compile(
    r"https://man7\.org/linux/man-pages/man(?P<n>[1-8])/\w[\w.-]*\.(?P=n)(const|type|head)?\.html"
    r"|https://github\.com/krallin/tini"
)

# How many misconceptions a unit has, from M1.1 on; and how many links it leads to at least.
MISCONCEPTIONS = {1: 10, 2: 8, 3: 8, 4: 9, 5: 9, 6: 8}
LINKS = {0: 4}

# Claims of the two seeds, and common ones, that an experiment has shown to be wrong.
WRONG_CLAIMS = {
    r"kill -9`?( on)?( a| the)?( \w+)? (fails|gives an error)": "`kill -9` on a zombie fails",
    r"cannot be killed by (normal )?`?kill": "zombies cannot be killed by normal kill -9 commands",
    r"\b(tini|init) (fixes|cures|reaps (every|all)|takes care of)": "tini fixes the application",
    r"\binstantly\b": "it is instantly adopted",
    r"always adopted by (PID 1|init)": "orphans are always adopted by PID 1",
    r"(stay|remain|wait)s? (a zombie )?for ?ever": "the child remains a zombie forever",
    r"(server|system|machine) crash": "and the server crashes",
    r"\bopposites?\b( \w+)? states": "they are opposite lifecycle states",
    r"zombies? (use|burn|eat|waste)s? (processor|CPU|memory|RAM)": "zombies burn CPU",
    r"pauses the parent": "the kernel pauses the parent",
    r"production-grade": "This is production-grade code",
    r"permanent zombie": "they become permanent zombies",
    r"must kill (the|its|their) parent": "you must kill their parent process",
    r"children die with": "Kill the parent: all children die with it",
    r"32,?76[78] (clone )?(processes|zombies)": "the script creates 32,768 clone processes",
    r"`\$\?` is the (wait |exit )?status": "`$?` is the status that the kernel keeps",
    r"foster parent": "PID 1 acts as the foster parent",
    r"only process without a parent": "the only process without a parent is init",
}
MYTH = re.compile(r"^### Myth.*$", re.MULTILINE)  # a heading quotes the claim it refutes


@each_name(lambda lesson: lesson.demonstrations)
def test_a_demonstration_is_read_predicted_run_and_explained(lesson: Lesson, name: str) -> None:
    """The program stands before the form; the form holds the fact and our sentence."""
    order = [cell.id for cell in lesson.cells if cell.id.startswith(f"{name}-")]
    form = order.index(f"{name}-prediction")
    [call] = form_calls(lesson.by_id[f"{name}-prediction"])
    names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    before = "\n".join(lesson.by_id[one].source for one in order[:form])
    defined = re.findall(r"^(?:def )?(\w+)(?:\(| = )", before, re.MULTILINE)

    assert order[0] == f"{name}-question"
    assert order[form - 1] == f"{name}-predict-text"
    assert ast.literal_eval(call.args[0]) == name.upper()
    assert names & set(defined), "the form runs what was shown before it"
    assert {"answer", "why"} <= {word.arg for word in call.keywords}


@each(lambda lesson: [cell for cell in lesson.code if cell.is_form])
def test_a_form_is_folded_away(cell: Cell) -> None:
    """Its code holds the sentence and the advice that come after the answer."""
    assert cell.metadata.get("jupyter") == {"source_hidden": True}


@each(lambda lesson: [cell for cell in lesson.text if MYTH.search(cell.source)])
def test_a_myth_is_tested_corrected_and_sourced(cell: Cell) -> None:
    """Claim, test, what the kernel did, correct sentence, source: in one cell or around a test."""
    [lesson] = [lesson for lesson in LESSONS if lesson.name == cell.lesson]
    card = cell.source
    if "**Correct sentence.**" not in card:
        later = lesson.cells[lesson.cells.index(cell) + 1 :]
        card += next(c.source for c in later if "**Correct sentence.**" in c.source)
    wanted = ["Test it.", "What the kernel did.", "Correct sentence.", "Source."]
    places = [" ".join(card.split()).find(f"**{part}") for part in wanted]

    assert -1 not in places
    assert places == sorted(places)


@each_lesson
def test_all_misconceptions_of_the_unit_are_met(lesson: Lesson) -> None:
    """Each has a card."""
    everything = "\n".join(cell.source for cell in lesson.text)
    count = MISCONCEPTIONS.get(lesson.number, 0)
    wanted = {f"M{lesson.number}.{n}" for n in range(1, count + 1)}

    assert wanted <= set(re.findall(r"### Myth (M\d\.\d+)", everything))


@each_lesson
def test_the_lesson_closes_with_what_it_promised(lesson: Lesson) -> None:
    """The bold words of the objectives are those of the summary."""
    promised = re.findall(r"^- \*\*(.+?)\*\*", lesson.by_id["objectives"].source, re.MULTILINE)
    kept = re.findall(r"^- \*\*(.+?)\*\*", lesson.by_id["summary"].source, re.MULTILINE)

    assert len(promised) >= 3
    assert kept == promised


@each_lesson
def test_the_minutes_add_up(lesson: Lesson) -> None:
    """The parts are as long as the head of the lesson says."""
    head = re.search(r"\| (\d+) minutes(?:; .*?takes (\d+))?", lesson.by_id["title"].source)
    path = lesson.by_id["path"].source
    rows = re.findall(r"^\|[^|]+\| (\d+) \|(?: ● (\d+))?", path, re.MULTILINE)

    assert head is not None
    assert sum(int(minutes) for minutes, _ in rows) == int(head[1])
    if head[2]:
        assert sum(int(core) for _, core in rows if core) == int(head[2])


@pytest.mark.parametrize(("claim", "example"), WRONG_CLAIMS.items())
def test_a_wrong_claim_is_recognised(claim: str, example: str) -> None:
    """A search that finds nothing anywhere would prove nothing."""
    assert re.search(claim, example, re.IGNORECASE)


@each_lesson
@pytest.mark.parametrize("claim", WRONG_CLAIMS)
def test_no_wrong_claim_is_repeated(claim: str, lesson: Lesson) -> None:
    """Outside the heading of the card that refutes it, none of them may stand."""
    found = [
        cell.id
        for cell in lesson.cells
        if re.search(claim, one_line(MYTH.sub("", cell.source)), re.IGNORECASE)
    ]

    assert found == []


BOMB = re.compile(r":\(\)|\bkill\(-1|kill -9 -1")


@each(lambda lesson: [cell for cell in lesson.code if BOMB.search(cell.source)])
def test_what_hits_everybody_is_bounded_where_it_stands(cell: Cell) -> None:
    """A bomb has a limit of processes in its own cell; kill(-1) asks first where it is."""
    if ":()" in cell.source:
        assert re.search(r"processes\s*=\s*\d+", cell.source), "name the limit"
    else:
        assert re.search(r"assert .*(in_box|/proc)|^%%sandbox", cell.source, re.MULTILINE)


@each(lambda lesson: lesson.code)
def test_nobody_is_chosen_by_name(cell: Cell) -> None:
    """What chooses its victims by a pattern is talked about, not executed."""
    code = "\n".join(re.sub(r"#.*$", "", line) for line in cell.source.splitlines())

    assert cell.is_form or not re.search(r"\b(pkill|killall)\b", code)


@each_lesson
def test_every_link_leads_to_a_page_that_holds_still(lesson: Lesson) -> None:
    """Manual pages with their section; their text names the same page."""
    pattern = r"\[([^\]]+)\]\((http[^)]+)\)"
    links = [link for cell in lesson.text for link in re.findall(pattern, cell.source)]

    assert len(links) >= LINKS.get(lesson.number, 20)
    assert [url for _, url in links if not LINK.fullmatch(url)] == []
    for name, url in links:
        if "man7.org" in url:
            page, section = Path(url).stem.rsplit(".", 1)
            assert name == f"{page}({section})"
