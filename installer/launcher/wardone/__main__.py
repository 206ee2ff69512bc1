"""`python -m wardone`."""

from __future__ import annotations

from wardone import main

main()
