"""What no generator sends and every hospital has: shown, flagged, and never edited unread."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.census import BedRow
from app.domain.orders import OrderLine
from app.domain.terms import PatientId, WardId
from app.kernel.faults import AppError, FaultKind
from tests.real_input.conftest import EDGES, Hospital
from tests.real_input.workstation import Reader, open_chart

IN_BED = PatientId("in-bed")
pytestmark = EDGES


def rows(reader: Reader) -> dict[str, BedRow]:
    board = reader.services.wards.board(reader.session, WardId("ward-e"))
    return {row.patient.id: row for row in board.rows if row.patient is not None}


def orders(reader: Reader) -> dict[str, OrderLine]:
    lines = reader.services.charts.orders(reader.session, IN_BED)
    return {line.order.id: line for line in lines}


def test_a_ward_of_nested_places_has_its_beds_and_everybody_who_lies_there(
    hospital: Hospital,
) -> None:
    reader = hospital.reader
    (ward,) = reader.services.wards.wards(reader.session)

    lying = rows(reader)

    assert (ward.id, ward.beds, ward.occupied) == ("ward-e", 2, 4)
    assert {patient: row.bed for patient, row in lying.items()} == {
        "in-bed": "7A",
        "no-bed": "",
        "no-name": "",
        "modified": "",
    }


def test_the_bed_of_somebody_who_died_is_free(hospital: Hospital) -> None:
    board = hospital.reader.services.wards.board(hospital.reader.session, WardId("ward-e"))

    assert [row.bed for row in board.rows if row.patient is None] == ["7B"]


def test_who_died_is_called_dead_to_the_microsecond(hospital: Hospital) -> None:
    reader = hospital.reader

    patient = reader.services.charts.banner(reader.session, PatientId("died")).patient

    assert patient.deceased
    assert patient.deceased_at == datetime(2026, 11, 19, 3, 12, 9, 123456, UTC)


def test_a_merged_record_names_the_one_that_survived(hospital: Hospital) -> None:
    reader = hospital.reader
    # It lies on no ward, so the chart opens for a reason only.
    open_chart(reader, PatientId("merged-away"))

    merged = reader.services.charts.banner(reader.session, PatientId("merged-away"))
    survivor = reader.services.charts.banner(reader.session, IN_BED)

    assert merged.patient.superseded_by == IN_BED
    assert survivor.patient.superseded_by is None


def test_an_unknown_modifier_of_a_patient_is_flagged_on_every_page(hospital: Hospital) -> None:
    reader = hospital.reader

    assert reader.services.charts.banner(reader.session, PatientId("modified")).guarded
    assert not reader.services.charts.banner(reader.session, IN_BED).guarded


def test_an_order_with_an_unknown_modifier_is_shown_and_cannot_be_stopped(
    hospital: Hospital,
) -> None:
    reader = hospital.reader
    seen = reader.services.charts.seen(reader.session, IN_BED)
    guarded, before = orders(reader)["o-modified"].order, reader.refs()

    with pytest.raises(AppError) as refused:
        reader.services.ordering.changing.stop(reader.session, guarded, "no longer needed", seen)

    assert refused.value.fault.kind is FaultKind.REFUSED
    assert guarded.guarded
    assert not orders(reader)["o-plain"].order.guarded
    assert reader.refs() == before


def test_a_drug_that_is_only_referred_to_comes_along(hospital: Hospital) -> None:
    lines = orders(hospital.reader)

    assert lines["o-referred"].order.item.text == "Amoxicillin 500 mg"
    assert lines["o-other-drug"].order.item.text == "?"


def test_orders_that_do_not_hold_or_may_not_are_no_active_medication(hospital: Hospital) -> None:
    reader = hospital.reader

    overview = reader.services.charts.overview(reader.session, IN_BED)

    active = {line.order.id for line in overview.medications}
    assert "o-plain" in active
    assert not active & {"o-forbidden", "o-foreign-status", "o-proposal"}
    assert {"o-forbidden", "o-foreign-status"} <= set(orders(reader))


def test_dates_without_a_time_stay_dates(hospital: Hospital) -> None:
    reader = hospital.reader

    patient = reader.services.charts.banner(reader.session, PatientId("no-bed")).patient

    assert (patient.birth_date, patient.birth_date_text) == (None, "1949")
