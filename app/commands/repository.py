"""The embedded demo repository, from the command line."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.commands.staff import said_wards
from app.kernel.clock import SystemClock
from resources.demo.hospital import write_ndjson
from resources.demo.staff import users
from sync.cdr.directory import hash_password
from sync.cdr.load import LoadReport, Progress, load
from sync.cdr.serving import CdrSettings, EmbeddedCdr, open_store, serve
from sync.cdr.store import Store

SEED = 20261124
READY = "ready "
_STANDARD_INPUT = 0


def serve_until_interrupted(
    database: Path | None, port: int, *, demo: bool, sign_in: bool = True, for_parent: bool = False
) -> int:
    """Serve on 127.0.0.1; says `ready URL` when requests are taken.

    `for_parent` ends the serving when the standard input does: whoever started this process holds
    the other end of that pipe, and lets go of it even when it crashes.
    """
    settings = CdrSettings(database=database, port=port, sign_in=sign_in)

    def ready(cdr: EmbeddedCdr) -> None:
        if for_parent:
            when_input_ends(cdr.ask_to_stop)
        if demo:
            fill(cdr, SystemClock().now())
        print(f"{READY}{cdr.base_url}", flush=True)
        print("demo - not for patients", file=sys.stderr)

    try:
        serve(settings, ready=ready)
    except OSError as error:
        print(f"port {port} cannot be used: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def fill(cdr: EmbeddedCdr, as_of: datetime) -> LoadReport | None:
    """Put the demo hospital and its users into an empty repository; None when it was filled."""
    if not _is_empty(cdr.store):
        return None
    for user in users():
        cdr.directory.put_user(
            user.username,
            hash_password(user.password),
            f"Practitioner/{user.practitioner}",
            user.display.zh,
            user.role,
            user.display.en,
        )
    with TemporaryDirectory(prefix="wardone-demo-") as scratch:
        write_ndjson(Path(scratch), SEED, as_of)
        return load([Path(scratch)], cdr.store)


def load_files(database: Path, paths: tuple[Path, ...]) -> int:
    """Load files into a repository's database, with progress, and report what was odd."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        print(f"no such file: {missing[0]}", file=sys.stderr)
        return 1
    store = open_store(database)
    began = time.monotonic()
    try:
        report = load(paths, store, _bar)
        wards = tuple(said_wards(store))
    finally:
        store.close()
        print(file=sys.stderr)
    for line in (*_said(report, time.monotonic() - began), *wards, *_next_steps(database)):
        print(line)
    return 0 if report.resources or not report.bad_count else 1


def _next_steps(database: Path) -> Iterator[str]:
    """What turns a loaded file into a ward on the screen."""
    cdr, station = "python -m app cdr", "python -m app --set directory=demo --set server="
    yield "next:"
    yield f"  {cdr} user add --file {database} NAME --role attending --ward WARD"
    yield f"  {cdr} serve --file {database}       and in another terminal:"
    yield f"  {station}http://127.0.0.1:8571/fhir enrol --username NAME"
    yield f"  {station}http://127.0.0.1:8571/fhir"


def when_input_ends(then: Callable[[], None]) -> None:
    """Do `then` when the standard input ends, on a thread that waits for it."""

    def wait() -> None:
        # Not `sys.stdin`: its lock, held by a thread that waits, would break the interpreter's end.
        while os.read(_STANDARD_INPUT, 4096):
            pass
        then()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


def _is_empty(store: Store) -> bool:
    return not store.counts()


def _bar(progress: Progress) -> None:
    share = progress.bytes_read / progress.bytes_total if progress.bytes_total else 1.0
    filled = round(share * 30)
    bar = "#" * filled + "." * (30 - filled)
    print(
        f"\r[{bar}] {share:4.0%} {progress.resources:>8,} {progress.file:<32.32}",
        end="",
        file=sys.stderr,
        flush=True,
    )


def _said(report: LoadReport, seconds: float) -> Iterator[str]:
    yield (
        f"{report.resources:,} resources from {report.files} files in {seconds:.1f} s: "
        f"{report.created:,} new, {report.updated:,} changed, {report.unchanged:,} as they were"
    )
    for rtype, count in sorted(report.by_type.items()):
        yield f"  {rtype:<28}{count:>9,}"
    if report.bad_count:
        yield f"skipped {report.bad_count:,}:"
        yield from (f"  {bad.file}:{bad.line}: {bad.code} {bad.detail}" for bad in report.bad[:20])
    for title, counts in (
        ("kept, and not valid R4:", report.not_understood),
        ("references that lead nowhere:", report.dangling),
    ):
        if counts:
            yield title
            yield from (f"  {count:>9,}  {what}" for what, count in counts.most_common(20))
