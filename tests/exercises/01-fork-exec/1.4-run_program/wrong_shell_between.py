"""Quotes all words well, but lets a shell start the program, and stay.

misconception: none
message: not your process
"""

import shlex
import subprocess


def run_program(argv, env=None, cwd=None):
    command = shlex.join(argv) + "; exit $?"
    return subprocess.run(command, shell=True, env=env, cwd=cwd).returncode
