"""The order sheets as the composition root makes them: out of a cache, onto paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.domain.order_sheets import Column, SheetKind
from app.domain.people import Clinician, Role, Session
from app.domain.sheet_plans import CONTINUE, Refusal
from app.domain.terms import EncounterId, Named, PatientId, PractitionerId, WardId
from app.dosing import Doing
from app.fhir.document import Document
from app.fhir.sheet_prints import write_run
from app.kernel.changes import ChangeFeed
from app.printing import make_printing
from app.reports.order_sheet import PdfPress
from app.services.access import AccessPolicy
from app.services.act_making import ActMaker
from app.services.chart_reading import ChartReading
from app.services.order_printing import Asked, OrderPrinting
from app.services.signing import SigningRules
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.reads.chart import SqlChartReads
from localdb.reads.sheet_prints import SqlPrintedPaper
from tests.support.builders import a_location, a_patient, a_practitioner, an_encounter
from tests.support.cache_kit import NOW, SteppedClock, a_cache, a_piece, enrol, incoming
from tests.support.order_builders import a_medication_request, an_administration
from tests.support.sheets_kit import ROLES, ZONE
from tests.unit.services.kit import Numbers

PATIENT = PatientId("li-ming")
WANG = Clinician(
    PractitionerId("dr-wang"), "wang", Named("王建国"), Role.ATTENDING, (WardId("ward-3"),)
)
SESSION = Session(WANG, NOW, True, NOW + timedelta(hours=24), ROLES.of(Role.ATTENDING))


@dataclass
class House:
    opened: OpenCache
    printing: OrderPrinting
    puts: int = 0

    def put(self, document: Document) -> None:
        self.puts += 1
        piece = a_piece(incoming(document, str(self.puts)), members=())
        self.opened.sync_store.apply(piece)

    def text(self, which: SheetKind) -> str:
        """Print what the paper lacks, as it is drawn, and say that it came out."""
        plan = self.printing.sheet(SESSION, PATIENT, which).stock.plan(CONTINUE)
        asked = Asked(which, CONTINUE, plan.digest)
        made = self.printing.begin(SESSION, PATIENT, asked)
        self.printing.settle(SESSION, PATIENT, made.run.id, made.run.printed)
        read = PdfReader(io.BytesIO(PdfPress().pdf(made.pages, made.colours)))
        return "\n".join(page.extract_text() for page in read.pages)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = SteppedClock()
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        enrol(opened)
        policy = AccessPolicy(ROLES, opened.audit, clock)
        rules, maker = SigningRules(clock, lambda: 0), ActMaker(clock, Numbers())
        reading = ChartReading(SqlChartReads(opened.cache), policy, clock)
        doing = Doing(opened.acts, maker, rules, policy)
        made = make_printing(opened, opened.cache, doing, reading, ChangeFeed(), ZONE)
        at = House(opened, made)
        for one in (
            a_location("ward-3", "心内科", "wa", english="Cardiology"),
            a_location("bed-12", "12", "bd", "ward-3"),
            a_patient(PATIENT, "李明"),
            an_encounter("stay-1", PATIENT, "bed-12"),
            a_practitioner("dr-wang", "王医生"),
            a_practitioner("nurse-zhao", "赵护士"),
        ):
            at.put(one)
        yield at


def test_an_order_of_the_record_comes_to_paper_with_whoever_signed_it(house: House) -> None:
    house.put(a_medication_request())

    said = house.text(SheetKind.LONG_TERM)

    assert "阿司匹林" in said
    assert "王医生" in said
    assert "MR-li-ming" in said
    audit = house.opened.audit.entries()
    assert [(one.action, one.patient) for one in audit] == [
        ("sheet.on-paper", PATIENT),
        ("sheet.print", PATIENT),
    ]


def test_what_is_on_paper_is_known_from_the_cache_and_waits_to_be_sent(house: House) -> None:
    house.put(a_medication_request())
    house.text(SheetKind.LONG_TERM)

    found = house.printing.sheet(SESSION, PATIENT, SheetKind.LONG_TERM)

    assert found.stock.plan(CONTINUE).refusal is Refusal.NOTHING
    assert found.stock.paper.last is not None
    assert found.stock.paper.last.station == found.station != ""
    (item,) = [one for one in house.opened.queue.queue() if one.act == "sheet.print"]
    assert item.patient == PATIENT


def test_a_print_that_came_from_another_workstation_is_not_printed_again(
    house: House, tmp_path: Path
) -> None:
    house.put(a_medication_request())
    with a_cache(tmp_path / "other", projectors=all_projectors()) as opened:
        enrol(opened)
        house.text(SheetKind.LONG_TERM)
        (run,) = SqlPrintedPaper(house.opened.cache).printed(PATIENT, EncounterId("stay-1")).runs
        assert run.stay == "stay-1"

        piece = a_piece(incoming(write_run(run), "1"), members=())
        opened.sync_store.apply(piece)

        there = SqlPrintedPaper(opened.cache).printed(PATIENT, EncounterId("stay-1"))
        assert there.runs == (run,)


def test_a_dose_of_the_record_carries_out_a_temporary_order(house: House) -> None:
    house.put(a_medication_request(kind="temporary"))
    house.put(an_administration())

    found = house.printing.sheet(SESSION, PATIENT, SheetKind.TEMPORARY)

    assert found.sheet.lines[0].text(Column.DONE_BY) == "赵护士"
    assert found.verifications_known
    assert (found.lacking, found.apart, found.of_other_stays) == ("", 0, 0)


def test_a_stop_names_who_stopped_it_as_the_record_names_them(house: House) -> None:
    stopped: Document = {
        "status": "stopped",
        "extension": [
            {"url": "urn:wardone:stopped-at", "valueDateTime": "2026-03-02T10:00:00+08:00"},
            {
                "url": "urn:wardone:stopped-by",
                "valueReference": {"reference": "Practitioner/nurse-zhao"},
            },
        ],
    }
    house.put(a_medication_request() | stopped)

    found = house.printing.sheet(SESSION, PATIENT, SheetKind.LONG_TERM)

    assert found.sheet.lines[0].text(Column.END_PHYSICIAN) == "赵护士"
    assert found.sheet.lines[0].text(Column.END_DATE) == "2026-03-02"
