"""What HAPI FHIR was said to do (sync.md §5), and what 8.8.0 did when it was asked.

The same over H2 and over PostgreSQL; docs/servers.md carries the table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.cdr.contract import recorded
from tests.cdr.contract.peer import Peer
from tests.peers import habits
from tests.peers.rest_hook import delivered_after_a_write

Case = Callable[[Peer], str]


@dataclass(frozen=True)
class Fact:
    """One line of the table.

    Attributes:
        question: Its number in sync.md §5, or "–" for what nobody had asked.
        found: What the case gives.
        follows: What the client does about it.
    """

    question: str
    case: Case
    found: str
    follows: str

    @property
    def name(self) -> str:
        return self.case.__name__


FACTS: tuple[Fact, ...] = (
    Fact(
        "Q1",
        habits.moment_of_a_transaction,
        "1 moment for 5 entries, 3 digits",
        "`ge`, and the ids inside the overlap are remembered",
    ),
    Fact(
        "Q2",
        habits.order_of_commits,
        "later stamps are seen before earlier ones",
        "the overlap window: without it these changes are lost",
    ),
    Fact(
        "Q3",
        recorded.repeated_search,
        "1 of 2, with no-cache 2",
        "`Cache-Control: no-cache` on every search",
    ),
    Fact(
        "Q4",
        habits.pages_are_a_snapshot,
        "5 of 5, 0 of 3 that came meanwhile",
        "`next` is followed as it is",
    ),
    Fact("Q4", habits.page_of_an_unknown_search, "410", "the pass begins again"),
    Fact(
        "Q5",
        habits.page_sizes,
        "10 unasked, 50 of 100 asked for",
        "any page size is taken (the starter project sets 20 and no limit)",
    ),
    Fact(
        "Q6",
        habits.history_with_equal_moments,
        "30 of 30, 0 twice",
        "history stays a hint",
    ),
    Fact(
        "Q6",
        habits.history_while_it_grows,
        "4 3 3 2",
        "pages by offset: a version twice, another never; no feed at all",
    ),
    Fact("Q7", recorded.deletion_in_history, "200, shown", "a GET still decides"),
    Fact(
        "Q8",
        habits.reads_and_writes_of_the_deleted,
        "read 410, unknown 404, PATCH 410, PUT 201 as version 3",
        "what is known is never written without If-Match",
    ),
    Fact(
        "Q9",
        habits.stale_if_match_in_words,
        "409, processing, HAPI-0550 HAPI-0989",
        "409 and 412 are one thing; the versions are read before anything is called a conflict",
    ),
    Fact("Q10", recorded.delete_of_referenced, "409", "so is this 409"),
    Fact(
        "Q11",
        habits.if_match_in_a_transaction,
        "PUT 409, PATCH 409, DELETE 200",
        "PUT only; nothing clinical is deleted",
    ),
    Fact("Q13", recorded.same_resource_twice, "400", "one entry for each resource"),
    Fact("Q13", habits.conditional_updates_twice, "400, HAPI-2008", "no conditional updates"),
    Fact("Q14", recorded.unchanged_put, "no version", "a version is read, never counted on"),
    Fact("Q15", recorded.digits_only_id, "400", "UUIDs with a letter"),
    Fact("Q15", habits.ids_of_its_own, "numbers", "ids are opaque"),
    Fact(
        "Q16",
        recorded.dangling_reference,
        "400, in a transaction 400",
        "what is referred to goes first, or along",
    ),
    Fact(
        "Q16", habits.reference_that_no_search_indexes, "201", "nothing: we refer to what is there"
    ),
    Fact(
        "Q17",
        habits.conditional_creates_at_once,
        "1 made by 8 at once",
        "creates are PUT under an id of ours all the same",
    ),
    Fact("Q18", habits.if_none_match_any, "201, then 200", "it would overwrite: never used"),
    Fact("Q19", habits.tag_after_an_update_without_it, "kept", "meta is no part of a hash"),
    Fact(
        "Q20",
        habits.patients_whose_chart_changed,
        "1 since 2000, 1 since 2100",
        "not there yet, and ignored in silence: not used",
    ),
    Fact("Q21", habits.everything_since, "4 of 4 although nothing is so new", "not used"),
    Fact("Q22", delivered_after_a_write, "delivered", "a hint to look now"),
    Fact(
        "Q24",
        recorded.include_is_marked,
        "include, match, match",
        "matches alone move the cursor",
    ),
    Fact(
        "Q25",
        habits.absolute_references,
        "another server 400, its own 400",
        "relative references only",
    ),
    Fact(
        "–",
        habits.if_match_on_what_is_not_there,
        "alone 201, in a transaction 200 201 Created",
        "no protection for what is not there: see below",
    ),
    Fact(
        "–",
        habits.if_match_on_what_was_deleted,
        "version 1: 409, version 2: 200",
        "the version of a deletion is never sent",
    ),
    Fact("–", habits.etag_in_a_transaction, "1", "the version is taken from `location`"),
    Fact(
        "–",
        habits.unknown_element_afterwards,
        "201, dropped",
        "extensions carry what R4 has no place for",
    ),
    Fact("–", recorded.unknown_parameter, "400, strict 400", "R4 search parameters only"),
    Fact("–", recorded.decimal_digits, "72.50 becomes 72.50", "hashes compare values all the same"),
)
