"""How users, privileges and audit entries are worded."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.people import Clinician, Privilege, Role
from app.kernel.faults import Message
from app.ports.keeping import AuditEntry
from app.services.administration import Account
from resources.catalogue import Parameter
from resources.styles.tokens import Tone
from ui.admin.state import AdminState, Unread
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH
from widgets.table_values import Align, Cell, Column, Row, TableSpec

_FIRST = 3
_HOVERED = 30
"""References that a cell and its hover name; `python -m app unread` lists them all."""


@dataclass(frozen=True, slots=True)
class AdminWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def name(self, user: Clinician) -> str:
        return user.name.shown(self.desk.languages.language)

    def action(self, action: str) -> str:
        """Our actions in words; an unknown one as it is written."""
        catalogue = self.desk.languages.catalogue
        if catalogue.has(f"admin.action.{action}"):
            return self.text(f"admin.action.{action}")
        return self.text(f"act.{action}") if catalogue.has(f"act.{action}") else action

    # -- users

    def users_spec(self) -> TableSpec:
        columns = (
            Column("name", self.text("admin.column.name"), 180, wraps=True, fixed=True),
            Column("username", self.text("admin.column.username"), 140, fixed=True),
            Column("role", self.text("admin.column.role"), 160),
            Column("wards", self.text("admin.column.wards"), 180, wraps=True, stretches=True),
            Column("enrolled", self.text("admin.column.enrolled"), 136),
            Column("attempts", self.text("admin.column.attempts"), 190, wraps=True),
            Column("active", self.text("admin.column.active"), 100),
        )
        return TableSpec("admin.users", self.text("admin.section.users"), columns)

    def users(self, state: AdminState) -> tuple[Row, ...]:
        return tuple(self._user(user, state) for user in state.users or ())

    def _user(self, account: Account, state: AdminState) -> Row:
        user = account.clinician
        wards = [ward.shown(self.desk.languages.language) for ward in account.wards]
        code = "admin.active" if user.active else "admin.closed"
        me = self.text("admin.you") if user.id == state.me else ""
        at = user.enrolled_at
        return Row(
            user.id,
            (
                Cell(self.name(user), second=me, strong=True),
                Cell(user.username),
                Cell(self.text(f"role.{user.role.value}")),
                Cell(self.text("admin.joint").join(wards) or self.text("admin.no_wards")),
                Cell(
                    self.desk.formats.moment(at),
                    tone=Tone.PLAIN if at else Tone.UNKNOWN,
                    order=at.timestamp() if at else None,
                ),
                self._attempts(account),
                Cell(
                    self.text(code),
                    tone=Tone.GOOD if user.active else Tone.UNKNOWN,
                    icon="circle-check" if user.active else "ban",
                    badge=True,
                ),
            ),
            faded=not user.active,
        )

    def _attempts(self, account: Account) -> Cell:
        """What the vault counted: a passphrase guessed wrong, a lock-out, or no passphrase yet."""
        failed, until = account.failed_attempts, account.locked_until
        if not account.has_passphrase:
            return Cell(self.text("admin.no_passphrase"), tone=Tone.UNKNOWN, order=-1)
        if not failed:
            return Cell(self.text("admin.no_failed"), order=0)
        said = self.text("admin.failed", count=failed)
        if until is None:
            return Cell(said, tone=Tone.CAUTION, icon="triangle-alert", order=failed)
        locked = self.text("admin.locked", at=self.desk.formats.time(until, seconds=True))
        return Cell(said, second=locked, tone=Tone.CAUTION, icon="lock", order=failed)

    # -- roles

    def roles_spec(self) -> TableSpec:
        first = Column(
            "privilege", self.text("admin.column.privilege"), 190, wraps=True, fixed=True
        )
        roles = (Column(role.value, self.text(f"role.{role.value}"), 80) for role in Role)
        return TableSpec("admin.roles", self.text("admin.section.roles"), (first, *roles))

    def roles(self, state: AdminState) -> tuple[Row, ...]:
        held = state.matrix or {}
        return tuple(
            Row(
                privilege.value,
                (
                    Cell(self.text(f"privilege.{privilege.value}"), strong=True),
                    *(self._held(has=privilege in held.get(role, ())) for role in Role),
                ),
            )
            for privilege in Privilege
        )

    def _held(self, *, has: bool) -> Cell:
        word = self.text("admin.may" if has else "admin.may_not")
        return Cell(word, tone=Tone.GOOD if has else Tone.UNKNOWN, icon="check" if has else "")

    # -- audit

    def audit_spec(self) -> TableSpec:
        columns = (
            Column("seq", self.text("admin.column.seq"), 64, Align.RIGHT, fixed=True),
            Column("at", self.text("admin.column.at"), 160, fixed=True),
            Column("actor", self.text("admin.column.actor"), 120, wraps=True, fixed=True),
            Column("action", self.text("admin.column.action"), 190, wraps=True),
            Column("patient", self.text("admin.column.patient"), 150),
            Column("reason", self.text("admin.column.reason"), 180, wraps=True, stretches=True),
            Column("detail", self.text("admin.column.detail"), 160),
        )
        return TableSpec("admin.audit", self.text("admin.section.audit"), columns, exports=True)

    def audit(self, state: AdminState) -> tuple[Row, ...]:
        return tuple(self._entry(entry) for entry in state.entries or ())

    def _entry(self, entry: AuditEntry) -> Row:
        opened = entry.action == "chart.break-glass"
        return Row(
            str(entry.seq),
            (
                Cell(f"{entry.seq:,}", order=entry.seq),
                self._at(entry),
                Cell(entry.actor_name or DASH),
                Cell(
                    self.action(entry.action),
                    tone=Tone.CAUTION if opened else Tone.PLAIN,
                    icon="shield-alert" if opened else "",
                ),
                Cell(entry.patient or ""),
                Cell(entry.reason),
                Cell(entry.detail),
            ),
            finds=entry.action,
        )

    def verdict(self, state: AdminState) -> tuple[str, Tone]:
        """What the last check of the chain found, in words."""
        verdict = state.verdict
        if verdict is None:
            return self.text("admin.checking" if state.busy else "admin.not_checked"), Tone.UNKNOWN
        at = self.desk.formats.moment(state.checked_at)
        if verdict.intact:
            return self.text("admin.intact", count=verdict.entries, at=at), Tone.GOOD
        if verdict.broken_at is None:
            return self.text("admin.broken", at=at), Tone.CAUTION
        place = f"{verdict.broken_at:,}"
        return self.text("admin.broken_at", entry=place, at=at), Tone.CAUTION

    # -- break-glass

    def openings_spec(self) -> TableSpec:
        columns = (
            Column("at", self.text("admin.column.at"), 160, fixed=True),
            Column("actor", self.text("admin.column.actor"), 140, wraps=True, fixed=True),
            Column("patient", self.text("admin.column.patient"), 160, fixed=True),
            Column("reason", self.text("admin.column.reason"), 240, wraps=True, stretches=True),
            Column("state", self.text("admin.column.review"), 160),
            Column("by", self.text("admin.column.reviewed"), 200, wraps=True),
        )
        title = self.text("admin.section.break-glass")
        return TableSpec("admin.openings", title, columns, exports=True)

    def openings(self, state: AdminState) -> tuple[Row, ...]:
        return tuple(self._opening(entry, state) for entry in state.openings or ())

    def _opening(self, entry: AuditEntry, state: AdminState) -> Row:
        own = entry.actor == state.me
        done = bool(entry.reviewed_by)
        code = "admin.reviewed" if done else "admin.own_opening" if own else "admin.to_review"
        at = self.desk.formats.moment(entry.reviewed_at) if entry.reviewed_at else ""
        return Row(
            str(entry.seq),
            (
                self._at(entry),
                Cell(entry.actor_name or DASH),
                Cell(entry.patient or DASH),
                Cell(entry.reason or DASH),
                Cell(
                    self.text(code),
                    tone=Tone.GOOD if done else Tone.CAUTION,
                    icon="circle-check" if done else "eye",
                    badge=True,
                ),
                Cell(entry.reviewed_by or DASH, second=at),
            ),
            tone=Tone.PLAIN if done else Tone.CAUTION,
            faded=done,
        )

    # -- what was not understood

    def unread_spec(self) -> TableSpec:
        columns = (
            Column("shown", self.text("admin.column.shown"), 130, wraps=True, fixed=True),
            Column("rtype", self.text("admin.column.rtype"), 190, fixed=True),
            Column("count", self.text("admin.column.count"), 80, Align.RIGHT),
            Column("why", self.text("admin.column.why"), 260, wraps=True, stretches=True),
            Column("detail", self.text("admin.column.detail"), 140, wraps=True),
            Column("refs", self.text("admin.column.refs"), 260, wraps=True),
        )
        title = self.text("admin.section.unread")
        return TableSpec("admin.unread", title, columns, exports=True)

    def unread(self, state: AdminState) -> tuple[Row, ...]:
        return tuple(self._unread(group) for group in state.unread or ())

    def _unread(self, group: Unread) -> Row:
        """References lead to the documents at the server; they name nobody."""
        count = len(group.refs)
        first, more = group.refs[:_FIRST], count - _FIRST
        shown = self.text("admin.in_part" if group.shown else "admin.on_no_page")
        return Row(
            group.key,
            (
                Cell(shown, tone=Tone.PLAIN if group.shown else Tone.CAUTION),
                Cell(group.rtype, strong=True),
                Cell(f"{count:,}", order=count),
                Cell(self.desk.languages.render(Message(group.reason))),
                Cell(group.detail),
                Cell(
                    self.text("admin.joint").join(first),
                    second=self.text("admin.more_refs", number=f"{more:,}") if more > 0 else "",
                    hover="\n".join(group.refs[:_HOVERED]),
                ),
            ),
            finds=f"{group.reason} {group.detail}",
        )

    def _at(self, entry: AuditEntry) -> Cell:
        moment = self.desk.formats.moment(entry.at, seconds=True)
        return Cell(moment, order=entry.at.timestamp())
