"""It does its work again and again.

misconception: none
message: a loop that nothing ends
"""


def no_fork_rescue():
    return """while :; do
for d in /proc/[0-9]*; do
  read -r n < $d/comm
  [ "$n" = "$1" ] && echo ${d#/proc/} && kill -9 ${d#/proc/}
done 2>/dev/null
done"""
