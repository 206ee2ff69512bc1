"""What the pinned Qt binding must be able to do."""

from __future__ import annotations

import subprocess
import sys

EMIT = """
from PySide6.QtCore import QCoreApplication, QObject, Signal

class Source(QObject):
    told = Signal(object)

class Listener(QObject):
    heard = 0
    def hear(self, value):
        self.heard += 1

app = QCoreApplication([])
source, listener = Source(), Listener()
source.told.connect(listener.hear)
for n in range(2000):
    source.told.emit(n)
print(listener.heard)
"""


def test_two_thousand_signals_arrive_and_do_not_abort_the_process() -> None:
    """Some releases release `True` once too often on every emit and abort after some hundred."""
    run = subprocess.run([sys.executable, "-c", EMIT], capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout.strip()) == (0, "2000"), run.stderr
