"""Let tests import what the instructor gave beside the notebook: helper.py, a small package.

The trusted interpreter imports the instructor's own copy, written to a folder that holds nothing
else; what a student made of the same file never gets there. As beside the notebook, it comes
before installed packages of that name; not before the standard library's modules nor what this
process has loaded, which are not to be exchanged under it. Every submission has it loaded afresh.

Source: importlib's path-based finder; sys.path_importer_cache.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from lessonkit.sandbox import homes

__all__ = ["GivenModules"]


class GivenModules:
    """The instructor's modules of one submission. `close` unloads them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """files: all that the instructor gives, name -> content; names are relative."""
        self._tops = {
            top
            for name in files
            if name.endswith(".py")
            and (top := _top(name)).isidentifier()
            and top not in sys.stdlib_module_names
            and top not in sys.modules
        }
        self._files = files
        self._folder = ""

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Within the block they are found by an import."""
        if not self._tops:
            yield
            return
        folder = self._written()
        sys.path.insert(0, folder)
        try:
            yield
        finally:
            with suppress(ValueError):
                sys.path.remove(folder)

    def _written(self) -> str:
        if not self._folder:
            self._folder = homes.make_home(None)
            for name, content in self._files.items():
                module = name.endswith(".py") or len(PurePosixPath(name).parts) > 1
                if module and _top(name) in sys.stdlib_module_names | sys.modules.keys():
                    continue
                place = Path(self._folder, name)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        return self._folder

    def close(self) -> None:
        """Forget them, so that the next submission begins without what this one did to them."""
        for name in [name for name in sys.modules if name.partition(".")[0] in self._tops]:
            del sys.modules[name]
        if self._folder:
            for path in [p for p in sys.path_importer_cache if p.startswith(self._folder)]:
                del sys.path_importer_cache[path]
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""


def _top(name: str) -> str:
    """What an import calls a file, or the folder that it is in."""
    return PurePosixPath(name).parts[0].removesuffix(".py")
