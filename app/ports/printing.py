"""How a sheet comes to paper, and how it is known what lies on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.order_sheets import Ink
from app.domain.sheet_runs import Run, RunId
from app.domain.sheet_scene import Scene
from app.domain.terms import EncounterId, PatientId
from app.ports.acts import Act


class Press(Protocol):
    def width(self, text: str, size: float) -> float:
        """How wide `text` runs in the font of the sheets: millimetres, at `size` points."""
        ...

    def lacking(self, text: str) -> str:
        """The signs of `text` that the font does not have, each once; "" when it has all."""
        ...

    def drawable(self, text: str) -> str:
        """`text` with `〓` for every sign the font lacks, as it is drawn."""
        ...

    def pdf(self, pages: Sequence[Scene], colours: Mapping[Ink, str]) -> bytes:
        """A PDF of `pages`, the font embedded; a sign the font lacks is drawn as `〓`.

        It names nobody: neither its title nor its metadata say whose sheet it is.
        """
        ...


@dataclass(frozen=True, slots=True)
class Printed:
    """What is known to be on the paper of a stay.

    Attributes:
        runs: Of both sheets, from every workstation, in no order.
        unreadable: There is a run of this patient that nobody here can read.
    """

    runs: tuple[Run, ...] = ()
    unreadable: bool = False


class PrintedPaper(Protocol):
    def printed(self, patient: PatientId, stay: EncounterId) -> Printed:
        """What was confirmed to be on paper, here and elsewhere, as far as it is here."""
        ...


class PrintRuns(Protocol):
    def begin(self, run: Run) -> None:
        """Keep a run that is about to be printed, before any ink is on paper.

        Raises:
            AppError: `CONFLICT` while another run of the same sheet waits for its answer;
                `STORAGE`.
        """
        ...

    def unanswered(self, patient: PatientId) -> tuple[Run, ...]:
        """Runs begun on this workstation of which nobody has said whether they came out.

        Of any stay of the patient, oldest first.
        """
        ...

    def settle(self, run: RunId, act: Act | None) -> None:
        """End the waiting: `act` makes it part of the record, None says nothing came out.

        Both in one transaction.

        Raises:
            AppError: `CONFLICT` when it does not wait any more; else as `Acts.commit`.
        """
        ...
