"""Get by id, and the searches of the published benchmark, each beside the anchor's statement.

Both sides answer with the same documents, read from their JSON: ours finds references and reads
those documents, the anchor selects them. What each side found is compared before it is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection

from app.domain.terms import PatientId, Ref
from app.fhir.document import Document, reference_to
from localdb.bodies import opened as unpacked
from localdb.opening import OpenCache
from localdb.reads import search
from localdb.shelf import fetch
from tests.bench import anchor_sql as sql
from tests.bench.anchor import Anchor, prepared
from tests.bench.applying import PAGE, SCOPE, apply_all
from tests.bench.figures import Alternative, Figure, Target, Watch, repeated
from tests.bench.population import ACT, RECORDS, Person, Population
from tests.bench.stage import KEY, Stage

_PORT = "android-fhir port"
Find = Callable[[Connection, int], Iterable[Ref]]
Asked = Callable[[int], sql.Query]


@dataclass(frozen=True, slots=True)
class Question:
    """One search: ours, theirs, and what it is to stay below (ms, median).

    Attributes:
        same: Whether both must find the same documents; a limit without an order may choose.
    """

    name: str
    limit: float
    ours: Find
    theirs: Asked
    same: bool = True


def searches(stage: Stage) -> Iterator[Figure]:
    """Fill both stores with the same population, then ask both."""
    population = Population(stage.size(10_000, 300))
    opened = stage.cache()
    anchor = Anchor(stage.folder / "anchor.db", KEY)
    try:
        _fill(opened, anchor, population)
        yield _get(stage, opened, anchor, population)
        for question in _questions(population):
            yield _asked(stage, question, opened, anchor, population)
    finally:
        anchor.close()
        opened.close()


def _fill(opened: OpenCache, anchor: Anchor, population: Population) -> None:
    documents = list(population.incoming())
    opened.sync_store.put_scopes((SCOPE,))
    apply_all(opened, documents, Watch())
    for at in range(0, len(documents), PAGE):
        anchor.download(prepared(one) for one in documents[at : at + PAGE])
    anchor.connection.execute("ANALYZE")


def _get(stage: Stage, opened: OpenCache, anchor: Anchor, population: Population) -> Figure:
    runs = stage.size(500, 30)
    step = max(1, population.people // (runs + 2))

    def ours(number: int) -> None:
        held = opened.documents.held(Ref(f"Patient/p{(number + 2) * step}"))
        assert held is not None

    def theirs(number: int) -> None:
        anchor.get("Patient", f"p{(number + 2) * step}")

    took = repeated(runs, ours)
    return Figure(
        "get by id, parsed, with the stamp of a form",
        "ms",
        took.all,
        (Target("median", 0.5),),
        {"resources": population.count},
        (Alternative(_PORT, repeated(runs, theirs).all),),
        {"published anchor ms (Pixel 7)": 3.83},
        took.used,
    )


def _asked(
    stage: Stage, question: Question, opened: OpenCache, anchor: Anchor, population: Population
) -> Figure:
    def ours(number: int) -> list[Document]:
        with opened.cache.read() as connection:
            refs = question.ours(connection, number)
            return [unpacked(row.body) for row in fetch(connection, refs).values()]

    def theirs(number: int) -> list[Document]:
        return anchor.search(*question.theirs(number))

    _compare(question, ours(1), theirs(1))
    took = repeated(stage.size(50, 10), ours)
    return Figure(
        f"search: {question.name}",
        "ms",
        took.all,
        (Target("median", question.limit),),
        {"resources": population.count, "found": len(ours(1))},
        (Alternative(_PORT, repeated(stage.size(30, 5), theirs).all),),
        processor=took.used,
    )


def _compare(question: Question, ours: list[Document], theirs: list[Document]) -> None:
    mine, other = _refs(ours), _refs(theirs)
    agree = mine == other if question.same else len(mine) == len(other)
    if not agree or not mine:
        raise AssertionError(f"{question.name}: {len(mine)} found here, {len(other)} there")


def _refs(documents: list[Document]) -> set[str]:
    return {reference_to(one) for one in documents}


def _questions(population: Population) -> Iterator[Question]:
    drawn = (population.person(n) for n in range(0, min(population.people, 300), 4))
    # A given name of one syllable would be the beginning of a tenth of all others.
    people = [person for person in drawn if len(person.given) > 2]

    def some(number: int) -> Person:
        return people[number % len(people)]

    yield from _sorted()
    yield from _by_text(some)
    yield from _by_value(some)
    yield from _along_references(some)


def _sorted() -> Iterator[Question]:
    yield Question(
        "patients sorted by birth date, 1",
        3,
        lambda c, _: search.patients_by_birth_date(c, 1),
        lambda _: sql.sorted_by_date("Patient", "birthdate", 1),
        same=False,
    )
    yield Question(
        "patients sorted by name, 1",
        3,
        lambda c, _: search.patients_by_name(c, 1),
        lambda _: sql.sorted_by_text("Patient", "name", 1),
        same=False,
    )
    yield Question(
        "encounter last changed here, 1",
        3,
        lambda c, _: search.encounters_last_touched(c, 1),
        lambda _: sql.sorted_by_date("Encounter", "_lastUpdated", 1, descending=True),
        same=False,
    )


def _by_text(some: Callable[[int], Person]) -> Iterator[Question]:
    yield Question(
        "given name A or B, all",
        3,
        lambda c, n: search.patients_given(c, (some(n).given, some(n + 1).given)),
        lambda n: sql.starting_with("Patient", "given", (some(n).given, some(n + 1).given)),
    )
    yield Question(
        "name contains, 50",
        10,
        lambda c, n: search.patients_named(c, some(n).given[-2:], 50),
        lambda n: sql.containing("Patient", "name", some(n).given[-2:], 50),
        same=False,
    )
    yield Question(
        "patient by identifier",
        1.5,
        lambda c, n: search.with_identifier(c, "Patient", RECORDS, _record(some(n))),
        lambda n: sql.with_token("Patient", "identifier", RECORDS, _record(some(n))),
    )


def _by_value(some: Callable[[int], Person]) -> Iterator[Question]:
    def days(number: int) -> tuple[date, date]:
        born = some(number).born
        return born - timedelta(days=7), born + timedelta(days=7)

    yield Question(
        "born within a fortnight, all",
        1.5,
        lambda c, n: search.born_between(c, *days(n), 1000),
        lambda n: sql.date_between("Patient", "birthdate", *days(n)),
    )
    yield Question(
        "potassium between 5.10 and 5.12, 20",
        1.5,
        lambda c, _: search.observations_between(c, "2823-3", Decimal("5.1"), Decimal("5.12"), 20),
        lambda _: sql.quantity_between("2823-3", "mmol/L", 5.1, 5.12, 20),
        same=False,
    )
    yield Question(
        "risk between 0.50 and 0.51, all",
        1.5,
        lambda c, _: search.risks_between(c, Decimal("0.5"), Decimal("0.51"), 1000),
        lambda _: sql.number_between("RiskAssessment", "probability", 0.5, 0.51),
    )


def _along_references(some: Callable[[int], Person]) -> Iterator[Question]:
    yield Question(
        "patients with an encounter of a type, 50",
        5,
        lambda c, _: search.patients_with_encounter_type(c, ACT, "HH", 50),
        lambda _: sql.having("Patient", "Encounter", "subject", ("type", ACT, "HH"), 50),
        same=False,
    )
    yield Question(
        "an encounter and its patient (include)",
        1.5,
        lambda c, n: _flat(search.encounters_and_patients(c, [Ref(f"Encounter/e{_at(some, n)}")])),
        lambda n: sql.with_include("Encounter", f"e{_at(some, n)}", "subject", "Patient"),
    )
    yield Question(
        "a patient and the encounters (reverse include)",
        1.5,
        lambda c, n: _flat(search.patients_and_encounters(c, [PatientId(f"p{_at(some, n)}")])),
        lambda n: sql.with_reverse("Patient", f"p{_at(some, n)}", "subject", "Encounter"),
    )


def _at(some: Callable[[int], Person], number: int) -> int:
    return some(number).number


def _record(person: Person) -> str:
    return f"R{person.number:07d}"


def _flat(pairs: Iterable[tuple[Ref, Ref]]) -> list[Ref]:
    return list(dict.fromkeys(ref for pair in pairs for ref in pair))
