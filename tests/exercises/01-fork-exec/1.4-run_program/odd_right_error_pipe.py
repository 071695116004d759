"""A pipe that exec closes tells the parent whether it came so far, and why not."""

import errno
import os


def run_program(argv, env=None, cwd=None):
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            if cwd:
                os.chdir(cwd)
            if env is None:
                os.execvp(argv[0], argv)
            os.execvpe(argv[0], argv, env)
        except OSError as error:
            os.write(writing, bytes([error.errno]))
        finally:
            os._exit(1)
    os.close(writing)
    failed = os.read(reading, 1)
    os.close(reading)
    _, status = os.waitpid(pid, 0)
    if failed:
        return 127 if failed[0] == errno.ENOENT else 126
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
