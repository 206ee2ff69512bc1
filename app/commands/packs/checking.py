"""`packs check DIR`: says file, line and reason for every error of the packs in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.commands.packs.files import is_pack, read_pack
from app.commands.packs.findings import Finding
from app.commands.packs.kinds import check_kind
from app.commands.packs.sealing import say_seal
from app.config import Settings
from resources.catalogue import Catalogue


def check(folder: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with the pack in `folder`, or worth a remark, by file and line."""
    pack, found = read_pack(folder)
    return tuple(sorted({*found, *check_kind(pack)}, key=_place))


def packs_in(folder: Path) -> Iterator[Path]:
    """The folder itself where it is a pack, else every pack in it."""
    if is_pack(folder):
        yield folder
    else:
        yield from (one for one in sorted(folder.iterdir()) if one.is_dir() and is_pack(one))


def check_folder(folder: Path, settings: Settings) -> int:
    """Print the findings in the language of the settings.

    The exit code is 0 when nothing is wrong, 1 when something is, 2 when there is no pack. A
    remark is no error. Of a whole folder of packs it is also said who signed it; a signature that
    does not fit what lies there is an error, none at all is not.
    """
    catalogue = Catalogue.load(settings.string("language"))
    packs = list(packs_in(folder)) if folder.is_dir() else []
    if not packs:
        print(catalogue.text("packs.none", folder=str(folder)))
        return 2
    errors = remarks = 0
    for pack in packs:
        for finding in check(pack):
            errors += not finding.remark
            remarks += finding.remark
            why = catalogue.render(finding.why)
            print(f"{pack / finding.file}:{finding.line}: {why}")
    if remarks:
        print(catalogue.text("packs.remarks", count=remarks))
    sealed = is_pack(folder) or say_seal(folder, catalogue, settings)
    if errors:
        print(catalogue.text("packs.errors", count=errors, packs=len(packs)))
    else:
        print(catalogue.text("packs.fine", count=len(packs)))
    return 1 if errors or not sealed else 0


def _place(finding: Finding) -> tuple[str, int, str]:
    return finding.file, finding.line, finding.why.code + str(finding.why.parameters)
