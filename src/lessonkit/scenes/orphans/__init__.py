"""Put the exercises of the lesson 04-orphans to the test: one scene for each.

`docs/exercises/04-orphans.md` says what is asked; the judges are in
`lessonkit.checks.orphans`.
"""

from __future__ import annotations

from lessonkit.scenes.orphans.adopting import adopt
from lessonkit.scenes.orphans.aside import fixture_elsewhere
from lessonkit.scenes.orphans.daemonising import daemonise, fixture_keep_open
from lessonkit.scenes.orphans.dying import die_with_parent
from lessonkit.scenes.orphans.forwarding import forward
from lessonkit.scenes.orphans.helping import would_init_help
from lessonkit.scenes.orphans.initialising import mini_init
from lessonkit.scenes.orphans.making import fixture_subreaper, orphan
from lessonkit.scenes.orphans.midwife import fixture_let_trace
from lessonkit.scenes.orphans.predicting import new_parent
from lessonkit.scenes.table import table_of

__all__ = [
    "SCENES",
    "fixture_elsewhere",
    "fixture_keep_open",
    "fixture_let_trace",
    "fixture_subreaper",
]


SCENES = table_of(
    {
        "orphan": orphan,
        "adopt": adopt,
        "daemonise": daemonise,
        "new_parent": new_parent,
        "mini_init": mini_init,
        "forward": forward,
        "would_init_help": would_init_help,
        "die_with_parent": die_with_parent,
    }
)
