"""A loop that is never closed.

misconception: none
message: a script with an error in it
"""

SCRIPT = r"""
for dir in /proc/[0-9]*; do
    echo $dir
"""


def no_fork_rescue():
    return SCRIPT
