"""Why something is done to an order: coded reasons, and the words that are recorded with them."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.terms import Term
from app.kernel.faults import FaultKind, app_error

DEEDS = ("stop", "hold", "cancel", "error")
"""What is done to an order for a reason."""

MOST_REASONS = 9
"""They are chosen by the keys 1 to 9."""

BESIDE = " — "
"""Between the words of the reason and those that were typed beside it."""


@dataclass(frozen=True, slots=True)
class OrderReason:
    """One reason for one deed.

    Attributes:
        deed: `stop`, `hold`, `cancel` or `error`.
        name: The words in both languages.
        needs_text: It says too little alone: words of one's own go with it.
    """

    deed: str
    name: Term
    needs_text: bool

    @property
    def code(self) -> str:
        return self.name.code

    def said(self, typed: str, language: str) -> str:
        """What is recorded, in the language of who records it.

        Raises:
            AppError: `REFUSED` when words of one's own are missing.
        """
        own = typed.strip()
        if self.needs_text and not own:
            raise app_error(FaultKind.REFUSED, "order.reason-needs-words", self.code)
        return BESIDE.join(part for part in (self.name.shown(language), own) if part)
