"""The expected solution: a glob, read, a test, echo and kill: all of them builtins."""

SCRIPT = r"""
for dir in /proc/[0-9]*; do
    read -r name 2>/dev/null < "$dir/comm" || continue
    if [ "$name" = "$1" ]; then
        echo "${dir#/proc/}"
        kill -KILL "${dir#/proc/}"
    fi
done
"""


def no_fork_rescue():
    return SCRIPT
