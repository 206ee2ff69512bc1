"""Reads a whole feed, however large, and prints what docs/real-input.md says of it.

`python -m tests.real_input.whole CDR_FILE FOLDER [FILE…]`: loads the files into the repository's
file (nothing to load is fine), serves it, enrols a workstation in FOLDER, follows every patient,
opens every chart, and tells what was not understood.
"""

from __future__ import annotations

import resource as machine
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from app.commands.demo import repository
from app.domain.terms import Ref
from app.fhir.document import reference_to
from localdb.reads.oddities import SqlOddityReads
from sync.cdr.serving import open_store
from tests.real_input.feeds import fill, wards_of, write_staff
from tests.real_input.lossless import altered, digests, stored_documents, tables_that_changed
from tests.real_input.workstation import Opened, Reader, open_chart, reader_at


def main(arguments: list[str]) -> None:
    """Do all of it, and print as it goes."""
    database, folder = Path(arguments[0]), Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    if paths := [Path(one) for one in arguments[2:]]:
        _say(fill(database, paths).resources, "resources loaded")
    served = _prepare(database, folder)
    patients = [ref.partition("/")[2] for ref in served if ref.startswith("Patient/")]
    with repository(database) as base_url, reader_at(base_url, folder / "station") as reader:
        _synchronise(reader, patients)
        _compare(reader, served)
        _open_all(reader)


def _prepare(database: Path, folder: Path) -> dict[Ref, tuple[str, str]]:
    """Put the reader on the wards; says what the repository holds."""
    wards: list[str] = []
    served: dict[Ref, tuple[str, str]] = {}
    with closing(open_store(database)) as store:
        for one in stored_documents(store):
            wards.extend(wards_of([one]))
            served[Ref(reference_to(one))] = digests(one)
    fill(database, [write_staff(folder / "staff.ndjson", wards)])
    _say(f"{len(wards)} wards")
    return served


def _synchronise(reader: Reader, patients: list[str]) -> None:
    for name in ("wards", "everybody"):
        if name == "everybody":
            in_wards = len(reader.patients())
            reader.follow(patients)
            _say(f"{in_wards} of {len(patients)} patients came with the wards")
        began, before = time.perf_counter(), len(reader.refs())
        reader.round()
        seconds, fetched = time.perf_counter() - began, len(reader.refs()) - before
        rss = machine.getrusage(machine.RUSAGE_SELF).ru_maxrss // 1024
        status = reader.services.engine.status()
        _say(
            f"{name}: {fetched} documents in {seconds:.1f} s "
            f"({fetched / seconds:.0f}/s), peak {rss} MB, {status.connection.value}"
        )


def _compare(reader: Reader, served: dict[Ref, tuple[str, str]]) -> None:
    here = reader.refs()
    missing = Counter(ref.partition("/")[0] for ref in served if ref not in here)
    _say("not followed:", dict(missing.most_common()))
    _say("documents that differ, by byte and by meaning:", altered(here, served))
    _say("projections that changed by a rebuild:", tables_that_changed(reader.cache))


def _open_all(reader: Reader) -> None:
    opened = list(_opened(reader))
    times = sorted(one.seconds for one in opened)
    slowest = max(opened, key=lambda one: one.seconds)
    _say(
        f"{len(opened)} charts opened: median {1000 * statistics.median(times):.0f} ms, "
        f"slowest {1000 * slowest.seconds:.0f} ms with {slowest.counts}"
    )
    odd = SqlOddityReads(reader.cache.cache).oddities()
    found = Counter((one.shown, one.ref.partition("/")[0], one.reason) for one in odd)
    _say("not understood (shown, type, why):", dict(found))
    total: Counter[str] = Counter()
    for one in opened:
        total.update(one.counts)
    _say("shown:", dict(total))


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def _opened(reader: Reader) -> Iterator[Opened]:
    for patient in reader.patients():
        yield open_chart(reader, patient)


if __name__ == "__main__":
    main(sys.argv[1:])
