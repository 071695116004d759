"""return outside of a function ends this shell.

misconception: none
message: so does return outside of a function
"""


def no_fork_rescue():
    return """for d in /proc/[0-9]*; do
  read -r n < $d/comm
  [ "$n" = "$1" ] && echo ${d#/proc/} && kill -9 ${d#/proc/}
done 2>/dev/null
return 0
"""
