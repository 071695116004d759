"""A shell command for each member."""

import subprocess

FIELD = "sed -n 's/^{}:[[:space:]]*//p' /proc/$1/status"
STAT = "sed 's/.*)//' /proc/$1/stat | awk '{{ print ${} }}'"
COMMANDS = {
    "tgid": FIELD.format("Tgid"),
    "real_parent->tgid": FIELD.format("PPid"),
    "comm": "cat /proc/$1/comm",
    "start_boottime": STAT.format(20),
    "exit_code": STAT.format(50),
    "blocked": FIELD.format("SigBlk"),
    "pending": FIELD.format("SigPnd"),
    "signal->shared_pending": FIELD.format("ShdPnd"),
    "signal->nr_threads": FIELD.format("Threads"),
    "files": "ls /proc/$1/fd",
    "fs->pwd": "readlink /proc/$1/cwd",
    "mm->total_vm": "cut -d' ' -f1 /proc/$1/statm",
}


def read_member(number, member):
    command = ["sh", "-c", COMMANDS[member], "sh", str(number)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    said = said.removesuffix("\n")
    if member in ("comm", "fs->pwd"):
        return said
    if member == "files":
        return set(map(int, said.split()))
    if member.endswith(("blocked", "pending")):
        return {bit + 1 for bit in range(64) if int(said, 16) >> bit & 1}
    if member == "mm->total_vm":
        return int(said) or None
    return int(said)
