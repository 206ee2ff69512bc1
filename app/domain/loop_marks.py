"""From documents and signatures to the facts of one loop.

A node is reached when a signature (Provenance) says so: activity = step code or an act that the
pack maps to the step, target = the document in a certain version. What the node demands of that
document is an invariant that is checked where that version is here. A document that nobody signed
still shows in which state it is; it counts where it names the step, or where no other node of the
loop could be meant (clinical norm: node rule of the loop catalogue).
"""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.loop_facts import Fact, Phase
from app.domain.loops import Loop, LoopNode
from app.domain.terms import Ref

NAMED_BY_CODE = frozenset({"Task", "Communication", "QuestionnaireResponse"})
"""Types so general that only a code tells which step one of them is."""


class Standing(enum.Enum):
    """How the state of a document lies to the state that a node demands."""

    AT = "at"
    PAST = "past"
    BEFORE = "before"  # begun, not there yet
    DECLINED = "declined"
    OFF = "off"


Lifecycle = Callable[[str, str, str], Standing]
"""(R4 type, status of the document, status that is demanded) → how they lie."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a document says towards some step.

    Attributes:
        at: When it came into its present state; `authored_at` when it was made.
        steps: Step codes it names. `codes`: its other codes of this house.
        instance: What tells repetitions apart, see `Fact`.
        named: Loop that the document says it follows, or "".
        event: What it is the beginning of, though no order (`critical-lab`), or "".
    """

    ref: Ref
    resource: str
    status: str
    version: str = ""
    at: datetime | None = None
    authored_at: datetime | None = None
    due: datetime | None = None
    by: str = ""
    instance: str = ""
    steps: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    named: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who did what to which document: one target of a Provenance.

    Attributes:
        version: Of the target; "" where the Provenance names none.
        steps: Step codes of the activity; `act` the code of an act of this house, or "".
        at: When it was recorded; `client_at` when it occurred by the clock of the workstation.
        by: Their name where it is recorded; `who` is the reference to them.
    """

    target: Ref
    version: str = ""
    steps: tuple[str, ...] = ()
    act: str = ""
    at: datetime | None = None
    client_at: datetime | None = None
    by: str = ""
    who: Ref | None = None


@dataclass(frozen=True, slots=True)
class MarkRule:
    """An act, or a code of a document, that stands for a step.

    Attributes:
        by: `act` or `code`.
        resource: Type and `status` that the document must have instead of the node's own.
    """

    by: str
    code: str
    resource: str
    status: str
    step: str


class Reader:
    """Reads evidence by the rules of a pack."""

    def __init__(self, rules: Iterable[MarkRule], lifecycle: Lifecycle) -> None:
        self._lifecycle = lifecycle
        self._rules: dict[tuple[str, str], list[MarkRule]] = defaultdict(list)
        for rule in rules:
            self._rules[rule.by, rule.code].append(rule)

    def facts(
        self, loop: Loop, marks: Iterable[Mark], signatures: Iterable[Signature]
    ) -> tuple[Fact, ...]:
        """Everything that `marks` and `signatures` say of the nodes of `loop`."""
        nodes = {node.step: node for node in loop.nodes}
        held = {mark.ref: mark for mark in marks}
        found = [
            fact for one in signatures for fact in self._signed(one, held.get(one.target), nodes)
        ]
        witnessed = {(fact.step, fact.ref) for fact in found}
        alone = _alone(loop)
        shown = (fact for mark in held.values() for fact in self._shown(mark, nodes, alone))
        found += [fact for fact in shown if (fact.step, fact.ref) not in witnessed]
        return tuple(found)

    def _signed(
        self, one: Signature, mark: Mark | None, nodes: Mapping[str, LoopNode]
    ) -> Iterator[Fact]:
        for step, resource, status in self._said(one, nodes):
            if one.target.partition("/")[0] != resource or self._contradicts(one, mark, status):
                continue
            yield Fact(
                step,
                Phase.DONE,
                one.at,
                by=one.by,
                ref=one.target,
                version=one.version,
                client_at=one.client_at,
                instance=mark.instance if mark else "",
                due=mark.due if mark else None,
                witnessed=True,
            )

    def _said(
        self, one: Signature, nodes: Mapping[str, LoopNode]
    ) -> Iterator[tuple[str, str, str]]:
        for step in one.steps:
            if (node := nodes.get(step)) is not None:
                yield step, node.resource, node.status
        for rule in self._rules["act", one.act]:
            if rule.step in nodes:
                yield rule.step, rule.resource, rule.status

    def _contradicts(self, one: Signature, mark: Mark | None, status: str) -> bool:
        """The very version that was signed is here, and is not what the step demands.

        A dose that was planned and is cancelled now is no plan any more, whoever signed it.
        """
        if mark is None:
            return False
        standing = self._lifecycle(mark.resource, mark.status, status)
        if standing is Standing.DECLINED and mark.instance == mark.ref:
            return True
        if not one.version or one.version != mark.version:
            return False
        return standing not in (Standing.AT, Standing.PAST)

    def _shown(
        self, mark: Mark, nodes: Mapping[str, LoopNode], alone: Mapping[str, list[LoopNode]]
    ) -> Iterator[Fact]:
        for step, status in self._meant(mark, nodes, alone):
            phase, at = self._phase(mark, status)
            if phase is not None:
                yield Fact(
                    step,
                    phase,
                    at,
                    by=mark.by,
                    ref=mark.ref,
                    version=mark.version,
                    instance=mark.instance,
                    due=mark.due,
                )

    def _meant(
        self, mark: Mark, nodes: Mapping[str, LoopNode], alone: Mapping[str, list[LoopNode]]
    ) -> Iterator[tuple[str, str]]:
        """(step, demanded status): by its code, else where nothing else can be meant."""
        named = {
            step: nodes[step].status
            for step in mark.steps
            if step in nodes and nodes[step].resource == mark.resource
        }
        for rule in (rule for code in mark.codes for rule in self._rules["code", code]):
            if rule.resource == mark.resource and rule.step in nodes:
                named.setdefault(rule.step, rule.status)
        if named or mark.steps:
            yield from named.items()
        elif mark.resource not in NAMED_BY_CODE:
            yield from ((node.step, node.status) for node in alone.get(mark.resource, ()))

    def _phase(self, mark: Mark, status: str) -> tuple[Phase | None, datetime | None]:
        match self._lifecycle(mark.resource, mark.status, status):
            case Standing.AT:
                return Phase.DONE, mark.at
            case Standing.PAST:
                # When it passed a state nobody wrote down; only its making has a time of its own.
                return Phase.DONE, mark.authored_at if status in _BORN else None
            case Standing.BEFORE:
                return Phase.BEGUN, mark.at
            case Standing.DECLINED:
                return Phase.DECLINED, mark.at
            case _:
                return None, None


_BORN = frozenset({"draft", "active", "requested"})


def _alone(loop: Loop) -> Mapping[str, list[LoopNode]]:
    """Nodes whose demand no other node of the loop shares, by type."""
    pairs = Counter((node.resource, node.status) for node in loop.nodes)
    found: dict[str, list[LoopNode]] = defaultdict(list)
    for node in loop.nodes:
        if pairs[node.resource, node.status] == 1:
            found[node.resource].append(node)
    return found


def families(
    links: Mapping[Ref, tuple[Ref, ...]], subjects: Iterable[Ref], barriers: frozenset[Ref]
) -> dict[Ref, tuple[Ref, ...]]:
    """For each subject the documents that refer to it, over any number of steps; itself first.

    Args:
        links: Document → what it refers to.
        subjects: Orders, and documents that begin a loop of their own.
        barriers: Documents beyond which nothing belongs to a family: other orders.
    """
    back: dict[Ref, list[Ref]] = defaultdict(list)
    for ref, targets in links.items():
        for target in targets:
            back[target].append(ref)
    return {subject: _gathered(subject, back, barriers) for subject in subjects}


def _gathered(
    subject: Ref, back: Mapping[Ref, list[Ref]], barriers: frozenset[Ref]
) -> tuple[Ref, ...]:
    found = {subject: None}
    waiting = [subject]
    while waiting:
        for ref in back.get(waiting.pop(), ()):
            if ref not in found and ref not in barriers:
                found[ref] = None
                waiting.append(ref)
    return tuple(found)
