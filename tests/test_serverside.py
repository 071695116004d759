"""Show what the server extension takes out of notebooks, and that it never prevents saving."""

from __future__ import annotations

import copy
import logging
from pathlib import Path
from typing import Any

import pytest

from lessonkit.serverside import MARK, WIDGET_MIME, _load_jupyter_server_extension, strip_widgets
from lessonkit.views import base

OURS = {"text/plain": "x", "text/html": f"<div {MARK}><p>what was seen</p></div>"}
WIDGET = {WIDGET_MIME: {"version_major": 2, "version_minor": 0, "model_id": "1"}}


def output(data: dict[str, Any]) -> dict[str, Any]:
    """An output that holds *data*."""
    return {"output_type": "display_data", "metadata": {}, "data": data}


def notebook(*outputs: dict[str, Any]) -> dict[str, Any]:
    """A notebook of one cell with these outputs, and a cell of words."""
    code = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "execution_count": 1}
    words = {"cell_type": "markdown", "id": "b", "metadata": {}, "source": WIDGET_MIME}
    cells = [{**code, "outputs": list(outputs)}, words]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize("html", [OURS["text/html"], OURS["text/html"].splitlines(keepends=True)])
def test_the_widget_of_ours_goes_and_its_html_stays(html: str | list[str]) -> None:
    """Text may come as one string or as lines."""
    given = notebook(output({**OURS, "text/html": html, **WIDGET}))

    assert strip_widgets(given) == 1
    assert given == notebook(output({**OURS, "text/html": html}))


@pytest.mark.parametrize(
    "data",
    [
        {"text/plain": "IntSlider()", **WIDGET},
        {"text/plain": "Chart()", "text/html": "<p>a chart</p>", **WIDGET},
        {"text/html": OURS["text/html"]},
        {},
    ],
    ids=["no html", "html of others", "no widget", "nothing"],
)
def test_nothing_else_is_touched(data: dict[str, Any]) -> None:
    """Other people's widgets, outputs without one, streams and errors stay as they are."""
    stream = {"output_type": "stream", "name": "stdout", "text": MARK}
    given = notebook(output(data), stream)
    before = copy.deepcopy(given)

    assert strip_widgets(given) == 0
    assert given == before


def test_views_carry_the_mark_when_they_are_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only then is there a widget that the file should not hold."""
    monkeypatch.setenv("LESSONKIT_VIEWS", "still")
    still = base.bundle(lambda: pytest.fail("no widget"), html="<p>a</p>", text="a")

    assert (still["text/html"], WIDGET_MIME in still) == ("<p>a</p>", False)
    assert base.WIDGET_MIME == WIDGET_MIME


class Server:
    """As much of Jupyter's server as the extension asks for, with its own contents manager."""

    def __init__(self, folder: Path) -> None:
        from jupyter_server.services.contents.largefilemanager import LargeFileManager
        from nbformat.sign import NotebookNotary

        self.log = logging.getLogger("tests.server")
        notary: Any = NotebookNotary
        self.contents_manager: Any = LargeFileManager(
            root_dir=str(folder), notary=notary(data_dir=str(folder), db_file=":memory:")
        )


def saved(server: Server, content: Any) -> dict[str, Any]:
    """What is in the file after the server has saved this."""
    server.contents_manager.save({"type": "notebook", "content": content}, "x.ipynb")
    model = server.contents_manager.get("x.ipynb")
    found: dict[str, Any] = model["content"]
    return found


def test_the_hook_works_in_jupyters_own_contents_manager(tmp_path: Path) -> None:
    """Beside other people's hooks."""
    server, seen = Server(tmp_path), list[str]()
    server.contents_manager.register_pre_save_hook(lambda path, **_: seen.append(path))
    _load_jupyter_server_extension(server)
    found = saved(server, notebook(output({**OURS, **WIDGET})))

    assert found["cells"][0]["outputs"][0]["data"] == OURS
    assert seen == ["x.ipynb"]


def test_a_failure_of_ours_never_prevents_saving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and the notebook is saved as it is."""
    server = Server(tmp_path)
    _load_jupyter_server_extension(server)
    monkeypatch.setattr("lessonkit.serverside.strip_widgets", lambda _: 1 / 0)
    found = saved(server, notebook(output({**OURS, **WIDGET})))

    assert found["cells"][0]["outputs"][0]["data"] == {**OURS, **WIDGET}
    assert "saved as it is" in caplog.text


@pytest.mark.parametrize("model", [{"type": "file", "content": "x"}, {"type": "notebook"}, {}])
def test_what_is_no_whole_notebook_is_left_alone(model: dict[str, Any]) -> None:
    """Files, folders, and saves without content."""
    hooks: list[Any] = []

    class Manager:
        register_pre_save_hook = staticmethod(hooks.append)

    class Few:
        contents_manager = Manager
        log = logging.getLogger("tests.server")

    _load_jupyter_server_extension(Few)
    before = copy.deepcopy(model)
    hooks[0](model=model, path="x", contents_manager=Manager)

    assert model == before


def test_a_server_without_hooks_starts_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    """Contents may be kept by something that is not Jupyter's own."""

    class Few:
        contents_manager = object()
        log = logging.getLogger("tests.server")

    _load_jupyter_server_extension(Few)

    assert "will be saved with their widgets" in caplog.text
