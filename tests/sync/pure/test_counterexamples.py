"""Defects of an earlier engine (sync.md §1.2), played against ours.

Each test first shows the defect with the earlier engine's rule in a few lines, so that it is known
to bite, and then that our function survives the same events.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import Ref
from app.fhir.document import Document, Json, parse, to_bytes
from sync.batching import Change, Op, squash
from sync.cursor import Cursor, Item, Page, Window, commit_page, complete, start
from sync.merge import Merged, merge
from sync.planner import plan
from tests.sync.pure.cases import MANY, RULES, at, create, delete, group, update

Patch = list[tuple[str, int, str]]
"""(operation, position, value): an RFC 6902 patch of one list."""


# --- D2: patches keyed by path


def _patch(old: list[str], new: list[str]) -> Patch:
    """Operations that turn `old` into `new`: replace, then remove from the end or append."""
    shared = min(len(old), len(new))
    found: Patch = [("replace", n, new[n]) for n in range(shared) if old[n] != new[n]]
    found += [("remove", n, "") for n in range(len(old) - 1, shared - 1, -1)]
    return found + [("add", n, new[n]) for n in range(shared, len(new))]


def _merged_by_path(first: Patch, second: Patch) -> Patch:
    """The earlier engine's `mergePatches`: operations in a map, by path."""
    by_path: dict[int, Patch] = defaultdict(list)
    for operation in first:
        by_path[operation[1]].append(operation)
    for operation in second:
        if operation[0] == "add":
            by_path[operation[1]].append(operation)
        else:
            by_path[operation[1]] = [operation]
    return [operation for operations in by_path.values() for operation in operations]


def _applied(patch: Patch, old: list[str]) -> list[str] | None:
    found = list(old)
    for name, position, value in patch:
        if position > len(found) or (name != "add" and position == len(found)):
            return None
        match name:
            case "add":
                found.insert(position, value)
            case "replace":
                found[position] = value
            case _:
                del found[position]
    return found


_LISTS = st.lists(st.sampled_from("abc"), max_size=4)


def test_two_removals_squashed_by_path_remove_one_item_and_bodies_remove_both() -> None:
    """Two clicks on "remove the first" are twice `remove /telecom/0`; one of them was lost."""
    first: Patch = [("remove", 0, "")]

    assert _applied(_merged_by_path(first, first), ["home", "work", "mail"]) == ["work", "mail"]

    edits: list[list[Json]] = [["work", "mail"], ["mail"]]
    changes = [
        update(n, "Patient/p", "3", body=to_bytes({"resourceType": "Patient", "telecom": one}))
        for n, one in enumerate(edits)
    ]
    (entry,) = squash([group("1", *changes)])
    assert parse(entry.body)["telecom"] == ["mail"]


@MANY
@given(_LISTS, _LISTS, _LISTS)
def test_however_a_list_is_edited_the_squashed_body_is_the_last_one(
    a: list[str], b: list[str], c: list[str]
) -> None:
    assert _applied(_patch(a, b), a) == b  # each patch by itself is right

    bodies = [to_bytes({"resourceType": "Patient", "x": list(one)}) for one in (b, c)]
    changes = [update(n, "Patient/p", "3", body=body) for n, body in enumerate(bodies)]

    (entry,) = squash([group("1", *changes)])

    assert parse(entry.body)["x"] == c
    assert entry.if_match == "3"


def test_squashing_by_path_gets_many_edits_of_short_lists_wrong() -> None:
    """The control: without it the test above would prove little."""
    lists = [list(letters) for n in range(4) for letters in product("ab", repeat=n)]
    triples = [(a, b, c) for a in lists for b in lists for c in lists]

    wrong = [
        (a, b, c)
        for a, b, c in triples
        if _applied(_merged_by_path(_patch(a, b), _patch(b, c)), a) != c
    ]

    assert len(wrong) > len(triples) // 50


# --- D3: insert and delete squash to nothing, and the loop spins


def test_a_draft_made_and_discarded_ends_the_queue_instead_of_spinning() -> None:
    made = plan([group("1", create(1, "Task/1"), delete(2, "Task/1"))])

    assert made.batch is None
    assert made.settled == ("1",)


# --- D4, D5: what came last is a matter of sequence, not of a clock or of what came first


def test_the_last_change_decides_and_not_the_first() -> None:
    changes = (
        create(1, "Task/1", body=b"made"),
        update(2, "Task/1", "", body=b"edited"),
        delete(3, "Task/1"),
    )
    first_type = min(changes, key=lambda change: change.seq).op

    assert first_type is Op.CREATE  # D4 would send an insert
    assert squash([group("1", *changes)]) == ()


def test_a_clock_that_steps_back_between_two_edits_does_not_turn_them_round() -> None:
    """D5: by wall time the edit came before the creation, and replay crashed."""
    made, edited = create(1, "Task/1", body=b"made"), update(2, "Task/1", "", body=b"edited")
    wall: dict[int, datetime] = {made.seq: at(0), edited.seq: at(0) - timedelta(days=2)}
    by_clock = sorted((made, edited), key=lambda change: wall[change.seq])
    assert by_clock[0].op is Op.UPDATE

    (entry,) = squash([group("later", edited), group("earlier", made)])
    assert (entry.if_match, entry.body) == ("", b"edited")

    batch = plan([group("later", edited), group("earlier", made)]).batch
    assert batch is not None
    assert batch.ids == ("earlier", "later")


@MANY
@given(st.permutations(range(6)))
def test_in_whatever_order_changes_are_listed_their_sequence_holds(order: list[int]) -> None:
    changes: list[Change] = [update(n, "Task/1", "3", body=str(n).encode()) for n in range(6)]

    (entry,) = squash([group(f"g{n}", changes[n]) for n in order])

    assert (entry.seq_hi, entry.body) == (5, b"5")


# --- D1: strictly greater than the newest seen, saved before the data


def test_an_update_with_the_stamp_of_the_newest_seen_is_not_missed() -> None:
    """One transaction stamps all it writes alike; half of it may become visible later."""
    newest = Item(Ref("Task/1"), "1", at(10))
    twin = Item(Ref("Task/2"), "1", at(10))
    seen_by_gt = [item for item in (newest, twin) if item.updated > newest.updated]
    assert seen_by_gt == []

    paged = commit_page(start(Cursor(), at(11)), Page((newest,)))
    assert isinstance(paged, Cursor)
    window = start(complete(paged), at(26)).asks

    assert window is not None and window.lo is not None
    assert window.lo <= twin.updated < window.hi


def test_a_kill_between_data_and_cursor_repeats_the_page_and_skips_nothing() -> None:
    """The cursor that is stored with a page never claims more than that page."""
    begun = start(Cursor(), at(100))
    first = commit_page(begun, Page((Item(Ref("Task/1"), "1", at(1)),), "next-1"))
    assert isinstance(first, Cursor)

    assert begun.asks == Window(None, at(100))  # killed before the commit: all of it again
    assert first.asks == Window(at(1), at(100))  # killed after: from the last stamp, inclusive
    assert first.watermark is None


def test_an_included_resource_does_not_carry_the_cursor_past_its_own_kind() -> None:
    included = Item(Ref("Practitioner/1"), "1", at(999))
    newest_of_all = max([at(1), included.updated])
    assert newest_of_all == at(999)  # the earlier engine's cursor

    page = Page((Item(Ref("Encounter/1"), "1", at(1)),), "")
    paged = commit_page(start(Cursor(), at(5)), page)

    assert isinstance(paged, Cursor)
    assert complete(paged).watermark == at(5)


# --- D6: a difference that leaves meta and text out never sends them


def test_a_security_label_and_a_written_narrative_are_changes() -> None:
    base: Document = {"resourceType": "Encounter", "id": "e"}
    theirs: Document = {"class": {"code": "IMP"}}
    labelled: Document = {"meta": {"security": [{"system": "s", "code": "R"}]}}
    written: Document = {"text": {"status": "additional", "div": "<div>x</div>"}}
    for change in (labelled, written):
        result = merge(base, base | change, base | theirs, RULES)

        assert isinstance(result, Merged)
        assert result.document == base | change | theirs
