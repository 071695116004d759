"""ps is a program.

misconception: M5.7
message: something in the script forks
"""

SCRIPT = r"""
for pid in $(ps -eo pid,comm | grep "$1" | cut -c1-7); do
    echo $pid
    kill -9 $pid
done
"""


def no_fork_rescue():
    return SCRIPT
