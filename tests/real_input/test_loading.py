"""Loading feeds that others made: what is odd is counted, what is broken is named and skipped."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from sync.cdr.load import load
from sync.cdr.serving import open_store
from tests.real_input.conftest import EDGES, Hospital
from tests.real_input.feeds import FEEDS

EMPTY_STRING = "an empty string is not allowed; leave the element out"
EMPTY_ARRAY = "an empty array is not allowed; leave the element out"
EMPTY_CODE = "an empty code is not allowed; leave the element out"
CLINOSIM = {
    f"DiagnosticReport.code.coding.code: {EMPTY_CODE}",
    f"DiagnosticReport.code.coding.display: {EMPTY_STRING}",
    f"DiagnosticReport.code.text: {EMPTY_STRING}",
    "MedicationAdministration.dosage.doseAndRate: unknown element",
    "MedicationAdministration.dosage.timing: unknown element",
    f"Patient.name.given: {EMPTY_STRING}",
    "Patient.name.given: null with no extension in its place",
}
DEFECTS = {
    "jp": CLINOSIM
    | {
        f"Composition.section.entry: {EMPTY_ARRAY}",
        f"Encounter.diagnosis: {EMPTY_ARRAY}",
        f"Encounter.reasonReference: {EMPTY_ARRAY}",
        f"MedicationRequest.reasonReference: {EMPTY_ARRAY}",
        f"Procedure.reasonReference: {EMPTY_ARRAY}",
    },
    "us": CLINOSIM | {f"Coverage.extension: {EMPTY_ARRAY}"},
    "synthea": set[str](),
}
TYPES = {"jp": 25, "us": 24, "synthea": 25, "examples": 24}


@pytest.mark.parametrize("hospital", sorted(DEFECTS), indirect=True)
def test_the_known_defects_of_a_feed_are_counted_and_everything_is_kept(hospital: Hospital) -> None:
    report = hospital.loaded

    assert set(report.not_understood) == DEFECTS[hospital.feed]
    assert report.bad_count == 0
    assert report.created == report.resources - report.unchanged
    assert not report.dangling


@pytest.mark.parametrize("hospital", sorted(TYPES), indirect=True)
def test_a_sample_has_every_type_of_its_source(hospital: Hospital) -> None:
    assert len(hospital.loaded.by_type) == TYPES[hospital.feed]


@EDGES
def test_references_that_lead_nowhere_are_counted(hospital: Hospital) -> None:
    dangling = hospital.loaded.dangling

    assert dangling == {"MedicationRequest -> Medication": 1, "Observation -> Group": 1}


def test_broken_lines_of_a_real_file_are_named_by_number_and_the_others_stay(
    tmp_path: Path,
) -> None:
    lines = gzip.decompress(FEEDS["us"][0].read_bytes()).splitlines()[:40]
    broken = [*lines]
    broken[4] = lines[4][: len(lines[4]) // 2]
    broken[11] = b"<html>gateway timeout</html>"
    broken[39] = b'{"resourceType":"Patient","id":"not an id"}'
    file = tmp_path / "feed.ndjson.gz"
    file.write_bytes(gzip.compress(b"\n".join(broken)))
    store = open_store(None)

    report = load([file], store)

    assert [(bad.line, bad.code) for bad in report.bad] == [
        (5, "cdr.load.not-json"),
        (12, "cdr.load.not-json"),
        (40, "cdr.load.bad-id"),
    ]
    assert sum(store.counts().values()) == report.created == 37
    store.close()


def test_a_file_that_ends_early_gives_what_it_had(tmp_path: Path) -> None:
    whole = FEEDS["jp"][0].read_bytes()
    file = tmp_path / "cut.ndjson.gz"
    file.write_bytes(whole[: len(whole) // 2])
    store = open_store(None)

    report = load([file], store)

    assert report.created > 100
    assert [(bad.line, bad.code) for bad in report.bad] == [(0, "cdr.load.unreadable")]
    store.close()


def test_loading_a_feed_again_changes_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path / "cdr.sqlite3")
    load(FEEDS["synthea"], store)

    again = load(FEEDS["synthea"], store)

    assert (again.created, again.updated) == (0, 0)
    assert again.unchanged == again.resources
    store.close()
