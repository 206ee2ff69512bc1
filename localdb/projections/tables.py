"""The tables that screens read, kept by the projectors beside this module.

The searches that the bench compares (sync.md §9) need no generic index table per FHIR search
parameter. Each is served by what is here anyway: birth date, name and local order of change by
`patient_row` and `resource`; name parts and identifiers by `patient_part`, `stay_part`; dates,
includes and reverse includes by the patient column of every table; quantities by `result_row`.
Three things no screen asks for have a small table of their own, `ix_token` (identifiers and
encounter types), `ix_string` (given and family names one by one) and `ix_number` (probabilities
of a RiskAssessment).
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from app.domain.chart import Event, Problem, WorkItem
from app.domain.notes import Note
from app.domain.orders import Administration, Order
from app.domain.patients import Allergy, PatientRecord, Stay
from app.domain.results import Observed, Report
from app.domain.slots import DoseSlot
from app.domain.terms import Term
from localdb.projections.derived import derived_table, unread_table
from localdb.projections.flat import Flat
from localdb.schema import DERIVED, metadata

PATIENT = Flat(PatientRecord)
STAY = Flat(Stay, without=frozenset({"ward", "ward_name", "bed"}))
ALLERGY = Flat(Allergy)
PROBLEM = Flat(Problem)
ORDER = Flat(Order)
NOTE = Flat(Note, without=frozenset({"unsent"}))
RESULT = Flat(Observed)
REPORT = Flat(Report)
EVENT = Flat(Event, without=frozenset({"ref"}))
WORK = Flat(WorkItem, without=frozenset({"unsent"}))
DOSE = Flat(Administration)
SLOT = Flat(DoseSlot)
TERM = Flat(Term)


def _sorted_at() -> Column[int]:
    """The recorded time, or the start of a day recorded without one: for order and windows only."""
    return Column("sorted_at", Integer)


def _flag(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _word(name: str) -> Column[str]:
    return Column(name, String, nullable=False)


def _maybe(name: str) -> Column[str]:
    return Column(name, String)


# --- patients and where they lie
patient_row = derived_table(
    "patient_row",
    _word("unsent"),
    _flag("guarded"),
    _word("name_key"),
    _word("sound"),
    *PATIENT.columns(),
)
Index("ix_patient_row_birth", patient_row.c.birth_date_text, patient_row.c.ref)
Index("ix_patient_row_name", patient_row.c.name_key, patient_row.c.ref)
Index("ix_patient_row_id", patient_row.c.id)


def _parts(name: str) -> Table:
    """Every place where what is typed may begin: a search is one range of its primary key."""
    table = Table(
        name,
        metadata,
        Column("ref", String, primary_key=True),
        Column("part", Text, primary_key=True),
        Column("kind", String, primary_key=True),
        Column("start", Integer, primary_key=True),
        _word("patient"),
        info=DERIVED,
        sqlite_with_rowid=False,
    )
    Index(f"ix_{name}_part", table.c.part, table.c.kind, table.c.start, table.c.patient)
    return table


patient_part = _parts("patient_part")
patient_unread = unread_table("patient")

stay_row = derived_table(
    "stay_row",
    _word("unsent"),
    _flag("guarded"),
    _flag("inpatient"),
    _flag("current"),
    *STAY.columns(),
)
Index("ix_stay_row_patient", stay_row.c.patient, stay_row.c.current, stay_row.c.admitted_at)
Index("ix_stay_row_attending", stay_row.c.attending, sqlite_where=text("current = 1"))
# The places that a current inpatient occupies: a feed may name bed, room and ward, or only one.
stay_place = Table(
    "stay_place",
    metadata,
    Column("ref", String, primary_key=True),
    Column("place", String, primary_key=True),
    _word("patient"),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_stay_place_place", stay_place.c.place, stay_place.c.patient)
stay_part = _parts("stay_part")
stay_unread = unread_table("stay")

place_row = derived_table(
    "place_row",
    _word("id"),
    _word("kind"),
    _flag("active"),
    _word("name"),
    _word("english"),
    _word("label_key"),
    _maybe("part_of"),
)
Index("ix_place_row_part_of", place_row.c.part_of)
Index("ix_place_row_kind", place_row.c.kind)
organization_row = derived_table("organization_row", _word("name"), _word("english"))
place_unread = unread_table("place")

person_row = derived_table("person_row", _word("id"), _word("name"), _word("english"))
Index("ix_person_row_id", person_row.c.id)
care_team_row = derived_table(
    "care_team_row", _word("patient"), _word("practitioner"), own_key=False
)
Index("ix_care_team_row_ref", care_team_row.c.ref)
Index("ix_care_team_row_practitioner", care_team_row.c.practitioner, care_team_row.c.patient)
person_unread = unread_table("person")
care_team_unread = unread_table("care_team")

# --- what the chart shows
allergy_row = derived_table(
    "allergy_row", _word("unsent"), _flag("guarded"), _sorted_at(), *ALLERGY.columns()
)
Index("ix_allergy_row_patient", allergy_row.c.patient)
allergy_unread = unread_table("allergy")

problem_row = derived_table(
    "problem_row", _word("unsent"), _flag("guarded"), _sorted_at(), *PROBLEM.columns()
)
Index("ix_problem_row_patient", problem_row.c.patient)
problem_unread = unread_table("problem")

flag_row = derived_table(
    "flag_row",
    _word("unsent"),
    _word("patient"),
    _word("code"),
    _word("category"),
    _flag("active"),
)
Index("ix_flag_row_patient", flag_row.c.patient, flag_row.c.active)
flag_unread = unread_table("flag")

order_row = derived_table("order_row", _word("unsent"), _sorted_at(), *ORDER.columns())
Index("ix_order_row_patient", order_row.c.patient, order_row.c.sorted_at)
Index(
    "ix_order_row_stopped",
    order_row.c.stopped_at,
    sqlite_where=text("stopped_at IS NOT NULL"),
)
Index(
    "ix_order_row_standing",
    order_row.c.patient,
    order_row.c.order_class,
    order_row.c.sorted_at,
    sqlite_where=text("status = 'active'"),
)
order_unread = unread_table("order")

note_row = derived_table("note_row", _word("unsent"), _sorted_at(), *NOTE.columns())
Index("ix_note_row_patient", note_row.c.patient, note_row.c.sorted_at)
Index("ix_note_row_id", note_row.c.id)
note_unread = unread_table("note")

RESULT_PROPER, VITAL_SIGN, OTHER_BEDSIDE = 0, 1, 2
"""Values of `result_row.bedside`: what a chart lists as results, and what it draws."""

# Clustered by patient: a chart reads hundreds of neighbours instead of hundreds of pages, and
# every page of the encrypted file must be deciphered first.
result_row = Table(
    "result_row",
    metadata,
    Column("ref", String),
    Column("n", Integer),
    _word("unsent"),
    _flag("guarded"),
    _word("series"),
    _flag("bedside"),
    _sorted_at(),
    Column("amount", Float),
    *RESULT.columns(),
    PrimaryKeyConstraint("patient", "ref", "n"),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_result_row_ref", result_row.c.ref)
Index("ix_result_row_time", result_row.c.patient, result_row.c.bedside, result_row.c.sorted_at)
Index("ix_result_row_series", result_row.c.patient, result_row.c.series, result_row.c.sorted_at)
Index("ix_result_row_amount", result_row.c.series, result_row.c.amount)
Index(
    "ix_result_row_critical",
    result_row.c.patient,
    result_row.c.flag,
    sqlite_where=text("flag IN ('HH', 'LL', 'AA')"),
)
Index(
    "ix_result_row_issued",
    result_row.c.patient,
    result_row.c.issued,
    sqlite_where=text("category = 'laboratory'"),
)
result_unread = unread_table("result")

report_row = derived_table(
    "report_row", _word("unsent"), _flag("guarded"), _sorted_at(), *REPORT.columns()
)
Index("ix_report_row_patient", report_row.c.patient, report_row.c.sorted_at)
report_result = Table(
    "report_result",
    metadata,
    Column("ref", String, primary_key=True),
    Column("result", String, primary_key=True),
    _word("patient"),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_report_result_result", report_result.c.result)
Index("ix_report_result_patient", report_result.c.patient)
report_unread = unread_table("report")

event_row = derived_table(
    "event_row", _word("unsent"), _flag("guarded"), _word("patient"), *EVENT.columns()
)
Index("ix_event_row_patient", event_row.c.patient, event_row.c.at)
event_unread = unread_table("event")

administration_row = derived_table(
    "administration_row", _word("unsent"), _flag("guarded"), _sorted_at(), *DOSE.columns()
)
Index(
    "ix_administration_row_patient",
    administration_row.c.patient,
    administration_row.c.sorted_at,
)
Index("ix_administration_row_order", administration_row.c.order)
Index(
    "ix_administration_row_slot",
    administration_row.c.slot,
    sqlite_where=text("slot IS NOT NULL"),
)
administration_unread = unread_table("administration")

slot_row = derived_table("slot_row", _word("unsent"), *SLOT.columns())
Index("ix_slot_row_patient", slot_row.c.patient, slot_row.c.due_at)
Index("ix_slot_row_order", slot_row.c.order, slot_row.c.due_at)
slot_unread = unread_table("slot")

limit_row = derived_table(
    "limit_row",
    _word("order"),
    Column("interval_s", Integer),
    _maybe("most"),
    _word("unit"),
    Column("within_s", Integer, nullable=False),
)
limit_unread = unread_table("limit")

# What an order means that only refers to a Medication.
medication_row = derived_table("medication_row", *TERM.columns())
medication_unread = unread_table("medication")

# What a signer has in front of them of the documents that are never merged by themselves.
seen_row = Table(
    "seen_row",
    metadata,
    Column("patient", String, primary_key=True),
    Column("ref", String, primary_key=True),
    _word("server_version"),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_seen_row_ref", seen_row.c.ref)
seen_unread = unread_table("seen")

# --- what is shown and yet not understood entirely
gap_row = derived_table("gap_row", _maybe("patient"), _word("reason"), own_key=False)
Index("ix_gap_row_ref", gap_row.c.ref)
Index("ix_gap_row_patient", gap_row.c.patient)
gap_unread = unread_table("gap")

# --- what has no page yet
unplaced_row = derived_table("unplaced_row", _word("patient"), _word("rtype"))
Index("ix_unplaced_row_patient", unplaced_row.c.patient, unplaced_row.c.rtype)
unplaced_unread = unread_table("unplaced")

# --- what waits for somebody
work_row = derived_table(
    "work_row",
    _word("unsent"),
    _flag("open"),
    _maybe("sender"),
    *WORK.columns(),
)
Index("ix_work_row_patient", work_row.c.patient, work_row.c.code)
Index("ix_work_row_focus", work_row.c.focus, sqlite_where=text("code = 'acknowledge-result'"))
Index("ix_work_row_owner", work_row.c.owner, sqlite_where=text("open = 1"))
Index("ix_work_row_role", work_row.c.owner_role, sqlite_where=text("open = 1 AND owner IS NULL"))
work_unread = unread_table("work")

# --- what only a search asks for
ix_token = Table(
    "ix_token",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("system", String, primary_key=True),
    Column("ref", String, primary_key=True),
    _maybe("patient"),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_ix_token_ref", ix_token.c.ref)
ix_string = Table(
    "ix_string",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("ref", String, primary_key=True),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_ix_string_ref", ix_string.c.ref)
ix_number = Table(
    "ix_number",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Float, primary_key=True),
    Column("ref", String, primary_key=True),
    info=DERIVED,
    sqlite_with_rowid=False,
)
Index("ix_ix_number_ref", ix_number.c.ref)
index_unread = unread_table("index")
