"""Values the tests of the pure parts start from. All people in them are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from app.domain.terms import GroupId, Ref
from app.fhir.document import Document, Json
from sync.batching import Change, Group, Op, Priority, Standing
from sync.merge_rules import TABLES, MergeRules, parse

MANY = settings(max_examples=200, deadline=None, derandomize=True, database=None)
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

_TEXT: st.SearchStrategy[Json] = st.sampled_from(["a", "b", "c"])
_DOSE: st.SearchStrategy[Json] = st.sampled_from(
    [Decimal("72.5"), Decimal("72.50"), Decimal(5), 5, True, 1]
)
_ABSENT = st.none()


def _objects(
    always: dict[str, st.SearchStrategy[Json]],
    optional: dict[str, st.SearchStrategy[Json]] | None = None,
) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries(always, optional=optional or {}).map(dict)


def _keyed(key: str, other: str) -> st.SearchStrategy[Json]:
    item = st.tuples(_TEXT, _ABSENT | _TEXT)
    return st.lists(item, max_size=3, unique_by=lambda one: str(one[0])).map(
        lambda items: [{key: name} | ({other: more} if more else {}) for name, more in items]
    )


_FIELDS: dict[str, st.SearchStrategy[Json]] = {
    "status": st.sampled_from(["planned", "in-progress", "finished"]),
    "period": _objects({"start": _TEXT}, optional={"end": _TEXT, "note": _TEXT}),
    "location": st.lists(_objects({"note": _TEXT}), max_size=2),
    "priority": _TEXT,
    "_priority": _objects({"id": _TEXT}),
    "valueString": _TEXT,
    "valueCode": _TEXT,
    "language": _TEXT,
    "telecom": _keyed("value", "use"),
    "extension": _keyed("url", "valueString"),
    "note": _keyed("text", "authorString"),
    "statusNote": st.lists(_TEXT, max_size=3),
    "unknownDose": _DOSE,
    "unknownThing": _objects({}, optional={"x": _TEXT, "y": _DOSE, "z": _TEXT}),
    "hospitalization": _objects(
        {}, optional={"origin": _TEXT, "diet": st.lists(_TEXT, max_size=2)}
    ),
}


_HEAD: Document = {"resourceType": "Encounter", "id": "e-1", "meta": {"versionId": "1"}}
_BASES: st.SearchStrategy[Document] = st.fixed_dictionaries({}, optional=_FIELDS).map(
    lambda body: _HEAD | body
)
_EDITS: st.SearchStrategy[list[tuple[str, Json, int]]] = st.lists(
    st.one_of(
        [
            st.tuples(st.just(name), _ABSENT | values, st.integers(0, 4))
            for name, values in _FIELDS.items()
        ]
    ),
    min_size=1,
    max_size=6,
)


def _edited(base: Document, edits: list[tuple[str, Json, int]]) -> Document:
    """`base` after somebody changed, added or removed up to six elements.

    Lists mostly keep their beginning, as they do when a person edits them.
    """
    found = dict(base)
    for name, drawn, keep in edits:
        old, value = found.get(name), drawn
        if isinstance(old, list) and isinstance(value, list) and keep:
            value = old[: keep - 1] + [one for one in value if one not in old]
        if value is None:
            found.pop(name, None)
        else:
            found[name] = value
    return found


def triples() -> st.SearchStrategy[tuple[Document, Document, Document]]:
    """A base, and what two people made of it."""
    return st.tuples(_BASES, _EDITS, _EDITS).map(
        lambda drawn: (drawn[0], _edited(drawn[0], drawn[1]), _edited(drawn[0], drawn[2]))
    )


def chains() -> st.SearchStrategy[tuple[Document, Document]]:
    """A base, and what it became after three sittings of one person."""
    return st.tuples(_BASES, _EDITS, _EDITS, _EDITS).map(
        lambda drawn: (drawn[0], reduce(_edited, drawn[1:], drawn[0]))
    )
