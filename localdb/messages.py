"""Messages as they are kept: the code and its parameters, never a sentence."""

from __future__ import annotations

import json

from app.kernel.faults import Message


def message_to_text(message: Message) -> str:
    """The message for its column."""
    return json.dumps([message.code, dict(message.parameters)], ensure_ascii=False)


def message_of(text: str) -> Message | None:
    """The message out of its column; None when nothing was kept."""
    if not text:
        return None
    code, parameters = json.loads(text)
    return Message.of(code, **parameters)
