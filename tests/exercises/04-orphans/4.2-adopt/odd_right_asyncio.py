"""asyncio starts the commands and waits for them; a generator collects the rest."""

import asyncio
import ctypes
import os


async def run_all(commands):
    processes = [await asyncio.create_subprocess_exec(*argv) for argv in commands]
    for process in processes:
        await process.wait()


def collected():
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED)
        except ChildProcessError:
            return
        exited = found.si_code == os.CLD_EXITED
        yield found.si_pid, found.si_status if exited else -found.si_status


def adopt(commands):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    asyncio.run(run_all(commands))
    return dict(collected())
