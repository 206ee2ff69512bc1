"""The role matrix, read from its pack."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.people import Privilege, Role, RoleMatrix
from app.kernel.faults import FaultKind, app_error


@dataclass(frozen=True, slots=True)
class RolePack:
    """Privileges per role, and which roles open charts of their own wards only."""

    matrix: RoleMatrix
    own_wards_only: frozenset[Role]

    def of(self, role: Role) -> frozenset[Privilege]:
        return self.matrix.get(role, frozenset())


def read_roles(table: Path) -> RolePack:
    """Read `privileges.tsv` of the roles pack.

    Raises:
        AppError: `STORAGE` when a row names a role or privilege this program does not know: a
            matrix that is understood only in part would hand out or withhold rights by accident.
    """
    granted: dict[Role, set[Privilege]] = {}
    own: set[Role] = set()
    with table.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter="\t"), start=2):
            role, privilege = _known(row, number)
            granted.setdefault(role, set()).add(privilege)
            if privilege is Privilege.OPEN_CHART and row["scope"] == "own-wards":
                own.add(role)
    return RolePack({role: frozenset(held) for role, held in granted.items()}, frozenset(own))


def _known(row: Mapping[str, str], number: int) -> tuple[Role, Privilege]:
    try:
        return Role(row["role"]), Privilege(row["privilege"])
    except (KeyError, ValueError) as error:
        raise app_error(
            FaultKind.STORAGE, "roles.pack-unreadable", f"privileges.tsv line {number}"
        ) from error
