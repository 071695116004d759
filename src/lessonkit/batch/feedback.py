"""Feedback pages that hide what is to stay hidden, and run and load nothing.

The formgrader shows the same notebooks in the browser of somebody who may change grades, so what it
shows is cleaned as well. Which settings of nbgrader put what is here into its place, all of them
together: docs/grading.md, "nbgrader's own commands and pages".

The page is nbgrader's own, with the points of each cell above its reasons. It needs no script, so
none is allowed in it, neither by its text nor by its Content-Security-Policy. Formulas stay as
they were typed, because what would draw them is on the Internet.

Source: nbgrader.converters.generate_feedback, nbconvert.exporters.html, templates "feedback" and
"classic"; Content Security Policy Level 3.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2 import DictLoader, pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters import strip_ansi
from nbconvert.preprocessors import Preprocessor
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from traitlets import Bool

from lessonkit.batch.cleaning import clean_html
from lessonkit.batch.specs import without_hidden

__all__ = ["CleanCells", "FeedbackPage", "HideTests", "clean_markdown"]

POLICY = (
    "default-src 'none'; img-src data: 'self' file:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
HIDDEN = "(a line of a hidden test)"
_TEXTS = ("text/plain", "text/latex")
_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
_SHORTEST_TOLD = 6
"""A hidden line as short as `x = 1` is no secret, and may stand anywhere by chance."""


class HideTests(Preprocessor):
    """Takes hidden tests and marking schemes out of the instructor's cells, and lines of hidden
    tests out of what those cells showed, such as the tracebacks of a kernel."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Change the notebook in place."""
        begin, end = (
            (
                self._mark(ClearHiddenTests, f"{which}_test_delimeter"),
                self._mark(ClearMarkScheme, f"{which}_mark_scheme_delimeter"),
            )
            for which in ("begin", "end")
        )
        for cell in nb.cells:
            entry = cell.metadata.get("nbgrader") or {}
            given = entry.get("grade") or entry.get("task") or entry.get("locked")
            if not given or entry.get("solution"):
                continue
            kept = without_hidden(cell.source, begin, end)
            hidden = _secrets(cell.source, kept)
            cell.source = kept
            if hidden and cell.cell_type == "code":
                cell.outputs = [_without(output, hidden) for output in cell.outputs]
        return nb, resources

    def _mark(self, kind: Any, name: str) -> str:
        """What the course says that begins or ends a hidden part."""
        return str(self.config[kind.__name__].get(name, getattr(kind, name).default_value))


class CleanCells(Preprocessor):
    """Makes what cells showed harmless. Markdown is made so where it becomes HTML."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Change the notebook in place."""
        _clean(nb)
        return nb, resources


class FeedbackPage(HTMLExporter):
    """nbgrader's feedback page, of which nothing runs or is loaded."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)  # type: ignore[no-untyped-call]
        # The template asks for MathJax from the Internet, whatever is configured.
        empty = "{% macro mathjax(url='') %}{% endmacro %}"
        self.extra_loaders = [DictLoader({"mathjax.html.j2": empty})]

    def default_filters(self) -> Any:
        """As they were, but for Markdown."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "markdown2html", clean_markdown

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> Any:
        """Make the page: (text, resources)."""
        _clean(nb)
        page, resources = super().from_notebook_node(nb, resources, **kw)
        policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>'
        return page.replace("<head>", f"<head>\n{policy}", 1), resources


@pass_context
def clean_markdown(context: Any, source: str) -> str:
    """Turn Markdown into HTML as nbconvert does, without anything that runs or is loaded."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    cell = context.get("cell") or {}
    renderer = IPythonRenderer(
        escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True
    )
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))


def _clean(nb: Any) -> None:
    nb.metadata.pop("widgets", None)
    for cell in nb.cells:
        entry = cell.metadata.get("nbgrader")
        cell.metadata.clear()
        if entry is not None:
            cell.metadata["nbgrader"] = entry
        if cell.cell_type == "code":
            for output in cell.outputs:
                _clean_output(output)


def _clean_output(output: Any) -> None:
    if "data" not in output:
        return  # streams and errors are escaped where they become HTML
    for mime, value in list(output.data.items()):
        text = value if isinstance(value, str) else None
        if isinstance(value, list):
            text = "".join(str(part) for part in value)
        if mime == "text/html" and text is not None:
            output.data[mime] = clean_html(text)
        elif text is None or not (mime in (*_TEXTS, *_PICTURES) or mime == "text/markdown"):
            del output.data[mime]
    sizes = {
        mime: {
            name: size
            for name, size in told.items()
            if name in ("width", "height") and isinstance(size, int)
        }
        for mime, told in output.get("metadata", {}).items()
        if mime in _PICTURES and isinstance(told, dict)
    }
    output.metadata.clear()
    output.metadata.update(sizes)


def _secrets(source: str, kept: str) -> list[str]:
    """The lines of *source* that are not in *kept*, but for those that give nothing away."""
    shown = {line.strip() for line in kept.split("\n")}
    lines = {line.strip() for line in source.split("\n")} - shown
    return [line for line in lines if len(line) >= _SHORTEST_TOLD]


def _without(output: Any, hidden: list[str]) -> Any:
    """An output without hidden lines, whatever it was coloured with."""
    if output.output_type == "error":
        lines = "\n".join(output.traceback)
        output.traceback = _replaced(lines, hidden).split("\n")
        output.evalue = _replaced(output.evalue, hidden)
    elif output.output_type == "stream":
        output.text = _replaced(output.text, hidden)
    else:
        for mime in ("text/plain", "text/html", "text/markdown"):
            if isinstance(output.data.get(mime), str):
                output.data[mime] = _replaced(output.data[mime], hidden)
    return output


def _replaced(text: str, hidden: list[str]) -> str:
    plain: str = strip_ansi(text)  # type: ignore[no-untyped-call]
    if not any(secret in plain for secret in hidden):
        return text
    lines = [
        HIDDEN if any(secret in line for secret in hidden) else line for line in plain.split("\n")
    ]
    return re.sub(rf"(?:{re.escape(HIDDEN)}\n)+(?={re.escape(HIDDEN)})", "", "\n".join(lines))
