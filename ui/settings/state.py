"""The settings as the page shows them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from app.config import DECLARED, Settings, Value
from app.kernel.faults import Fault, Message
from app.ports.syncing import ProbeReport
from resources.catalogue import LANGUAGES
from resources.styles.tokens import THEMES

_MOST = 1000


class Kind(enum.Enum):
    """How a setting is chosen."""

    CHOICE = "choice"
    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Group:
    """A named group of settings.

    Attributes:
        by_it: Changed by IT in a policy or settings file and shown here for reading only.
    """

    key: str
    names: tuple[str, ...]
    by_it: bool = False


GROUPS = (
    Group("display", ("language", "theme", "text_scale", "touch", "time_zone")),
    Group("sign_in", ("directory", "auto_lock_minutes")),
    Group("server", ("server", "poll_seconds", "announcements", "timeout_seconds")),
    Group(
        "it",
        (
            "client_id",
            "lease_hours",
            "retention_hours",
            "offline_hours",
            "class_a_minutes",
            "ward_lead",
            "passphrase_length",
            "hospital_names",
            "hospital_packs",
            "pack_keys",
            "cds_services",
            "cds_issuer",
            "cds_wait_ms",
            "websocket",
            "overlap_seconds",
            "page_size",
            "recovery_key",
            "ca_bundle",
            "log_level",
        ),
        by_it=True,
    ),
)

AT_ONCE = frozenset({"language", "theme", "text_scale", "touch"})
"""The others hold from the next start on."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "language": LANGUAGES,
    "theme": THEMES,
    "directory": ("oidc", "demo"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One setting.

    Attributes:
        source: Layer that gave the value (`app.config`).
        managed: Fixed by the hospital, or kept for IT.
        lowest, highest: Of a number, as `app.config` allows.
        wrong: Why what was typed will not do.
    """

    name: str
    kind: Kind
    value: Value
    source: str
    managed: bool
    by_it: bool = False
    choices: tuple[str, ...] = ()
    lowest: int = 0
    highest: int = 0
    wrong: Message | None = None

    @property
    def can_change(self) -> bool:
        return not (self.managed or self.by_it)


@dataclass(frozen=True, slots=True)
class SettingsState:
    """The page as a value.

    Attributes:
        changes: What is chosen and not saved yet.
        saved: Something was saved; `restart` says that a part of it waits for the next start.
        report: What the server's probe found.
    """

    settings: Settings
    changes: Mapping[str, Value] = field(default_factory=dict)
    saving: bool = False
    saved: bool = False
    restart: bool = False
    fault: Fault | None = None
    probing: bool = False
    report: ProbeReport | None = None

    @property
    def groups(self) -> tuple[tuple[Group, tuple[Row, ...]], ...]:
        return tuple((group, tuple(self._row(n, group) for n in group.names)) for group in GROUPS)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for _, rows in self.groups for row in rows)

    @property
    def can_save(self) -> bool:
        return bool(self.changes) and not self.saving and not any(r.wrong for r in self.rows)

    @property
    def server(self) -> str:
        return str(self.changes.get("server", self.settings.string("server")))

    @property
    def can_probe(self) -> bool:
        """A server is named, it is not the hospital's choice alone, and nothing is under way."""
        return bool(self.server) and not self.probing and wrong_with("server", self.server) is None

    def _row(self, name: str, group: Group) -> Row:
        value = self.changes.get(name, self.settings.values[name])
        lowest, highest = bounds(name)
        return Row(
            name=name,
            kind=kind_of(name),
            value=value,
            source=self.settings.sources[name],
            managed=self.settings.managed(name),
            by_it=group.by_it,
            choices=_CHOICES.get(name, ()),
            lowest=lowest,
            highest=highest,
            wrong=wrong_with(name, value) if name in self.changes else None,
        )


def kind_of(name: str) -> Kind:
    """How the setting `name` is chosen, by the type of its default."""
    if name in _CHOICES:
        return Kind.CHOICE
    match DECLARED[name].default:
        case bool():
            return Kind.FLAG
        case int():
            return Kind.NUMBER
    return Kind.TEXT


def bounds(name: str) -> tuple[int, int]:
    """The lowest and highest number that `app.config` takes; (0, 0) for what is no number."""
    if kind_of(name) is not Kind.NUMBER:
        return (0, 0)
    good = [number for number in range(_MOST + 1) if not DECLARED[name].check(number)]
    return (good[0], good[-1])


def wrong_with(name: str, value: Value) -> Message | None:
    """What is wrong with a value, as a sentence to be."""
    if name == "time_zone":
        known = str(value) in available_timezones()
        return None if known else Message.of("settings.wrong.time_zone")
    if not DECLARED[name].check(value):
        return None
    if kind_of(name) is Kind.NUMBER:
        lowest, highest = bounds(name)
        return Message.of("settings.wrong.number", lowest=lowest, highest=highest)
    return Message.of("settings.wrong.address" if name == "server" else "settings.wrong.choice")
