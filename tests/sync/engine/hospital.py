"""A small hospital behind a real socket, whose server misbehaves when it is told to."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.terms import PatientId, Ref, WardId
from app.fhir.document import Document, parse, reference_to, to_bytes
from sync.cdr.memory import MemoryStore
from sync.cdr.misbehaviour import Misbehaviour
from sync.cdr.serving import CdrSettings, EmbeddedCdr, World
from sync.cdr.values import Policy, Request, Version
from tests.support.builders import (
    a_bed,
    a_patient,
    a_practitioner,
    a_ward,
    an_allergy,
    an_encounter,
    an_observation,
)
from tests.support.cache_kit import SteppedClock
from tests.support.order_builders import a_medication_request, a_note, a_task

_ORDERS = 3


class Names:
    """What is called how in the ward of one test; ids never come back in another.

    Attributes:
        clock: Shared with the workstations, so that a test decides how much time has passed.
        base_url: Where the server is.
    """

    def __init__(self, clock: SteppedClock, base_url: str, number: int) -> None:
        self.clock = clock
        self.base_url = base_url
        self.number = number

    @property
    def ward(self) -> WardId:
        return WardId(f"ward-{self.number}")

    def patient(self, name: str = "a") -> PatientId:
        return PatientId(f"{name}-{self.number}")

    def order(self, number: int = 0, patient: str = "a") -> Ref:
        return Ref(f"MedicationRequest/order-{patient}-{self.number}-{number}")

    def allergy(self, patient: str = "a") -> Ref:
        return Ref(f"AllergyIntolerance/allergy-{patient}-{self.number}")

    def task(self, patient: str = "a") -> Ref:
        return Ref(f"Task/task-{patient}-{self.number}")

    def note_id(self, name: str) -> str:
        return f"note-{name}-{self.number}"

    def a_note(self, name: str, patient: str = "a", text: str = "患者一般情况可。") -> Document:
        key = self.patient(patient)
        stay: Document = {"encounter": [{"reference": f"Encounter/stay-{key}"}]}
        return a_note(self.note_id(name), key, text, context=stay)


class Ward(Names):
    """What colleagues do, wherever the server is."""

    def put(self, document: Document) -> Version:
        """A colleague's write."""
        raise NotImplementedError

    def current(self, ref: Ref) -> Version | None:
        """The document as it is there now, or None."""
        raise NotImplementedError

    def furnish(self) -> None:
        """An empty ward, and two patients."""
        self.put(a_ward(self.ward))
        for key in ("dr-wang", "nurse-zhao"):
            self.put(a_practitioner(key))
        self.admit("a")
        self.admit("b")

    def admit(self, name: str) -> None:
        """A patient in a bed of the ward, with what a chart begins with."""
        key, bed = self.patient(name), f"bed-{name}-{self.number}"
        self.put(a_bed(bed, name, self.ward))
        self.put(a_patient(key))
        self.put(an_encounter(f"stay-{key}", key, bed))
        self.put(an_allergy(self.allergy(name).partition("/")[2], key))
        for number in range(_ORDERS):
            order = self.order(number, name).partition("/")[2]
            stay: Document = {"reference": f"Encounter/stay-{key}"}
            self.put(a_medication_request(order, key, encounter=stay))
            self.put(an_observation(f"lab-{key}-{number}", key, value=f"4.{number}0"))
        self.put(a_task(self.task(name).partition("/")[2], key))

    def write_note(self, name: str, patient: str = "a") -> None:
        """A colleague's note."""
        self.put(self.a_note(name, patient))

    def change(self, ref: Ref, **elements: object) -> Version:
        """A colleague changes elements of a document."""
        current = self.current(ref)
        assert current is not None
        return self.put({**parse(current.body), **elements})  # type: ignore[dict-item]  # JSON of the test's choosing

    def content(self, ref: Ref) -> Document:
        """The document as it is there now."""
        current = self.current(ref)
        assert current is not None
        return parse(current.body)


class Hospital(Ward):
    """The server, its clock, and one ward that is built anew for every test."""

    def __init__(self, policy: Policy | None = None) -> None:
        super().__init__(SteppedClock(), "", 0)
        self.misbehaviour = Misbehaviour()
        settings = CdrSettings(sign_in=False, policy=policy or Policy())
        self.cdr = EmbeddedCdr(settings, World(clock=self.clock, misbehaviour=self.misbehaviour))
        self._build()

    def start(self) -> None:
        self.cdr.start()
        self.base_url = self.cdr.base_url

    def put(self, document: Document) -> Version:
        """Straight into the server."""
        ref = reference_to(document)
        answer = self.cdr.model.handle(Request("PUT", ref, headers=_JSON, body=to_bytes(document)))
        assert answer.status in (200, 201), answer.body
        found = self.current(Ref(ref))
        assert found is not None
        return found

    def delete(self, ref: Ref) -> None:
        answer = self.cdr.model.handle(Request("DELETE", ref))
        assert answer.status in (200, 204), answer.body

    def current(self, ref: Ref) -> Version | None:
        rtype, _, rid = ref.partition("/")
        return self.cdr.store.current(rtype, rid)

    def versions(self, ref: Ref) -> int:
        """How many versions the server has made of a document."""
        rtype, _, rid = ref.partition("/")
        return len(self.cdr.store.history(rtype, rid, limit=1000))

    def everything(self) -> Mapping[Ref, Version]:
        """Every document that is there now."""
        found: dict[Ref, Version] = {}
        for rtype in self.cdr.store.counts():
            for version in self.cdr.store.load(self.cdr.store.search(rtype, ())):
                found[Ref(version.reference)] = version
        return found

    def lose_newest(self, ref: Ref) -> None:
        """Put back from a backup: the newest version of a document has never been."""
        store = self.cdr.store
        assert isinstance(store, MemoryStore)
        rtype, _, rid = ref.partition("/")
        store._log.remove(store._kept[rtype, rid].versions.pop())

    def behave(self) -> None:
        self.misbehaviour.clear()
        self.misbehaviour.first_answers.clear()

    def begin_anew(self) -> None:
        """Empty the server and build the ward of the next test."""
        self.behave()
        self.misbehaviour.seen.clear()
        while here := self.everything():
            for ref in here:
                self.cdr.model.handle(Request("DELETE", ref))  # what is referred to goes later
        self.clock.step(hours=1)
        self._build()

    def _build(self) -> None:
        self.number += 1
        self.furnish()
        self.clock.step(minutes=10)


_JSON = {"content-type": "application/fhir+json"}
