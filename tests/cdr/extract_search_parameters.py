"""Writes resources/packs/search from the official R4 package: run by hand when the list changes.

    python tests/cdr/extract_search_parameters.py UNPACKED_PACKAGE OUTPUT

UNPACKED_PACKAGE is the folder of npm `hl7.fhir.r4.examples` 4.0.1 (HL7, CC0-1.0).
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

SOURCE = "# Source: npm hl7.fhir.r4.examples 4.0.1 (HL7 International, CC0-1.0), FHIR R4 4.0.1\n"
KINDS = {"token", "string", "reference", "date", "quantity", "number", "uri"}
TYPES = [
    "Account",
    "AllergyIntolerance",
    "Appointment",
    "AppointmentResponse",
    "AuditEvent",
    "Basic",
    "Binary",
    "BodyStructure",
    "Bundle",
    "CarePlan",
    "CareTeam",
    "ChargeItem",
    "Claim",
    "ClaimResponse",
    "ClinicalImpression",
    "Communication",
    "CommunicationRequest",
    "Composition",
    "Condition",
    "Consent",
    "Coverage",
    "DetectedIssue",
    "Device",
    "DeviceRequest",
    "DeviceUseStatement",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Endpoint",
    "EpisodeOfCare",
    "FamilyMemberHistory",
    "Flag",
    "Goal",
    "Group",
    "HealthcareService",
    "ImagingStudy",
    "Immunization",
    "List",
    "Location",
    "Media",
    "Medication",
    "MedicationAdministration",
    "MedicationDispense",
    "MedicationRequest",
    "MedicationStatement",
    "NutritionOrder",
    "Observation",
    "Organization",
    "Patient",
    "Person",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RiskAssessment",
    "Schedule",
    "ServiceRequest",
    "Slot",
    "Specimen",
    "Substance",
    "Task",
]
PRIMITIVES = {"boolean", "integer", "decimal", "string", "code", "uri", "date", "dateTime", "time"}
Elements = dict[str, list[str]]


def main(package: Path, output: Path) -> None:
    definitions = structure_definitions(package)
    elements = element_types(definitions)
    rows = sorted(set(parameter_rows(package, elements)))
    output.mkdir(parents=True, exist_ok=True)
    (output / "parameters.tsv").write_text(
        SOURCE + "type\tname\tkind\tpaths\ttargets\n" + "".join("\t".join(r) + "\n" for r in rows),
        "utf-8",
    )
    names = sorted(
        d["name"]
        for d in definitions
        if d["kind"] == "resource" and not d["abstract"] and d.get("derivation") == "specialization"
    )
    (output / "types.txt").write_text(SOURCE + "\n".join(names) + "\n", "utf-8")
    (output / "required_codes.tsv").write_text(
        SOURCE + "path\tcodes\n" + "".join(required_codes(package, definitions)), "utf-8"
    )


def structure_definitions(package: Path) -> list[dict]:
    found = [json.loads(f.read_text("utf-8")) for f in package.glob("StructureDefinition-*.json")]
    return [d for d in found if d.get("derivation") == "specialization" and d["kind"] == "resource"]


def element_types(definitions: list[dict]) -> Elements:
    return {
        element["path"]: [kind["code"] for kind in element.get("type", [])]
        for definition in definitions
        for element in definition["snapshot"]["element"]
    }


def parameter_rows(package: Path, elements: Elements) -> list[tuple[str, ...]]:
    rows = []
    for file in package.glob("SearchParameter-*.json"):
        found = json.loads(file.read_text("utf-8"))
        expression = found.get("expression", "")
        if found["type"] not in KINDS or not expression or "extension" in expression.lower():
            continue
        if found["id"].startswith("example") or "SearchParameter/" not in found["url"]:
            continue
        for base in set(found.get("base", [])) & {*TYPES, "Resource"}:
            if found["code"] in ("_id", "_lastUpdated"):
                continue
            paths = [p for part in expression.split("|") for p in json_paths(part, base, elements)]
            if paths:
                targets = " ".join(sorted(found.get("target", [])))
                targets = "*" if len(targets.split()) > 100 else targets
                row = (base, found["code"], found["type"], " ".join(paths), targets)
                rows.append(row)
    return rows


def json_paths(part: str, base: str, elements: Elements) -> list[str]:
    """The plain JSON paths of one FHIRPath alternative; `a->T` keeps references to T."""
    part = part.strip()
    if part == "Patient.deceased.exists() and Patient.deceased != false":
        return ["deceasedBoolean", "deceasedDateTime"] if base == "Patient" else []
    cast = re.fullmatch(r"\((.+) as (\w+)\)(.*)", part)
    kind, tail = "", ""
    if cast:
        part, kind, tail = cast[1], cast[2], cast[3]
    if (called := re.fullmatch(r"(.+)\.(?:as|ofType)\((\w+)\)(.*)", part)) and not kind:
        part, kind, tail = called[1], called[2], called[3]
    suffix = ""
    if resolved := re.fullmatch(r"(.+)\.where\(resolve\(\) is (\w+)\)", part):
        part, suffix = resolved[1], "->" + resolved[2]
    if filtered := re.fullmatch(r"(.+)\.where\((\w+)='(\w+)'\)", part):
        part, suffix = filtered[1], f"[{filtered[2]}={filtered[3]}]"
    steps = part.split(".")
    if steps[0] != base or not re.fullmatch(r"[\w.]+", part) or len(steps) < 2:
        return []
    found = expanded(base, steps[1:], kind, elements)
    return [path + tail + suffix for path in found]


def expanded(base: str, steps: list[str], kind: str, elements: Elements) -> list[str]:
    where, path = base, []
    for n, step in enumerate(steps):
        last = n == len(steps) - 1
        if (choice := f"{where}.{step}[x]") in elements:
            kinds = [kind] if kind else elements[choice]
            rest = ".".join(steps[n + 1 :])
            heads = [".".join([*path, step + k[0].upper() + k[1:]]) for k in kinds]
            return [h + ("." + rest if rest else "") for h in heads]
        where, path = f"{where}.{step}", [*path, step]
        if last and where in elements and kind and kind not in elements[where]:
            return []
    return [".".join(path)]


def required_codes(package: Path, definitions: list[dict]) -> list[str]:
    systems: dict[str, list[str]] = {}
    for file in package.glob("CodeSystem-*.json"):
        found = json.loads(file.read_text("utf-8"))
        systems[found["url"]] = concepts(found.get("concept", []))
    sets = {}
    for file in package.glob("ValueSet-*.json"):
        found = json.loads(file.read_text("utf-8"))
        sets[found["url"]] = value_set(found, systems)
    rows = []
    for definition in definitions:
        for element in definition["snapshot"]["element"]:
            binding = element.get("binding", {})
            kinds = [kind["code"] for kind in element.get("type", [])]
            codes = sets.get(binding.get("valueSet", "").split("|")[0]) or []
            required = binding.get("strength") == "required" and kinds == ["code"]
            if required and 0 < len(codes) <= 80 and element["path"].split(".")[0] in TYPES:
                rows.append(f"{element['path']}\t{' '.join(sorted(set(codes)))}\n")
    return sorted(set(rows))


def concepts(found: list[dict]) -> list[str]:
    return [c for f in found for c in (f["code"], *concepts(f.get("concept", [])))]


def value_set(found: dict, systems: dict[str, list[str]]) -> list[str]:
    """Every code of a value set, or nothing when it cannot be listed in full."""
    codes: list[str] = []
    compose = found.get("compose", {})
    if compose.get("exclude"):
        return []
    for include in compose.get("include", []):
        if include.get("filter") or include.get("valueSet") or "system" not in include:
            return []
        listed = [c["code"] for c in include.get("concept", [])]
        listed = listed or systems.get(include["system"], [])
        if not listed:
            return []
        codes += listed
    return codes


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
