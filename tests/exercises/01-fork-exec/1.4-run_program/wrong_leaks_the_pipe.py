"""An error pipe whose reading end stays open in the parent.

misconception: M1.4
message: is still open in your process
"""

import errno
import os


def run_program(argv, env=None, cwd=None):
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.chdir(cwd or ".")
            os.execvpe(argv[0], argv, os.environ if env is None else env)
        except OSError as error:
            os.write(writing, bytes([error.errno]))
        finally:
            os._exit(1)
    os.close(writing)
    failed = os.read(reading, 1)
    _, status = os.waitpid(pid, 0)
    if failed:
        return 127 if failed[0] == errno.ENOENT else 126
    return os.waitstatus_to_exitcode(status)
