"""Refuses changes of documents that nobody may change here, whatever a page would let through."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.terms import Ref
from app.fhir.document import Document, reference_to
from app.fhir.frame import type_of
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Act, Acts, Change, Documents

MayEdit = Callable[[Document, Document], bool]


class GuardedActs:
    """`Acts` under the merge pack (sync.md §7.6, classes C and D).

    What the hospital owns is not edited; what is only added to is amended or marked as entered in
    error, never rewritten.
    """

    def __init__(self, acts: Acts, documents: Documents, may_edit: MayEdit) -> None:
        self._acts = acts
        self._documents = documents
        self._may_edit = may_edit

    def commit(self, act: Act) -> None:
        """Commit `act`; errors as `Acts.commit`.

        Raises:
            AppError: `REFUSED` when one of its documents may not be changed like that.
        """
        self.commit_all((act,))

    def commit_all(self, acts: tuple[Act, ...]) -> None:
        """Commit them together; errors as `commit`."""
        for act in acts:
            for change in act.changes:
                self._look_at(change)
        self._acts.commit_all(acts)

    def _look_at(self, change: Change) -> None:
        if change.stamp is None:
            return
        held = self._documents.held(Ref(reference_to(change.document)))
        if held is not None and not self._may_edit(held.document, change.document):
            kind = type_of(change.document)
            raise app_error(FaultKind.REFUSED, "change.not-here", kind)
