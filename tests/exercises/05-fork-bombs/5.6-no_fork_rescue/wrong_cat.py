"""Lists with builtins, reads with cat.

misconception: M5.7
message: something in the script forks
"""

SCRIPT = r"""
for dir in /proc/[0-9]*; do
    [ "$(cat $dir/comm)" = "$1" ] && kill -9 "${dir#/proc/}"
done
"""


def no_fork_rescue():
    return SCRIPT
