"""Shows how far a list has come: loading, failed, empty, whole, or not all of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.faults import Fault
from ui.runtime.desk import Desk
from widgets.state_stack import StateStack


@dataclass(frozen=True, slots=True)
class Listing:
    """What is known of a list that is read again and again.

    Attributes:
        known: It has been read once.
        shown: How many rows the chosen part of it has.
        fault: Why the last reading failed; what was known stays.
    """

    known: bool
    shown: int
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Excuses:
    """What is said where there is no list, in the reader's words.

    Attributes:
        safe: What is safe although it could not be read.
        empty: Why it is empty.
        then: What will happen next.
    """

    safe: str
    empty: str
    then: str


def show_listing(stack: StateStack, desk: Desk, listing: Listing, excuses: Excuses) -> bool:
    """Put the right face on the stack; True when rows are to be seen."""
    # Only what went wrong: that nothing was saved is no news about a list that is read.
    failed = desk.languages.render(listing.fault.message) if listing.fault is not None else ""
    if not listing.known:
        if failed:
            stack.show_failed(failed, excuses.safe)
        else:
            stack.show_loading()
        return False
    if failed:
        stack.show_partial(failed, can_retry=True)
    elif listing.shown:
        stack.show_content()
    else:
        stack.show_empty(excuses.empty, excuses.then)
    return bool(listing.shown) or bool(failed)
