"""`lessonkit grade` with an engine that only reads, for tests that end it in mid-run.

python -m tests.batch.grader [grade's arguments]
"""

from __future__ import annotations

import argparse
import os
import sys

from lessonkit.batch import commands
from lessonkit.errors import LessonkitError, UsageError
from tests.batch.fakes import FAKE

__all__ = ["main"]


def main() -> int:
    """Run the command; exit statuses are those of `lessonkit`."""
    commands.MARGIN_SECONDS = float(os.environ.get("GRADER_MARGIN", "30"))
    commands.PATIENCE_SECONDS = float(os.environ.get("GRADER_PATIENCE", "60"))
    parser = argparse.ArgumentParser()
    commands.add_commands(parser.add_subparsers())
    arguments = parser.parse_args(["grade", *sys.argv[1:]])
    try:
        return commands.run_grade(arguments, FAKE)
    except LessonkitError as error:
        print(f"lessonkit: {error}", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 3


if __name__ == "__main__":
    sys.exit(main())
