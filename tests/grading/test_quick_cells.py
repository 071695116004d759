"""Show that the short way through the shell, for cells that define, ends as the long one does."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

SHORT = [
    "import os\ndef f(x):\n    'A doc with % and ! and ?'\n    return x % 2 != 0\n",
    "class A:\n    def m(self):\n        return 1\nclass B(A):\n    pass",
    "import os\nfrom math import *\nimport json as j",
    "import nowhere_at_all\nimport os",
    "@undefined\ndef g():\n    pass",
    "def h(a=1 / 0):\n    pass\nimport os",
    "import sys\ndef q(a=sys.exit(3)):\n    pass",
    "def p(a=print('said')):\n    pass\nimport os",
    "def s(a=display('shown')):\n    return (4\n/ 2)\n",
    "def deep():\n    raise ValueError('deep')\n@(lambda f: f())\ndef inner():\n    deep()",
]
LONG = [
    "def broken(:\n    pass\n",
    "def e():\n    return\nreturn 3",
    "import os\nx = 1",
    "def f():\n    return 1\nf()",
    "%precision 3\nimport os",
    "import os\n!true",
    "def f():\n    '''\n    >>> f()\n    '''",
    "import os",
    "from __future__ import annotations\ndef f(x: nothing): pass",
    "import os\n \ndef f(): pass",
    " \nimport os\nimport re",
    "import os\nos?",
    "def f():\n    return 1\x0c\nimport os",
]

PROGRAM = """
import json, sys
from lessonkit.sandbox import cells_shell

shell = cells_shell.make_shell()
shell.settle()
quick, taken = cells_shell.run_definitions, []

def watched(*given):
    result = quick(*given)
    taken.append(result is not None)
    return result

def state():
    names = {n: type(v).__name__ for n, v in shell.user_ns.items() if n[0] != "_"}
    history = shell.user_ns["In"][-1], shell.user_ns["_i"], shell.history_manager.input_hist_raw[-1]
    return names, history, shell.execution_count, shell.last_execution_succeeded

def run(source):
    shell.run("start = 1", "")
    shell.execution_count = 7
    sys.stdout = sys.stderr = said = cells_shell.io.StringIO()
    outcome = shell.run(source, "N")
    shell._own_streams()
    return {"outcome": outcome, "state": state(), "said": said.getvalue()}

both = {}
for source in json.loads(sys.argv[1]):
    cells_shell.run_definitions = lambda *given: None
    run(source)
    long = run(source)
    cells_shell.run_definitions = watched
    taken.clear()
    short = run(source)
    both[source] = [taken[-1], short, long]
changed = []
for change in (
    "get_ipython().input_transformers_post.append(lambda lines: lines)",
    "get_ipython().events.register('pre_run_cell', print)",
    "get_ipython().ast_node_interactivity = 'all'",
):
    shell.run(change, "")
    taken.clear()
    shell.run("import os\\nimport re", "")
    changed.append(taken)
    shell.input_transformers_post.clear()
    if "events" in change:
        shell.events.unregister("pre_run_cell", print)
    shell.ast_node_interactivity = "last_expr"
print(json.dumps([both, changed]))
"""


@cache
def compared() -> Any:
    """Each cell run both ways, in a process of its own: what a shell does to one stays there."""
    command = [sys.executable, "-c", PROGRAM, json.dumps(SHORT + LONG)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("source", SHORT)
def test_the_short_way_leaves_what_the_long_one_leaves(source: str) -> None:
    """Outputs, tracebacks, what is printed, names, history, the number of the cell."""
    taken, short, long = compared()[0][source]

    assert taken
    assert short == long


@pytest.mark.parametrize("source", LONG)
def test_what_the_shell_might_take_otherwise_goes_the_long_way(source: str) -> None:
    """Nothing has happened by then that would be seen."""
    taken, short, long = compared()[0][source]

    assert not taken
    assert short == long


def test_whoever_has_changed_the_shell_is_asked() -> None:
    """A transformation, a listener, another setting: the short way is not even tried."""
    assert compared()[1] == [[], [], []]
