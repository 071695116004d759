"""A shell, and one string for it.

misconception: none
message: nothing is to be joined, split or given to a shell
"""

import os


def run_program(argv, env=None, cwd=None):
    return os.waitstatus_to_exitcode(os.system(" ".join(argv)))
