"""A semaphore of asyncio."""

import asyncio


def pool(jobs, k):
    async def one(sem, job):
        async with sem:
            p = await asyncio.create_subprocess_exec(*job)
            return await p.wait()

    async def main():
        sem = asyncio.Semaphore(k)
        return list(await asyncio.gather(*(one(sem, j) for j in jobs)))

    return asyncio.run(main())
