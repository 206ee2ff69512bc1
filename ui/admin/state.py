"""What the administration pages show."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.domain.people import Clinician, Privilege, RoleMatrix, Session
from app.domain.terms import PractitionerId, Ref
from app.kernel.faults import Fault
from app.ports.keeping import AuditEntry, AuditVerdict
from app.ports.reading import Oddity
from app.services.administration import Account


class Section(enum.Enum):
    """The parts of the page, and who is shown each."""

    USERS = "users"
    ROLES = "roles"
    AUDIT = "audit"
    BREAK_GLASS = "break-glass"
    UNREAD = "unread"

    @property
    def needs(self) -> Privilege:
        return _NEEDS[self]


_NEEDS = {
    Section.USERS: Privilege.MANAGE_USERS,
    Section.ROLES: Privilege.MANAGE_USERS,
    Section.AUDIT: Privilege.READ_AUDIT,
    Section.BREAK_GLASS: Privilege.REVIEW_BREAK_GLASS,
    Section.UNREAD: Privilege.MANAGE_USERS,
}

ADMINISTERS = (Privilege.MANAGE_USERS, Privilege.READ_AUDIT, Privilege.REVIEW_BREAK_GLASS)
"""Any of these opens the page."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Documents of one type that were not understood for one reason.

    Attributes:
        rtype: R4 type, or as much as was known of it.
        reason: Code of a sentence.
        detail: A word for whoever mends the feed.
        shown: They are on a page all the same, in part.
        refs: Where each lies at the server.
    """

    rtype: str
    reason: str
    detail: str
    shown: bool
    refs: tuple[Ref, ...]

    @property
    def key(self) -> str:
        return f"{self.rtype} {self.reason} {self.detail} {self.shown}"


def counted(found: Iterable[Oddity]) -> tuple[Unread, ...]:
    """By type and reason: what no page shows first, then the most frequent."""
    groups: dict[tuple[bool, str, str, str], list[Ref]] = {}
    for one in found:
        reason, _, detail = one.reason.partition(" ")
        key = (one.shown, one.ref.partition("/")[0], reason, detail)
        groups.setdefault(key, []).append(one.ref)
    return tuple(
        Unread(rtype, reason, detail, shown, tuple(refs))
        for (shown, rtype, reason, detail), refs in sorted(
            groups.items(), key=lambda item: (item[0][0], -len(item[1]), item[0])
        )
    )


def sections_of(session: Session) -> tuple[Section, ...]:
    """What this role is shown; the others are not offered at all."""
    return tuple(section for section in Section if session.can(section.needs))


@dataclass(frozen=True, slots=True)
class AdminState:
    """The page as a value.

    Attributes:
        me: Who looks; nobody closes or reviews themselves.
        section: The part that is open; None when the role has none.
        users, matrix, entries, openings, unread: None until they have been read once.
        actions: Every action that has been seen in the audit, for the filter.
        verdict: Of the last check of the chain, or None; `checked_at` is when.
        busy: Something is being written or checked.
    """

    me: PractitionerId
    sections: tuple[Section, ...]
    section: Section | None
    now: datetime
    users: tuple[Account, ...] | None = None
    matrix: RoleMatrix | None = None
    entries: tuple[AuditEntry, ...] | None = None
    actions: tuple[str, ...] = ()
    action: str = ""
    verdict: AuditVerdict | None = None
    checked_at: datetime | None = None
    openings: tuple[AuditEntry, ...] | None = None
    unread: tuple[Unread, ...] | None = None
    user: str = ""
    opening: int = 0
    busy: bool = False
    fault: Fault | None = None

    @property
    def has_read(self) -> bool:
        """The open section has been read at least once."""
        match self.section:
            case Section.USERS:
                return self.users is not None
            case Section.ROLES:
                return self.matrix is not None
            case Section.AUDIT:
                return self.entries is not None
            case Section.BREAK_GLASS:
                return self.openings is not None
            case Section.UNREAD:
                return self.unread is not None
            case None:
                return True

    @property
    def chosen_user(self) -> Clinician | None:
        return self.user_of(self.user)

    def user_of(self, key: str) -> Clinician | None:
        """The user of this key, if somebody of that key has been read."""
        people = (account.clinician for account in self.users or ())
        return next((one for one in people if one.id == key), None)

    @property
    def can_toggle(self) -> bool:
        user = self.chosen_user
        return user is not None and user.id != self.me and not self.busy

    @property
    def chosen_opening(self) -> AuditEntry | None:
        return next((entry for entry in self.openings or () if entry.seq == self.opening), None)

    @property
    def can_review(self) -> bool:
        """Not one's own opening, and not one that somebody has reviewed."""
        entry = self.chosen_opening
        return (
            entry is not None and entry.actor != self.me and not entry.reviewed_by and not self.busy
        )

    @property
    def unread_count(self) -> int:
        """How many documents; one may be on the list for two reasons."""
        return len({ref for group in self.unread or () for ref in group.refs})

    @property
    def unreviewed(self) -> int:
        return sum(not entry.reviewed_by for entry in self.openings or ())
