"""Nothing that is true on one machine only, and no address to fetch from, stands in the tree."""

from __future__ import annotations

import re

import pytest

from tests.architecture import tree

BINARY = {
    ".png", ".ico", ".ttf", ".otf", ".dcm", ".gz", ".zst", ".db", ".bin", ".jpg", ".pdf", ".p7s",
}  # fmt: skip
# Written in pieces, so that this file does not name what it forbids.
HOSTS = [
    "pypi" + ".org", "python" + "hosted.org", "npmjs" + ".org", "npmjs" + ".com",
    "crates" + ".io", "proxy.golang" + ".org", "repo1.maven" + ".org",
    "repo.maven" + ".apache", "deb.debian" + ".org", "archive.ubuntu" + ".com",
    "docker" + ".io",
]  # fmt: skip
PLACES = [
    "/" + "work/",
    "/" + "home/[a-z]",
    "/" + "root/",
    "/" + "Users/[A-Za-z]",
    r"[A-Z]:\\+Users",
]
ADDRESS = re.compile("|".join(map(re.escape, HOSTS)))
PLACE = re.compile(r"(?<![\w.:/*-])(?:" + "|".join(PLACES) + ")")


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in tree.files():
        if path.suffix.lower() in BINARY:
            continue
        text = (tree.ROOT / path).read_text("utf-8", errors="replace")
        if pattern.search(text):
            numbered = enumerate(text.splitlines(), 1)
            found += [f"{path}:{n}" for n, line in numbered if pattern.search(line)]
    return found


def test_no_file_names_a_registry() -> None:
    assert lines_with(ADDRESS) == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert lines_with(PLACE) == []


@pytest.mark.parametrize(
    "line", ["cd /" + "work/main", 'open("/' + 'home/ann/x")', "C:" + r"\Users\ann"]
)
def test_a_place_is_found(line: str) -> None:
    assert PLACE.search(line)


@pytest.mark.parametrize("line", ["tests/work/x.py", "http://host/home/a", "network/"])
def test_a_path_inside_the_tree_is_no_place(line: str) -> None:
    assert not PLACE.search(line)


def test_no_file_waits_to_be_finished() -> None:
    unfinished = re.compile(r"\b(?:" + "TO" + "DO|FIX" + r"ME|X" + r"XX)\b")
    code = {".py", ".sh", ".ps1", ".toml", ""}

    assert [where for where in lines_with(unfinished) if _suffix(where) in code] == []


def _suffix(where: str) -> str:
    name = where.rpartition(":")[0].rpartition("/")[2]
    return "." + name.rpartition(".")[2] if "." in name else ""
