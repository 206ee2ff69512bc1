"""The command line: `python -m app` opens the workstation."""

from __future__ import annotations

import sys

from app.commands.command_line import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
