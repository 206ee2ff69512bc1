"""What waits for each patient: the counts on the bed cards, from one query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from app.domain.census import Pending
from app.domain.terms import PatientId
from localdb.projections.flat import micros

NEW_FOR = timedelta(hours=24)
"""How long a laboratory result counts as new on a bed card, unless somebody took note of it."""

# A completed `acknowledge-result` task may point at the result or at the report it came in.
_UNNOTED = """
    r.status NOT IN ('entered-in-error', 'cancelled')
    AND NOT EXISTS (
        SELECT 1 FROM work_row w WHERE w.focus = r.ref
        AND w.code = 'acknowledge-result' AND w.status = 'completed')
    AND NOT EXISTS (
        SELECT 1 FROM report_result p JOIN work_row w ON w.focus = p.ref WHERE p.result = r.ref
        AND w.code = 'acknowledge-result' AND w.status = 'completed')
"""
# The indexes are named because SQLite would rather walk all results of the patient in the order
# that `DISTINCT` likes.
_COUNTS = text(
    f"""
    SELECT p.value,
        (SELECT count(DISTINCT r.ref) FROM result_row r INDEXED BY ix_result_row_critical
         WHERE r.patient = p.value AND r.flag IN ('HH', 'LL', 'AA')
         AND r.bedside = 0 AND {_UNNOTED}),
        (SELECT count(DISTINCT r.ref) FROM result_row r INDEXED BY ix_result_row_issued
         WHERE r.patient = p.value AND r.category = 'laboratory' AND r.issued >= :since
         AND {_UNNOTED}),
        (SELECT count(*) FROM work_row w
         WHERE w.patient = p.value AND w.open = 1
         AND w.kind = 'task' AND w.code <> 'acknowledge-result'),
        coalesce(g.n, 0),
        coalesce(c.n, 0)
    FROM json_each(:patients) p
    LEFT JOIN (
        SELECT patient, count(*) AS n FROM change_group
        WHERE state <> 'confirmed' AND state <> 'conflict' GROUP BY patient
    ) g ON g.patient = p.value
    LEFT JOIN (
        SELECT patient, count(DISTINCT ref) AS n FROM conflict
        WHERE resolved_at IS NULL GROUP BY patient
    ) c ON c.patient = p.value
    """  # noqa: S608  # the part put in is the constant above
)


def pending(
    connection: Connection, patients: Sequence[PatientId], now: datetime
) -> dict[PatientId, Pending]:
    """Critical results nobody took note of, fresh results, open tasks, unsent acts, conflicts."""
    rows = connection.execute(
        _COUNTS, {"patients": json.dumps(list(patients)), "since": micros(now - NEW_FOR)}
    )
    return {PatientId(row[0]): Pending(*row[1:]) for row in rows}
