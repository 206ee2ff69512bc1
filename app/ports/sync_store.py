"""What the sync engine needs of the cache. `localdb` grants it; every write is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from app.domain.terms import GroupId, PatientId, Ref
from app.kernel.faults import Message


@dataclass(frozen=True, slots=True)
class Enrolment:
    """This workstation, as the server knows it.

    Attributes:
        register_version: Server version of `Basic/{workstation}-outbox`; the fencing token.
        register_seq: Counter inside the register.
        server_profile: JSON of what the probe found.
    """

    workstation: str
    base_url: str
    register_version: str
    register_seq: int
    enrolled_at: datetime
    server_profile: str = "{}"
    fenced: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What this workstation follows.

    Attributes:
        id: `census:<ward>`, `patient:<id>`, `reference`, `mine:<practitioner>`.
        kind: `census`, `patient`, `reference`, `mine`.
        target: Ward, patient or practitioner id; "" for reference.
        state: `active`, `leaving`, `gone`.
    """

    id: str
    kind: str
    target: str
    priority: int = 0
    state: str = "active"
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CursorRow:
    """Where a download pass stands. `state` is the sync engine's own JSON."""

    scope: str
    rtype: str
    state: str
    watermark: datetime | None = None
    last_ok_at: datetime | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the cache holds of one document, for deciding what to do with a newer one.

    Attributes:
        state: `clean`, `dirty`, `inflight`, `conflict`, `tombstone`.
        base: Last server body while not clean, else None.
        working: Body as the user sees it, only while not clean.
        local_seq: Grows with every local write; a rebase made from an older one is refused.
        disputed: Server version a person is choosing about, while in conflict, a deletion's too;
            "" where the server does not say which. `version` stays the one our change rests on.
    """

    ref: Ref
    version: str
    updated: datetime | None
    state: str
    local_seq: int = 0
    content_hash: str = ""
    base: bytes | None = None
    working: bytes | None = None
    disputed: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One resource as the server sent it: its bytes untouched, its version taken from `meta`."""

    ref: Ref
    body: bytes
    version: str
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Rebased:
    """A locally changed document carried over onto a newer server version.

    `working` None means our change came to nothing (both sides equal): the document is clean.
    `mixed`: what came from the server while the rest is ours; then it must be checked anew.
    """

    ref: Ref
    expected_local_seq: int
    base: bytes
    version: str
    updated: datetime | None
    working: bytes | None
    mixed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewConflict:
    """Both sides changed and a person must choose. Nothing of either is dropped.

    Attributes:
        kind: `update-update`, `update-delete`, `delete-update`, `read-set`, `cds`.
        remote: Server body; None when deleted; then the version is the deletion's, "" if not told.
        paths: Elements that differ on both sides.
        went_back: The server's is older than what ours rests on, and that is proved.
    """

    ref: Ref
    kind: str
    group: GroupId | None
    base: bytes | None
    local: bytes | None
    remote: bytes | None
    remote_version: str
    paths: tuple[str, ...] = ()
    expected_local_seq: int = 0
    went_back: bool = False


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something of a page that could not be taken as a resource; kept for IT, never lost."""

    ref: str
    reason: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page, small enough for one short transaction (≤ 20 ms).

    Attributes:
        members: (ref, version) seen in this scope and pass.
        cursor: Given with the last piece of a page only: data first, cursor with it, never before.
        as_of: Data of this scope is complete up to here; given when the pass is complete.
    """

    scope: str
    rtype: str
    pass_no: int
    documents: tuple[Incoming, ...] = ()
    members: tuple[tuple[Ref, str], ...] = ()
    rebased: tuple[Rebased, ...] = ()
    conflicts: tuple[NewConflict, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    cursor: CursorRow | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class PieceOutcome:
    """What became of a piece.

    Attributes:
        stale: Rebased or conflicting documents that a user changed meanwhile, and clean-looking
            ones that turned dirty: the engine reads them again and decides anew.
        regressed: Documents whose server version went backwards; kept as they were (I9).
    """

    applied: int
    unchanged: int
    stale: tuple[Ref, ...] = ()
    regressed: tuple[Ref, ...] = ()
    kinds: frozenset[str] = frozenset()
    patients: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PendingChange:
    """One changed document of a group, in the order it was made.

    Attributes:
        op: `create` or `update`.
        base_version: Server version it was made on; "" for a create.
        body: The document after *this* change, not after later ones; after a rebase the rebased
            working copy.
        refs: Relative references inside `body`.
    """

    seq: int
    ref: Ref
    op: str
    base_version: str
    body: bytes
    refs: frozenset[Ref] = frozenset()


@dataclass(frozen=True, slots=True)
class PendingGroup:
    """A change group not yet confirmed.

    Attributes:
        state: `saved`, `packed`, `sent`, `held`, `conflict`, `rejected`.
        read_set: (ref, version) that was on screen when it was signed.
    """

    group: GroupId
    seq: int
    kind: str
    patient: PatientId | None
    author: str
    at: datetime
    state: str
    changes: tuple[PendingChange, ...]
    read_set: tuple[tuple[Ref, str], ...] = ()
    attempts: int = 0
    next_try_at: datetime | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class BatchEntry:
    """`seq_hi`: the newest change of the document that is inside this batch."""

    ref: Ref
    if_match: str
    seq_hi: int
    body_hash: str
    body: bytes


@dataclass(frozen=True, slots=True)
class FrozenBatch:
    """A transaction whose bytes never change again.

    Attributes:
        state: `frozen` (never sent), `sent` (may have arrived), `acked`, `rejected`, `void`.
        expect_register: Register version the server must have for it to apply.
    """

    id: str
    groups: tuple[GroupId, ...]
    expect_register: str
    register_seq: int
    payload: bytes
    entries: tuple[BatchEntry, ...]
    state: str = "frozen"
    attempts: int = 0
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why the server will not take a group. `server_said` holds its diagnostics for IT."""

    group: GroupId
    status: int
    message: Message
    server_said: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SyncNote:
    """A line of the sync diary, for status and IT; without patient data."""

    at: datetime
    kind: str
    ok: bool
    detail: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueCounts:
    waiting: int = 0
    oldest_waiting: datetime | None = None
    conflicts: int = 0
    rejected: int = 0
    held: int = 0


class SyncStore(Protocol):
    # --- this workstation
    def enrolment(self) -> Enrolment | None: ...
    def record_enrolment(self, enrolment: Enrolment) -> None: ...
    def mark_fenced(self) -> None: ...
    def note_contact(self, at: datetime) -> None: ...
    def last_contact(self) -> datetime | None: ...

    # --- download
    def scopes(self) -> tuple[Scope, ...]: ...
    def put_scopes(self, scopes: tuple[Scope, ...]) -> None: ...

    def cursor(self, scope: str, rtype: str) -> CursorRow | None: ...
    def save_cursor(self, row: CursorRow) -> None:
        """Start or abandon a pass; the moving of a watermark goes with a `Piece` instead."""
        ...

    def members(self, scope: str) -> Mapping[Ref, str]: ...
    def forget_members(self, scope: str, refs: tuple[Ref, ...]) -> None:
        """They are not of this scope any more; the documents stay as they are."""
        ...

    def known(self, refs: Iterable[Ref]) -> Mapping[Ref, Known]: ...
    def apply(self, piece: Piece) -> PieceOutcome:
        """Take over a piece whole, projections included.

        A clean document is replaced; an equal version is skipped; a dirty, inflight or
        conflicting one that is not among `rebased` or `conflicts` is reported as stale.

        Raises:
            AppError: `STORAGE`; then nothing of the piece was taken.
        """
        ...

    def bury(self, ref: Ref, cause: str, at: datetime) -> bool:
        """Remove a document the server confirmed as `deleted`, `expunged` or `forbidden`.

        Returns False, and keeps it, while it has unsent work (I16).
        """
        ...

    def leave_scope(self, scope: str) -> int:
        """Evict what no other scope holds and nothing unsent touches; returns how many."""
        ...

    def leave_patient(self, patient: PatientId, cohorts: tuple[Scope, ...]) -> bool:
        """Evict everything of one patient and replace `cohorts`, in one transaction.

        False, and nothing changes, while something of theirs is unsent or being written. What
        another scope than `cohorts` lists stays.
        """
        ...

    # --- upload
    def pending(self) -> tuple[PendingGroup, ...]:
        """Unconfirmed groups in the order they were made."""
        ...

    def freeze(self, batch: FrozenBatch) -> None:
        """Store the batch and mark its documents inflight and its groups packed."""
        ...

    def mark_sent(self, batch: str, at: datetime) -> None: ...
    def open_batches(self) -> tuple[FrozenBatch, ...]:
        """Batches in `frozen` or `sent`, oldest first: what a restart must resolve."""
        ...

    def acknowledge(
        self, batch: str, versions: Mapping[Ref, str], register_version: str, at: datetime
    ) -> None:
        """The server applied it: versions and bases move, groups are confirmed, register moves."""
        ...

    def postpone(self, batch: str, attempts: int, next_try_at: datetime, why: Message) -> None:
        """Keep the same bytes for another try."""
        ...

    def void(self, batch: str, register_version: str | None, at: datetime) -> None:
        """It was not and will not be applied; its groups go back to `saved`.

        `register_version` is the new one when the register was bumped to make sure.
        """
        ...

    def reject(self, rejection: Rejection) -> None:
        """Quarantine a group: content kept, shown, and out of the way of the others (I18)."""
        ...

    def hold(self, group: GroupId, refs: tuple[Ref, ...], at: datetime) -> None:
        """Do not send: what the signer saw has changed since (read-set, I13)."""
        ...

    def release(self, group: GroupId) -> None:
        """A person confirmed or wants another try: held and rejected groups go back to `saved`.

        For a held group the read-set becomes what the server has now: that is what was confirmed.
        A waiting batch that holds the group is tried without its backoff.
        """
        ...

    def own_versions(self, refs: tuple[Ref, ...]) -> Mapping[Ref, frozenset[str]]:
        """Versions that confirmed batches of this workstation produced: no news to its users."""
        ...

    def counts(self) -> QueueCounts: ...
    def write_down(self, note: SyncNote) -> None: ...
    def diary(self, newest: int = 200) -> tuple[SyncNote, ...]: ...
    def data_as_of(self, scope: str) -> datetime | None: ...
