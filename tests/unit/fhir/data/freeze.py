"""Freezes the samples beside this file: `python freeze.py JP_FOLDER R4_EXAMPLES_FOLDER`.

Per type every n-th resource by file order until the type's share is full, so that the same
sources give the same sample.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
JP_EACH, EXAMPLES_EACH, LONGEST = 12, 10, 9_000
TYPES = frozenset(
    {
        "AllergyIntolerance", "AuditEvent", "Basic", "Bundle", "CapabilityStatement",
        "Communication", "Composition", "Condition", "Coverage", "DiagnosticReport",
        "DocumentReference", "Encounter", "Flag", "ImagingStudy", "Location",
        "MedicationAdministration", "MedicationRequest", "Observation", "OperationOutcome",
        "Organization", "Patient", "Practitioner", "PractitionerRole", "Procedure", "Provenance",
        "ServiceRequest", "Task",
    }
)  # fmt: skip


def freeze(name: str, lines: Iterable[bytes], each: int) -> None:
    """Write `name`.ndjson.gz with up to `each` resources per type, spread over the source."""
    kinds: dict[str, list[bytes]] = defaultdict(list)
    for line in lines:
        kind = json.loads(line).get("resourceType")
        if kind in TYPES and len(line) <= LONGEST:
            kinds[kind].append(line.strip())
    chosen = [
        line
        for kind in sorted(kinds)
        for share in (each * 3 if kind == "Encounter" else each,)
        for line in kinds[kind][:: max(1, len(kinds[kind]) // share)][:share]
    ]
    with (
        (HERE / f"{name}.ndjson.gz").open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
    ):
        packed.write(b"\n".join(chosen) + b"\n")


def _ward(folder: Path) -> Iterable[bytes]:
    for file in sorted(folder.glob("*.ndjson.gz")):
        with gzip.open(file) as lines:
            yield from lines


def _examples(folder: Path) -> Iterable[bytes]:
    for file in sorted(folder.glob("*.json")):
        # Their own digits stay: nothing is parsed and written again.
        yield file.read_bytes().replace(b"\r", b"").replace(b"\n", b"")


if __name__ == "__main__":
    freeze("jp-ward", _ward(Path(sys.argv[1])), JP_EACH)
    freeze("r4-examples", _examples(Path(sys.argv[2])), EXAMPLES_EACH)
