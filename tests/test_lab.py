"""Show how `make lab` starts JupyterLab: on the index, with our extension, quickly."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import lab


def test_lab_opens_the_index_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And its own start page where there is none; what is asked for on the command line wins."""
    monkeypatch.setattr(lab, "ROOT", tmp_path)
    (tmp_path / "course").mkdir()

    def asked(*extra: str) -> list[str]:
        command = lab.lab_command(list(extra), root_user=False, screen=True)
        return [word for word in command if "default_url" in word]

    assert asked() == []
    (tmp_path / "course" / "index.ipynb").write_text("{}")
    assert asked() == ["--LabApp.default_url=/lab/tree/index.ipynb"]
    assert asked("--ServerApp.root_dir=/elsewhere") == []
    assert asked("--LabApp.default_url=/lab") == ["--LabApp.default_url=/lab"]


@pytest.mark.parametrize("given", [{}, {"JUPYTER_CONFIG_PATH": "/x:/y"}])
def test_the_checkout_brings_its_server_extension(given: dict[str, str]) -> None:
    """Whatever was installed: its settings are looked for first, the user's own still are."""
    paths = lab.lab_environment(given)["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    settings = Path(paths[0]) / "jupyter_server_config.d" / "lessonkit.json"

    assert settings.is_file()
    assert paths[1:] == [p for p in given.get("JUPYTER_CONFIG_PATH", "").split(":") if p]


def test_programs_of_the_environment_are_found_first() -> None:
    """nbgrader runs `alembic` by name."""
    environment = lab.lab_environment({"PATH": "/bin", "OTHER": "kept"})

    assert environment["PATH"].endswith(f"{os.pathsep}/bin")
    assert environment["OTHER"] == "kept"
