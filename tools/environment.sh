#!/usr/bin/env bash
# Make the virtual environment: tools/environment.sh VENV lab|dev
#
# lab: what a learner needs; dev: that and the tools of `make test` and `make lint`.
# PYTHON=... chooses the interpreter; otherwise the first on PATH that is new enough and can
# make environments is taken. Touches VENV/.ready-lab and VENV/.ready-dev for make.
set -euo pipefail

venv=$1
kind=$2
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say_what_to_install() {
    local sudo="sudo "
    [ "$(id -u)" -ne 0 ] || sudo=""
    echo "lessonkit: $1 (on Debian and Ubuntu: ${sudo}apt-get install $2)." >&2
    exit 1
}

# Prints "old", "no-venv X.Y" or "good"; fails when the candidate does not run at all
# (a version manager's stand-in for a version that is not chosen, for example).
judge_python() {
    "$1" -c '
import sys
if sys.version_info < (3, 11):
    print("old %d.%d" % sys.version_info[:2])
else:
    try:
        import ensurepip, venv
        print("good")
    except ImportError:
        print("no-venv %d.%d" % sys.version_info[:2])
' 2>/dev/null
}

find_python() {
    local candidate verdict without_venv="" too_old=""
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
        verdict=$(judge_python "$candidate") || continue
        case $verdict in
            good) echo "$candidate"; return ;;
            no-venv*) : "${without_venv:=$candidate ${verdict#* }}" ;;
            old*) : "${too_old:=${verdict#* }}" ;;
        esac
    done
    if [ -n "$without_venv" ]; then
        local package=python3-venv
        [ "${without_venv% *}" = python3 ] || package="python${without_venv#* }-venv"
        say_what_to_install "${without_venv% *} cannot make virtual environments" "$package"
    elif [ -n "$too_old" ]; then
        say_what_to_install "Python 3.11 or newer is needed, and ${PYTHON:-python3} is $too_old" \
            "python3.11 python3.11-venv, or newer ones"
    fi
    say_what_to_install "Python 3.11 or newer is needed, and ${PYTHON:-python3} does not run" \
        "python3 python3-venv"
}

if ! "$venv/bin/python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python)
    echo "Making the environment in $venv (the first time takes a minute or two)."
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

rm -f "$venv"/.ready-*
case $kind in
    lab) what="." ;;
    dev) what=".[dev]" ;;
esac
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --constraint tools/constraints.txt --editable "$what"
touch "$venv/.ready-lab"
[ "$kind" = lab ] || touch "$venv/.ready-dev"
