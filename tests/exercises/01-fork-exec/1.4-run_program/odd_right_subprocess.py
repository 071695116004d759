"""What the standard library has for it."""

import subprocess


def run_program(argv, env=None, cwd=None):
    try:
        return subprocess.run(argv, env=env, cwd=cwd).returncode
    except FileNotFoundError:
        return 127
    except PermissionError:
        return 126
