"""Takes env for an addition.

misconception: none
message: not an addition to the caller's
"""

import os
import subprocess


def run_program(argv, env=None, cwd=None):
    try:
        return subprocess.run(argv, env={**os.environ, **(env or {})}, cwd=cwd).returncode
    except FileNotFoundError:
        return 127
    except PermissionError:
        return 126
