"""Write a demonstration as text and as HTML: prediction beside fact, and how to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lessonkit.views.forms import CELL, GO_ON, paragraph, plain, rich

if TYPE_CHECKING:
    from lessonkit.views.predicting import Prediction

__all__ = ["prediction_html", "prediction_text"]

PREDICTED = "You predicted"
HAPPENED = "The kernel did"
AS_PREDICTED = "It came as you predicted."
NOT_AS_PREDICTED = "It came otherwise than you predicted: here is something to learn."


def prediction_text(it: Prediction) -> str:
    """Return the question, how things stand, and the call that comes next."""
    options = it.choice.options
    lines = [plain(f"{it.item}: {it.question}")]
    if isinstance(options, dict):
        lines += [f"  {key}: {plain(text)}" for key, text in options.items()]
    if it.prediction is not None:
        lines.append(f"{PREDICTED} : {plain(it.choice.words(it.prediction))}")
    if it.ran:
        fact = [plain(it.choice.words(it.fact)), plain(it.fact_text or "")]
        lines.append(f"{HAPPENED}: " + " | ".join(part for part in fact if part))
        lines += [_verdict(it.agrees)] if it.agrees is not None else []
    if it.ran and it.explanation:
        lines.append(f"Your explanation: {plain(it.explanation)}")
        lines += [f"Our sentence: {plain(it.why)}"] if it.why else []
    lines += [plain(it.note)] if it.note else []
    return "\n".join([*lines, *_next(it)])


def prediction_html(it: Prediction) -> str:
    """Return the same as HTML that stands alone, for notebooks that nobody serves."""
    parts = [f"<p><b>{rich(it.item)}.</b> {rich(it.question)}</p>"]
    options = it.choice.options
    if isinstance(options, dict) and not it.ran:
        rows = (f"<li><b>{rich(key)}</b>: {rich(text)}</li>" for key, text in options.items())
        parts.append(f'<ul style="list-style:none;padding-left:1em">{"".join(rows)}</ul>')
    if it.ran:
        facts = (it.choice.words(it.fact), it.fact_text)
        fact = "<br>".join(rich(part) for part in facts if part)
        heads = "".join(f'<th style="{CELL}">{head}</th>' for head in (PREDICTED, HAPPENED))
        parts.append(
            f'<table style="border-collapse:collapse"><thead><tr>{heads}</tr></thead><tbody><tr>'
            f'<td style="{CELL}">{rich(it.choice.words(it.prediction))}</td>'
            f'<td style="{CELL}">{fact}</td></tr></tbody></table>'
        )
        parts += [paragraph(_verdict(it.agrees))] if it.agrees is not None else []
    elif it.prediction is not None:
        parts.append(f"<p>{PREDICTED}: <b>{rich(it.choice.words(it.prediction))}</b></p>")
    if it.ran and it.explanation:
        parts.append(f"<p><b>Your explanation.</b> {rich(it.explanation)}</p>")
        parts += [f"<p><b>Our sentence.</b> {rich(it.why)}</p>"] if it.why else []
    parts += [paragraph(it.note)] if it.note else []
    return "<div>" + "\n".join([*parts, GO_ON]) + "</div>"


def _verdict(agrees: bool | None) -> str:
    return AS_PREDICTED if agrees else NOT_AS_PREDICTED


def _next(it: Prediction) -> list[str]:
    name = it.item.lower() if it.item.isidentifier() else "it"
    options = it.choice.options
    example = next(iter(options)) if options is not None else "a sentence"
    steps = []
    if it.prediction is None:
        steps = [f"{name}.keep({example!r})", f"{name}.run()", f'{name}.explain("...")']
    elif not it.ran:
        steps = [f"{name}.run()", f'{name}.explain("...")']
    elif not it.explanation:
        steps = [f'{name}.explain("...")']
    return [f"Next: {', then '.join(steps)}"] if steps else []
