"""The small hospital of the simulator: two wards, a few patients, and who works there."""

from __future__ import annotations

from datetime import timedelta

from app.domain.people import Clinician, Privilege, Role, Session
from app.domain.slots import DoseSlot, slot_id
from app.domain.terms import EncounterId, Named, OrderId, PatientId, PractitionerId, WardId
from app.fhir.document import Document
from app.fhir.slots import write_slot
from tests.support import builders as b
from tests.support.order_builders import a_medication_request
from tests.sync.simulation.virtual import START

WARD = WardId("ward-7")
OTHER_WARD = WardId("ward-8")
PATIENTS = (PatientId("pat-a"), PatientId("pat-b"))
DOCTORS = ("dr-one", "dr-two", "dr-three")
LAB = "dr-lab"
ALWAYS = ("Location", "Task")
SOMETIMES = ("AllergyIntolerance", "MedicationRequest", "Observation", "DocumentReference")
"""What may be fetched by scope; patients and stays come with the census, nobody else is read."""
OF_DOSES = ("MedicationRequest", "MedicationAdministration")
"""What is fetched where doses are given."""
_DUE = START + timedelta(minutes=64)


def stay_of(patient: PatientId) -> EncounterId:
    return EncounterId(f"stay-{patient}")


def a_bed_for(patient: PatientId, ward: WardId = WARD) -> str:
    return f"bed-{ward}-{patient}"


def a_task(key: str, patient: PatientId) -> Document:
    return {
        "resourceType": "Task",
        "id": key,
        "status": "requested",
        "intent": "order",
        "description": f"{key} as it began",
        "for": b.ref("Patient", patient),
        "authoredOn": "2026-03-01T09:00:00+08:00",
    }


def documents() -> list[Document]:
    """Everything the server holds before the first workstation is enrolled."""
    found: list[Document] = [b.a_ward(WARD), b.a_ward(OTHER_WARD, "心内科八病区")]
    for patient in PATIENTS:
        found += [b.a_bed(a_bed_for(patient, w), patient[-1], w) for w in (WARD, OTHER_WARD)]
    found += [b.a_practitioner(key) for key in (*DOCTORS, LAB)]
    for patient in PATIENTS:
        found += [
            b.a_patient(patient, f"仿{patient}"),
            b.an_encounter(stay_of(patient), patient, a_bed_for(patient)),
            a_medication_request(
                f"old-order-{patient}",
                patient,
                encounter=b.ref("Encounter", stay_of(patient)),
                requester=DOCTORS[0],
            ),
            b.an_allergy(f"allergy-{patient}", patient),
            b.an_observation(f"old-lab-{patient}", patient),
            a_task(f"task-1-{patient}", patient),
            a_task(f"task-2-{patient}", patient),
        ]
    return found


def due_doses() -> list[Document]:
    """A drug to be given at once for each patient, and its one dose, due soon after the start."""
    found: list[Document] = []
    for patient in PATIENTS:
        order, stay = OrderId(f"dose-order-{patient}"), stay_of(patient)
        encounter, slot = b.ref("Encounter", stay), slot_id(order, _DUE)
        found += [
            a_medication_request(
                order, patient, kind="stat", encounter=encounter, requester=DOCTORS[0]
            ),
            write_slot(DoseSlot(slot, order, patient, stay, _DUE)),
        ]
    return found


def a_session(doctor: str) -> Session:
    """Signed in for the whole simulation; what a lease does is tested where it lives."""
    name = Named(doctor, doctor)
    who = Clinician(PractitionerId(doctor), doctor, name, Role.ATTENDING, (WARD,))
    return Session(who, START, True, START + timedelta(days=365), frozenset(Privilege))
