from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from resources.styles import tokens
from resources.styles.tokens import THEMES, Tone, contrast

ROOT = Path(__file__).parents[3]
_HEX = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b|QColor\(\s*\d|rgba?\(")

# Viénot, Brettel & Mollon 1999, for protanopia and deuteranopia, on linear RGB.
_BLINDNESS = {
    "protan": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "deutan": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}


@pytest.mark.parametrize("name", THEMES)
def test_every_ink_can_be_read_on_every_surface_it_is_put_on(name: str) -> None:
    theme = tokens.load(name)
    poor = [
        (ink, ground, round(ratio, 2))
        for ink, ground in theme.pairs()
        if (ratio := contrast(theme.colours[ink], theme.colours[ground])) < 4.5
    ]
    assert poor == []


@pytest.mark.parametrize("name", THEMES)
def test_every_mark_and_icon_can_be_seen(name: str) -> None:
    theme = tokens.load(name)
    icons = [(tone.ink, tone.ground) for tone in Tone]
    poor = [
        (mark, ground)
        for mark, ground in (*theme.marks(), *icons)
        if contrast(theme.colours[mark], theme.colours[ground]) < 3
    ]
    assert poor == []


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert round(contrast("#000000", "#FFFFFF"), 2) == 21
    assert contrast("#777777", "#FFFFFF") < 4.5 < contrast("#757575", "#FFFFFF")


def test_both_themes_have_the_same_tokens() -> None:
    light, dark = (tokens.load(name) for name in THEMES)

    assert set(light.colours) == set(dark.colours)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("blindness", [None, *_BLINDNESS])
def test_series_are_told_apart_with_colour_blindness(name: str, blindness: str | None) -> None:
    theme = tokens.load(name)
    seen = [_seen(theme.colours[f"series_{i}"], blindness) for i in range(1, 6)]

    closest = min(
        sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
        for one, other in itertools.combinations(seen, 2)
    )
    assert closest > 12  # CIE76; 2.3 is just noticeable


@pytest.mark.parametrize("folder", ["ui", "widgets"])
def test_no_colour_is_written_outside_the_tokens(folder: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}: {hit.group(0)}"
        for file in (ROOT / folder).rglob("*.py")
        for hit in _HEX.finditer(file.read_text("utf-8"))
    ]
    assert found == []
    assert _HEX.search("QColor(255, 0, 0)")
    assert _HEX.search("'#B3261E'")


def test_the_style_sheet_writes_no_colour() -> None:
    sheet = (tokens.FOLDER / "app.qss").read_text("utf-8")

    assert not _HEX.search(sheet)


@pytest.mark.parametrize("name", THEMES)
def test_the_drawn_marks_of_the_style_sheet_wear_the_token(name: str) -> None:
    colours = tokens.load(name).colours
    for mark, token in (("check", "on_act"), ("chevron-down", "ink_2")):
        drawn = (tokens.FOLDER / name / f"{mark}.svg").read_text("utf-8")
        assert re.findall(r"#[0-9A-F]{6}", drawn) == [colours[token]]


def _seen(colour: str, blindness: str | None) -> tuple[float, float, float]:
    """The colour in CIE L*a*b*, as an eye with `blindness` has it."""
    rgb = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    if blindness is not None:
        rows = _BLINDNESS[blindness]
        linear = [
            min(max(sum(m * c for m, c in zip(row, linear, strict=True)), 0), 1) for row in rows
        ]
    red, green, blue = linear
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))
