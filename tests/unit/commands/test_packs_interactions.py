from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.commands.packs_kit import SHIPPED, add, line_of, said, spoil

LAST = ("authored", "draft", "2026-11-24")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """What ships without the thesaurus: the ONC lists and our own rows."""
    folder = tmp_path / "interactions"
    shutil.copytree(SHIPPED / "interactions", folder)
    for name, begins in (("pairs", ("rule", "onc-", "own-")), ("groups", ("code", "onc-", "qt-"))):
        file = folder / f"{name}.tsv"
        lines = file.read_text("utf-8").split("\n")
        file.write_text("\n".join(one for one in lines if one.startswith(begins)), "utf-8")
    return folder


def a_pair(**cells: str) -> tuple[str, ...]:
    told = {
        "rule": "new", "list": "authored", "a": "warfarin", "b": "aspirin",
        "severity": "precaution", "conditional": "no", "tier": "", "local": "",
        "washout_a": "", "washout_b": "", "instead_a": "", "instead_b": "",
        "text_zh": "", "text_en": "", "signed_by": "",
        "source": "authored", "status": "draft", "valid_from": "2026-11-24",
    }  # fmt: skip
    return tuple((told | cells).values())


def test_the_interactions_that_ship_are_whole() -> None:
    assert said(SHIPPED / "interactions") == []


def test_a_rule_more_is_a_rule_more(pack: Path) -> None:
    assert said(pack) == []

    add(pack, "pairs.tsv", *a_pair())
    assert said(pack) == []


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"a": "warfarine"}, "packs.not-in-pack"),
        ({"b": "class:aspirins"}, "packs.not-in-pack"),
        ({"b": "aspirin|group:nothing"}, "packs.not-in-pack"),
        ({"instead_a": "heparine"}, "packs.not-in-pack"),
        ({"list": "mine"}, "packs.unknown-word"),
        ({"severity": "bad"}, "packs.unknown-word"),
        ({"conditional": "maybe"}, "packs.unknown-word"),
        ({"tier": "loud"}, "packs.unknown-word"),
        ({"local": "c"}, "packs.unknown-word"),
        ({"washout_a": "2 d"}, "packs.not-a-number"),
        ({"b": "warfarin"}, "packs.interactions.itself"),
        ({"status": "active"}, "packs.empty"),
    ],
)
def test_a_rule_that_cannot_be_read_or_answered_for_is_said(
    pack: Path, cells: dict[str, str], code: str
) -> None:
    line = add(pack, "pairs.tsv", *a_pair(**cells))

    assert said(pack) == [("pairs.tsv", line, code)]


def test_a_group_no_rule_names_and_a_member_nobody_knows_are_said(pack: Path) -> None:
    line = add(pack, "groups.tsv", "lonely", "孤", "Lonely", "", "warfarin", *LAST)
    assert said(pack) == [("groups.tsv", line, "packs.unread-row")]

    member = line_of(pack, "groups.tsv", "onc-quinolones")
    spoil(pack, "groups.tsv", member, "nalidixic-acid", "nalidixic")
    assert ("groups.tsv", member, "packs.not-in-pack") in said(pack)


def test_a_route_or_a_drug_given_by_it_that_nobody_knows_is_said(pack: Path) -> None:
    route = add(pack, "local_routes.tsv", "moon", "", *LAST)
    drug = add(pack, "local_routes.tsv", "pr", "plaster", *LAST)

    assert said(pack) == [
        ("local_routes.tsv", route, "packs.not-in-pack"),
        ("local_routes.tsv", drug, "packs.not-in-pack"),
    ]


def test_a_severity_nothing_is_said_of_is_named(pack: Path) -> None:
    line = line_of(pack, "severities.tsv", "precaution", "no")
    spoil(pack, "severities.tsv", line, "precaution\tno", "precaution\tmaybe")

    assert {code for _, _, code in said(pack)} == {
        "packs.unknown-word",
        "packs.interactions.level",
    }


def test_what_the_loader_refuses_is_said_with_its_line(pack: Path) -> None:
    line = line_of(pack, "severities.tsv", "precaution", "no")
    file = pack / "severities.tsv"
    lines = file.read_text("utf-8").split("\n")
    lines[line - 1] = "\t".join(("precaution", "no", "drawer", "", "", *LAST))
    file.write_text("\n".join(lines), "utf-8")

    assert ("severities.tsv", line, "packs.empty") in said(pack)


def test_a_column_that_is_missing_is_said(pack: Path) -> None:
    spoil(pack, "pairs.tsv", 1, "washout_a", "washing_a")

    assert ("pairs.tsv", 1, "packs.no-column") in said(pack)


def test_an_overlay_may_name_groups_that_ship(pack: Path) -> None:
    manifest = pack / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8") + "overlay = true\n", "utf-8")
    for name in ("groups", "local_routes", "pairs", "severities"):
        file = pack / f"{name}.tsv"
        file.write_text(file.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    good = add(pack, "pairs.tsv", *a_pair(rule="own", a="group:onc-maois"))
    bad = add(pack, "pairs.tsv", *a_pair(rule="own-2", a="group:nothing"))

    told = said(pack)
    assert ("pairs.tsv", bad, "packs.not-in-pack") in told
    assert good not in {line for _, line, _ in told}
