"""Notebooks that attack whoever looks at them: on a page, in a terminal, in a database."""

from __future__ import annotations

from tests.submissions.cases import case
from tests.submissions.drafts import ANSWERS, Draft, code_cell, text_cell

__all__: list[str] = []

SCRIPT = "<script>document.title = 'owned'; fetch('http://127.0.0.1:8127/')</script>"
PAGE = (
    f"{SCRIPT}<img src=x onerror='document.title=1'><iframe src='javascript:alert(1)'></iframe>"
    "<svg onload='alert(1)'></svg><style>body { display: none }</style></div></pre></body>"
    "<form action='http://127.0.0.1:8127/'><input name=score value=12></form>"
)


@case(status="graded")
def scripts_in_outputs(draft: Draft) -> None:
    """Cells show pages with scripts, as HTML, SVG, JavaScript, Markdown and LaTeX."""
    draft.insert(
        "q2-text",
        code_cell(
            f"from IPython.display import *\npage = {PAGE!r}\n"
            "for show in (HTML, SVG, Javascript, Markdown, Latex, Pretty):\n"
            "    try:\n        display(show(page))\n    except Exception as error:\n"
            "        print(error)\n"
            "display({'text/html': page, 'application/javascript': 'document.title = 1',\n"
            "    'application/vnd.jupyter.widget-view+json': {'model_id': page}}, raw=True)\n"
            "print(page)"
        ),
    )


@case(status="graded")
def scripts_in_texts(draft: Draft) -> None:
    """Texts, attachments and metadata hold scripts."""
    remark = text_cell(
        f"# {PAGE}\n\n[me](javascript:alert(1)) ![x](attachment:x.svg)\n\n$${PAGE}$$"
    )
    remark["attachments"] = {"x.svg": {"image/svg+xml": PAGE}}
    remark["metadata"] = {"name": PAGE, "tags": [PAGE], "collapsed": PAGE}
    draft.insert("q1-text", remark)
    draft.notebook["metadata"] |= {"title": PAGE, "authors": [{"name": PAGE}], "widgets": PAGE}
    draft.notebook["metadata"]["language_info"] = {"name": PAGE, "pygments_lexer": PAGE}


@case(status="graded", lost="q1")
def scripts_in_errors(draft: Draft) -> None:
    """The name, the text and the place of an error are pages."""
    draft.write(
        "q1-answer",
        f"page = {PAGE!r}\nWrong = type(page, (Exception,), {{'__module__': page}})\n"
        "def area(width, height):\n    raise Wrong(page)",
    )
    draft.insert(
        "q1-answer", code_cell(f"page = {PAGE!r}\nraise type(page, (Exception,), {{}})(page)")
    )


@case(status="graded")
def signs_for_terminals(draft: Draft) -> None:
    """Prints signs that write over a terminal, change its title and ring its bell."""
    signs = "\x1b[2J\x1b]0;owned\x07\x1b[31m\rgraded, 12 of 12\x08\x9b1A\u202eabc"
    draft.insert("q2-text", code_cell(f"text = {signs!r}\nprint(text)\nraise ValueError(text)"))


@case(status=("graded", "repaired"))
def signs_for_databases(draft: Draft) -> None:
    """Texts hold zero characters, halves of characters, and pieces of queries."""
    draft.write(
        "q1-answer", ANSWERS["q1-answer"] + "\nprint('\\0\\ud800', \"'); DROP TABLE grade\")"
    )
    draft.insert("q2-text", text_cell("'); DELETE FROM grade; --"), code_cell("'\\udcff\\0'"))


@case(status="graded")
def outputs_that_are_not_json(draft: Draft) -> None:
    """What is displayed cannot be written down: no numbers, loops, objects, huge depths."""
    draft.insert(
        "q2-text",
        code_cell(
            "from IPython.display import display\nloop = []\nloop.append(loop)\ndeep = []\n"
            "for _ in range(100_000):\n    deep = [deep]\n"
            "for value in (float('nan'), loop, object(), {1: 2}, b'\\xff', '\\ud800', deep):\n"
            "    try:\n"
            "        display({'application/json': value, 'text/plain': value}, raw=True,\n"
            "            metadata={'a': value})\n"
            "    except Exception as error:\n        print(type(error))"
        ),
    )
