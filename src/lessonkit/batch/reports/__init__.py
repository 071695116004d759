"""What the instructor learns from a graded class, and what other programs take from it.

    records         what a report is about
    figures         the table per question, worked out from it
    misconceptions  the wrong ideas by their numbers
    text            for a terminal
    page, plots     one HTML page that stands alone
    cells           one cell of a CSV file, and the table per question as such
    exports         the columns that Canvas and Moodle import
    command         `lessonkit report`

Everything here works on plain records; only `batch.reporting` reads the gradebook.
"""

from __future__ import annotations
