"""exec needs no fork, and takes the only shell away.

misconception: none
message: it was your only one
"""

SCRIPT = r"""
exec pkill -9 -x "$1"
"""


def no_fork_rescue():
    return SCRIPT
