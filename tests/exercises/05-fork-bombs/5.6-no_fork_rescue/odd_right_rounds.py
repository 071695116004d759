"""Rounds until a look finds nobody who lives."""


def no_fork_rescue():
    return """
bomb=$1
again=1
while [ "$again" ]; do
  again=
  set -- /proc/[0-9]*
  while [ $# -gt 0 ]; do
    name=
    read -r name 2>/dev/null < $1/status && name=${name#Name:?}
    if [ "$name" = "$bomb" ]; then
       read -r st 2>/dev/null < $1/stat
       case "${st##*)}" in " Z"*) ;; *)
         again=1
         case " $seen " in *" $1 "*) ;; *) echo ${1#/proc/}; seen="$seen $1";; esac
         kill -s KILL ${1#/proc/};;
       esac
    fi
    shift
  done
done 2>/dev/null
"""
