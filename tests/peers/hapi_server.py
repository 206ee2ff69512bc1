"""HAPI FHIR JPA, built by Maven and run on 127.0.0.1 over H2 or PostgreSQL."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.processes import serving
from tests.support.skips import needs_tool

VERSION = "8.8.0"
PROJECT = Path(__file__).parent / "hapi"
_JAR = PROJECT / "target" / "hapi-peer.jar"
_WHY = "HAPI FHIR is built by Maven on Java 17"
# Quick to start rather than quick for hours.
_JAVA = ("-Xmx2g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_UNREACHED = ("Could not transfer artifact", "Could not resolve", "Could not find artifact")


def built() -> list[str]:
    """The command that starts the server, without its settings; builds it where it must.

    Skips the test where Java, Maven or the registry of its packages is missing.
    """
    java, maven = needs_tool("java", _WHY), needs_tool("mvn", _WHY)
    if not _is_fresh():
        build = [maven, "-q", "-B", "package"]
        done = subprocess.run(build, cwd=PROJECT, capture_output=True, text=True, check=False)
        if done.returncode:
            if any(sign in done.stdout for sign in _UNREACHED):
                pytest.skip(f"HAPI FHIR {VERSION} cannot be built: no package registry is reached")
            pytest.fail(done.stdout[-3000:])
    classpath = os.pathsep.join([str(_JAR), str(PROJECT / "target" / "lib" / "*")])
    return [java, *_JAVA, "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp", classpath]


@contextmanager
def hapi(folder: Path, jdbc: str = "", user: str = "") -> Iterator[str]:
    """A server with an empty database; gives its base URL.

    Args:
        folder: For what it writes.
        jdbc: Address of the database; "" is H2 in memory.
        user: Name to open it with.
    """
    settings = [f"-Dpeer.jdbc={jdbc}", f"-Dpeer.user={user}"] if jdbc else []
    with serving([*built(), *settings, "wardone.peer.Peer"], folder) as base_url:
        yield base_url


def _is_fresh() -> bool:
    sources = [PROJECT / "pom.xml", *(PROJECT / "src").rglob("*.java")]
    return _JAR.exists() and _JAR.stat().st_mtime > max(s.stat().st_mtime for s in sources)
