"""Start one JupyterLab and one Chromium for all browser tests, or say why there are none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.driver import LabPage, LabServer, chromium_program, launch_chromium, serve
from tests.tiny_course import write_notebook

ROOT = Path(__file__).resolve().parent.parent.parent


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


@pytest.fixture(scope="session")
def lab(server: LabServer) -> Iterator[LabPage]:
    """One open page of that JupyterLab."""
    program = chromium_program()
    if program is None:
        pytest.skip("no Chromium is installed (on Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright, program)
        try:
            yield LabPage(browser.new_page(), server)
        finally:
            browser.close()
