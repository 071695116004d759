"""A task of asyncio for each job."""

import asyncio


async def one(job, seconds, grace):
    child = await asyncio.create_subprocess_exec(*job)
    for pause, ask in ((seconds, child.terminate), (grace, child.kill)):
        try:
            return await asyncio.wait_for(child.wait(), pause)
        except asyncio.TimeoutError:
            ask()
    return await child.wait()


def supervise(jobs, seconds, grace):
    async def all_of_them():
        return await asyncio.gather(*(one(job, seconds, grace) for job in jobs))

    return asyncio.run(all_of_them())
