"""What the server model needs of a place to keep resources."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from sync.cdr.clauses import Clause, SortKey
from sync.cdr.indexing import Index
from sync.cdr.values import Version


class Store(Protocol):
    """Versions of resources and the index over the current ones.

    A `key` is the store's own number of a resource: stable, growing in the order of creation.
    """

    def atomic(self) -> AbstractContextManager[None]:
        """Everything written inside is kept, or, if an exception leaves it, nothing is.

        Blocks do not nest.
        """
        ...

    def current(self, type_: str, id_: str) -> Version | None:
        """The newest version, a deletion included; None if it never was."""
        ...

    def version(self, type_: str, id_: str, number: int) -> Version | None: ...

    def write(self, version: Version, gone: Index, come: Index) -> None:
        """Add a version and exchange the index rows of the one before for its own."""
        ...

    def search(
        self, type_: str, clauses: Sequence[Clause], sort: Sequence[SortKey] = ()
    ) -> list[int]:
        """Keys of the current resources that fit every clause, in order, then by id.

        Without a sort key they come in the order of creation.
        """
        ...

    def load(self, keys: Sequence[int]) -> list[Version]:
        """The current versions of `keys`, in that order; deleted ones are left out."""
        ...

    def linked(self, type_: str, parameter: str, keys: Sequence[int]) -> list[str]:
        """What the resources `keys` refer to by `parameter`, sorted."""
        ...

    def referrers(self, targets: Sequence[str], limit: int) -> list[int]:
        """Keys of current resources with any indexed reference to one of `targets`."""
        ...

    def history(
        self, type_: str = "", id_: str = "", *, since: int = 0, before: int = 0, limit: int
    ) -> list[Version]:
        """Versions not older than `since` (ms), newest first; `before` is a sequence number."""
        ...

    def counts(self) -> dict[str, int]:
        """How many current resources of each type there are."""
        ...

    def close(self) -> None: ...
