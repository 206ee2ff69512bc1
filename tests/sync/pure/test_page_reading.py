"""What is taken from a page, and when a page without a link is the last."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.terms import Ref
from app.fhir.bundles import ReadBundle, read_bundle
from app.fhir.document import Document, Json
from sync.cursor import Item, Mode, Window
from sync.page_reading import (
    documents_of,
    incoming_of,
    is_cut_short,
    items_of,
    late_note,
    search,
    window_form,
    with_mode,
)

_LO = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_HI = datetime(2026, 3, 2, 8, 5, 0, 7000, tzinfo=UTC)
_STAMP = "2026-03-02T08:00:00+00:00"


def a_task(key: str = "t", version: str = "1", updated: str = _STAMP) -> Document:
    meta: Document = {"versionId": version} if version else {}
    meta |= {"lastUpdated": updated} if updated else {}
    return {"resourceType": "Task", "id": key, "meta": meta}


def a_page(*resources: Document, mode: str = "match", total: int | None = None) -> ReadBundle:
    entries: list[Json] = [{"resource": one, "search": {"mode": mode}} for one in resources]
    counted: Document = {} if total is None else {"total": total}
    return read_bundle({"resourceType": "Bundle", "type": "searchset", "entry": entries} | counted)


def test_a_window_is_asked_for_from_its_beginning_to_before_its_end() -> None:
    assert window_form(None) == []
    assert window_form(Window(None, _HI)) == [("_lastUpdated", "lt2026-03-02T08:05:00.007+00:00")]
    assert window_form(Window(_LO, _HI))[0] == ("_lastUpdated", "ge2026-03-02T08:00:00.000+00:00")


def test_criteria_are_encoded_so_that_a_plus_stays_a_plus() -> None:
    request = search("Task", (("a", "x,y|z"), ("b", "08:00+00:00")))

    assert (request.method, request.path) == ("POST", "Task/_search")
    assert request.body == b"a=x,y|z&b=08:00%2B00:00"
    assert request.headers["Cache-Control"] == "no-cache"


def test_entries_without_a_resource_and_words_of_the_server_are_no_documents() -> None:
    outcome: Document = {"resourceType": "OperationOutcome"}
    documents, unreadable = documents_of(a_page({"id": "nothing"}, outcome, a_task()))

    assert (documents, unreadable) == ([a_task()], [])


@pytest.mark.parametrize(
    "odd", [a_task(version=""), {"resourceType": "Task", "meta": {"versionId": "1"}}]
)
def test_a_resource_without_id_or_version_is_kept_as_unreadable(odd: Document) -> None:
    documents, unreadable = documents_of(a_page(odd, a_task()))

    assert documents == [a_task()]
    assert [one.ref for one in unreadable] == ["Task"]


def test_items_are_counted_with_what_they_are_there_for() -> None:
    page = a_page(a_task(), a_task("no-time", updated=""), mode="include")

    assert items_of(page) == (Item(Ref("Task/t"), "1", _LO, Mode.INCLUDE),)
    assert [mode for _, mode in with_mode(page)] == [Mode.INCLUDE, Mode.INCLUDE]
    assert [mode for _, mode in with_mode(a_page({}, a_task(), mode=""))] == [Mode.MATCH]
    assert incoming_of(a_task()).updated == _LO


@pytest.mark.parametrize(
    ("matches", "total", "short"),
    [(1, None, False), (2, None, True), (2, 2, False), (2, 3, True), (3, None, True)],
)
def test_a_full_page_without_a_link_is_the_last_if_the_server_counts_no_more(
    matches: int, total: int | None, *, short: bool
) -> None:
    page = a_page(*(a_task(f"t{n}") for n in range(matches)), total=total)

    assert is_cut_short(page, 2) is short


def test_what_came_along_does_not_fill_a_page() -> None:
    assert not is_cut_short(a_page(a_task("a"), a_task("b"), mode="include"), 2)


def test_a_note_of_what_came_late_names_no_document() -> None:
    note = late_note(datetime(2026, 11, 24, 8, tzinfo=UTC), "Observation", 3)
    assert (note.kind, note.ok, note.detail, dict(note.counts)) == (
        "overlap",
        True,
        "Observation",
        {"late": 3},
    )
