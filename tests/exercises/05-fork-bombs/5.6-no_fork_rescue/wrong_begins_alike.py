"""Whoever begins like that.

misconception: none
message: exactly
"""

SCRIPT = r"""
for dir in /proc/[0-9]*; do
    read -r name < "$dir/comm"
    case $name in
        "$1"*) echo "${dir#/proc/}"; kill -9 "${dir#/proc/}" ;;
    esac
done
"""


def no_fork_rescue():
    return SCRIPT
