"""Freezes the samples beside this file, as README.md says; the same sources give the same bytes.

`python -m tests.real_input.freeze JP_FOLDER US_FOLDER US_DIFF EXAMPLES_FOLDER SYNTHEA_FOLDER`
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from app.fhir.document import Document, Json, parse, reference_to, references, to_bytes
from app.fhir.subject import patient_of
from sync.cdr.definitions import official
from sync.cdr.load import load
from sync.cdr.load_files import files_in
from sync.cdr.serving import open_store
from sync.cdr.validation import R4Validator
from tests.real_input.feeds import SAMPLES, documents, documents_in
from tests.real_input.lossless import stored_documents

EACH, MOST_DEFECTS, MOST_LINKS = 8, 2, 16
"""Of each type for each patient; of each defect in all; references of one resource."""

LONGEST = 9_000
_PLACES = frozenset({"Location", "Organization"})

# Two in bed, two admitted without a bed, a newborn without a given name, one who died.
JP = (
    "pt-0564883e68da", "pt-5126b955782a", "pt-bb0e113f2da1",
    "pt-e15408c08ec4", "pt-0e78bbefc6f7", "pt-7a6be9c24936",
)  # fmt: skip
# In bed: one of them recorded as dead and still in. A newborn without a given name.
US = ("pt-6e5ffdf96bb6", "pt-1fd22c966fbe", "pt-202f2080dd9a", "pt-8693d3b69501", "pt-3c4b41520d31")


# One in middle age, one who died. A third comes as the whole bundle that was written.
SYNTHEA = ("0996c477-b76a-4da7-b3d0-1592c5388a20", "53583029-82a6-4dc2-ade1-0918152bdd23")
# Of the examples of the standard: what a workstation follows, and what that may refer to.
CLINICAL = frozenset(
    {
        "AllergyIntolerance", "CareTeam", "Communication", "Composition", "Condition",
        "DiagnosticReport", "DocumentReference", "Encounter", "Flag", "Group", "ImagingStudy",
        "Immunization", "Location", "Medication", "MedicationAdministration", "MedicationRequest",
        "Observation", "Organization", "Patient", "Practitioner", "PractitionerRole", "Procedure",
        "ServiceRequest", "Task",
    }
)  # fmt: skip


class Slice:
    """A part of a feed: a share of every type, every known defect, closed under references."""

    def __init__(
        self, feed: Iterable[Document], patients: tuple[str, ...], each: int = EACH
    ) -> None:
        self._validator = R4Validator(official())
        self._all = {reference_to(one): one for one in feed}
        self._patients = patients
        self._each = each
        self._kept: dict[str, Document] = {}
        self._share: Counter[tuple[str, str]] = Counter()
        self._defects: Counter[str] = Counter()

    def make(self) -> list[Document]:
        for ref, one in sorted(self._all.items()):
            if self._is_wanted(one):
                self._kept[ref] = one
        waiting = list(self._kept.values())
        while waiting:
            for ref in references(waiting.pop()):
                if ref in self._all and ref not in self._kept:
                    self._kept[ref] = self._all[ref]
                    waiting.append(self._all[ref])
        return [self._kept[ref] for ref in sorted(self._kept)]

    def _is_wanted(self, one: Document) -> bool:
        patient, kind = patient_of(one), str(one["resourceType"])
        fresh = {
            problem.kind
            for problem in self._validator.problems(one)
            if self._defects[problem.kind] < MOST_DEFECTS
        }
        if kind in _PLACES and self._each == EACH:
            return True
        if not (kind == "Patient" or _is_small(one)):
            return False
        if fresh:
            self._defects.update(fresh)
            return True
        if patient not in self._patients:
            return False
        self._share[kind, patient] += 1
        return self._share[kind, patient] <= self._each * (3 if kind == "Observation" else 1)


def _is_small(one: Document) -> bool:
    return len(to_bytes(one)) <= LONGEST and len(set(references(one))) <= MOST_LINKS


def write(name: str, chosen: Iterable[Document]) -> None:
    """One resource a line, packed without a time stamp."""
    _pack(name, b"".join(to_bytes(one) + b"\n" for one in chosen))


def entries(bundle: Path) -> Iterator[Document]:
    """The resources of a transaction, in its order."""
    found = parse(bundle.read_bytes())["entry"]
    for entry in found if isinstance(found, list) else []:
        resource: Json = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield resource


def examples(folder: Path) -> list[Document]:
    """The clinical examples; of those that stand in several files, the first."""
    found: dict[str, Document] = {}
    for one in documents_in(files_in([folder])):
        if one["resourceType"] in CLINICAL and "id" in one and len(to_bytes(one)) <= LONGEST:
            found.setdefault(reference_to(one), one)
    return [found[ref] for ref in sorted(found)]


def lifetimes(folder: Path, patients: tuple[str, ...]) -> list[Document]:
    """A share of whole lives: bundles point at each other, so they are loaded first."""
    with closing(open_store(None)) as store:
        load([folder], store)
        found = [one | {"meta": _own(one.get("meta"))} for one in stored_documents(store)]
    return Slice(found, patients, each=2).make()


def _own(meta: Json) -> Json:
    """What the feed itself said, without the stamps of the repository that loaded it."""
    stamps = ("versionId", "lastUpdated")
    return {k: v for k, v in meta.items() if k not in stamps} if isinstance(meta, dict) else None


def delta(bundle: Path, before: Iterable[Document], patients: tuple[str, ...]) -> list[Document]:
    """What a day changed in the sample, and a share of what it added for its patients."""
    known = {reference_to(one) for one in before}
    share: defaultdict[tuple[str, str], int] = defaultdict(int)
    chosen: list[Document] = []
    for one in entries(bundle):
        patient, kind = patient_of(one), str(one["resourceType"])
        share[kind, str(patient)] += 1
        is_new = patient in patients and share[kind, str(patient)] <= EACH
        if reference_to(one) in known or (is_new and _is_small(one)):
            chosen.append(one)
    return chosen


def _pack(name: str, body: bytes) -> None:
    with (
        (SAMPLES / name).open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
    ):
        packed.write(body)


def _feed(folder: Path) -> Iterator[Document]:
    for file in files_in([folder]):
        if not file.name.startswith(("_", "manifest")):
            yield from documents(file)


def main(arguments: list[str]) -> None:
    jp, us, diff, standard, synthea = (Path(one) for one in arguments)
    write("clinosim-jp.ndjson.gz", Slice(_feed(jp), JP).make())
    chosen = Slice(_feed(us), US).make()
    write("clinosim-us.ndjson.gz", chosen)
    write("clinosim-us-next-day.ndjson.gz", delta(diff, chosen, US))
    write("r4-examples.ndjson.gz", examples(standard))
    write("synthea.ndjson.gz", lifetimes(synthea, SYNTHEA))
    smallest = min(synthea.glob("*.json"), key=lambda file: file.stat().st_size)
    _pack("synthea-bundle.json.gz", to_bytes(parse(smallest.read_bytes())))


if __name__ == "__main__":
    main(sys.argv[1:])
