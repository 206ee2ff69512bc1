"""A colleague who is typing when the power fails: the last thing said is what was kept."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from app.domain.people import Session
from app.domain.terms import PractitionerId
from app.kernel.changes import ChangeFeed
from app.kernel.tasks import TaskScope
from app.services.drafting import Drafting
from localdb.keeping import SqlDrafts
from localdb.opening import OpenCache
from tests.support.cache_kit import open_kit
from tests.support.desk_kit import Diary, ImmediateRunner, StillClock, a_session, a_visit
from tests.support.inbox_kit import PEOPLE, Numbers, PostRoom
from ui.inbox.presenter import InboxPresenter, InboxSources
from ui.inbox.state import InboxState

ZHOU = PractitionerId("dr-zhou")


class Screen:
    """A view that shows nothing."""

    def show_state(self, state: InboxState) -> None: ...

    def show_fault(self, fault: object) -> None: ...

    def say_sent(self) -> None: ...


def an_inbox(opened: OpenCache, session: Session | None = None) -> InboxPresenter:
    """The inbox over the drafts of the encrypted cache."""
    room, clock = PostRoom(), StillClock()
    drafting = Drafting(SqlDrafts(opened.cache), clock, Numbers())
    sources = InboxSources(room.keeping, lambda: PEOPLE, clock, drafting)
    visit = a_visit(Diary(), session or a_session())
    return InboxPresenter(Screen(), TaskScope(ImmediateRunner()), ChangeFeed(), visit, sources)


def main(folder: Path, *texts: str) -> None:
    """Type each of `texts`, say so once it is kept, then die without closing anything."""
    inbox = an_inbox(open_kit(folder))
    inbox.select("mail")
    inbox.write()
    for text in texts:
        letter = inbox.state.letter
        assert letter is not None
        inbox.settle(replace(letter, to=ZHOU, text=text, urgent=True, caret=len(text) - 1))
        sys.stdout.write(f"{len(text)}\n")
        sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
