"""Laws of merging over correlated documents: a base, and what two people made of it (I11, I12)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.fhir.document import Document, Json
from sync.merge import Merged, NeedsClinician, Rebased, merge, rebase
from sync.merge_tree import changed_names, same
from tests.sync.pure.cases import MANY, RULES, chains, triples

COUPLED = ("status", "period", "location")
LISTS = {"telecom": "value", "extension": "url", "note": "text"}
CHOICE = ("valueString", "valueCode")
TRIPLES = triples()


@MANY
@given(TRIPLES)
def test_without_a_change_of_ours_theirs_holds(three: tuple[Document, ...]) -> None:
    base, _, remote = three

    result = merge(base, base, remote, RULES)

    assert isinstance(result, Merged)
    assert same(result.document, remote)


@MANY
@given(TRIPLES)
def test_without_a_change_of_theirs_ours_holds(three: tuple[Document, ...]) -> None:
    base, local, _ = three

    result = merge(base, local, base, RULES)

    assert isinstance(result, Merged)
    assert same(result.document, local)


@MANY
@given(TRIPLES, st.sampled_from(["Encounter", "MedicationRequest", "Observation", "Practitioner"]))
def test_the_same_change_on_both_sides_holds(three: tuple[Document, ...], rtype: str) -> None:
    base, both, _ = ({**one, "resourceType": rtype} for one in three)

    result = merge(base, both, dict(both), RULES)

    assert isinstance(result, Merged)
    assert same(result.document, both)


@MANY
@given(TRIPLES)
def test_swapping_the_sides_swaps_the_labels_and_nothing_else(three: tuple[Document, ...]) -> None:
    base, local, remote = three

    one, other = merge(base, local, remote, RULES), merge(base, remote, local, RULES)

    match one, other:
        case Merged(), Merged():
            assert same(one.document, other.document)
            if not same(local, remote):
                assert one.taken_local == other.taken_remote
                assert one.taken_remote == other.taken_local
        case NeedsClinician(), NeedsClinician():
            assert one.paths == other.paths
            assert (one.ours, one.theirs) == (other.theirs, other.ours)
        case _:
            raise AssertionError((one, other))


def _part(document: Document, names: tuple[str, ...]) -> Json:
    return {name: document[name] for name in names if name in document}


def _keyed(document: Document, name: str) -> dict[str, Json]:
    items = document.get(name, [])
    assert isinstance(items, list)
    return {str(item[LISTS[name]]): item for item in items if isinstance(item, dict)}


@MANY
@given(TRIPLES)
def test_a_merged_document_holds_each_change_of_both_sides_and_nothing_else(
    three: tuple[Document, ...],
) -> None:
    base, local, remote = three
    result = merge(base, local, remote, RULES)
    if isinstance(result, NeedsClinician):
        return
    merged = result.document
    assert merged is not None

    for names in (COUPLED, CHOICE, ("priority", "_priority")):  # whole from one side
        assert any(same(_part(merged, names), _part(side, names)) for side in (local, remote))
    for name in {*base, *local, *remote, *merged} - LISTS.keys():
        _expect_the_change(name, base, local, remote, merged)
    for name in LISTS:
        was, ours, theirs, now = (_keyed(d, name) for d in (base, local, remote, merged))
        for key in was.keys() | ours.keys() | theirs.keys() | now.keys():
            _expect_the_change(key, was, ours, theirs, now)


def _expect_the_change(
    name: str, base: Document, local: Document, remote: Document, merged: Document
) -> None:
    """What only one side changed is there as that side left it."""
    if same(base.get(name), local.get(name)):
        assert same(merged.get(name), remote.get(name))
    elif same(base.get(name), remote.get(name)):
        assert same(merged.get(name), local.get(name))


@MANY
@given(TRIPLES)
def test_a_conflict_is_only_called_where_both_sides_changed_something(
    three: tuple[Document, ...],
) -> None:
    base, local, remote = three

    result = merge(base, local, remote, RULES)

    if isinstance(result, NeedsClinician):
        assert changed_names(base, local)
        assert changed_names(base, remote)
        assert result.paths


@MANY
@given(TRIPLES)
def test_disjoint_uncoupled_elements_never_need_a_clinician(three: tuple[Document, ...]) -> None:
    base, local, remote = three
    units = [
        {RULES.unit("Encounter", "", name) for name in changed_names(base, side)}
        for side in (local, remote)
    ]

    result = merge(base, local, remote, RULES)

    if units[0].isdisjoint(units[1]):
        assert isinstance(result, Merged)


_STRICT = st.sampled_from(
    ["MedicationRequest", "AllergyIntolerance", "Observation", "DiagnosticReport", "Unheard"]
)


@MANY
@given(TRIPLES, _STRICT)
def test_a_dangerous_document_never_becomes_what_neither_side_wrote(
    three: tuple[Document, ...], rtype: str
) -> None:
    """I11."""
    base, local, remote = ({**one, "resourceType": rtype} for one in three)

    result = merge(base, local, remote, RULES)

    if isinstance(result, Merged):
        assert same(result.document, local) or same(result.document, remote)
        assert same(local, base) or same(remote, base) or same(local, remote)


@MANY
@given(TRIPLES)
def test_an_unknown_modifier_is_never_merged_around(three: tuple[Document, ...]) -> None:
    modifier: Json = [{"url": "urn:nobody-knows", "valueBoolean": True}]
    base, local, remote = ({**one, "modifierExtension": modifier} for one in three)

    result = merge(base, local, remote, RULES)

    if isinstance(result, Merged):
        assert same(local, base) or same(remote, base) or same(local, remote)


@MANY
@given(TRIPLES)
def test_a_rebase_keeps_ours_and_a_second_one_changes_nothing(three: tuple[Document, ...]) -> None:
    base, local, remote = three

    first = rebase(base, local, remote, "2", RULES)

    if isinstance(first, Rebased):
        again = rebase(first.base, first.working, remote, "2", RULES)
        assert isinstance(again, Rebased)
        assert same(again.working, first.working)
        assert first.dirty is not same(first.working, remote)


@MANY
@given(chains())
def test_three_edits_in_a_row_rebase_to_what_one_edit_would(
    chain: tuple[Document, Document],
) -> None:
    """Squashing by body (D2): however often the working copy changes, only its last form counts."""
    base, working = chain

    result = rebase(base, working, base, "1", RULES)

    assert isinstance(result, Rebased)
    assert same(result.working, working)
