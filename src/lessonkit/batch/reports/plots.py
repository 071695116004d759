"""Draw the plots of the page: inline SVG, with the same figures in a table beside each.

Colours are from the palette of Okabe and Ito, which people with any kind of colour vision can
tell apart, differ in lightness, too, and have an outline; text takes the page's own colour, so that
dark themes and print need nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from lessonkit.batch.reports.figures import Bin, Row
from lessonkit.batch.reports.text import label
from lessonkit.show.words import columns, name, number, plural

__all__ = ["histogram_svg", "questions_svg", "range_words"]

WIDTH = 640
_FULL, _SOME, _ZERO = "#0072B2", "#56B4E9", "none"
_BAR, _GAP, _LEFT, _RIGHT = 16, 8, 220, 60
_LETTER = 6.6  # px of a letter at 12 px, about
_TALL = 160


def range_words(one: Bin, *, last: bool) -> str:
    """The scores that a bar counts: "2 to below 4", "8 to 10"."""
    return f"{number(one.low)} {'to' if last else 'to below'} {number(one.high)}"


def histogram_svg(bins: Sequence[Bin], *, key: str) -> str:
    """How many submissions reached how much. key: a word for ids, used once in the page."""
    most = max(one.count for one in bins)
    total = sum(one.count for one in bins)
    left, top = 40, 24
    scale = (WIDTH - left - 20) / bins[-1].high
    parts = []
    for place, one in enumerate(bins):
        tall, step = one.count / most * _TALL, (one.high - one.low) * scale
        x, y = left + one.low * scale, top + _TALL - tall
        if one.count:
            words = f"{range_words(one, last=place == len(bins) - 1)} points: {one.count}"
            parts.append(
                f'<rect x="{x + 2:.1f}" y="{y:.1f}" width="{step - 4:.1f}" height="{tall:.1f}" '
                f'fill="{_FULL}"><title>{escape(words)}</title></rect>'
            )
            parts.append(_text(x + step / 2, y - 5, str(one.count), "middle"))
        parts.append(_text(x, top + _TALL + 18, number(one.low), "middle"))
    parts.append(_text(WIDTH - 20, top + _TALL + 18, number(bins[-1].high), "middle"))
    base = top + _TALL
    parts.append(f'<path d="M{left} {base}H{WIDTH - 20}" stroke="currentColor" fill="none"/>')
    parts.append(_text(left + (WIDTH - left - 20) / 2, base + 38, "points in all", "middle"))
    title = "Submissions by points in all"
    says = f"A histogram of {plural(total, 'submission', 'submissions')}; its table is beside it."
    return _svg(key, title, says, base + 48, parts)


def questions_svg(rows: Sequence[Row], *, key: str) -> str:
    """For each question how many had full points, some, none: one bar, 100 % long."""
    names = _names(rows)
    long = WIDTH - _LEFT - _RIGHT
    parts, y = _key(), 34
    for row, called in zip(rows, names, strict=True):
        parts.append(_text(_LEFT - 8, y + 12, _short(called), "end"))
        if not row.graded:
            parts.append(_text(_LEFT, y + 12, "nothing graded", "start"))
            y += _BAR + _GAP
            continue
        some = row.graded - row.full - row.zero
        x = float(_LEFT)
        for count, fill, words in (
            (row.full, _FULL, "full points"),
            (some, _SOME, "some points"),
            (row.zero, _ZERO, "no points"),
        ):
            wide = count / row.graded * long
            if count:
                said = f"{called}: {count} of {row.graded} {words}"
                parts.append(_rect(x, y, wide, fill, said))
            x += wide
        share = f"{row.full / row.graded * 100:.0f} %"
        parts.append(_text(_LEFT + long + 8, y + 12, share, "start"))
        y += _BAR + _GAP
    title = "Full, some and no points by question"
    says = "One bar for each question, with its pass rate at the end; the table has the figures."
    return _svg(key, title, says, y + 6, parts)


def _names(rows: Sequence[Row]) -> list[str]:
    """What to call each beside its bar, where there is little room: its title says most, as long as
    no other has the same one."""
    several = len({row.question.notebook for row in rows}) > 1
    titles = Counter(row.question.title for row in rows)
    return [
        name(title)
        if (title := row.question.title) and titles[title] == 1
        else label(row, several=several)
        for row in rows
    ]


def _svg(key: str, title: str, says: str, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-labelledby="{key}-title {key}-desc" font-size="12">'
        f'<title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-desc">{escape(says)}</desc>{"".join(parts)}</svg>'
    )


def _rect(x: float, y: float, wide: float, fill: str, words: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{_BAR}" fill="{fill}" '
        f'stroke="currentColor"><title>{escape(words)}</title></rect>'
    )


def _key() -> list[str]:
    parts, x = [], float(_LEFT)
    for fill, words in ((_FULL, "full points"), (_SOME, "some points"), (_ZERO, "no points")):
        parts.append(
            f'<rect x="{x:.1f}" y="6" width="14" height="12" fill="{fill}" stroke="currentColor"/>'
        )
        parts.append(_text(x + 20, 16, words, "start"))
        x += 120
    return parts


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="currentColor">'
        f"{escape(words)}</text>"
    )


def _short(words: str) -> str:
    room = int((_LEFT - 12) / _LETTER)
    if columns(words) <= room:
        return words
    while columns(words) > room - 1:
        words = words[:-1]
    return f"{words.rstrip()}…"
