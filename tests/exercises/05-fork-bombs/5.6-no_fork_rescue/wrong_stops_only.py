"""Stopped is not ended.

misconception: none
message: stopped is not ended
"""

SCRIPT = r"""
for dir in /proc/[0-9]*; do
    read -r name < "$dir/comm"
    [ "$name" = "$1" ] && echo "${dir#/proc/}" && kill -STOP "${dir#/proc/}"
done
"""


def no_fork_rescue():
    return SCRIPT
