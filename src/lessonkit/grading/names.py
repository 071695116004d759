"""Say which names the code of a cell needs, and which it makes, without running it.

So a test finds out in advance what it has to ask of the student's interpreter, and what comes
from the instructor's own cells.
"""

from __future__ import annotations

import ast
import functools
import symtable
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lessonkit.grading.ipython import as_python

__all__ = ["Cell", "read"]

_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a text says of itself.

    needs: names that it reads and that are not its own local ones. hinted: words in strings
    that might be names: `globals()["f"]`. makes: names that it binds at its top level, imports
    among them. imports: name -> a statement that imports it alone; "*" -> those of whole
    modules. modules: (name, module) wherever the text imports something under that name which is
    or may be a module, within functions and other statements, too. is_python: False for magics
    and the like.
    """

    needs: frozenset[str] = frozenset()
    hinted: frozenset[str] = frozenset()
    makes: frozenset[str] = frozenset()
    imports: Mapping[str, str] = field(default_factory=dict)
    modules: frozenset[tuple[str, str]] = frozenset()
    is_python: bool = True


@functools.lru_cache(maxsize=2000)
def read(source: str) -> Cell:
    """Read the text of a cell. What is neither Python nor IPython has no names at all."""
    try:
        return _read(source, is_python=True)
    except _UNREADABLE:
        pass
    try:
        return _read(as_python(source), is_python=False)
    except _UNREADABLE:
        return Cell(is_python=False)


def _read(source: str, *, is_python: bool) -> Cell:
    tree = ast.parse(source)
    needs = set(_free(symtable.symtable(source, "<cell>", "exec"), top=True))
    for statement in ast.walk(tree):
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            needs.add(statement.target.id)
    hinted = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.isidentifier() and len(node.value) <= 100
    }
    imports: dict[str, str] = {}
    for statement in tree.body:
        imports.update(_imported(statement))
    return Cell(
        needs=frozenset(needs),
        hinted=frozenset(hinted - needs),
        makes=frozenset(_made(tree.body)) | frozenset(_declared(tree)),
        imports=imports,
        modules=frozenset(pair for node in ast.walk(tree) for pair in _modules(node)),
        is_python=is_python,
    )


def _free(table: symtable.SymbolTable, *, top: bool) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _free(child, top=False)


def _imported(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """Take an import apart: each name with the statement for it alone."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            name = alias.asname or alias.name.partition(".")[0]
            yield name, ast.unparse(ast.Import([alias]))
    elif isinstance(statement, ast.ImportFrom) and statement.module != "__future__":
        for alias in statement.names:
            one = ast.ImportFrom(statement.module, [alias], statement.level)
            yield alias.asname or alias.name, ast.unparse(one)


def _modules(node: ast.AST) -> Iterator[tuple[str, str]]:
    """The modules that an import statement names, and what each is called then: "" for those that
    are loaded on the way to it."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
            yield "", alias.name
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield "", node.module
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _declared(tree: ast.Module) -> Iterator[str]:
    """Names that functions declare `global`: calling them may bind these."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield from node.names


def _made(body: list[ast.stmt]) -> Iterator[str]:
    """Names bound by statements of one level, and by those within if, for, with and try."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name
            continue
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            for alias in statement.names:
                yield alias.asname or alias.name.partition(".")[0]
            continue
        yield from _stored(statement)


def _stored(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
        return
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from _made([node])
        return
    elif (isinstance(node, ast.ExceptHandler) and node.name) or (
        isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
    ):
        yield node.name
    for child in ast.iter_child_nodes(node):
        yield from _stored(child)
