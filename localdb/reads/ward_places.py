"""The beds and rooms of a ward, for whoever asks the server about them."""

from __future__ import annotations

from app.domain.terms import Ref, WardId
from localdb.reads.places import inside, ward_ref
from localdb.reads.snapshots import Snapshots


class SqlPlaces:
    """Places by `Location.partOf`, as far as they have been downloaded."""

    def __init__(self, cache: Snapshots) -> None:
        self._cache = cache

    def places_of(self, ward: WardId) -> tuple[Ref, ...]:
        """The ward itself and every place inside it; empty while nothing is known of it."""
        with self._cache.read() as connection:
            found = inside(connection, ward).places
        return found or (ward_ref(ward),)
