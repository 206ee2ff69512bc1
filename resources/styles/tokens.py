"""The colours and sizes of the screen, by name; the only place where they are written down."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

THEMES = ("light", "dark")
FOLDER = Path(__file__).parent


class Tone(enum.Enum):
    """What a piece of the screen claims; an icon or a word always says it too."""

    PLAIN = "plain"
    ACT = "act"  # can be clicked
    GOOD = "good"  # done, in range
    CAUTION = "caution"  # needs judgement
    DANGER = "danger"  # harm to a patient; nothing else is red
    LOCAL = "local"  # only on this workstation: draft, waiting, conflict
    UNKNOWN = "unknown"  # not recorded, not checked

    @property
    def ink(self) -> str:
        """The colour token of its text and icon."""
        return {Tone.PLAIN: "ink", Tone.UNKNOWN: "ink_3"}.get(self, self.value)

    @property
    def ground(self) -> str:
        """The colour token of the surface behind it."""
        return {
            Tone.PLAIN: "panel",
            Tone.ACT: "act_ground",
            Tone.UNKNOWN: "ground",
        }.get(self, f"{self.value}_ground")

    @property
    def icon(self) -> str:
        """The icon that says the same without the colour."""
        return _ICONS[self]


_ICONS = {
    Tone.PLAIN: "info",
    Tone.ACT: "info",
    Tone.GOOD: "circle-check",
    Tone.CAUTION: "triangle-alert",
    Tone.DANGER: "octagon-alert",
    Tone.LOCAL: "hard-drive",
    Tone.UNKNOWN: "circle-help",
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme as data.

    Attributes:
        name: `light` or `dark`.
        colours: `#RRGGBB` by token.
        sizes: Logical pixels at 100 % by token.
        families: Font families, wanted most first.
    """

    name: str
    colours: Mapping[str, str]
    sizes: Mapping[str, int]
    families: tuple[str, ...]

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Every ink with every surface it is put on; each must reach 4.5:1 (WCAG 2.2 §1.4.3)."""
        inks = ("ink", "ink_2", "ink_3", "act")
        grounds = ("ground", "panel", "raised", "hover")
        tones = ("danger", "caution", "good", "local", "act")
        return (
            *((ink, ground) for ink in inks for ground in grounds),
            *((tone, ground) for tone in tones for ground in ("ground", "panel", "raised")),
            *((tone, f"{tone}_ground") for tone in tones),
            *((ink, f"{tone}_ground") for ink in ("ink", "ink_2") for tone in tones),
            ("on_act", "act"),
            ("on_act", "act_strong"),
            ("on_danger", "danger"),
        )

    def marks(self) -> tuple[tuple[str, str], ...]:
        """Every drawn mark with its surface; each must reach 3:1 (WCAG 2.2 §1.4.11)."""
        series = tuple(name for name in self.colours if name.startswith("series_"))
        return (
            *((mark, "panel") for mark in (*series, "now", "focus", "line_field")),
            ("focus", "ground"),
        )


def load(name: str, folder: Path = FOLDER) -> Tokens:
    """Read the tokens of one theme."""
    colours = tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))["colour"]
    shared = tomllib.loads((folder / "sizes.toml").read_text("utf-8"))
    return Tokens(
        name=name,
        colours=MappingProxyType({key: str(value) for key, value in colours.items()}),
        sizes=MappingProxyType({key: int(value) for key, value in shared["size"].items()}),
        families=tuple(shared["font"]["families"]),
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#RRGGBB` colours (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
