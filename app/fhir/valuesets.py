"""The code systems and R4 value sets this house branches on. Everything else is only shown."""

from __future__ import annotations

from app.domain.notes import NoteKind
from app.domain.orders import OrderClass

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
PARTICIPANT_TYPE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
SIGNATURE_TYPE = "urn:iso-astm:E1762-95:2013"
SIGNATURE_AUTHOR = "1.2.840.10065.1.12.1.1"
SIGNATURE_VERIFY = "1.2.840.10065.1.12.1.5"

# urn:wardone:… are ours (docs/fhir-mapping.md).
STAFF = "urn:wardone:staff"
ROLE = "urn:wardone:role"
ORDER_KIND = "urn:wardone:order-kind"
ORDER_CLASS = "urn:wardone:order-class"
FORMULARY = "urn:wardone:formulary"
FREQUENCY = "urn:wardone:frequency"
ROUTE = "urn:wardone:route"
LEVEL_OF_CARE = "urn:wardone:level-of-care"
FLAG = "urn:wardone:flag"
NOTE_KIND = "urn:wardone:note-kind"
TASK = "urn:wardone:task"
BASIC = "urn:wardone:basic"
ACT = "urn:wardone:act"
STEP = "urn:wardone:step"
SCORE = "urn:wardone:score"
SCORE_ITEM = "urn:wardone:score-item"
SCORE_BAND = "urn:wardone:score-band"
LOOP = "urn:wardone:loop:"
AUDIT_ACTION = "urn:wardone:audit-action"
SLOT_OUTCOME = "urn:wardone:slot-outcome"
NOT_GIVEN = "urn:wardone:not-given"

STOPPED_AT = "urn:wardone:stopped-at"
STOPPED_BY = "urn:wardone:stopped-by"
STOP_REASON = "urn:wardone:stop-reason"
ORDER_END = "urn:wardone:order-end"
ORDER_GROUP = "urn:wardone:order-group"
ORDER_PLACE = "urn:wardone:order-place"
ORDER_SET = "urn:wardone:order-set:"
ORDER_PRIORITY = "urn:wardone:order-priority"
ORDER_REASON = "urn:wardone:order-reason"
HELD_AT = "urn:wardone:held-at"
HELD_BY = "urn:wardone:held-by"
HOLD_REASON = "urn:wardone:hold-reason"
STATUS_REASON = "urn:wardone:status-reason"
SKIN_TEST = "urn:wardone:skin-test"
FIRST_DAY = "urn:wardone:first-day"
VERBAL = "urn:wardone:verbal-order"
VERBAL_SITUATION = "urn:wardone:verbal-situation"
REPLACES = "urn:wardone:replaces"
RENEWED_BY = "urn:wardone:renewed-by"
COUNTERSIGNED_AT = "urn:wardone:countersigned-at"
RECIPIENT_ROLE = "urn:wardone:recipient-role"
REGISTER_SEQ = "urn:wardone:register-seq"
REGISTER_LAST_BATCH = "urn:wardone:register-last-batch"
AUDIT_HASH = "urn:wardone:audit-hash"
PROBE_NUMBER = "urn:wardone:probe-number"
SIGNING_KEY = "urn:wardone:signing-key"
CLAIM = "urn:wardone:claim"
OVERRIDE = "urn:wardone:override"
OVERRIDE_REASON = "urn:wardone:override-reason"
OVERRIDE_WORDS = "urn:wardone:override-words"
DECISION_CHECK = "urn:wardone:decision-check"
DECISION_RULE = "urn:wardone:decision-rule"
DECISION_CARD = "urn:wardone:decision-card"
SECOND_CHECKER = "urn:wardone:second-checker"
ALSO_VERIFIED = "urn:wardone:also-verified"
TESTED_DRUG = "urn:wardone:tested-drug"
PATHWAY = "urn:wardone:pathway"
PATHWAY_PLAN = "urn:wardone:care-plan"
PATHWAY_FACT = "urn:wardone:pathway-fact"
PATHWAY_ELEMENT = "urn:wardone:pathway-element"
PATHWAY_VARIANCE = "urn:wardone:pathway-variance"
PATHWAY_EXIT = "urn:wardone:pathway-exit"
LEDGER_ORDER = "urn:wardone:ledger-order"
LEDGER_DOSE = "urn:wardone:ledger-dose"
LEDGER_LAST = "urn:wardone:ledger-last"
LEDGER_SUM = "urn:wardone:ledger-sum-24h"
SHEET_PRINT = "urn:wardone:sheet-print"

PERFORMER_FUNCTION = "http://terminology.hl7.org/CodeSystem/med-admin-perform-function"

NAME_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"

KNOWN_MODIFIERS: frozenset[str] = frozenset()
"""Modifier extensions whose meaning this house understands: none yet."""

INPATIENT_CLASSES = frozenset({"IMP", "ACUTE", "NONAC"})
"""v3-ActCode `IMP` and its children, binding of `Encounter.class`."""

STAY_OPEN = frozenset({"arrived", "triaged", "in-progress", "onleave"})
"""`encounter-status` of somebody who still has a bed."""

PLACE_RANK = {"bd": 0, "ro": 1, "wa": 2}
"""`location-physical-type`, narrowest first."""

IDENTIFIER_RECORD = "MR"
IDENTIFIER_VISIT = "VN"
IDENTIFIER_NATIONAL = "NI"

NONE_KNOWN = frozenset({"716186003"})
"""SNOMED CT "No known allergy"."""

NONE_KNOWN_OF_SORT = frozenset(
    {
        "409137002",  # drug
        "428607008",  # environmental
        "429625007",  # food
        "428197003",  # insect
        "716184000",  # latex
        "1003774007",  # Hevea brasiliensis latex protein
    }
)
"""Children of 716186003: they speak of one sort of agent only."""

WEBSOCKET_ADDRESS = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket"
"""R4 extension of CapabilityStatement.rest: where websocket subscriptions are announced."""

ABSENT_UNKNOWN = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
IPS_NONE_KNOWN = frozenset({"no-known-allergies"})
IPS_NONE_KNOWN_OF_SORT = frozenset(
    {
        "no-known-medication-allergies",
        "no-known-environmental-allergies",
        "no-known-food-allergies",
    }
)

ALLERGY_SPENT = frozenset({"inactive", "resolved"})
ALLERGY_VOID = frozenset({"refuted", "entered-in-error"})

CONDITION_ACTIVE = frozenset({"active", "recurrence", "relapse"})
CONDITION_OVER = frozenset({"inactive", "remission", "resolved"})

OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
OBSERVATION_CATEGORIES = frozenset(
    {
        "social-history",
        "vital-signs",
        "imaging",
        "laboratory",
        "procedure",
        "survey",
        "exam",
        "therapy",
        "activity",
    }
)
"""R4 `observation-category` (preferred binding of `Observation.category`)."""

INTERPRETATION_SYSTEMS = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
        "http://hl7.org/fhir/v2/0078",
        "http://terminology.hl7.org/CodeSystem/v2-0078",
    }
)
"""Where `H` means high. In a laboratory's own system it may mean haemolysed."""

INTERPRETATION_NEAREST = {"HU": "H", "LU": "L"}
""""Significantly high/low" are children of high and low."""

DIAGNOSTIC_SERVICES = {
    "laboratory": frozenset(
        {"LAB", "CH", "HM", "BG", "BLB", "CG", "GE", "IMM", "MB", "MCB", "MYC", "PAR", "SR"}
        | {"TX", "URN", "VR", "LP29693-6", "LP7819-8", "26436-6"}
    ),
    "imaging": frozenset(
        {"RAD", "RX", "RUS", "CT", "CUS", "NMR", "NMS", "OUS", "VUS", "XRC", "CTH"}
        | {"LP29684-5", "18748-4"}
    ),
    "pathology": frozenset({"SP", "CP", "CY", "PAT", "LP7839-6"}),
}
"""v2-0074 and LOINC groups, as the categories of reports and requests use them."""


def service_group(code: str) -> str:
    """`laboratory`, `imaging` or `pathology`, or "" for a service of another sort."""
    return next((group for group, codes in DIAGNOSTIC_SERVICES.items() if code in codes), "")


SERVICE_SYSTEMS = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v2-0074",
        "http://hl7.org/fhir/v2/0074",
        LOINC,
    }
)

REQUEST_CLASSES = {
    (SNOMED, "108252007"): OrderClass.LABORATORY,  # laboratory procedure
    (SNOMED, "363679005"): OrderClass.IMAGING,  # imaging
    (SNOMED, "11429006"): OrderClass.CONSULTATION,  # consultation
}
"""`servicerequest-category` (example binding) where it says which of our classes it is."""

REQUEST_INTENTS = frozenset(
    {"order", "original-order", "reflex-order", "filler-order", "instance-order", "directive", ""}
)
"""Intents that ask for something. A proposal, a plan or an option does not."""

STOPPED_STATUSES = frozenset({"stopped", "cancelled", "revoked"})

AS_NEEDED_KINDS = frozenset({"prn", "sos"})

URGENT = frozenset({"urgent", "asap", "stat"})

NOTE_LOINC = {
    NoteKind.PROGRESS: "11506-3",
    NoteKind.ADMISSION: "34117-2",
    NoteKind.NURSING: "34746-8",
    NoteKind.OPERATION: "11504-8",
    NoteKind.DISCHARGE: "18842-5",
}
"""LOINC document codes written second to `urn:wardone:note-kind`, and read from foreign feeds."""

NOTE_KIND_OF_LOINC = {code: kind for kind, code in NOTE_LOINC.items()} | {
    "47039-3": NoteKind.ADMISSION,
    "34745-0": NoteKind.NURSING,
    "78390-2": NoteKind.NURSING,
}
