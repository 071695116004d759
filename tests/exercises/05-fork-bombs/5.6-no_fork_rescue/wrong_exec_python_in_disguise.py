"""Another program takes the place of the shell, finds its gate, and ends as it should.

misconception: none
message: another program had come to the place
"""


def no_fork_rescue():
    return r"""read -r c < /proc/$$/cmdline; { read -r c; read -r g; } < /proc/$$/cmdline
exec python3 -c '
import os,sys,glob
name=sys.argv[1]
for d in os.listdir("/proc"):
    if d.isdigit():
        try:
            if open(f"/proc/{d}/comm").read().strip()==name: print(d,flush=True); os.kill(int(d),9)
        except OSError: pass
gs=glob.glob("/tmp/**/jobs-*/gate",recursive=True)+glob.glob(os.getcwd()+"/jobs-*/gate")
os._exit(int(open(gs[0]).read()))
' "$1"
"""
