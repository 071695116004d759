"""Everything by the tools of the shell."""

import os
import subprocess


def ask(pid, column):
    ps = subprocess.run(["ps", "-o", f"{column}=", "-p", str(pid)], capture_output=True, text=True)
    return ps.stdout.strip()


def fix(zombie_pid):
    parent = ask(zombie_pid, "ppid")
    if int(parent) == os.getppid():
        return "leave"
    if ask(parent, "stat").startswith("T"):
        answer, name = "continue", "CONT"
    elif int(ask(parent, "caught"), 16) & 1 << 16:
        answer, name = "nudge", "CHLD"
    else:
        answer, name = "terminate", "TERM"
    subprocess.run(["sh", "-c", f"kill -{name} {parent}"], check=True)
    return answer
