"""The command line: `python -m app` opens the workstation."""

from __future__ import annotations

import sys

from app.kernel.loading import loading


def main() -> int:
    """Run what was asked for; answers the exit code."""
    with loading():
        from app.commands.command_line import run
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
