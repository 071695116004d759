"""posix_spawnp with an action that opens the file as descriptor 1."""

import os


def redirect(argv, path):
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [(os.POSIX_SPAWN_OPEN, 1, path, flags, 0o666)]
    try:
        pid = os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)
    except FileNotFoundError:
        return 127
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
