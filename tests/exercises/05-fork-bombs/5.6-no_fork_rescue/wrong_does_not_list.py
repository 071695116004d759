"""Ends them without a word.

misconception: none
message: needs no fork: it is a builtin
"""

SCRIPT = r"""
for dir in /proc/[0-9]*; do
    read -r name < "$dir/comm"
    [ "$name" = "$1" ] && kill -9 "${dir#/proc/}"
done
"""


def no_fork_rescue():
    return SCRIPT
