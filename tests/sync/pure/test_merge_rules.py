"""The merge pack that ships, and packs that are refused."""

from __future__ import annotations

import tomllib

import pytest

from app.fhir.document import Document
from app.kernel.faults import AppError, FaultKind
from sync.merge_rules import TABLES, KeyPart, SafetyClass, Unit, parse
from tests.sync.pure.cases import PACK, RULES, pack_texts

A, B, C, D = SafetyClass


def _doc(rtype: str, **elements: str) -> Document:
    return {"resourceType": rtype, "id": "1", **elements}


@pytest.mark.parametrize(
    ("rtype", "safety"),
    [
        ("MedicationRequest", A),
        ("MedicationAdministration", A),
        ("AllergyIntolerance", A),
        ("ServiceRequest", A),
        ("Flag", A),
        ("Consent", A),
        ("CarePlan", A),
        ("Encounter", B),
        ("Condition", B),
        ("Task", B),
        ("Patient", B),
        ("Observation", C),
        ("Provenance", C),
        ("Practitioner", D),
        ("Medication", D),
        ("NeverHeardOf", A),
    ],
)
def test_each_type_has_its_class_and_an_unknown_one_the_strictest(
    rtype: str, safety: SafetyClass
) -> None:
    assert RULES.class_of(_doc(rtype)) is safety


@pytest.mark.parametrize(
    ("rtype", "element", "draft", "signed"),
    [
        ("DiagnosticReport", "status", "preliminary", "final"),
        ("DocumentReference", "docStatus", "preliminary", "final"),
        ("Composition", "status", "preliminary", "amended"),
        ("QuestionnaireResponse", "status", "in-progress", "completed"),
    ],
)
def test_a_document_is_merged_only_while_all_its_states_are_drafts(
    rtype: str, element: str, draft: str, signed: str
) -> None:
    open_now, closed = _doc(rtype, **{element: draft}), _doc(rtype, **{element: signed})

    assert RULES.class_of(open_now, open_now, open_now) is B
    for states in ((closed, open_now, open_now), (open_now, open_now, closed)):
        assert RULES.class_of(*states) is A
    assert RULES.class_of(_doc(rtype)) is A


def test_append_only_documents_change_only_while_open_or_as_amendments() -> None:
    final = _doc("Observation", status="final")

    assert RULES.may_edit(final, _doc("Observation", status="amended"))
    assert RULES.may_edit(final, _doc("Observation", status="entered-in-error"))
    assert not RULES.may_edit(final, _doc("Observation", status="final"))
    assert RULES.may_edit(_doc("Observation", status="preliminary"), final)
    assert not RULES.may_edit(_doc("Provenance"), _doc("Provenance"))


def test_master_data_is_never_edited_here_and_orders_are() -> None:
    assert not RULES.may_edit(_doc("Practitioner"), _doc("Practitioner"))
    assert RULES.may_edit(_doc("MedicationRequest"), _doc("MedicationRequest"))
    assert RULES.may_edit(_doc("NeverHeardOf"), _doc("NeverHeardOf"))


@pytest.mark.parametrize(
    ("key", "plain"),
    [
        ("_birthDate", "birthDate"),
        ("deceasedBoolean", "deceased[x]"),
        ("_deceasedDateTime", "deceased[x]"),
        ("valueQuantity", "value[x]"),
        ("valueSet", "valueSet"),
        ("value", "value"),
        ("reasonReference", "reasonReference"),
        ("maxDosePerPeriod", "maxDosePerPeriod"),
        ("abatementRange", "abatement[x]"),
    ],
)
def test_the_forms_of_one_element_have_one_name(key: str, plain: str) -> None:
    assert RULES.plain(key) == plain


COUPLED = {
    ("MedicationRequest", "dosageInstruction"): (
        "doseAndRate",
        "route",
        "timing",
        "asNeededBoolean",
    ),
    ("Condition", ""): ("clinicalStatus", "verificationStatus", "abatementDateTime"),
    ("Observation", ""): ("effectiveDateTime", "issued", "valueQuantity", "interpretation"),
    ("Encounter", ""): ("period", "status", "location"),
    ("AllergyIntolerance", ""): ("code", "criticality", "reaction"),
    ("ServiceRequest", ""): ("status", "statusReason"),
    ("Task", "code"): ("coding", "text"),
    ("Task", "executionPeriod"): ("start", "end"),
}


@pytest.mark.parametrize("place", sorted(COUPLED))
def test_coupled_elements_are_one_unit(place: tuple[str, str]) -> None:
    units = {RULES.unit(*place, name) for name in COUPLED[place]}

    assert len(units) == 1
    assert next(iter(units)).coupled


def test_groups_of_data_types_do_not_hold_for_the_resource_itself() -> None:
    assert RULES.unit("Task", "", "code") == Unit("code")
    assert RULES.unit("Task", "code.coding", "code").coupled


def test_lists_are_keyed_by_type_then_by_name_then_as_references() -> None:
    def keys(rtype: str, element: str) -> list[KeyPart]:
        rule = RULES.list_rule(rtype, element)
        assert rule is not None
        return list(rule.key)

    assert keys("Encounter", "participant") == [KeyPart(("individual", "reference"))]
    assert keys("Patient", "telecom") == [KeyPart(("system",), optional=True), KeyPart(("value",))]
    assert keys("Task", "basedOn") == [KeyPart(("reference",))]


def test_without_a_rule_for_references_a_list_has_none() -> None:
    tables = pack_texts()
    head = tables["lists"].splitlines()[0]

    assert parse(tables | {"lists": head + "\n"}).list_rule("Task", "basedOn") is None


def test_identity_of_a_patient_includes_what_identifies_every_record() -> None:
    assert {"identifier", "name", "birthDate", "deceased[x]"} <= RULES.identity_of("Patient")
    assert "subject" in RULES.identity_of("Condition")


def test_the_manifest_lists_the_tables_that_are_read() -> None:
    manifest = tomllib.loads((PACK / "manifest.toml").read_text(encoding="utf-8"))

    assert tuple(manifest["tables"]) == TABLES
    assert {path.stem for path in PACK.glob("*.tsv")} == set(TABLES)


@pytest.mark.parametrize(
    ("table", "row", "line"),
    [
        ("classes", "Task\tE\t\t\t\tsomewhere\tdraft", 2),
        ("classes", "Task\tB\t\t\t\t\tdraft", 2),
        ("classes", "\tB\t\t\t\tsomewhere\tdraft", 2),
        ("words", "nonsense\tx\tsomewhere\tdraft", 2),
        ("lists", "Task\tinput", 2),
    ],
)
def test_a_row_that_is_incomplete_unknown_or_without_a_source_is_refused(
    table: str, row: str, line: int
) -> None:
    tables = pack_texts()
    head = tables[table].splitlines()[0]

    with pytest.raises(AppError) as caught:
        parse(tables | {table: f"{head}\n{row}\n"})

    assert caught.value.fault.kind is FaultKind.REFUSED
    assert caught.value.fault.detail == f"{table} line {line}"


def test_a_missing_table_is_refused() -> None:
    tables = pack_texts()
    del tables["groups"]

    with pytest.raises(AppError) as caught:
        parse(tables)

    assert caught.value.fault.message.code == "sync.merge-pack-invalid"
