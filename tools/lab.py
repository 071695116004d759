"""Open JupyterLab on the course: `make lab` runs this inside the environment.

Works without a screen (it prints the address and opens no browser) and as root, as is
usual in containers. Arguments are passed on to JupyterLab.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["lab_command"]

ROOT = Path(__file__).resolve().parent.parent


def lab_command(extra: list[str], *, root_user: bool, screen: bool) -> list[str]:
    """Return the argv that starts JupyterLab on course/; what *extra* sets wins."""
    options = [
        f"--ServerApp.root_dir={ROOT / 'course'}",
        # A course must open without the Internet and ask nothing of it.
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
    ]
    # Given twice, an option is an error to JupyterLab.
    chosen = {option.partition("=")[0] for option in extra}
    options = [option for option in options if option.partition("=")[0] not in chosen]
    if root_user:
        options.append("--allow-root")
    if not screen:
        options.append("--no-browser")
    return [sys.executable, "-m", "jupyterlab", *options, *extra]


def main() -> None:
    """Replace this process by JupyterLab, so that signals and the exit status are its own."""
    (ROOT / "course").mkdir(exist_ok=True)
    # nbgrader runs `alembic` by name; without this its pages load for ever.
    programs = str(Path(sys.executable).parent)
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    # nbgrader reads nbgrader_config.py of the folder that the server was started in.
    os.chdir(ROOT)
    screen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    command = lab_command(sys.argv[1:], root_user=os.geteuid() == 0, screen=screen)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
