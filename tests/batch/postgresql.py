"""Start a PostgreSQL server from Debian's packages: as an ordinary user, in a folder of its own.

It listens on a socket in that folder and nowhere else, and is gone with the block.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["find_server", "server"]

USER = "postgres"  # made by Debian's package; the server refuses to run as root


def find_server() -> Path | None:
    """The folder of the newest server's programs, None where none is installed."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    program = shutil.which("initdb")
    return Path(program).resolve().parent if program else None


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Run one; yield the address of an empty database, as SQLAlchemy has it."""
    # Sockets have short names: pytest's own folders are too deep for one.
    with tempfile.TemporaryDirectory(prefix="lk-pg-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        _run(programs, ["initdb", "-D", data, "-U", "lessonkit", "-A", "trust", "-N"])
        options = f"-k {folder} -c listen_addresses= -c fsync=off"
        _run(programs, ["pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"])
        try:
            _run(programs, ["createdb", "-h", folder, "-U", "lessonkit", "grades"])
            yield f"postgresql+psycopg://lessonkit@/grades?host={folder}"
        finally:
            _run(programs, ["pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])


def _run(programs: Path, command: Sequence[object]) -> None:
    first, *others = map(str, command)
    done = subprocess.run(
        [str(programs / first), *others],
        user=USER if os.geteuid() == 0 else None,
        group=USER if os.geteuid() == 0 else None,
        extra_groups=[] if os.geteuid() == 0 else None,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
