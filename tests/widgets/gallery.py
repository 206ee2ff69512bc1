"""Every widget on four sheets, for the eye: `python -m tests.widgets.gallery FOLDER`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from resources.styles.tokens import THEMES, Tone
from tests.widgets.gallery_values import NOW, SHANGHAI, table_rows, table_spec, trend_spec
from ui.runtime.dialogs import Choice, ask
from ui.runtime.language import Languages
from ui.runtime.theme import Dresser, theme
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import IconButton, KeyButton
from widgets.card import Card
from widgets.chips import Chip
from widgets.editor import Editor
from widgets.flow_layout import FlowLayout
from widgets.form import FieldSpec, Form
from widgets.icons import icon_names
from widgets.labels import Caption, ElidedLabel, Title, WrapLabel
from widgets.look import Look
from widgets.palette_popup import PaletteEntry, PalettePopup
from widgets.segmented import Segment, Segmented
from widgets.side_rail import RailItem, SideRail
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.timeline import Timeline, TimelineEvent, TimelineSpec
from widgets.trend_plot import TrendPlot

SIZE = (1280, 720)


def rail_items() -> tuple[RailItem, ...]:
    return (
        RailItem("ward", "Ward", "bed-double", keys="Alt+1"),
        RailItem("mine", "My patients", "users", "12"),
        RailItem("work", "Work list", "list-checks", "4", Tone.CAUTION),
        RailItem("verify", "Verify", "clipboard-check"),
        RailItem("images", "Images", "images"),
        RailItem("queue", "Queue", "cloud-upload", "3", Tone.LOCAL, apart=True),
        RailItem("admin", "Admin", "settings"),
    )


def sheet_of_parts(look: Look) -> QWidget:
    page, column = _page(look)
    column.addWidget(Title("Notices, chips, buttons, form"))
    for text, tone, action, stays in (
        ("3 values came late and were filed by their time.", Tone.PLAIN, "", False),
        ("All sent.", Tone.GOOD, "", False),
        ("Allergy check not done: the entry is free text.", Tone.CAUTION, "Show", True),
        ("This was NOT saved on this workstation.", Tone.DANGER, "Try again", True),
        ("Saved on this workstation – waiting to send.", Tone.LOCAL, "Show queue", False),
        ("Skin test: not recorded.", Tone.UNKNOWN, "", False),
    ):
        line = BannerLine(look, "gallery.notice")
        line.show_notice(Notice(text, tone, action, stays=stays))
        column.addWidget(line)
    chips = QWidget()
    flow = FlowLayout(chips, gap=6)
    for tone in Tone:
        chip = Chip(look)
        chip.show_claim(
            {Tone.DANGER: "‼ Critical", Tone.LOCAL: "Draft 草稿"}.get(tone, tone.value), tone
        )
        flow.addWidget(chip)
    for key, tone in (("Sign", Tone.ACT), ("Stop order", Tone.DANGER), ("Cancel", Tone.PLAIN)):
        button = KeyButton(key, key)
        button.claim(tone)
        flow.addWidget(button)
    dead = KeyButton("no", "Sign")
    dead.claim(Tone.ACT)
    dead.setEnabled(False)
    flow.addWidget(dead)
    column.addWidget(chips)
    row = QHBoxLayout()
    form = Form(look, "gallery.form")
    form.add(FieldSpec("weight", "Weight", "kg", "measured today", required=True))
    form.add(FieldSpec("route", "Route"), QComboBox())
    form.add(FieldSpec("dose", "Dose", "microgram per kg per minute"))
    form.field("dose").show_error("Ten times the usual dose. Check the unit.")
    form.add(FieldSpec("box", "Isolation"), QCheckBox("Contact isolation"))
    row.addWidget(form, 1)
    editor = Editor(look, "gallery.editor")
    editor.show_text("患者今晨诉胸闷,无胸痛。\nBP 142/88 mmHg, SpO2 96 %.")
    editor.name("Progress note")
    card = Card(look, "gallery.card")
    card.head("Potassium 6.4 mmol/L with spironolactone", Tone.DANGER)
    card.put(WrapLabel("Stop potassium-sparing diuretics, repeat in 2 h."))
    card.put(Caption("Rule hyperK-2, 24-Nov-2026 13:58"))
    card.show_source("Local rules 2026.11 · 11 done · 2 not checked")
    side = QVBoxLayout()
    side.addWidget(card)
    side.addWidget(editor, 1)
    side.addWidget(ElidedLabel("A source line that is far too long " * 6))
    row.addLayout(side, 1)
    column.addLayout(row, 1)
    return page


def sheet_of_icons(look: Look) -> QWidget:
    page, column = _page(look)
    grid = QWidget()
    flow = FlowLayout(grid, gap=8)
    for icon in sorted(icon_names()):
        button = IconButton(look, icon, icon)
        button.setText(icon)
        flow.addWidget(button)
    column.addWidget(grid)
    column.addStretch(1)
    return page


def sheet_of_table(look: Look, *, chinese: bool) -> QWidget:
    page, column = _page(look)
    tabs = Segmented(look, "gallery.tabs")
    tabs.show_segments(
        (Segment("now", "Current", "9"), Segment("past", "Past", "31"), Segment("x", "检验")), "now"
    )
    column.addWidget(tabs)
    table = Table(look, table_spec(chinese=chinese))
    table.show_rows(table_rows(40))
    table.describe_filter("仅今日" if chinese else "today only")
    table._mark(1)
    column.addWidget(table, 1)
    frame = QWidget()
    frame.setProperty("part", "ground")
    outer = QHBoxLayout(frame)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    rail = SideRail(look, "gallery.rail")
    rail.show_items(rail_items(), "work")
    outer.addWidget(rail)
    outer.addWidget(page, 1)
    return frame


def sheet_of_charts(look: Look, *, chinese: bool) -> QWidget:
    page, column = _page(look)
    column.addWidget(Title("趋势" if chinese else "Trend and timeline"))
    plot = TrendPlot(look, "gallery.trend")
    plot.show_trend(trend_spec(chinese=chinese))
    plot._point(8)
    column.addWidget(plot)
    line = Timeline(look, "gallery.timeline")
    day = NOW - timedelta(hours=14)
    line.show_timeline(
        TimelineSpec(
            "Day",
            (("drug", "Drugs"), ("event", "Events"), ("line", "Lines")),
            (
                TimelineEvent("a", "drug", day + timedelta(hours=2), "given", tone=Tone.GOOD),
                TimelineEvent("b", "drug", day + timedelta(hours=8), "due 14:00", hollow=True),
                TimelineEvent("c", "drug", day + timedelta(hours=12), "late", tone=Tone.CAUTION),
                TimelineEvent(
                    "d", "event", day + timedelta(hours=5), "Transfer to ICU", tone=Tone.PLAIN
                ),
                TimelineEvent(
                    "e", "event", day + timedelta(hours=9), "Draft note", tone=Tone.LOCAL
                ),
                TimelineEvent(
                    "f", "line", day, "PICC left", until=day + timedelta(hours=7), icon="droplet"
                ),
                TimelineEvent(
                    "g", "line", day + timedelta(hours=9), "Urinary catheter", open_ended=True
                ),
            ),
            day,
            NOW + timedelta(hours=4),
            SHANGHAI,
            NOW,
        )
    )
    column.addWidget(line)
    column.addStretch(1)
    return page


def sheet_of_states(look: Look) -> QWidget:
    page, column = _page(look)
    row = QHBoxLayout()
    stacks = []
    for _ in range(4):
        stack = StateStack(look, "gallery.state", QLabel("content"))
        stacks.append(stack)
        row.addWidget(stack, 1)
    stacks[0].show_empty("No orders yet.", "Search above to add the first one.", "Add order")
    stacks[1].show_failed("The results could not be read.", "Nothing is lost.")
    stacks[2].show_partial("Pathology is missing: the server did not answer.", can_retry=True)
    stacks[3]._show_skeleton()
    column.addLayout(row, 1)
    palette = PalettePopup(look, "gallery.palette", page)
    page.resize(*SIZE)
    palette.open()
    palette.show_entries(
        (
            PaletteEntry("1", "李 明", "男 67 岁 1959-03-02 · 0045217 · 心内科 12 床", icon="user"),
            PaletteEntry("2", "Show keyboard shortcuts", keys="?", icon="keyboard"),
            PaletteEntry("3", "Ward board", keys="Alt+1", icon="layout-grid"),
        )
    )
    return page


def sheet_of_question(look: Look, *, chinese: bool) -> QWidget:
    page = sheet_of_table(look, chinese=chinese)
    page.resize(*SIZE)
    ask(
        look,
        page,
        "Sign 3 orders?",
        "Two checks were not done: allergy (free text entry), renal dose (no creatinine).",
        (Choice("back", "Back"), Choice("sign", "Sign 3 orders", Tone.ACT, ready=False)),
    )
    return page


def sheets(look: Look, *, chinese: bool) -> Iterator[tuple[str, QWidget]]:
    yield "parts", sheet_of_parts(look)
    yield "icons", sheet_of_icons(look)
    yield "table", sheet_of_table(look, chinese=chinese)
    yield "charts", sheet_of_charts(look, chinese=chinese)
    yield "states", sheet_of_states(look)
    yield "question", sheet_of_question(look, chinese=chinese)


def _page(look: Look) -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    page.setProperty("part", "ground")
    column = QVBoxLayout(page)
    pad = look.theme.px("pad")
    column.setContentsMargins(pad, pad, pad, pad)
    column.setSpacing(look.theme.px("gap"))
    return page, column


def render(folder: Path, application: QApplication, *, scale: int = 100) -> tuple[Path, ...]:
    """Draw every sheet in both themes, light in English and dark in Chinese."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name in THEMES:
        chinese = name == "dark"
        languages = Languages("zh_CN" if chinese else "en")
        look = Look(theme(name, scale=scale), languages)
        dresser = Dresser(application, look)
        for sheet, page in sheets(look, chinese=chinese):
            page.resize(*SIZE)
            page.show()
            file = folder / f"{sheet}-{name}-{scale}.png"
            page.grab().save(str(file))
            made.append(file)
            page.close()
            page.deleteLater()
        dresser.close()
    return tuple(made)


if __name__ == "__main__":
    render(Path(sys.argv[1]), QApplication([]), scale=int(sys.argv[2]) if sys.argv[2:] else 100)
