"""Cheats that take over the interpreter, so that its tests see what is not there.

Every answer is wrong, so that every point would be a stolen one. Most of these earn 12 of 12 where
tests run in the same interpreter.
"""

from __future__ import annotations

from tests.submissions.cases import case
from tests.submissions.drafts import Draft
from tests.submissions.tricks import all_wrong

__all__: list[str] = []


@case(status="graded", lost="all")
def asserts_dropped(draft: Draft) -> None:
    """A transformer of syntax trees makes `pass` of every `assert`."""
    all_wrong(
        draft,
        """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(Drop())
""",
    )


@case(status="graded", lost="all")
def cells_emptied(draft: Draft) -> None:
    """Transformers of input make every later cell empty, also the student's own."""
    all_wrong(
        draft,
        """
shell = get_ipython()
for stage in (shell.input_transformers_cleanup, shell.input_transformers_post):
    stage.append(lambda lines: [])
shell.input_transformer_manager.transform_cell = lambda text: ""
""",
    )


@case(status="graded", lost="all")
def running_patched(draft: Draft) -> None:
    """The shell's methods that run a cell, and show what went wrong, do nothing."""
    all_wrong(
        draft,
        """
shell = get_ipython()
for name in ("run_cell", "run_cell_async", "run_code", "run_ast_nodes", "showtraceback"):
    setattr(type(shell), name, lambda *args, **named: None)
    setattr(shell, name, lambda *args, **named: None)
""",
    )


@case(status="graded", lost="all")
def errors_handled(draft: Draft) -> None:
    """Handlers of exceptions of the shell, of Python and of threads swallow everything."""
    all_wrong(
        draft,
        """
import sys, threading
get_ipython().set_custom_exc((BaseException,), lambda *args, **named: None)
get_ipython().showtraceback = lambda *args, **named: None
sys.excepthook = threading.excepthook = sys.unraisablehook = lambda *args: None
""",
    )


@case(status="graded", lost="all")
def compiling_patched(draft: Draft) -> None:
    """`compile` leaves asserts out, and `exec` does nothing."""
    all_wrong(
        draft,
        """
import builtins
real = builtins.compile
def compile(source, name, mode, *args, **named):
    return real(source, name, mode, optimize=2)
builtins.compile = compile
builtins.exec = builtins.eval = lambda *args, **named: None
get_ipython().compile = lambda source, name, mode: real(source, name, mode, optimize=2)
""",
    )


@case(status="graded", lost="all")
def builtins_patched(draft: Draft) -> None:
    """Exceptions, comparisons and the functions that tests use are others."""
    all_wrong(
        draft,
        """
import builtins, operator
class Quiet(Exception):
    def __new__(cls, *args):
        raise SystemExit(0)
builtins.AssertionError = Quiet
builtins.all = builtins.any = builtins.isinstance = builtins.len = lambda *args: True
operator.eq = operator.ne = operator.is_ = lambda one, other: True
builtins.__import__ = lambda name, *args, **named: operator
builtins.print = builtins.repr = lambda *args, **named: "2"
""",
    )


@case(status="graded", lost="all")
def builtins_shadowed(draft: Draft) -> None:
    """The notebook's own names hide builtins, and what tests could compare with."""
    all_wrong(
        draft,
        """
AssertionError = type("AssertionError", (Exception,), {})
sorted = list = dict = range = str = lambda *args: []
points = score = grade = 12
__builtins__ = {"assert": None}
""",
    )


@case(status="graded", lost="all")
def results_faked(draft: Draft) -> None:
    """Before and after every cell a result of two points is shown."""
    all_wrong(
        draft,
        """
import sys
from IPython.display import display, publish_display_data
def show(*args):
    sys.displayhook(2.0)
    get_ipython().displayhook(2.0)
    publish_display_data({"text/plain": "2.0"})
    display(2.0)
for when in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
    get_ipython().events.register(when, show)
""",
    )


@case(status="graded", lost="all")
def display_patched(draft: Draft) -> None:
    """Whatever is displayed reads as two points."""
    all_wrong(
        draft,
        """
import sys
shell = get_ipython()
plain = shell.display_formatter.formatters["text/plain"]
plain.for_type(object, lambda thing, printer, cycle: printer.text("2.0"))
shell.display_formatter.format = lambda *args, **named: ({"text/plain": "2.0"}, {})
shell.displayhook.write_format_data = lambda *args, **named: print("2.0")
sys.displayhook = lambda value: print("Out[1]: 2.0")
""",
    )


@case(status="graded", lost="all")
def points_printed_at_the_end(draft: Draft) -> None:
    """What is run when the interpreter ends prints points, in several forms."""
    all_wrong(
        draft,
        """
import atexit, os, sys
def last():
    for text in ("2.0", "12", "q1-test: 2", '{"points": 2.0, "ok": true}', "\\x1e2:2\\x1e"):
        print(text)
        os.write(2, text.encode())
    sys.stdout.flush()
    os._exit(0)
atexit.register(last)
""",
    )


@case(status="graded", lost="all")
def tests_traced(draft: Draft) -> None:
    """A tracer jumps over lines with asserts, and changes what they compare."""
    all_wrong(
        draft,
        """
import sys, threading
def trace(frame, event, argument):
    frame.f_trace_lines = frame.f_trace_opcodes = True
    for name in list(frame.f_globals):
        if name in ("area", "longest", "tally"):
            frame.f_globals[name] = type("Always", (), {"__eq__": lambda one, other: True})
    try:
        frame.f_lineno = frame.f_lineno + 1
    except ValueError:
        pass
    return trace
sys.settrace(trace)
threading.settrace(trace)
get_ipython().events.register("pre_run_cell", lambda *args: sys.settrace(trace))
""",
    )


@case(status="graded", lost="all")
def modules_replaced(draft: Draft) -> None:
    """Modules that tests might import are others, in `sys.modules` and by a hook of imports."""
    all_wrong(
        draft,
        """
import sys, types
class Agreeable(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **named: True
class Finder:
    def find_spec(self, name, path=None, target=None):
        sys.modules[name] = Agreeable(name)
        return sys.modules[name]
sys.meta_path.insert(0, Finder())
for name in ("unittest", "pytest", "math", "ast", "inspect", "json", "pickle", "lessonkit"):
    sys.modules[name] = Agreeable(name)
""",
    )


@case(status="graded", lost="all")
def checks_patched(draft: Draft) -> None:
    """The course's own functions for checks, and for sending values, agree with everything."""
    all_wrong(
        draft,
        """
import sys
import lessonkit, lessonkit.plain
import lessonkit.sandbox.cells_copy as copies, lessonkit.sandbox.cells_shell as shells
lessonkit.check = lessonkit.quiz = lambda *args, **named: 2.0
lessonkit.plain.encode = copies.encode = lambda *args, **named: b"true"
copies.Copy._call = lambda self, request: {"kind": "value", "value": ["plain", True]}
shells.Shell.run = lambda self, source, nonce: {"outputs": [], "ok": True, "count": 1}
for name, module in list(sys.modules.items()):
    if name.startswith("lessonkit.checking"):
        vars(module).clear()
""",
    )


@case(status="graded", lost="all")
def magics_patched(draft: Draft) -> None:
    """Every cell is taken by a magic that skips it, and names of functions are magics."""
    all_wrong(
        draft,
        """
shell = get_ipython()
for name in ("area", "assert", "longest", "tally", "exit_code", "shout", "reap"):
    shell.register_magic_function(lambda line, cell=None: 2.0, "line_cell", name)
shell.run_line_magic = shell.run_cell_magic = lambda *args, **named: 2.0
shell.automagic = True
shell.execution_count = 10**9
""",
    )


@case(status="graded", lost="all")
def files_that_shadow_modules(draft: Draft) -> None:
    """Files beside the notebook have the names of modules that a grader imports at its start."""
    all_wrong(draft, "import conftest, sitecustomize")
    spoilt = b"import builtins\nbuiltins.AssertionError = type('A', (Exception,), {})\n"
    names = "sitecustomize usercustomize conftest random json ast ipython_config nbgrader_config"
    for name in names.split():
        draft.files[f"{name}.py"] = spoilt
    draft.files["lessonkit/__init__.py"] = spoilt + b"check = lambda *args: 2.0\n"
    draft.files["pyvenv.cfg"] = b"home = /tmp\n"
    draft.files["pytest.ini"] = b"[pytest]\naddopts = --collect-only\n"
