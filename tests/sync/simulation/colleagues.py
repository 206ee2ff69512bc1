"""What others write at the server meanwhile: the laboratory, the other wards, other programs."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.terms import PatientId
from app.fhir.document import Document
from tests.support import builders as b
from tests.sync.simulation.hospital import (
    LAB,
    OTHER_WARD,
    PATIENTS,
    WARD,
    a_bed_for,
    stay_of,
)
from tests.sync.simulation.world import World

Change = Callable[[], Document | None]
LASTS = (0, 0, 0, 800, 8_000, 40_000, 100_000)
"""Milliseconds from the start of their transaction, which stamps it, to its commit (Q1)."""


def write(world: World, what: str) -> None:
    """Begin one of their transactions now; it may commit much later."""
    patient = world.draw.choice(PATIENTS)
    change = _CHANGES[what](world, patient)
    skew = world.draw.choice(world.plan.skews)
    stamp = world.server.begin(skew)
    lasts = world.draw.choice(LASTS)
    word = world.say

    def commits() -> None:
        document = change()
        if document is not None:
            status = world.server.put(document, skew, stamp)
            word("colleague", what, patient, status, lasts)
            world.count(f"colleague {what}")
            if lasts:
                world.count("colleague committed late")

    if lasts:
        world.timeline.after(lasts, commits)
    else:
        commits()


def delete(world: World) -> None:
    """Somebody takes a Task off the record."""
    ref = f"Task/task-{world.draw.choice((1, 2))}-{world.draw.choice(PATIENTS)}"
    world.say("colleague", "delete", ref, world.server.delete(ref))
    world.count("colleague delete")


def _result(world: World, patient: PatientId) -> Change:
    key, word = f"lab-{world.a_word()}", world.words
    return lambda: b.an_observation(
        key, patient, value=f"{3 + word % 4}.1", performer=[b.ref("Practitioner", LAB)]
    )


def _allergy(world: World, patient: PatientId) -> Change:
    """A second look at an allergy is a new version of what signers have seen."""
    key, word = f"allergy-{patient}", world.a_word()
    return lambda: b.an_allergy(key, patient, word)


def _note(world: World, patient: PatientId) -> Change:
    ref, word = _task(world, patient), world.a_word()

    def noted() -> Document | None:
        now = world.server.document(ref)
        if now is None:
            return None
        had = now.get("note")
        return now | {"note": [*(had if isinstance(had, list) else []), {"text": word}]}

    return noted


def _description(world: World, patient: PatientId) -> Change:
    ref, word = _task(world, patient), world.a_word()

    def described() -> Document | None:
        now = world.server.document(ref)
        return None if now is None else now | {"description": word}

    return described


def _move(world: World, patient: PatientId) -> Change:
    """To the other ward, or back."""
    ref = f"Encounter/{stay_of(patient)}"

    def moved() -> Document | None:
        now = world.server.document(ref)
        if now is None:
            return None
        here = a_bed_for(patient, WARD) in str(now.get("location"))
        bed = a_bed_for(patient, OTHER_WARD if here else WARD)
        return now | {"location": [{"location": b.ref("Location", bed), "status": "active"}]}

    return moved


def _task(world: World, patient: PatientId) -> str:
    return f"Task/task-{world.draw.choice((1, 2))}-{patient}"


_CHANGES: dict[str, Callable[[World, PatientId], Change]] = {
    "result": _result,
    "allergy": _allergy,
    "their-note": _note,
    "their-description": _description,
    "move": _move,
}
