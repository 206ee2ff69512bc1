"""The embedded demo repository, from the command line."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.kernel.clock import SystemClock
from resources.demo.hospital import write_ndjson
from resources.demo.staff import users
from sync.cdr.directory import hash_password
from sync.cdr.load import LoadReport, Progress, load
from sync.cdr.serving import CdrSettings, EmbeddedCdr, open_store, serve
from sync.cdr.store import Store

SEED = 20261124
READY = "ready "


def serve_until_interrupted(
    database: Path | None, port: int, *, demo: bool, sign_in: bool = True
) -> int:
    """Serve on 127.0.0.1; says `ready URL` when requests are taken."""
    settings = CdrSettings(database=database, port=port, sign_in=sign_in)

    def ready(cdr: EmbeddedCdr) -> None:
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
    finally:
        store.close()
        print(file=sys.stderr)
    for line in _said(report, time.monotonic() - began):
        print(line)
    return 0 if report.resources or not report.bad_count else 1


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
