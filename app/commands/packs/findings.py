"""What is wrong with a pack: where, and why."""

from __future__ import annotations

from dataclasses import dataclass

from app.kernel.faults import Message


@dataclass(frozen=True, slots=True)
class Finding:
    """One error, or a remark.

    Attributes:
        file: Name of the file in the pack.
        line: Its line, from 1; 0 for the file as a whole.
        why: The reason, for people.
        remark: It is worth knowing, and no error: the program copes and says so.
    """

    file: str
    line: int
    why: Message
    remark: bool = False
