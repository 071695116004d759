"""The page that replays a run: one file, inert data, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from lessonkit import show
from lessonkit.errors import UsageError
from lessonkit.records import Event, Run, Timeline, to_json
from lessonkit.views import pages
from tests.show.handmade import HOSTILE, RUN, TIMELINE

NASTY = "</script><script>alert(1)</script><!--<script></noscript><img src=x onerror=alert(1)>"
HOSTILE_TIMELINE = replace(
    TIMELINE,
    events=(
        *TIMELINE.events,
        Event(at_seconds=1, kind="exec", pid=5, text=NASTY + HOSTILE, line=1, source=NASTY),
    ),
    names={**TIMELINE.names, 1: NASTY},
    sources={NASTY: f"{NASTY}\n{HOSTILE}\u2028</SCRIPT>"},
)
HOSTILE_RUN = replace(RUN, timeline=HOSTILE_TIMELINE, stdout=NASTY, value=NASTY)


class _Page(HTMLParser):
    """The scripts of a page, its attributes, and what stands in <noscript>."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.inside: list[str] = []
        self.tags: list[str] = []
        self.still = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "script":
            self.scripts.append((dict(attrs), ""))
        if tag in ("script", "noscript", "style"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "noscript", "style"):
            self.inside = self.inside[:-1]

    def handle_data(self, data: str) -> None:
        if "script" in self.inside:
            attrs, text = self.scripts[-1]
            self.scripts[-1] = (attrs, text + data)
        elif "noscript" in self.inside:
            self.still += data


def _external(page: _Page) -> list[tuple[str, str, str | None]]:
    """Attributes that would load something."""
    loading = ("src", "href", "action", "data", "srcset", "poster")
    return [
        (tag, name, value)
        for tag, name, value in page.attributes
        if (name in loading and not (value or "").startswith("data:")) or name.startswith("on")
    ]


@pytest.mark.parametrize("record", [HOSTILE_RUN, HOSTILE_TIMELINE], ids=["run", "timeline"])
def test_hostile_names_stay_text(record: Run | Timeline) -> None:
    """A program's name or source cannot end the data, open a comment or become markup."""
    text = pages.page(record, title=NASTY)
    page = _Page(text)

    assert [attrs.get("type") for attrs, _ in page.scripts] == ["application/json", "module"]
    assert json.loads(page.scripts[0][1]) == pages.told(record, title=NASTY)
    assert not set("<>&") & set(page.scripts[0][1])
    assert _external(page) == []
    assert "<!--" not in text


def test_the_check_for_markup_finds_it() -> None:
    """Were the data not made inert, the test above would see it."""
    broken = pages.page(HOSTILE_TIMELINE).replace("\\u003c", "<").replace("\\u003e", ">")
    page = _Page(broken)

    assert [attrs.get("type") for attrs, _ in page.scripts] != ["application/json", "module"]
    assert _external(_Page('<img src="http://x/"><a onclick="y">')) != []


def test_nothing_of_the_page_comes_from_outside() -> None:
    """No address in script or styles but the names of XML; and the policy forbids any load."""
    text = pages.page(TIMELINE)
    found = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", text))

    assert found <= {"http://www.w3.org"}
    assert "@import" not in text
    assert "url(" not in text
    assert "default-src 'none'" in text


def test_the_policy_lets_this_script_run_and_no_other() -> None:
    """The digest in the page is that of the script in the page."""
    page = _Page(pages.page(TIMELINE))
    script = page.scripts[1][1]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    contents = [value or "" for _, name, value in page.attributes if name == "content"]
    [policy] = [content for content in contents if "script-src" in content]

    assert f"script-src 'sha256-{digest}';" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_without_scripts_the_still_form_is_there() -> None:
    """The tables and texts of the record, as feedback and GitHub show them."""
    text = pages.page(replace(RUN, timeline=TIMELINE))

    assert show.run_html(replace(RUN, timeline=TIMELINE)) in text
    assert "exit code 1" in _Page(text).still


def test_a_page_is_written_from_a_file(tmp_path: Path) -> None:
    """The same page, whether the record or its JSON is given."""
    saved = tmp_path / "run.json"
    run = replace(RUN, timeline=TIMELINE, value=None)
    saved.write_text(json.dumps(to_json(run)))
    written = pages.write_page(saved, tmp_path / "run.html", title="Mine")

    assert written == tmp_path / "run.html"
    assert written.read_text("utf-8") == pages.page(run, title="Mine")
    assert "<title>Mine</title>" in written.read_text("utf-8")


@pytest.mark.parametrize("wrong", [RUN, 7, None])
def test_what_has_no_history_has_no_page(wrong: Any) -> None:
    """The message says what can be shown."""
    with pytest.raises(UsageError):
        pages.page(wrong)


def test_a_page_can_be_written_on_a_system_without_processes_of_linux() -> None:
    """What Windows lacks is not imported, nor anything that runs a program or draws a widget."""
    program = (
        "import sys\n"
        "for name in ('fcntl', 'resource', 'pwd', 'grp', 'termios', 'select', 'anywidget',\n"
        "             'ipywidgets', 'IPython', 'lessonkit.sandbox', 'lessonkit.runner'):\n"
        "    sys.modules[name] = None\n"
        "from lessonkit import views\n"
        "print(views.write_page(sys.argv[1], sys.argv[2]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "/nonexistent.json", "x.html"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "UsageError: cannot read a run from '/nonexistent.json'" in done.stderr
