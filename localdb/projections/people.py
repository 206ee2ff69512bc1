"""Who works here, and which patients a care team looks after."""

from __future__ import annotations

from collections.abc import Iterator

from app.fhir.document import Document
from app.fhir.people import read_practitioner, read_team
from localdb.projecting import Put
from localdb.projections.subject import Row, Subject
from localdb.projections.tables import care_team_row, care_team_unread, person_row, person_unread


class People(Subject):
    kinds = frozenset({"census"})
    rtypes = frozenset({"Practitioner"})
    sheets = (person_row,)
    unread = person_unread
    about_a_patient = False

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        del put
        person = read_practitioner(document)
        yield Row(person_row, (person.id, person.name.name, person.name.english))


class CareTeams(Subject):
    """Practitioners of a team at work."""

    kinds = frozenset({"census"})
    rtypes = frozenset({"CareTeam"})
    sheets = (care_team_row,)
    unread = care_team_unread

    def rows(self, put: Put, document: Document) -> Iterator[Row]:
        for member in read_team(document):
            yield Row(care_team_row, (put.patient, member))
