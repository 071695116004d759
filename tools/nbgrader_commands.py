"""Run commands of stock nbgrader one after the other, in one process.

    python tools/nbgrader_commands.py 'generate_assignment 01-fork-exec' 'validate a.ipynb' ...

Starting nbgrader takes as long as making several lessons. Each word is a command as a shell would
take it, without `nbgrader` before it; it reads its configuration anew, from the folder in which
this runs. The first one that fails ends the row, with its exit status.

Source: nbgrader's own tests drive its application in this way (nbgrader/tests/__init__.py).
"""

from __future__ import annotations

import shlex
import sys
import traceback
from collections.abc import Sequence

__all__ = ["run_commands"]


def run_commands(commands: Sequence[str]) -> int:
    """Run each command; return 0, or the exit status of the one that failed, which is then named.

    Raises:
        ImportError: nbgrader is not installed, or what it needs is not.
    """
    from jupyter_core.application import NoStart
    from nbgrader.apps.nbgraderapp import NbGraderApp

    for command in commands:
        app = NbGraderApp.instance()
        status: int | str | None = 0
        try:
            app.initialize(shlex.split(command))
            app.start()
        except NoStart:
            pass  # the way in which a command says that it has done all
        except SystemExit as end:
            status = end.code
        except Exception:
            traceback.print_exc()
            status = 1
        app.reset()
        if status:
            print(f"`nbgrader {command}` failed ({status})", file=sys.stderr)
            return status if isinstance(status, int) else 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(run_commands(sys.argv[1:]))
    except ImportError as error:
        sys.exit(f"nbgrader cannot be started: {error}. `make setup` installs it.")
