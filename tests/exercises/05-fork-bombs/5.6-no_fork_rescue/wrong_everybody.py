"""kill -9 -1 is everybody.

misconception: none
message: reaches everybody
"""

SCRIPT = r"""
for dir in /proc/[0-9]*; do
    read -r name < "$dir/comm"
    [ "$name" = "$1" ] && echo "${dir#/proc/}"
done
kill -9 -1
"""


def no_fork_rescue():
    return SCRIPT
