"""A shell script with builtins does the work."""

import subprocess

SCRIPT = r"""
sweep() {
    again=no
    for dir in /proc/[0-9]*; do
        read -r comm < $dir/comm || continue
        [ "$comm" = "$2" ] || continue
        IFS= read -r stat < $dir/stat || continue
        stat=${stat##*) }
        case ${stat%% *} in
            [ZX]) ;;
            T) [ $1 = KILL ] && kill -KILL ${dir#/proc/} ;;
            *) kill -$1 ${dir#/proc/}; again=yes ;;
        esac
    done
    [ $again = yes ]
}
while sweep STOP "$1"; do :; done
while sweep KILL "$1"; do :; done
"""


def defuse(name):
    subprocess.run(["sh", "-c", SCRIPT, "sh", name], stderr=subprocess.DEVNULL)
