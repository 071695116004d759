"""Start one JupyterLab and one Chromium for all browser tests, or say why there are none.

LESSONKIT_BROWSER_REPEATS=60 runs all of them, but the long runs through whole lessons, in sixty
rounds (benchmarks/soak_views.py has several such runs side by side, each with a JupyterLab and a
port of its own). Every round has a Chromium, a profile and a page of its own, in which most tests
share one open notebook (desk.py). What fails is printed at once, and every round at its end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.browser.desk import Desk
from tests.browser.driver import (
    PAGE_SECONDS,
    LabPage,
    LabServer,
    chromium_program,
    launch_chromium,
    serve,
)
from tests.browser.notebooks import write_cells
from tests.browser.rounds import Rounds
from tests.tiny_course import write_notebook

ROOT = Path(__file__).resolve().parent.parent.parent
REPEATS = int(os.environ.get("LESSONKIT_BROWSER_REPEATS", "1"))

# Five seconds, as it is by itself, are short on a busy machine.
expect.set_options(timeout=PAGE_SECONDS * 1000)


def pytest_configure(config: pytest.Config) -> None:
    """Tell of rounds while they run."""
    if REPEATS > 1:
        config.pluginmanager.register(Rounds(config))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat a test as often as was asked for; round by round, not test by test."""
    if REPEATS > 1 and metafunc.definition.get_closest_marker("slow") is None:
        if "round_number" not in metafunc.fixturenames:
            metafunc.fixturenames.append("round_number")
        numbers = range(1, REPEATS + 1)
        names = [f"round{number}" for number in numbers]
        metafunc.parametrize("round_number", numbers, ids=names, scope="session", indirect=True)


@pytest.fixture(scope="session")
def round_number(request: pytest.FixtureRequest) -> int:
    """Which of the rounds this is."""
    return int(getattr(request, "param", 1))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """JupyterLab on a folder with copies of course/ and source/, and with tiny/."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("course", "source"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
    write_notebook(folder / "tiny" / "solved.ipynb")
    write_notebook(folder / "tiny" / "stub.ipynb", "    raise NotImplementedError()")
    write_notebook(folder / "tiny" / "broken.ipynb", "    return a + b\n1 / 0")
    with serve(folder, tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_errors_of_others(request: pytest.FixtureRequest) -> None:
    """One page serves all tests: what went wrong in one is not held against the next."""
    if "lab" in request.fixturenames:
        page: LabPage = request.getfixturevalue("lab")
        page.errors.clear()
        page.external.clear()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers: one for the process, which cannot have a second one."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def lab(server: LabServer, round_number: int, playwright: Playwright) -> Iterator[LabPage]:
    """One open page of that JupyterLab, in a browser of its own; another one in each round."""
    program = chromium_program()
    if program is None:
        pytest.skip("no Chromium is installed (on Debian: apt-get install chromium)")
    browser = launch_chromium(playwright, program)
    try:
        yield LabPage(browser.new_page(), server)
    finally:
        browser.close()


@pytest.fixture(scope="session")
def desk(lab: LabPage) -> Iterator[Desk]:
    """One open notebook, with its kernel, for all tests of a round that need no new one."""
    file = lab.folder / "desk" / "desk.ipynb"
    write_cells(file, [])
    desk = Desk(lab, file)
    yield desk
    desk.close()


@pytest.fixture(scope="session")
def kernel(desk: Desk) -> str:
    """The id of a kernel that runs, for a notebook of one's own; see `notebooks.opened`."""
    return desk.kernel
