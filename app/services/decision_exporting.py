"""The journal of decision support as a file, for the review of prescriptions (处方点评)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from pathlib import Path

from app.domain.decision_events import DecisionEvent
from app.domain.people import Privilege, Session
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.deciding import DecisionJournal, JournalVerdict
from app.ports.keeping import AccessAudit, AuditEntry
from app.services.authority import needs
from app.services.list_saving import Write
from app.services.override_reasons import reason_of

_COLUMNS: tuple[tuple[str, Callable[[DecisionEvent], str]], ...] = (
    ("number", lambda one: str(one.seq)),
    ("user", lambda one: one.user),
    ("user_name", lambda one: one.user_name),
    ("patient", lambda one: one.patient),
    ("encounter", lambda one: one.encounter or ""),
    ("hook", lambda one: one.hook),
    ("check", lambda one: one.check),
    ("rule", lambda one: one.rule),
    ("pack", lambda one: one.pack),
    ("tier", lambda one: one.tier),
    ("subjects", lambda one: "; ".join(subject.name for subject in one.subjects)),
    ("subjects_en", lambda one: "; ".join(subject.english for subject in one.subjects)),
    ("response", lambda one: one.response.value),
    ("hidden", lambda one: one.hidden),
    ("reason", lambda one: one.reason),
    ("reason_zh", lambda one: reason_of(one.reason).text if one.reason else ""),
    ("reason_en", lambda one: reason_of(one.reason).display if one.reason else ""),
    ("text", lambda one: one.text),
    ("second_person", lambda one: one.witness or ""),
    ("second_person_name", lambda one: one.witness_name),
    ("shown_ms", lambda one: "" if one.shown_ms is None else str(one.shown_ms)),
    ("orders", lambda one: " ".join(one.orders)),
    ("instance", lambda one: one.instance),
    ("context", lambda one: one.context),
    ("digest", lambda one: one.digest),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class DecisionExporting:
    """Writes the journal to a file that the user names.

    The file is outside the encrypted cache: the audit says who made it, and of which time.
    """

    def __init__(
        self,
        journal: DecisionJournal,
        write: Write,
        audit: AccessAudit,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        self._journal = journal
        self._write = write
        self._audit = audit
        self._clock = clock
        self._zone = zone

    @needs(Privilege.REVIEW_DECISIONS)
    def export(
        self,
        session: Session,
        to: Path,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> JournalVerdict:
        """Write what was said in [`since`, `until`) as CSV (RFC 4180), one rule a line.

        Answers whether the chain of the journal is whole; a broken one is written all the same.

        Raises:
            AppError: `STORAGE` when the file cannot be written; nothing is on the audit then but
                the attempt.
        """
        text = decision_csv(self._journal.events(since, until), self._zone)
        self._note(session, "decisions.export")
        try:
            self._write(to, text.encode("utf-8-sig"))
        except OSError as error:
            self._note(session, "decisions.export-refused")
            raise app_error(FaultKind.STORAGE, "list.not-written", type(error).__name__) from error
        return self._journal.verify()

    def _note(self, session: Session, action: str) -> None:
        who = session.clinician
        self._audit.record(AuditEntry(self._clock.now(), who.id, who.name.name, action))


def decision_csv(events: Iterable[DecisionEvent], zone: tzinfo) -> str:
    """The lines of the journal with headings; times are those of the ward."""
    told = io.StringIO()
    writer = csv.writer(told)
    writer.writerow(["time", *(name for name, _ in _COLUMNS)])
    for one in events:
        time = one.at.astimezone(zone).isoformat(timespec="milliseconds")
        writer.writerow([time, *(_plain(cell(one)) for _, cell in _COLUMNS)])
    return told.getvalue()


def _plain(cell: str) -> str:
    """A spreadsheet shall not take what somebody typed for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
