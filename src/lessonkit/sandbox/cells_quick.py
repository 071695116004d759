"""Run the cells that define functions, as most of a notebook's do, without the shell's detours.

A shell looks for magics, asks every listener, and considers that a cell might be asynchronous.
A process that was copied a moment ago has to get back every page of memory that is touched on the
way, which takes longer than the cell itself. Where none of that can matter, because a cell is made
of nothing but `def`, `class` and `import`, only what a cell leaves behind is done here: its place
in the history, its text for tracebacks, its number, and what it defines. Python that can be parsed
holds no magic: a line that begins with one, or ends in a question mark, cannot be.
"""

from __future__ import annotations

import ast
import re
from typing import Any

__all__ = ["run_definitions", "usual_input"]

_PLAIN = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)

_PERHAPS_MORE = re.compile(
    r""">>>|In\ \[         # a prompt that was copied along
    |\A\s               # an indented cell, or empty lines before it
    |^[\ \t]+$          # blanks alone, which are cut off while the indentation is looked at
    |\A[^\n]*\n?\Z      # a single line: it may be a word for the shell
    |__future__|\bawait\b
    |[^\n\t\x20-\x7e\xa0-\u1fff\u3000-\ud7ff]   # line ends of other kinds, zeros, half characters
    """,
    re.VERBOSE | re.MULTILINE,
)


def usual_input(shell: Any) -> tuple[Any, ...]:
    """Everything that has a say in how a cell is run, to be compared with what it was once."""
    manager = shell.input_transformer_manager
    return (
        *manager.cleanup_transforms,
        *manager.line_transforms,
        *manager.token_transformers,
        *shell.input_transformers_post,
        *shell.ast_transformers,
        *shell.custom_exceptions,
        *(call for calls in shell.events.callbacks.values() for call in calls),
        shell.ast_node_interactivity,
        shell.logger.log_active,
        type(shell.compile),
        *(shell.__dict__.get(name) for name in _METHODS),
    )


_METHODS = ("run_cell", "run_cell_async", "run_ast_nodes", "run_code", "transform_cell")


def run_definitions(shell: Any, source: str) -> bool | None:
    """Run a cell that only defines and imports; return whether it ended well.

    None, and nothing has been done, where it is another kind of cell.
    """
    if _PERHAPS_MORE.search(source):
        return None
    text = source if source.endswith("\n") else source + "\n"
    number = shell.execution_count
    name = shell.compile.cache(text, number, raw_code=source)
    try:
        tree = shell.compile.ast_parse(text, filename=name)
        if not tree.body or not all(type(node) in _PLAIN for node in tree.body):
            return None
        steps = [shell.compile(ast.Module([node], []), name, "exec") for node in tree.body]
    except Exception:  # it is no Python, of which the shell tells in its own way
        return None
    shell.execution_count = number + 1
    shell.history_manager.store_inputs(number, text, source)
    ok = True
    with shell.builtin_trap, shell.display_trap:
        for code in steps:
            if _raised(shell, code):
                ok = False
                break
    shell.last_execution_succeeded = ok
    return ok


def _raised(shell: Any, code: Any) -> bool:
    """Have the shell run a piece of code, which it does in a coroutine that never waits."""
    try:
        shell.run_code(code).send(None)
    except StopIteration as end:
        return bool(end.value)
    raise RuntimeError("the shell waits for something")  # not without `await`
