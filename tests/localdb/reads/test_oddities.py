"""Everything that was kept and not understood is on one list, wherever it got stuck."""

from __future__ import annotations

from pathlib import Path

from app.domain.terms import PatientId, Ref
from app.fhir.document import Document
from app.ports.reading import Oddity
from app.ports.sync_store import Unreadable
from localdb.opening import OpenCache
from localdb.projections.all import all_projectors
from localdb.reads.oddities import SqlOddityReads, shown_in_part
from tests.support.cache_kit import PATIENT, a_cache, a_piece, incoming

SUBJECT: Document = {"subject": {"reference": f"Patient/{PATIENT}"}}
NAMED: Document = {"code": {"text": "Sodium"}}


def a(kind: str, key: str, **elements: object) -> Document:
    return {"resourceType": kind, "id": key, **SUBJECT, **elements}  # type: ignore[dict-item]  # JSON of the test's choosing


def told(opened: OpenCache) -> list[tuple[str, str, bool]]:
    found: tuple[Oddity, ...] = SqlOddityReads(opened.cache).oddities()
    return [(one.ref, one.reason, one.shown) for one in found]


def test_what_was_kept_aside_is_listed_before_what_is_shown_in_part(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        aside = Unreadable(Ref("Observation"), "storage.no-version", b"{}")
        opened.sync_store.apply(
            a_piece(
                incoming(a("Procedure", "never", **NAMED)),
                incoming(a("Condition", "nameless")),
                incoming(a("Observation", "plain", **NAMED)),
                incoming(a("Observation", "modified", modifierExtension=[{"url": "u"}], **NAMED)),
                unreadable=(aside,),
            )
        )

        assert told(opened) == [
            ("Observation", "storage.no-version", False),
            ("Procedure/never", "unread.no-time Procedure", False),
            ("Condition/nameless", "incomplete.no-name", True),
            ("Observation/modified", "incomplete.modifier", True),
        ]


def test_a_document_of_nobody_is_listed_and_on_no_chart(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        whose = {"subject": {"reference": "Group/herd"}}
        opened.sync_store.apply(a_piece(incoming(a("Observation", "herd", **NAMED | whose))))
        found = SqlOddityReads(opened.cache).oddities()

        assert [(one.ref, one.patient, one.shown) for one in found] == [
            ("Observation/herd", None, False)
        ]


def test_a_drug_is_nameless_until_its_medication_comes(tmp_path: Path) -> None:
    order = a("MedicationRequest", "o", status="active", intent="order")
    order["medicationReference"] = {"reference": "Medication/m"}
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        opened.sync_store.apply(a_piece(incoming(order)))
        before, count = told(opened), in_part(opened)
        drug: Document = {"resourceType": "Medication", "id": "m", **NAMED}
        opened.sync_store.apply(a_piece(incoming(drug)))

        assert before == [("MedicationRequest/o", "incomplete.no-name", True)]
        assert (count, in_part(opened), told(opened)) == (1, 0, [])


def test_a_document_with_two_gaps_counts_once_on_its_chart(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        twice = a("Observation", "twice", valueSampledData={"data": "1"})
        opened.sync_store.apply(a_piece(incoming(twice)))

        assert len(told(opened)) == 2
        assert in_part(opened) == 1
        assert in_part(opened, PatientId("somebody-else")) == 0


def test_what_is_mended_leaves_the_list(tmp_path: Path) -> None:
    with a_cache(tmp_path, projectors=all_projectors()) as opened:
        opened.sync_store.apply(a_piece(incoming(a("Condition", "c"), "1")))
        opened.sync_store.apply(a_piece(incoming(a("Condition", "c", **NAMED), "2")))

        assert told(opened) == []


def in_part(opened: OpenCache, patient: PatientId = PATIENT) -> int:
    with opened.cache.read() as connection:
        return shown_in_part(connection, patient)
