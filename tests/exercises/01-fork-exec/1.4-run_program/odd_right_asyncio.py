"""A process of asyncio's, which waits for this pid only."""

import asyncio


async def run(argv, env, cwd):
    try:
        process = await asyncio.create_subprocess_exec(*argv, env=env, cwd=cwd)
    except FileNotFoundError:
        return 127
    except PermissionError:
        return 126
    return await process.wait()


def run_program(argv, env=None, cwd=None):
    return asyncio.run(run(argv, env, cwd))
