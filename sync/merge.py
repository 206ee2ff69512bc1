"""Two people changed one document: what can be combined, and what a clinician must decide."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.frame import (
    content,
    dangling,
    has_generated_text,
    meta_of,
    modifiers,
    own,
    stamped,
    states,
    type_of,
    with_meta,
    without_empty_meta,
    without_text,
)
from app.fhir.signatures import signed_hash, unsigned
from app.kernel.faults import Message
from sync.merge_rules import MergeRules, SafetyClass
from sync.merge_tree import Place, TreeMerge, changed_names, same


class ConflictKind(enum.Enum):
    UPDATE_UPDATE = "update-update"
    UPDATE_DELETE = "update-delete"
    DELETE_UPDATE = "delete-update"
    CREATE_CREATE = "create-create"


@dataclass(frozen=True, slots=True)
class Merged:
    """One document that holds both changes, or the only one there was.

    Attributes:
        document: None when it is deleted.
        taken_local: Elements that came from our side.
        taken_remote: Elements that came from theirs.
        dropped_local: Elements of ours that the server's copy replaced (class D only); they go
            into the diary, for nothing vanishes unseen (I2).
    """

    document: Document | None = field(repr=False)
    taken_local: tuple[str, ...] = ()
    taken_remote: tuple[str, ...] = ()
    dropped_local: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedsClinician:
    """A person must decide; all three documents are kept.

    Attributes:
        paths: Elements to look at, without values.
    """

    kind: ConflictKind
    base: Document | None = field(repr=False)
    ours: Document | None = field(repr=False)
    theirs: Document | None = field(repr=False)
    paths: tuple[str, ...] = ()

    @property
    def message(self) -> Message:
        return Message.of(f"sync.conflict.{self.kind.value}")


@dataclass(frozen=True, slots=True)
class Rebased:
    """Our change on top of the newer server version.

    Attributes:
        base: The server's document, the merge base from now on; None when deleted.
        working: What the user sees and what will be sent; equal in value to `base` when clean.
        if_match: Version the next write replaces; "" when deleted.
        dirty: Whether anything of ours is left to send.
    """

    base: Document | None = field(repr=False)
    working: Document | None = field(repr=False)
    if_match: str
    dirty: bool
    merged: Merged


@dataclass(frozen=True, slots=True)
class Current:
    """A resource as the server has it now."""

    version: str
    safety: SafetyClass


@dataclass(frozen=True, slots=True)
class Held:
    """What a signer had not seen (I13).

    Attributes:
        changed: On the screen then, and different now, or gone.
        added: Not there then, of a kind whose whole list was on the screen.
    """

    changed: tuple[Ref, ...]
    added: tuple[Ref, ...]


def merge(
    base: Document | None, local: Document | None, remote: Document | None, rules: MergeRules
) -> Merged | NeedsClinician:
    """Combine our change and theirs of the same base (sync.md §7.6; laws I11, I12).

    Args:
        base: The server version both sides started from; None when there was none.
        local: Our working copy; None when we deleted it.
        remote: The server's copy now; None when it was deleted there.
        rules: The merge pack.
    """
    if local is None or remote is None:
        return _deletion(base, local, remote)
    if base is None:
        return _twice_created(local, remote, rules)
    one_sided = _one_sided(base, local, remote, rules)
    if one_sided is not None:
        return one_sided
    safety = rules.class_of(base, local, remote)
    if safety is SafetyClass.D:
        return Merged(remote, (), _differing(base, remote, rules), _differing(base, local, rules))
    if safety is not SafetyClass.B or _must_be_seen(base, local, remote, rules):
        return _needs(ConflictKind.UPDATE_UPDATE, base, local, remote, rules)
    return _elements(base, local, remote, rules)


def rebase(
    base: Document | None,
    working: Document | None,
    remote: Document | None,
    remote_version: str,
    rules: MergeRules,
) -> Rebased | NeedsClinician:
    """Carry our working copy over onto a newer server version, or say that a person must."""
    result = merge(base, working, remote, rules)
    if isinstance(result, NeedsClinician):
        return result
    dirty = not _equal(result.document, remote)
    version = remote_version if remote is not None else ""
    return Rebased(remote, result.document, version, dirty, result)


def check_read_set(
    read_set: Mapping[Ref, str],
    current: Mapping[Ref, Current],
    ours: Mapping[Ref, AbstractSet[str]],
    whole_lists: AbstractSet[str] = frozenset(),
) -> Held | None:
    """Whether anything of class A that a signer saw has changed since (I13); None if nothing has.

    Args:
        read_set: (ref → server version) on the screen when it was signed.
        current: What the server has now of those, and of every other document of the patient.
            A ref that is missing here was deleted there.
        ours: Versions that this workstation's own confirmed writes produced; they are no news.
        whole_lists: Types of which the screen showed all there was, such as
            `AllergyIntolerance`; a new one among them counts although nobody could have read it.
    """
    changed = [
        ref
        for ref, version in sorted(read_set.items())
        if version and _is_news(current.get(ref), version, ours.get(ref, frozenset()))
    ]
    added = [
        ref
        for ref, now in sorted(current.items())
        if ref not in read_set
        and now.safety is SafetyClass.A
        and ref.partition("/")[0] in whole_lists
        and now.version not in ours.get(ref, frozenset())
    ]
    return Held(tuple(changed), tuple(added)) if changed or added else None


def _is_news(now: Current | None, seen: str, ours: AbstractSet[str]) -> bool:
    if now is None:
        return True
    return now.safety is SafetyClass.A and now.version != seen and now.version not in ours


def _deletion(
    base: Document | None, local: Document | None, remote: Document | None
) -> Merged | NeedsClinician:
    if base is None or local is remote:
        return Merged(local if local is not None else remote)
    if remote is None:
        if _equal(base, local):
            return Merged(None)
        return NeedsClinician(ConflictKind.UPDATE_DELETE, base, local, None)
    if _equal(base, remote):
        return Merged(None)
    return NeedsClinician(ConflictKind.DELETE_UPDATE, base, None, remote)


def _twice_created(local: Document, remote: Document, rules: MergeRules) -> Merged | NeedsClinician:
    """Both made it: slots have ids that every workstation computes alike.

    What both say alike is the base; only the rest can be in dispute.
    """
    if _equal(local, remote):
        return Merged(remote)
    base = {
        name: value for name, value in remote.items() if name in local and same(value, local[name])
    }
    contested = rules.class_of(local, remote) is not SafetyClass.B
    if contested or _must_be_seen(base, local, remote, rules):
        return _needs(ConflictKind.CREATE_CREATE, None, local, remote, rules)
    result = _elements(base, local, remote, rules)
    if isinstance(result, Merged):
        return result
    return NeedsClinician(ConflictKind.CREATE_CREATE, None, local, remote, result.paths)


def _one_sided(
    base: Document, local: Document, remote: Document, rules: MergeRules
) -> Merged | None:
    """The answer where only one side changed, or both alike; first to the letter, then in content.

    A generated narrative (FHIR R4 §2.4) is derived: a server that writes one has changed nothing.
    """
    for form in (own, content):
        b, ours, theirs = form(base), form(local), form(remote)
        if same(ours, b):
            return Merged(remote, (), _differing(base, remote, rules))
        if same(theirs, b):
            moved_on = not same(meta_of(base), meta_of(remote))
            ours_now = stamped(local, remote) if moved_on else local
            return Merged(ours_now, _differing(base, local, rules))
        if same(ours, theirs):
            return Merged(remote)
    return None


def _must_be_seen(base: Document, local: Document, remote: Document, rules: MergeRules) -> bool:
    """Whether a class-B document may not be merged this time.

    When an element of identity changed on either side, one side ended the record, or it holds a
    modifier extension that we do not understand (FHIR R4 §2.4.5.2).
    """
    identity = rules.identity_of(type_of(remote))
    names = changed_names(base, local) | changed_names(base, remote)
    touched = {rules.plain(name) for name in names}
    ended = any(_ended(one, rules) for one in (local, remote)) and not _ended(base, rules)
    return bool(touched & identity) or ended or _has_unknown_modifier((base, local, remote), rules)


def _ended(document: Document, rules: MergeRules) -> bool:
    return any(state in rules.ended for state in states(document))


def _has_unknown_modifier(documents: tuple[Document, ...], rules: MergeRules) -> bool:
    return any(url not in rules.modifiers for one in documents for url in modifiers(one))


def _elements(
    base: Document, local: Document, remote: Document, rules: MergeRules
) -> Merged | NeedsClinician:
    tree = TreeMerge(rules)
    place = Place(type_of(remote))
    merged = tree.objects(place, *(with_meta(one) for one in (base, local, remote)))
    merged = without_empty_meta(merged)
    trail = tree.trail
    lost = dangling(merged) and not (dangling(local) or dangling(remote))
    if trail.conflicts or lost:
        paths = tuple(sorted(trail.conflicts)) or ("contained",)
        return NeedsClinician(ConflictKind.UPDATE_UPDATE, base, local, remote, paths)
    if trail.local and trail.remote and has_generated_text(merged):
        # It describes one side only; a narrative must say what the data say (FHIR R4 §2.4.0).
        merged = without_text(merged)
    if signed_hash(merged) not in (signed_hash(local), signed_hash(remote)):
        # Nobody has signed what neither of them wrote (I14).
        merged = unsigned(merged)
    return Merged(stamped(merged, remote), tuple(sorted(trail.local)), tuple(sorted(trail.remote)))


def _needs(
    kind: ConflictKind,
    base: Document | None,
    local: Document,
    remote: Document,
    rules: MergeRules,
) -> NeedsClinician:
    before = base if base is not None else {}
    paths = {*_differing(before, local, rules), *_differing(before, remote, rules)}
    return NeedsClinician(kind, base, local, remote, tuple(sorted(paths)))


def _differing(one: Document, other: Document, rules: MergeRules) -> tuple[str, ...]:
    names = changed_names(own(one), own(other))
    return tuple(sorted({rules.plain(name) for name in names}))


def _equal(one: Document | None, other: Document | None) -> bool:
    if one is None or other is None:
        return one is other
    return same(own(one), own(other))
