"""setsid(1) and a shell do all of it; subprocess closes what was open."""

import subprocess


def daemonise(argv):
    script = 'cd /; umask 0; "$@" </dev/null >/dev/null 2>&1 & echo $!'
    done = subprocess.run(
        ["setsid", "--wait", "sh", "-c", script, "sh", *argv], stdout=subprocess.PIPE, check=True
    )
    return int(done.stdout)
