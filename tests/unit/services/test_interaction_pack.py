from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.decision.findings import Tier
from app.decision.knowledge.interactions import InteractionBook, Published
from app.decision.knowledge.names import Known, SubstanceClass, Substances
from app.decision.substances import Substance
from app.domain.terms import Named
from app.kernel.faults import AppError, FaultKind
from app.services.interaction_pack import COLUMNS, read_interactions
from tests.support.knowledge_kit import TODAY, met

LAST = "a list|active|2026-11-01"
ROWS = {
    "pairs": (
        f"r1|ansm|a|class:k|contraindicated|no||ab|336||b||||the list|{LAST}",
        f"r2|authored|group:g|x~y|precaution|yes|inline|||48|||慎用。|Take care.||{LAST}",
    ),
    "groups": (f"g|组|Group|Groupe|b~class:k|{LAST}",),
    "severities": (
        f"contraindicated|no|interruptive|禁用。|Never.|{LAST}",
        f"precaution|yes|drawer|注意。|Care.|{LAST}",
    ),
    "local_routes": (f"top|b~class:k|{LAST}", f"eye||{LAST}"),
}
KNOWN = Substances(
    [Known(Substance(code, Named(code, code))) for code in "abkxy"],
    classes=[SubstanceClass("k", Named("类", "Class"), (), frozenset({"k"}))],
)


def lay(folder: Path, **tables: tuple[str, ...]) -> Path:
    """A pack: rows as text, with a tab for every | and a | for every ~."""
    folder.mkdir()
    (folder / "manifest.toml").write_text('id = "interactions"\nversion = "7"\n', "utf-8")
    for name, lines in tables.items():
        heading = "\t".join((*COLUMNS[name], "source", "status", "valid_from"))
        told = (line.replace("|", "\t").replace("~", "|") for line in lines)
        (folder / f"{name}.tsv").write_text("\n".join((heading, *told)), "utf-8")
    return folder


def read(shipped: Path, overlay: Path | None = None, *, as_active: bool = False) -> InteractionBook:
    return read_interactions(shipped, overlay, TODAY, KNOWN, as_active=as_active)


def test_a_row_is_a_rule_with_its_classes_spelled_out(tmp_path: Path) -> None:
    book = read(lay(tmp_path / "p", **ROWS))
    first, second = book.rules

    assert first.first.substances == {"a"}
    assert first.second.substances == {"k"}
    assert first.first.local
    assert first.first.instead == KNOWN.of_code("b")
    assert first.second.instead is None
    assert first.second.local
    assert (first.first.washout, first.second.washout) == (timedelta(days=14), None)
    assert (first.tier, first.advice) == (Tier.INTERRUPTIVE, Named("禁用。", "Never."))
    assert (first.origin.pack, first.origin.signed_by) == ("interactions@7", "the list")
    assert second.first.substances == {"b", "k"}
    assert second.second.washout == timedelta(hours=48)
    assert not second.second.local
    assert (second.tier, second.advice) == (Tier.INLINE, Named("慎用。", "Take care."))
    assert (second.published, second.conditional) == (Published.AUTHORED, True)


def test_routes_that_reach_no_blood_are_read(tmp_path: Path) -> None:
    book = read(lay(tmp_path / "p", **ROWS))

    assert book.is_local("a", "top")
    assert not book.is_local("k", "top")
    assert book.is_local("k", "eye")


def test_the_hospital_changes_and_switches_off_by_rule_id(tmp_path: Path) -> None:
    ours = lay(tmp_path / "p", **ROWS)
    theirs = lay(
        tmp_path / "t",
        pairs=(
            "r1|ansm|a|class:k|contraindicated|no|drawer||||||||us|us|active|2026-11-01",
            "r2|authored|b|x|precaution|yes||||||||||us|withdrawn|2026-11-01",
        ),
        severities=(f"precaution|yes|silent|。|.|{LAST}", f"precaution|no|silent|。|.|{LAST}"),
    )

    assert met(read(ours, theirs), "a", "k") == [("r1", Tier.DRAWER)]
    assert met(read(ours, theirs), "b", "x") == []
    assert met(read(ours), "b", "x") == [("r2", Tier.INLINE)]


def test_a_draft_may_be_judged_as_if_it_were_signed(tmp_path: Path) -> None:
    draft = tuple(row.replace("active", "draft") for row in ROWS["pairs"])
    ours = lay(tmp_path / "p", **{**ROWS, "pairs": draft})

    assert met(read(ours), "a", "k") == [("r1", Tier.INLINE)]
    assert met(read(ours, as_active=True), "a", "k") == [("r1", Tier.INTERRUPTIVE)]
    assert met(read(ours, as_active=True), "b", "x") == [("r2", Tier.INLINE)]


@pytest.mark.parametrize(
    ("table", "row", "told"),
    [
        ("pairs", f"r1|ansm|a|class:no|contraindicated|no||||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a|group:no|contraindicated|no||||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a||contraindicated|no||||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a|x|terrible|no||||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a|x|contraindicated|maybe||||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a|x|contraindicated|yes||||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|mine|a|x|contraindicated|no||||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a|x|contraindicated|no|loud|||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a|x|contraindicated|no||c||||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a|x|contraindicated|no|||2d|||||||{LAST}", "pairs.tsv line 2"),
        ("pairs", f"r1|ansm|a|x|contraindicated|no|||||nothing|||||{LAST}", "pairs.tsv line 2"),
        ("groups", f"g|组|Group|||{LAST}", "groups.tsv line 2"),
        ("groups", f"g|组|Group||class:no|{LAST}", "groups.tsv line 2"),
        ("severities", f"contraindicated|no|interruptive|||{LAST}", "severities.tsv line 2"),
        ("severities", f"terrible|no|interruptive|。|.|{LAST}", "severities.tsv line 2"),
        ("local_routes", f"top|class:no|{LAST}", "local_routes.tsv line 2"),
    ],
)
def test_a_row_that_is_not_understood_is_refused_with_its_line(
    tmp_path: Path, table: str, row: str, told: str
) -> None:
    folder = lay(tmp_path / "p", **{**ROWS, table: (row,)})

    with pytest.raises(AppError) as refused:
        read(folder)

    assert refused.value.fault.kind is FaultKind.STORAGE
    assert refused.value.fault.detail.startswith(told)
