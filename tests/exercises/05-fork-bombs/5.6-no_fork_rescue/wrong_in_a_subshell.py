"""Parentheses make a subshell, which is a fork.

misconception: M5.7
message: something in the script forks
"""

SCRIPT = r"""
(
    for dir in /proc/[0-9]*; do
        read -r name < "$dir/comm"
        [ "$name" = "$1" ] && kill -9 "${dir#/proc/}"
    done
)
"""


def no_fork_rescue():
    return SCRIPT
