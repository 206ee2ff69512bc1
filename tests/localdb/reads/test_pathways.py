"""Pathways in the cache: what acts leave there, what stays out of the results, what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.pathways import FactKind
from app.domain.terms import PractitionerId, WardId
from app.fhir.document import Document
from app.fhir.pathway_facts import write_pathway_fact
from app.fhir.pathways import write_enrolment
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.projections.pathway_tables import enrolment_row, pathway_fact_row
from localdb.reads.chart import SqlChartReads
from localdb.reads.oddities import SqlOddityReads
from localdb.reads.pathways import SqlPathwayReads
from localdb.rebuilding import rebuild
from tests.support.builders import (
    a_bed,
    a_patient,
    a_practitioner,
    a_ward,
    an_encounter,
    an_observation,
)
from tests.support.cache_kit import NOW, PATIENT, a_cache, a_piece, an_act, enrol, incoming
from tests.support.pathway_kit import ENROLLED, a_fact

WARD = WardId("ward-7")
ENROLMENT = replace(ENROLLED, patient=PATIENT, began_at=NOW)
PLAN = write_enrolment(ENROLMENT, onto={})
FACT = a_fact(FactKind.VARIANCE, reason="refuses", text="怕痛", patient=PATIENT, at=NOW)
FOREIGN: Document = {
    "resourceType": "CarePlan",
    "id": "foreign",
    "status": "active",
    "intent": "plan",
    "subject": {"reference": f"Patient/{PATIENT}"},
}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[OpenCache]:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        found = (a_patient(), a_ward(), a_bed(), an_encounter(location="bed-12"))
        opened.sync_store.apply(a_piece(*(incoming(one) for one in found)))
        yield opened


def rows(opened: OpenCache) -> list[tuple[object, ...]]:
    with opened.cache.read() as connection:
        return [
            tuple(row)
            for table in (enrolment_row, pathway_fact_row)
            for row in connection.execute(select(table).order_by(table.c.ref))
        ]


def test_what_acts_recorded_is_read_and_says_that_it_was_not_sent(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", PLAN))
    opened.acts.commit(an_act("g2", write_pathway_fact(FACT)))

    record = SqlPathwayReads(opened.cache).patient(PATIENT)

    assert record.enrolments == (replace(ENROLMENT, unsent="saved"),)
    assert record.facts == (replace(FACT, unsent="saved"),)


def test_a_rebuild_gives_the_rows_that_were_kept(opened: OpenCache) -> None:
    opened.acts.commit(an_act("g1", PLAN))
    opened.sync_store.apply(a_piece(incoming(write_pathway_fact(FACT), "7")))
    kept = rows(opened)
    assert len(kept) == 2

    with opened.cache.write() as connection:
        rebuild(connection, all_projectors())

    assert rows(opened) == kept


def test_a_fact_of_a_pathway_is_no_result(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(write_pathway_fact(FACT)), incoming(an_observation())))
    charts = SqlChartReads(opened.cache)

    assert [row.observed.id for row in charts.results(PATIENT)] == ["lab-1"]
    overview = charts.overview(PATIENT, NOW - timedelta(days=7))
    assert overview is not None
    assert overview.incomplete == 0


def test_a_plan_of_another_sort_stays_counted_and_ours_does_not(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(FOREIGN), incoming(PLAN)))

    overview = SqlChartReads(opened.cache).overview(PATIENT, NOW - timedelta(days=7))

    assert overview is not None
    assert overview.unplaced == (("CarePlan", 1),)


def test_a_fact_that_is_not_understood_is_kept_and_listed(opened: OpenCache) -> None:
    odd = {**write_pathway_fact(FACT), "basedOn": []}
    opened.sync_store.apply(a_piece(incoming(odd)))

    (found,) = SqlOddityReads(opened.cache).oddities()

    assert (found.ref, found.reason) == (FACT.ref, "unread.pathway-fact variance")
    assert SqlPathwayReads(opened.cache).patient(PATIENT).facts == ()


def test_who_is_only_pointed_at_is_named_from_the_record(opened: OpenCache) -> None:
    wang = PractitionerId("dr-wang")
    bare = write_enrolment(replace(ENROLMENT, by=wang, by_name=""), onto={})
    fact = write_pathway_fact(replace(FACT, by=wang, by_name=""))
    opened.sync_store.apply(a_piece(*map(incoming, (a_practitioner(), bare, fact))))

    record = SqlPathwayReads(opened.cache).patient(PATIENT)

    assert [one.by_name for one in record.enrolments] == ["王医生"]
    assert [one.by_name for one in record.facts] == ["王医生"]


def test_a_ward_says_until_when_it_and_its_patients_are_known(opened: OpenCache) -> None:
    opened.sync_store.apply(a_piece(incoming(PLAN)))
    day = timedelta(days=1)
    told = {"census:ward-7": NOW, f"patient:{PATIENT}": NOW}
    reads = SqlPathwayReads(opened.cache, lambda _, ids: {one: told[one] for one in ids})

    found = reads.ward(WARD, NOW, NOW + day)

    assert (found.as_of, found.partial, len(found.enrolled)) == (NOW, 0, 1)
    bare = SqlPathwayReads(opened.cache).ward(WARD, NOW, NOW + day)
    assert (bare.as_of, bare.partial) == (None, 1)
