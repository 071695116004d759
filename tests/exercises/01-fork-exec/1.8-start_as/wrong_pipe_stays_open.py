"""The program inherits the pipe, so that its end does not come.

misconception: none
message: exec closes only what is marked close-on-exec
"""

import os


def start_as(path, name, args):
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    pid = os.fork()
    if pid == 0:
        try:
            os.execv(path, [name, *args])
        except OSError as error:
            os.write(writing, bytes([error.errno]))
        finally:
            os._exit(127)
    os.close(writing)
    failed = os.read(reading, 1)
    os.close(reading)
    if failed:
        os.waitpid(pid, 0)
        raise OSError(failed[0], os.strerror(failed[0]), path)
    return pid
