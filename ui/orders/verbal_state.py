"""What is asked of a verbal order besides the order: whose, when, and that it was repeated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.baskets import BasketItem
from app.domain.orders import OrderDraft
from app.domain.verbal_orders import Colleague, Situation, Spoken

ASKED = frozenset({"spoken", "spoken_by", "situation", "read_back"})
"""What the sheet asks before the signature: while it is open, no order is the poorer for it."""


@dataclass(frozen=True, slots=True)
class VerbalChoices:
    """What can be chosen. Nothing is chosen beforehand: a name taken by mistake is a false one."""

    physicians: tuple[Colleague, ...] = ()
    situations: tuple[Situation, ...] = ()


@dataclass(frozen=True, slots=True)
class VerbalForm:
    """What is chosen now: a practitioner, a code of the pack, and the tick."""

    by: str = ""
    situation: str = ""
    read_back: bool = False

    def spoken(self, choices: VerbalChoices) -> Spoken | None:
        """What goes into the draft; None while one of the three is missing."""
        who = next((one for one in choices.physicians if one.id == self.by), None)
        when = next((one for one in choices.situations if one.term.code == self.situation), None)
        if who is None or when is None or not self.read_back:
            return None
        return Spoken(who.id, who.name.name or who.name.english, when.term, read_back=True)


NOTHING_CHOSEN = VerbalForm()


def chosen_before(drafts: Iterable[OrderDraft]) -> VerbalForm:
    """What was chosen for these orders and kept with them: nothing is asked twice.

    What they do not all say is not chosen. They count as read back only when every one of them
    was, as it stands now, and in the same breath.
    """
    each = [draft.spoken for draft in drafts]
    said = [one for one in each if one is not None]
    who, when = ({_key(one, name) for one in said} for name in ("by", "situation"))
    if len(who) != 1 or len(when) != 1:
        return NOTHING_CHOSEN
    whole = len(said) == len(each) and all(one.read_back for one in said)
    return VerbalForm(who.pop(), when.pop(), read_back=whole)


def heard_anew(before: BasketItem | None, now: BasketItem) -> BasketItem:
    """`now`, not read back any more when it says something else than `before`."""
    spoken = now.draft.spoken
    if spoken is None or (before is not None and before.draft == now.draft):
        return now
    return replace(now, draft=replace(now.draft, spoken=replace(spoken, read_back=False)))


def _key(spoken: Spoken, name: str) -> str:
    if name == "by":
        return str(spoken.by)
    return spoken.situation.code if spoken.situation is not None else ""
