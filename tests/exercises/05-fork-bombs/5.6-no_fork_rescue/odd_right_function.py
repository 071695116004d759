"""A function that calls itself over the positional parameters, and cd."""

SCRIPT = r"""
wanted=$1
each() {
    while [ $# -gt 0 ]; do
        name=
        [ -r "$1/comm" ] && read -r name < "$1/comm"
        test "$name" = "$wanted" && { echo "$1"; kill -9 "$1"; }
        shift
    done
} 2>/dev/null
cd /proc
each [0-9]*
"""


def no_fork_rescue():
    return SCRIPT
