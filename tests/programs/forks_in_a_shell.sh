# The classic: a function that pipes itself into itself, in the background.
#
# ending: exited 0 | exited 1 | exited 2 | exited 254 | limit wall_seconds | limit max_processes
# ending: limit output_bytes | limit tree_cpu_seconds

[ "$1" = inside-the-fence ] || exit 97 # outside the outer fence this program must not act
set -- /proc/[0-9]*
[ $# -le 40 ] || exit 97

bomb() { bomb | bomb & }
bomb
