"""A lesson keeps its shape, keeps its keys, and repeats no claim that was found wrong.

Nothing here runs a lesson: the notebooks are read as text.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lessonkit.checks import quiz

ROOT = Path(__file__).resolve().parents[2]
LESSON = ROOT / "source/03-zombies/03-zombies.ipynb"
EXERCISES = ROOT / "docs/exercises.md"

CODE_LINES = 12
ANSWER_LINES = 26
TEXT_WORDS = 130

WHITELIST = {"jupyter", "nbgrader", "tags"}
GRADER_KEYS = {"grade", "grade_id", "locked", "schema_version", "solution", "task"}

# Pages that hold still: manual pages by section, and one project.
LINK = re.compile(
    r"https://man7\.org/linux/man-pages/man(?P<n>[1-8])/\w+\.(?P=n)(const)?\.html"
    r"|https://github\.com/krallin/tini"
)

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

STUB = "raise NotImplementedError()"


@dataclass(frozen=True)
class Cell:
    """One cell, with the fields the tests ask for."""

    id: str
    kind: str
    source: str
    metadata: dict[str, Any]
    raw: dict[str, Any]

    @property
    def grader(self) -> dict[str, Any]:
        """The nbgrader entry of the metadata, empty where there is none."""
        found: dict[str, Any] = self.metadata.get("nbgrader", {})
        return found

    @property
    def is_form(self) -> bool:
        """Does it show a form, whose code is folded away until it was filled in?"""
        return self.kind == "code" and "views." in self.source

    @property
    def is_check(self) -> bool:
        """Is it the last cell of a question?"""
        return self.kind == "code" and self.id.endswith("-check")


def read_cells() -> list[Cell]:
    """The cells of the lesson in order."""
    notebook = json.loads(LESSON.read_text())
    return [
        Cell(c["id"], c["cell_type"], "".join(c["source"]), c["metadata"], c)
        for c in notebook["cells"]
    ]


CELLS = read_cells()
CODE = [cell for cell in CELLS if cell.kind == "code"]
TEXT = [cell for cell in CELLS if cell.kind == "markdown"]
BY_ID = {cell.id: cell for cell in CELLS}
EXERCISE_IDS = [f"q3-{number}" for number in range(1, 8)]
QUIZ_IDS = [f"k3-{number}" for number in range(1, 9)]
WRITTEN_IDS = ["k3-6", "k3-7"]
SELF_CHECK_IDS = ["k3-3", "k3-8"]
HIDDEN_IDS = [name for name in QUIZ_IDS if name not in WRITTEN_IDS + SELF_CHECK_IDS]


def without(source: str, *, kind: str, put: str = "") -> str:
    """The source as nbgrader releases it, without its "SOLUTION" or "HIDDEN TESTS" region."""
    region = rf"^([ \t]*)### BEGIN {kind}\n.*?### END {kind}"
    return re.sub(region, lambda m: m[1] + put, source, flags=re.DOTALL | re.MULTILINE)


def released(cell: Cell) -> str:
    """What a student gets of this cell."""
    put = STUB if cell.kind == "code" else "YOUR ANSWER HERE"
    return without(without(cell.source, kind="SOLUTION", put=put), kind="HIDDEN TESTS")


def words(text: str) -> list[str]:
    """What is read at once: no folded answers, no drawings, no tables, no addresses."""
    text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return " ".join(line for line in text.splitlines() if not line.startswith("|")).split()


def one_line(text: str) -> str:
    """The words of a text without its line breaks, list marks and quotes."""
    return " ".join(" ".join(re.sub(r"^[>\-\s]+", "", line) for line in text.splitlines()).split())


def ids(cells: list[Cell]) -> list[str]:
    """The names that pytest shows."""
    return [cell.id for cell in cells]


# ------------------------------------------------------------------ form


@pytest.mark.parametrize("cell", CELLS, ids=ids(CELLS))
def test_a_cell_holds_no_output_and_only_known_metadata(cell: Cell) -> None:
    """What a run leaves behind is not kept in git."""
    assert cell.raw.get("outputs", []) == []
    assert cell.raw.get("execution_count") is None
    assert set(cell.metadata) <= WHITELIST


def test_every_cell_has_its_own_name() -> None:
    """A name that is used twice is lost by nbgrader, and with it the answer."""
    assert len({cell.id for cell in CELLS}) == len(CELLS)
    assert all(re.fullmatch(r"[a-z0-9-]{3,40}", cell.id) for cell in CELLS)


@pytest.mark.parametrize("cell", [c for c in CELLS if c.grader], ids=lambda c: c.id)
def test_the_name_of_a_graded_cell_is_its_grade_id(cell: Cell) -> None:
    """So that a cell is found under one name everywhere; the entry has exactly known keys."""
    points = {"points"} if cell.grader["grade"] else set()

    assert cell.grader["grade_id"] == cell.id
    assert cell.grader["schema_version"] == 3
    assert set(cell.grader) == GRADER_KEYS | points


@pytest.mark.parametrize("cell", CODE, ids=ids(CODE))
def test_a_code_cell_is_short_and_compiles(cell: Cell) -> None:
    """One idea fits into a dozen lines; an answer may need twice as many, its stub does not."""
    limit = ANSWER_LINES if cell.id.endswith("-answer") else CODE_LINES
    lines = without(cell.source, kind="HIDDEN TESTS").splitlines()

    assert 1 <= len(lines) <= limit
    assert len(released(cell).splitlines()) <= CODE_LINES
    assert max(map(len, lines)) <= 100
    for source in (cell.source, released(cell)):
        ast.parse(re.sub(r"^%.*$", "", source, flags=re.MULTILINE))


@pytest.mark.parametrize("cell", TEXT, ids=ids(TEXT))
def test_a_text_cell_can_be_read_in_one_breath(cell: Cell) -> None:
    """Long texts are split: one idea per cell."""
    limit = 250 if cell.id.endswith("-answer") else TEXT_WORDS

    assert 1 <= len(words(cell.source)) <= limit
    assert cell.source.count("<details>") == cell.source.count("</details>")
    assert cell.source.count("```") % 2 == 0


def test_text_and_code_keep_step() -> None:
    """Each code cell is preceded by text; only a check follows its answer directly."""
    for before, cell in itertools.pairwise(CELLS):
        if cell.kind != "code":
            continue
        if cell.is_check and not cell.is_form:
            assert before.id == cell.id.replace("-check", "-answer")
        else:
            assert before.kind == "markdown", cell.id
    assert 0.6 <= len(CODE) / len(TEXT) <= 1.4


def test_lessonkit_is_imported_once() -> None:
    """The set-up cell holds all imports, so that every later cell can be run on its own."""
    importing = [c.id for c in CODE if re.search(r"^(from|import) lessonkit", c.source, re.M)]

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


@pytest.mark.parametrize("cell", CODE, ids=ids(CODE))
def test_no_cell_starts_a_process_in_the_kernel(cell: Cell) -> None:
    """Whatever forks, kills or waits is handed to run() or check()."""
    if cell.source.startswith("%%sandbox"):
        return
    source = re.sub(r"^%.*$", "", released(cell), flags=re.MULTILINE)
    forbidden = r"os\.(fork|kill|wait\w*|spawn\w*|system|popen)|subprocess\..*|signal\.signal"

    assert [name for name in top_level_calls(source) if re.fullmatch(forbidden, name)] == []


# ------------------------------------------------------------------ questions


@pytest.mark.parametrize("name", EXERCISE_IDS)
def test_an_exercise_is_text_answer_check(name: str) -> None:
    """Always the same shape: locked text with three hints, a stub, one line that checks."""
    text, answer, check = (BY_ID[f"{name}-{part}"] for part in ("text", "answer", "check"))
    number = name[1:].replace("-", ".")
    at = CELLS.index(text)

    assert [text, answer, check] == CELLS[at : at + 3]
    assert [c.grader["locked"] for c in (text, answer, check)] == [True, False, True]
    assert [c.grader["grade"] for c in (text, answer, check)] == [False, False, True]
    assert [c.grader["solution"] for c in (text, answer, check)] == [False, True, False]
    assert re.fullmatch(rf'check\("{number}", \w+\)', check.source)
    assert re.findall(r"<summary>Hint (\d)</summary>", text.source) == ["1", "2", "3"]
    assert STUB in released(answer)


@pytest.mark.parametrize("name", EXERCISE_IDS)
def test_an_exercise_is_the_one_that_the_check_judges(name: str) -> None:
    """Title, points, signature and wording are those of docs/exercises.md."""
    number = name[1:].replace("-", ".")
    section = re.search(
        rf"^## {re.escape(number)} (?P<title>.+?) \((?P<points>\d+) points\)\n"
        r"(?P<body>.*?)(?=^## |\Z)",
        EXERCISES.read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert section is not None
    signature = re.search(r"^    def (\w+\([\w, ]*\)): \.\.\.", section["body"], re.MULTILINE)
    asked = one_line("\n".join(re.findall(r"^>.*$", section["body"], re.MULTILINE)))
    text, answer, check = (BY_ID[f"{name}-{part}"] for part in ("text", "answer", "check"))
    heading = text.source.splitlines()[0].replace("● ", "")

    assert signature is not None
    assert heading == f"### Q{number} {section['title']} ({section['points']} points)"
    assert answer.source.startswith(f"def {signature[1]}:")
    assert asked in one_line(text.source)
    assert check.grader["points"] == int(section["points"])


@pytest.mark.parametrize("name", QUIZ_IDS)
def test_a_quiz_item_says_what_it_is_worth(name: str) -> None:
    """The heading promises the points that the gradebook gives."""
    heading = BY_ID[f"{name}-text"].source.splitlines()[0]
    graded = BY_ID[f"{name}-answer" if name in WRITTEN_IDS else f"{name}-check"]
    promised = re.search(r"\((\d+) points?\b", heading)

    if name in SELF_CHECK_IDS:
        assert "self-check" in heading
        assert graded.grader["locked"]
        assert not graded.grader["grade"]
    else:
        assert promised is not None
        assert graded.grader["points"] == int(promised[1])


def form_calls(cell: Cell) -> list[ast.Call]:
    """The calls of views.* in a cell."""
    calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func).startswith("views.")]


def keyword(call: ast.Call, name: str) -> ast.expr:
    """The value of one keyword of a call."""
    return next(word.value for word in call.keywords if word.arg == name)


def right_answer(name: str) -> object:
    """What the solution of a quiz item returns."""
    tree = ast.parse(BY_ID[f"{name}-answer"].source)
    returned = next(node for node in ast.walk(tree) if isinstance(node, ast.Return))
    assert returned.value is not None
    return ast.literal_eval(returned.value)


@pytest.mark.parametrize("name", HIDDEN_IDS)
def test_the_solution_of_a_quiz_item_is_right(name: str) -> None:
    """The digest that stands in the cell belongs to the answer in the solution."""
    key = re.search(r'key="([0-9a-f]+)"', BY_ID[f"{name}-check"].source)

    assert key is not None
    assert quiz.digest(name.upper().replace("-", "."), right_answer(name)) == key[1]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", HIDDEN_IDS)
def test_a_graded_quiz_item_keeps_its_key(name: str) -> None:
    """The released cell has no digest, and the feedback page, which shows all, has no answer."""
    check = BY_ID[f"{name}-check"]
    message = re.search(r'^assert right, "(.+)"$', check.source, re.MULTILINE)

    assert "quiz.stored" in released(check)
    assert "key=" not in released(check)
    assert message is not None
    assert (
        str(right_answer(name)) not in re.sub(r"\b[KDM]3?\.?\d|Part [A-E]", "", message[1]).split()
    )


@pytest.mark.parametrize("name", SELF_CHECK_IDS)
def test_a_self_check_has_advice_for_every_option(name: str) -> None:
    """An option without advice would be the key; and exactly one option is right."""
    [call] = form_calls(BY_ID[f"{name}-check"])
    options, given = (ast.literal_eval(node) for node in (call.args[2], keyword(call, "advice")))
    item, key = (ast.literal_eval(node) for node in (call.args[0], keyword(call, "key")))

    assert item == name.upper().replace("-", ".")
    assert len(options) >= 3
    assert list(given) == list(options)
    assert [letter for letter in options if quiz.digest(item, letter) == key] != []


@pytest.mark.parametrize("name", WRITTEN_IDS)
def test_a_written_answer_has_a_model_and_a_rubric_that_students_do_not_get(name: str) -> None:
    """The person who grades sees both; the released cell is empty."""
    cell = BY_ID[f"{name}-answer"]

    assert "**Model answer.**" in cell.source
    assert "**Rubric (" in cell.source
    assert released(cell).strip() == "YOUR ANSWER HERE"
    assert [cell.grader[key] for key in ("grade", "solution", "locked")] == [True, True, False]


# ------------------------------------------------------------------ teaching


@pytest.mark.parametrize("name", ["d1", "d2", "d3", "d4"])
def test_a_demonstration_is_read_predicted_run_and_explained(name: str) -> None:
    """The program stands before the form; the form holds the fact and our sentence."""
    order = [cell.id for cell in CELLS if cell.id.startswith(f"{name}-")]
    form = order.index(f"{name}-prediction")
    [call] = form_calls(BY_ID[f"{name}-prediction"])
    names = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
    defined = re.findall(
        r"^def (\w+)", "\n".join(BY_ID[one].source for one in order[:form]), re.MULTILINE
    )

    assert order[0] == f"{name}-question"
    assert order[form - 1] == f"{name}-predict-text"
    assert ast.literal_eval(call.args[0]) == name.upper()
    assert names & set(defined), "the form runs what was shown before it"
    assert {"answer", "why"} <= {word.arg for word in call.keywords}


@pytest.mark.parametrize("cell", [c for c in CODE if c.is_form], ids=lambda c: c.id)
def test_a_form_is_folded_away(cell: Cell) -> None:
    """Its code holds the sentence and the advice that come after the answer."""
    assert cell.metadata.get("jupyter") == {"source_hidden": True}


@pytest.mark.parametrize("cell", [c for c in TEXT if MYTH.search(c.source)], ids=lambda c: c.id)
def test_a_myth_is_tested_corrected_and_sourced(cell: Cell) -> None:
    """Claim, test, what the kernel did, correct sentence, source: in one cell or around a test."""
    at = CELLS.index(cell)
    card = cell.source
    if "**Correct sentence.**" not in card:
        card += next(c.source for c in CELLS[at + 1 :] if "**Correct sentence.**" in c.source)
    wanted = ["Test it.", "What the kernel did.", "Correct sentence.", "Source."]
    places = [card.find(f"**{part}") for part in wanted]

    assert -1 not in places
    assert places == sorted(places)


def test_all_misconceptions_of_the_unit_are_met() -> None:
    """M3.1 to M3.8 each have a card."""
    everything = "\n".join(cell.source for cell in TEXT)

    assert set(re.findall(r"### Myth (M3\.\d)", everything)) == {f"M3.{n}" for n in range(1, 9)}


def test_the_lesson_closes_with_what_it_promised() -> None:
    """The bold words of the objectives are those of the summary."""
    promised = re.findall(r"^- \*\*(.+?)\*\*", BY_ID["objectives"].source, re.MULTILINE)
    kept = re.findall(r"^- \*\*(.+?)\*\*", BY_ID["summary"].source, re.MULTILINE)

    assert len(promised) == 5
    assert kept == promised


def test_the_minutes_add_up() -> None:
    """80 minutes in all, 50 on the core path, as the head of the lesson says."""
    rows = re.findall(r"^\|[^|]+\| (\d+) \|(?: ● (\d+))?", BY_ID["path"].source, re.MULTILINE)

    assert sum(int(minutes) for minutes, _ in rows) == 80
    assert sum(int(core) for _, core in rows if core) == 50


@pytest.mark.parametrize(("claim", "example"), WRONG_CLAIMS.items())
def test_a_wrong_claim_is_recognised(claim: str, example: str) -> None:
    """A search that finds nothing anywhere would prove nothing."""
    assert re.search(claim, example, re.IGNORECASE)


@pytest.mark.parametrize("claim", WRONG_CLAIMS)
def test_no_wrong_claim_is_repeated(claim: str) -> None:
    """Outside the heading of the card that refutes it, none of them may stand."""
    found = [
        cell.id
        for cell in CELLS
        if re.search(claim, one_line(MYTH.sub("", cell.source)), re.IGNORECASE)
    ]

    assert found == []


def test_dangerous_commands_are_never_run() -> None:
    """What chooses its victims by a pattern or hits everybody is talked about, not executed."""
    dangerous = r"pkill|killall|kill\(-1|kill -9 -1|killpg|:\(\)"

    assert [cell.id for cell in CODE if re.search(dangerous, cell.source)] == []


def test_every_link_leads_to_a_page_that_holds_still() -> None:
    """Manual pages with their section; their text names the same page."""
    links = [
        link for cell in TEXT for link in re.findall(r"\[([^\]]+)\]\((http[^)]+)\)", cell.source)
    ]

    assert len(links) >= 25
    assert [url for _, url in links if not LINK.fullmatch(url)] == []
    for name, url in links:
        if "man7.org" in url:
            page, section = Path(url).stem.rsplit(".", 1)
            assert name == f"{page}({section})"
