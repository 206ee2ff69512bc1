"""Puts the notes page together."""

from __future__ import annotations

from app.domain.people import Privilege
from app.services.chart_reading import ChartReading
from app.services.drafting import Drafting
from app.services.note_writing import NoteWriting
from app.services.sealing import SignatureReading
from ui.notes.page import NotesPage
from ui.notes.presenter import NoteServices, NotesPresenter
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def notes_workspace(
    desk: Desk,
    charts: ChartReading,
    notes: NoteWriting,
    drafting: Drafting,
    signatures: SignatureReading,
) -> Workspace:
    """The notes of a patient.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """
    services = NoteServices(charts, notes, drafting, signatures)

    def open_page(visit: Visit) -> NotesPage:
        if visit.patient is None:
            raise ValueError("the notes need a patient")
        page = NotesPage(desk)
        page.attend(NotesPresenter(page, visit, visit.patient, services, desk.scope(), desk.feed))
        return page

    return Workspace(
        key="notes",
        scope=Scope.PATIENT,
        title="notes.title",
        icon="file-text",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )
