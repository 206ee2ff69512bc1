"""The order-sheets pack: the paper of the order sheets, as a hospital prints them."""

from __future__ import annotations

from app.domain.order_sheets import Column, Ink, SheetKind, SheetWords
from app.domain.sheet_scene import Align, ColumnPlace, SheetForm, SheetProfile
from resources.reading import manifest, rows

_PACK = "order_sheets"


def sheet_profile() -> SheetProfile:
    """The profile that ships."""
    value = {row["name"]: row["value"] for row in rows(_PACK, "values")}
    word = {row["name"]: row["text"] for row in rows(_PACK, "words")}
    return SheetProfile(
        id=f"{manifest(_PACK)['id']}|{manifest(_PACK)['version']}",
        hospital=word["hospital"],
        width=float(value["width"]),
        height=float(value["height"]),
        top=float(value["top"]),
        heading=float(value["heading"]),
        row=float(value["row"]),
        lines=int(value["lines"]),
        size=float(value["size"]),
        title_size=float(value["title_size"]),
        stroke=float(value["stroke"]),
        page_number=word["page"],
        colours={ink: value[ink.value] for ink in Ink},
        words=SheetWords(
            cancelled=word["cancelled"],
            stopped=word["stopped"],
            void=word["void"],
            lapsed=word["lapsed"],
            reissued=word["reissued"],
            negative=word["negative"],
            positive=word["positive"],
        ),
        forms={
            kind: SheetForm(kind, word[f"title-{kind.value}"], _columns(kind)) for kind in SheetKind
        },
    )


def _columns(kind: SheetKind) -> tuple[ColumnPlace, ...]:
    return tuple(
        ColumnPlace(
            Column(row["column"]),
            float(row["x"]),
            float(row["width"]),
            Align(row["align"]),
            row["heading"],
            ruled=row["ruled"] == "yes",
        )
        for row in rows(_PACK, "columns")
        if row["sheet"] == kind.value
    )
