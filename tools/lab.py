"""Open JupyterLab on the course: `make lab` runs this inside the environment.

Works without a screen (it prints the address and opens no browser) and as root, as is
usual in containers. Lab opens the course's index where there is one. Arguments are passed on
to JupyterLab, and win.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["lab_command", "lab_environment"]

ROOT = Path(__file__).resolve().parent.parent
INDEX = "index.ipynb"


def lab_command(extra: list[str], *, root_user: bool, screen: bool) -> list[str]:
    """Return the argv that starts JupyterLab on course/; what *extra* sets wins."""
    # Given twice, an option is an error to JupyterLab.
    chosen = {option.partition("=")[0] for option in extra}
    options = [
        f"--ServerApp.root_dir={ROOT / 'course'}",
        # A course must open without the Internet and ask nothing of it.
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
    ]
    # In another folder there is no such page.
    if (ROOT / "course" / INDEX).is_file() and "--ServerApp.root_dir" not in chosen:
        options.append(f"--LabApp.default_url=/lab/tree/{INDEX}")
    options = [option for option in options if option.partition("=")[0] not in chosen]
    if root_user:
        options.append("--allow-root")
    if not screen:
        options.append("--no-browser")
    return [sys.executable, "-m", "jupyterlab", *options, *extra]


def lab_environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for JupyterLab, made of the *given* one."""
    # nbgrader runs `alembic` by name; without this its pages load for ever.
    programs = str(Path(sys.executable).parent)
    # Our server extension is on, also where an older install did not bring its file.
    settings = [str(ROOT / "src" / "lessonkit" / "jupyter"), given.get("JUPYTER_CONFIG_PATH", "")]
    return {
        **given,
        "PATH": f"{programs}{os.pathsep}{given.get('PATH', os.defpath)}",
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, settings)),
    }


def main() -> None:
    """Replace this process by JupyterLab, so that signals and the exit status are its own."""
    (ROOT / "course").mkdir(exist_ok=True)
    # nbgrader reads nbgrader_config.py of the folder that the server was started in.
    os.chdir(ROOT)
    screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    command = lab_command(sys.argv[1:], root_user=os.geteuid() == 0, screen=screen)
    os.execve(command[0], command, lab_environment(os.environ))


if __name__ == "__main__":
    main()
