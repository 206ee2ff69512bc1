"""What can go wrong, as values; the sentences are made elsewhere."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)

Parameter = str | int


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence to be: its code in the catalogue and what fills its gaps.

    Attributes:
        code: Key of `resources/translations/<language>/*.toml`.
        parameters: Sorted (name, value) pairs. A value that is itself translatable is
            passed as the code of another message and named with a leading `@`.
    """

    code: str
    parameters: tuple[tuple[str, Parameter], ...] = ()

    @classmethod
    def of(cls, code: str, **parameters: Parameter) -> Message:
        return cls(code, tuple(sorted(parameters.items())))


class FaultKind(enum.Enum):
    """Why an operation failed, as far as the user's next step is concerned."""

    OFFLINE = "offline"
    SIGNED_OUT = "signed-out"
    CONFLICT = "conflict"
    REFUSED = "refused"
    STORAGE = "storage"
    BUG = "bug"


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure as a value: safe to pass between threads and to show.

    Attributes:
        kind: What the user can do about it.
        message: One sentence for the screen, without patient data.
        detail: For IT: type names, status codes, paths of elements; without patient data.
    """

    kind: FaultKind
    message: Message
    detail: str = ""


class AppError(Exception):
    """A failure that was foreseen. Anything else that is raised is a bug."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.kind.value}: {fault.message.code} ({fault.detail})")
        self.fault = fault


def app_error(kind: FaultKind, code: str, detail: str = "", **parameters: Parameter) -> AppError:
    """Build the error for a foreseen failure in one line."""
    return AppError(Fault(kind, Message.of(code, **parameters), detail))


@dataclass(frozen=True, slots=True)
class Ok(Generic[T_co]):
    value: T_co


@dataclass(frozen=True, slots=True)
class Failed:
    fault: Fault


Result = Ok[T_co] | Failed
