"""Settings: read once at start, every value with its source, then passed in."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

Value = str | int | bool

_NAME = "wardone"


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting. `check` returns what is wrong with a value, or ""."""

    default: Value
    explain: str
    check: Callable[[Value], str] = lambda _: ""


def _between(low: int, high: int) -> Callable[[Value], str]:
    def check(value: Value) -> str:
        inside = isinstance(value, int) and low <= value <= high
        return "" if inside else f"must be a whole number from {low} to {high}"

    return check


def _one_of(*choices: str) -> Callable[[Value], str]:
    return lambda value: "" if value in choices else f"must be one of {', '.join(choices)}"


def _web_address(value: Value) -> str:
    fine = value == "" or (isinstance(value, str) and value.startswith(("https://", "http://")))
    return "" if fine else "must start with https:// (or http:// for this machine)"


DECLARED: Mapping[str, Setting] = {
    "server": Setting("", "FHIR base URL of the central repository", _web_address),
    "directory": Setting("oidc", "how clinicians sign in", _one_of("oidc", "demo")),
    "client_id": Setting("wardone", "OAuth client id of this program"),
    "language": Setting("zh_CN", "language of the screens", _one_of("zh_CN", "en")),
    "theme": Setting("light", "colours of the screens", _one_of("light", "dark")),
    "text_scale": Setting(100, "text size in per cent", _between(90, 200)),
    "touch": Setting(False, "44 px rows for fingers"),
    "time_zone": Setting("Asia/Shanghai", "IANA zone in which times are shown"),
    "lease_hours": Setting(24, "hours of offline work after an online sign-in", _between(1, 72)),
    "auto_lock_minutes": Setting(10, "minutes without a key before the lock", _between(1, 120)),
    "retention_hours": Setting(
        24, "hours that somebody who left every ward followed here is kept", _between(0, 72)
    ),
    "offline_hours": Setting(
        72, "hours without contact after which only what waits is shown", _between(1, 168)
    ),
    "poll_seconds": Setting(15, "seconds between synchronisations", _between(5, 600)),
    "announcements": Setting(
        True, "let the server say when something has changed (FHIR Subscription); polling goes on"
    ),
    "websocket": Setting(
        "", "where the server announces changes if it does not say so itself; /websocket at HAPI"
    ),
    "overlap_seconds": Setting(
        125,
        "window that is asked for again; server transaction timeout + clock drift",
        _between(5, 900),
    ),
    "page_size": Setting(200, "resources asked for per page", _between(10, 1000)),
    "timeout_seconds": Setting(30, "silence after which a request is given up", _between(2, 120)),
    "recovery_key": Setting("", "file with the hospital's public recovery key (PEM)"),
    "ca_bundle": Setting("", "file with the hospital's certificate authorities (PEM)"),
    "passphrase_length": Setting(10, "shortest workstation passphrase", _between(6, 64)),
    "class_a_minutes": Setting(
        15, "minutes until the ward lead is asked about a conflict that can harm", _between(1, 240)
    ),
    "ward_lead": Setting(
        "chief", "role in whose inbox it comes then", _one_of("chief", "attending", "head-nurse")
    ),
    "hospital_packs": Setting("", "folder with the hospital's own packs, over those that ship"),
    "pack_keys": Setting(
        "", "folder with the public keys (PEM) of whoever signs the hospital's packs"
    ),
    "cds_services": Setting("", "file with the decision-support services that may be asked (TOML)"),
    "cds_issuer": Setting("urn:wardone", "how those services know this hospital's workstations"),
    "cds_wait_ms": Setting(
        700, "milliseconds that a signature waits for such a service", _between(100, 1000)
    ),
    "hospital_names": Setting("", "names of the hospital, which no passphrase may contain"),
    "log_level": Setting("INFO", "detail of the log", _one_of("DEBUG", "INFO", "WARNING")),
}
"""Every setting there is. Nothing reads a value that is not declared here."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A value that was not taken, and why. Shown to IT by `doctor` and in the settings page."""

    source: str
    name: str
    why: str


@dataclass(frozen=True)
class Settings:
    """What holds for this run.

    Attributes:
        values: Name → value for every declared setting.
        sources: Name → `default`, `recommended`, `user`, `environment`, `command line` or
            `mandatory`; a mandatory one cannot be changed on the settings page.
        folder: Where the cache, vault and logs live; 0700.
        policy_folder: Where `recommended` and `mandatory` TOML files of IT are read.
    """

    values: Mapping[str, Value]
    sources: Mapping[str, str]
    folder: Path
    user_file: Path
    remarks: tuple[Remark, ...] = ()

    def string(self, name: str) -> str:
        return str(self.values[name])

    def number(self, name: str) -> int:
        return int(self.values[name])

    def flag(self, name: str) -> bool:
        return bool(self.values[name])

    def managed(self, name: str) -> bool:
        return self.sources[name] == "mandatory"


@dataclass
class _Layers:
    values: dict[str, Value] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def lay(self, source: str, given: Mapping[str, object]) -> None:
        for name, value in given.items():
            if not isinstance(value, (str, int, bool)) or name not in DECLARED:
                self.remarks.append(Remark(source, name, "is not a setting"))
                continue
            typed = _typed(value, DECLARED[name].default)
            why = "has the wrong type" if typed is None else DECLARED[name].check(typed)
            if typed is None or why:
                self.remarks.append(Remark(source, name, why))
                continue
            self.values[name] = typed
            self.sources[name] = source


def load(
    arguments: Mapping[str, str],
    *,
    environment: Mapping[str, str] | None = None,
    policy_folders: Sequence[Path] | None = None,
    folder: Path | None = None,
) -> Settings:
    """Read the settings: default < recommended < user < environment < command line < mandatory.

    A value that is not valid is passed over with a remark; it never stops the program.
    """
    env = os.environ if environment is None else environment
    home = folder or Path(env.get("WARDONE_FOLDER") or platformdirs.user_data_dir(_NAME, False))
    user_file = home / "settings.toml"
    policies = _policy_folders() if policy_folders is None else policy_folders
    layers = _Layers()
    layers.lay("default", {name: setting.default for name, setting in DECLARED.items()})
    layers.lay("recommended", _policies(policies, "recommended", layers))
    layers.lay("user", _toml(user_file, layers))
    layers.lay("environment", _from_environment(env))
    layers.lay("command line", arguments)
    layers.lay("mandatory", _policies(policies, "mandatory", layers))
    return Settings(layers.values, layers.sources, home, user_file, tuple(layers.remarks))


def save_user(settings: Settings, changes: Mapping[str, Value]) -> None:
    """Write the user's own choices beside the cache; other layers are left alone."""
    kept = dict(_toml(settings.user_file, _Layers()))
    kept.update(changes)
    lines = [f"{name} = {_toml_value(value)}" for name, value in sorted(kept.items())]
    settings.user_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = settings.user_file.with_suffix(".new")
    fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
    fresh.replace(settings.user_file)


def _typed(value: Value, like: Value) -> Value | None:
    if isinstance(like, bool):
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))
    if isinstance(like, int):
        try:
            return None if isinstance(value, bool) else int(value)
        except ValueError:
            return None
    return value if isinstance(value, str) else None


def _from_environment(env: Mapping[str, str]) -> dict[str, str]:
    found = {name: env.get(f"WARDONE_{name.upper()}") for name in DECLARED}
    return {name: value for name, value in found.items() if value is not None}


def _policies(folders: Sequence[Path], level: str, layers: _Layers) -> dict[str, object]:
    merged: dict[str, object] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            part = _toml(file, layers).get(level, {})
            if isinstance(part, dict):
                merged.update(part)
    if sys.platform == "win32":
        merged.update(_windows_policies(level))
    return merged


def _policy_folders() -> tuple[Path, ...]:
    return (Path(platformdirs.site_config_dir(_NAME, False)) / "policy.d",)


def _toml(file: Path, layers: _Layers) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        layers.remarks.append(Remark(file.name, "", f"cannot be read: {type(error).__name__}"))
        return {}


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if sys.platform == "win32":  # pragma: no cover - Windows only
    import winreg

    def _windows_policies(level: str) -> dict[str, object]:
        key_name = rf"SOFTWARE\Policies\WardOne\{level}"
        found: dict[str, object] = {}
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key_name) as key:
                for index in range(winreg.QueryInfoKey(key)[1]):
                    name, value, _ = winreg.EnumValue(key, index)
                    found[name] = value
        except FileNotFoundError:
            return {}
        return found

else:

    def _windows_policies(level: str) -> dict[str, object]:  # noqa: ARG001 - same shape on both
        return {}
