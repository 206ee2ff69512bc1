"""Values the tests of the pure parts start from. All people in them are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from app.domain.terms import GroupId, Ref
from app.fhir.document import Document, Json
from sync.batching import Change, Group, Op, Priority, Standing
from sync.merge_rules import TABLES, MergeRules, parse

MANY = settings(max_examples=300, deadline=None, derandomize=True, database=None)
FEWER = settings(MANY, max_examples=120)
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PACK = Path(__file__).parents[3] / "resources" / "packs" / "merge"


def pack_texts() -> dict[str, str]:
    return {name: (PACK / f"{name}.tsv").read_text(encoding="utf-8") for name in TABLES}


RULES: MergeRules = parse(pack_texts())


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def create(seq: int, ref: str, *refs: str, body: bytes = b"{}") -> Change:
    return Change(seq, Ref(ref), Op.CREATE, "", body, frozenset(map(Ref, refs)))


def update(seq: int, ref: str, base: str, *refs: str, body: bytes = b"{}") -> Change:
    return Change(seq, Ref(ref), Op.UPDATE, base, body, frozenset(map(Ref, refs)))


def delete(seq: int, ref: str, base: str = "") -> Change:
    return Change(seq, Ref(ref), Op.DELETE, base)


def group(
    name: str,
    *changes: Change,
    priority: Priority = Priority.B,
    standing: Standing = Standing.READY,
) -> Group:
    seq = min((change.seq for change in changes), default=0)
    return Group(GroupId(name), seq, priority, changes, "test.act", standing)


# --- correlated documents: a base, and edits of it made by two people

_TEXT = st.sampled_from(["a", "b", "c"])
_DOSE = st.sampled_from([Decimal("72.5"), Decimal("72.50"), Decimal(5), 5, True, 1])
_ABSENT = st.none()


def _keyed(key: str, other: str) -> st.SearchStrategy[Json]:
    item = st.fixed_dictionaries({key: _TEXT}, optional={other: _TEXT})
    return st.lists(item, max_size=3, unique_by=lambda one: one[key])


_FIELDS: dict[str, st.SearchStrategy[Json]] = {
    "status": st.sampled_from(["planned", "in-progress", "finished"]),
    "period": st.fixed_dictionaries({"start": _TEXT}, optional={"end": _TEXT}),
    "location": st.lists(st.fixed_dictionaries({"note": _TEXT}), max_size=2),
    "priority": _TEXT,
    "_priority": st.fixed_dictionaries({"id": _TEXT}),
    "valueString": _TEXT,
    "valueCode": _TEXT,
    "language": _TEXT,
    "telecom": _keyed("value", "use"),
    "extension": _keyed("url", "valueString"),
    "note": _keyed("text", "authorString"),
    "statusNote": st.lists(_TEXT, max_size=3),
    "unknownDose": _DOSE,
    "unknownThing": st.fixed_dictionaries({}, optional={"x": _TEXT, "y": _DOSE, "z": _TEXT}),
    "hospitalization": st.fixed_dictionaries(
        {}, optional={"origin": _TEXT, "diet": st.lists(_TEXT, max_size=2)}
    ),
}


@st.composite
def base_documents(draw: st.DrawFn, rtype: str = "Encounter") -> Document:
    found: Document = {"resourceType": rtype, "id": "e-1", "meta": {"versionId": "1"}}
    for name, values in _FIELDS.items():
        value = draw(_ABSENT | values)
        if value is not None:
            found[name] = value
    return found


@st.composite
def edits_of(draw: st.DrawFn, base: Document) -> Document:
    """`base` after somebody changed, added or removed up to three elements."""
    found = dict(base)
    for name in draw(st.lists(st.sampled_from(sorted(_FIELDS)), max_size=3)):
        old, value = found.get(name), draw(_ABSENT | _FIELDS[name])
        if isinstance(old, list) and isinstance(value, list) and draw(st.booleans()):
            keep = draw(st.integers(0, len(old)))
            value = old[:keep] + [one for one in value if one not in old]
        if value is None:
            found.pop(name, None)
        else:
            found[name] = value
    return found


@st.composite
def triples(draw: st.DrawFn, rtype: str = "Encounter") -> tuple[Document, Document, Document]:
    base = draw(base_documents(rtype))
    return base, draw(edits_of(base)), draw(edits_of(base))
