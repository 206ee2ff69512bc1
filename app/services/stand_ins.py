"""Whose tasks a role may answer besides its own, as the roles pack says."""

from __future__ import annotations

from functools import cache

from app.domain.people import Role
from resources.reading import rows


@cache
def stands_in(role: Role) -> tuple[tuple[Role, str], ...]:
    """Roles and codes of their tasks that `role` sees, too: a chief what attendings countersign."""
    return tuple(
        (Role(row["for_role"]), row["code"])
        for row in rows("roles", "stand_ins")
        if row["role"] == role.value
    )
