"""Put a damaged notebook right before anything of it is run.

    notes       what was put right, as sentences that students read; and when to give up
    decoding    bytes -> text, whatever wrote them
    conflicts   a text in which git left both sides of a conflict -> the two texts
    reading     text -> the cells in it, as JSON
    salvage     the cells of a text that is not whole JSON, or too large to be read as such
    cells       a cell as JSON, of any age and shape -> `Found`
    outline     the instructor's notebook -> what is looked for: texts, names, how to call a cell
    matching    which found cell is which of the instructor's
    carving     cells that were merged, cut apart again
    joining     cells that were split, put together; of several copies, the one that counts
    ordering    where the instructor's cells go between the student's
    setups      cells of the set-up that were deleted although something needs them
    building    all of it -> nbformat 4.5, with the labels that nbgrader accepts

Three rules decide what is not certain. What students wrote is run in the order in which it would
run in their own kernel, from top to bottom. Instructors' cells hold instructors' text, always.
What is thrown away is known text, or is said to have been thrown away.

Everything here is a pure function of bytes and specification: nothing is executed or evaluated,
and time and memory are bounded by counts of characters, cells and JSON tokens, never by a clock,
so the same bytes always give the same notebook.
"""

from __future__ import annotations
