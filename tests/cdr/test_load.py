from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from sync.cdr.definitions import official
from sync.cdr.load import LoadReport, Progress, load
from sync.cdr.load_files import Bad
from sync.cdr.memory import MemoryStore
from sync.cdr.store import Store
from sync.cdr.validation import R4Validator
from tests.cdr.kit import TickingClock, Wire, a_patient, an_encounter, an_observation

URN = "urn:uuid:0000000a-0000-4000-a000-00000000000A"


def lines(*documents: dict) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def bundle(kind: str, *entries: tuple[str, dict]) -> str:
    found = [{"fullUrl": url, "resource": document} for url, document in entries]
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": found}, indent=1)


def loaded(folder: Path, store: Store, **files: str | bytes) -> LoadReport:
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load([folder], store, clock=TickingClock())


def test_every_form_of_file_is_read(tmp_path: Path) -> None:
    store = MemoryStore()

    report = loaded(
        tmp_path,
        store,
        a_ndjson=lines(a_patient("a"), a_patient("b")),
        b_ndjson_gz=gzip.compress(lines(a_patient("c")).encode()),
        c_json=json.dumps(a_patient("d"), indent=2),
        d_json_gz=gzip.compress(json.dumps(a_patient("e")).encode()),
        e_json=bundle("collection", ("", a_patient("f"))),
        f_json=bundle("searchset", ("http://x/Patient/g", a_patient("g"))),
        g_json=bundle("transaction", (URN, a_patient("h"))),
        h_json=lines(a_patient("i"), a_patient("j")),
        i_ndjson=bundle("batch", ("", a_patient("k"))).replace("\n", ""),
        j_txt="not looked at",
    )

    assert report.by_type == {"Patient": 11}
    assert report.files == 9
    assert (report.created, report.bad_count) == (11, 0)


def test_loading_twice_changes_nothing_and_a_changed_file_makes_versions(tmp_path: Path) -> None:
    store = MemoryStore()
    text = bundle(
        "transaction", (URN, {"resourceType": "Patient"}), ("", {"resourceType": "Basic"})
    )
    text = text.replace('"Basic"', '"Basic","code":{"text":"x"}')
    loaded(tmp_path, store, a_json=text)

    again = loaded(tmp_path, store, a_json=text)
    changed = loaded(
        tmp_path, store, a_json=text.replace('"x"', '"y"'), b_ndjson=lines(a_patient())
    )

    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert changed.unchanged == 1
    assert store.current("Patient", "0000000a-0000-4000-a000-00000000000a") is not None


def test_a_second_line_with_the_same_id_is_an_update(tmp_path: Path) -> None:
    store = MemoryStore()

    report = loaded(tmp_path, store, a_ndjson=lines(a_patient("a"), a_patient("a", gender="male")))

    assert (report.created, report.updated) == (1, 1)
    version = store.current("Patient", "a")
    assert version is not None
    assert version.number == 2


def test_bad_lines_are_named_and_skipped(tmp_path: Path) -> None:
    text = (
        lines(a_patient("a"))
        + "{broken\n\n[]\n"
        + lines({"resourceType": "Martian", "id": "x"}, a_patient("a b"), a_patient("c"))
    )

    report = loaded(tmp_path, MemoryStore(), a_ndjson=text)

    assert report.created == 2
    assert report.bad == [
        Bad("a.ndjson", 2, "cdr.load.not-json", "JSONDecodeError"),
        Bad("a.ndjson", 4, "cdr.load.not-json", "list"),
        Bad("a.ndjson", 5, "cdr.load.not-a-resource"),
        Bad("a.ndjson", 6, "cdr.load.bad-id", "Patient"),
    ]


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    report = loaded(
        tmp_path,
        MemoryStore(),
        a_json='{"resourceType": "Patient",\n"id": oops}',
        b_json_gz=b"not gzip",
        c_json_gz=gzip.compress(lines(a_patient()).encode())[:-9],
        d_json="",
    )

    assert [(bad.file, bad.line, bad.code) for bad in report.bad] == [
        ("a.json", 2, "cdr.load.not-json"),
        ("b.json.gz", 0, "cdr.load.unreadable"),
        ("c.json.gz", 0, "cdr.load.unreadable"),
        ("d.json", 1, "cdr.load.not-json"),
    ]


def test_what_is_not_r4_is_stored_as_received_and_counted(tmp_path: Path) -> None:
    store = MemoryStore()
    odd = a_patient("a", name=[{"family": "", "given": []}], bogus=True)

    report = loaded(tmp_path, store, a_ndjson=lines(odd, odd | {"id": "b"}))

    version = store.current("Patient", "a")
    assert version is not None
    assert json.loads(version.body)["name"] == [{"family": "", "given": []}]
    assert report.not_understood["Patient.bogus: unknown element"] == 2
    assert all(number == 2 for number in report.not_understood.values())
    assert len(report.not_understood) == 2


def test_dangling_references_are_stored_and_counted_by_type(tmp_path: Path) -> None:
    report = loaded(
        tmp_path,
        MemoryStore(),
        a_ndjson=lines(
            an_observation("o1", "nobody"),
            an_observation("o2", "nobody"),
            an_encounter("e", "a"),
            a_patient("a"),
            an_observation("o3", subject={"reference": URN}),
            an_observation("o4", subject={"reference": "Patient?identifier=1"}),
            an_observation("o5", subject={"reference": "http://elsewhere/Patient/x"}),
        ),
    )

    assert report.created == 7
    assert report.dangling == {"Observation -> Patient": 3, "Observation -> urn": 1}


def test_links_by_full_url_are_followed_also_into_other_files(tmp_path: Path) -> None:
    store = MemoryStore()
    observation = an_observation("o", subject={"reference": URN})
    relative = an_encounter("e", "p")

    report = loaded(
        tmp_path,
        store,
        a_json=bundle("transaction", ("", observation)),
        b_json=bundle(
            "collection",
            ("http://x/fhir/Encounter/e", relative),
            ("http://x/fhir/Patient/p", a_patient("p")),
        ),
        c_json=bundle("transaction", (URN, {"resourceType": "Patient"})),
    )

    assert report.dangling == {}
    wire = Wire(store)
    assert wire.get("Observation?patient=0000000a-0000-4000-a000-00000000000a").ids == ["o"]
    assert wire.get("Encounter?patient=p").ids == ["e"]


def test_a_document_bundle_is_one_resource(tmp_path: Path) -> None:
    document = {"resourceType": "Bundle", "id": "doc", "type": "document", "entry": []}

    report = loaded(tmp_path, MemoryStore(), a_json=json.dumps(document))

    assert report.by_type == {"Bundle": 1}


def test_progress_grows_to_the_end(tmp_path: Path) -> None:
    for name in "ab":
        many = lines(*(a_patient(f"{name}{n}") for n in range(1200)))
        (tmp_path / f"{name}.ndjson").write_text(many)
    seen: list[Progress] = []

    load([tmp_path], MemoryStore(), seen.append)

    resources = [progress.resources for progress in seen]
    assert resources == sorted(resources)
    assert resources[-1] == 2400
    assert len(seen) >= 4
    read = [progress.bytes_read for progress in seen]
    assert read == sorted(read)
    assert read[-1] == seen[-1].bytes_total > 0


def test_decimals_are_loaded_digit_for_digit(tmp_path: Path) -> None:
    store = MemoryStore()
    text = lines(an_observation("o", valueQuantity={"value": 1})).replace(": 1}", ": 1.50}")

    loaded(tmp_path, store, a_ndjson=text)

    version = store.current("Observation", "o")
    assert version is not None
    assert b'"value":1.50' in version.body


def test_what_was_loaded_can_be_searched_and_changed(tmp_path: Path, store: Store) -> None:
    documents = [a_patient(f"p{n}", gender="male") for n in range(700)]
    loaded(tmp_path, store, a_ndjson=lines(*documents))
    wire = Wire(store)

    wire.put(a_patient("p5", gender="female"))

    assert len(wire.get("Patient?gender=male&_count=1000").ids) == 699


@pytest.mark.parametrize(
    ("document", "kinds"),
    [
        (a_patient(gender="x"), {"Patient.gender: is not a code of the required value set"}),
        (a_patient(gender="male"), set()),
        (
            an_encounter(location=[{"location": {"display": "x"}, "status": "x"}]),
            {"Encounter.location.status: is not a code of the required value set"},
        ),
    ],
)
def test_required_codes_are_checked_at_every_depth(document: dict, kinds: set[str]) -> None:
    assert {problem.kind for problem in R4Validator(official()).problems(document)} == kinds
