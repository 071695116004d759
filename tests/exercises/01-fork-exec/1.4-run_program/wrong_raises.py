"""Lets the exception of the library pass.

misconception: none
message: raised FileNotFoundError
"""

import subprocess


def run_program(argv, env=None, cwd=None):
    return subprocess.call(argv, env=env, cwd=cwd)
