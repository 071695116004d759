"""pkill is a program too, and nobody is there to run it.

misconception: M5.7
message: something in the script forks
"""

SCRIPT = r"""
pkill -9 -x "$1"
"""


def no_fork_rescue():
    return SCRIPT
