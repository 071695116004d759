"""Leaves the only shell.

misconception: none
message: exit ends it
"""

SCRIPT = r"""
for dir in /proc/[0-9]*; do
    read -r name < "$dir/comm"
    [ "$name" = "$1" ] && echo "${dir#/proc/}" && kill -9 "${dir#/proc/}"
done
exit 0
"""


def no_fork_rescue():
    return SCRIPT
