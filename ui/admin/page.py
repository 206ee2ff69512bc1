"""Users, roles, the access audit, and emergency openings."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QStackedWidget

from app.domain.people import Clinician
from app.kernel.faults import Fault
from resources.styles.tokens import Tone
from ui.admin.presenter import AdminPresenter
from ui.admin.state import AdminState, Section
from ui.admin.words import AdminWords
from ui.runtime.chart_words import ChartWords
from ui.runtime.desk import Desk
from ui.runtime.dialogs import Choice, ask
from ui.runtime.page import Page
from ui.runtime.page_keys import PageKeys
from ui.runtime.shortcuts import Command
from widgets.banner_line import BannerLine, Notice
from widgets.buttons import KeyButton
from widgets.choices import offer
from widgets.flow_layout import FlowLayout
from widgets.labels import Title
from widgets.naming import named
from widgets.segmented import Segment, Segmented
from widgets.state_stack import StateStack
from widgets.table import Table
from widgets.table_values import Row


class AdminPage(Page):
    """Draws an `AdminState`: one section at a time."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "admin")
        self._words = AdminWords(desk)
        self._presenter: AdminPresenter | None = None
        self._state: AdminState | None = None
        self._asked = ""
        self._title = named(Title(), self.part("title"))
        self._sections = Segmented(self.look, self.part("sections"))
        self._toggle = named(KeyButton("toggle"), self.part("toggle"))
        self._verify = named(KeyButton("verify"), self.part("verify"))
        self._review = named(KeyButton("review"), self.part("review"))
        self._action = named(QComboBox(), self.part("action"))
        self._verdict = BannerLine(self.look, self.part("verdict"))
        self._notice = BannerLine(self.look, self.part("notice"))
        self._tables = {
            Section.USERS: Table(self.look, self._words.users_spec()),
            Section.ROLES: Table(self.look, self._words.roles_spec()),
            Section.AUDIT: Table(self.look, self._words.audit_spec()),
            Section.BREAK_GLASS: Table(self.look, self._words.openings_spec()),
            Section.UNREAD: Table(self.look, self._words.unread_spec()),
        }
        self._bodies = QStackedWidget()
        for table in self._tables.values():
            self._bodies.addWidget(table)
        self._stack = StateStack(self.look, self.part("state"), self._bodies)
        self.keep(PageKeys(desk.shortcuts, self, *self._commands()))
        self._lay_out()
        self._connect()
        self.retranslate()

    def attend(self, presenter: AdminPresenter) -> None:
        """Let `presenter` hear the clicks, and own it."""
        self._presenter = presenter
        self.keep(presenter)
        self.show_state(presenter.state)

    def focus_on(self, focus: str) -> None:
        """Open a section by its key."""
        if self._presenter is not None:
            self._presenter.open_section(focus)

    def pass_time(self) -> None:
        if self._presenter is not None:
            self._presenter.pass_time()

    def retranslate(self) -> None:
        super().retranslate()
        text, words = self.text, self._words
        self._title.setText(text("workspace.admin"))
        self._verify.setText(text("admin.verify"))
        self._review.setText(text("admin.review"))
        self._action.setAccessibleName(text("admin.column.action"))
        self._tables[Section.USERS].respell(words.users_spec())
        self._tables[Section.ROLES].respell(words.roles_spec())
        self._tables[Section.AUDIT].respell(words.audit_spec())
        self._tables[Section.BREAK_GLASS].respell(words.openings_spec())
        self._tables[Section.UNREAD].respell(words.unread_spec())
        if self._state is not None:
            self.show_state(self._state)

    # -- showing

    def show_state(self, state: AdminState) -> None:
        self._state = state
        segments = tuple(
            Segment(one.value, self.text(f"admin.section.{one.value}"), self._count(one, state))
            for one in state.sections
        )
        self._sections.show_segments(segments, state.section.value if state.section else "")
        user = state.chosen_user
        closes = user is None or user.active
        self._toggle.setText(self.text("admin.close" if closes else "admin.reopen"))
        self._toggle.setEnabled(state.can_toggle)
        self._verify.setEnabled(not state.busy)
        self._review.setEnabled(state.can_review)
        self._toggle.setVisible(state.section is Section.USERS)
        self._verify.setVisible(state.section is Section.AUDIT)
        self._action.setVisible(state.section is Section.AUDIT)
        self._review.setVisible(state.section is Section.BREAK_GLASS)
        self._say_verdict(state)
        self._say_actions(state)
        self._show_body(state)

    def show_fault(self, fault: Fault) -> None:
        self._notice.show_notice(Notice(ChartWords(self.desk).fault(fault), Tone.CAUTION))

    def ask_to_toggle(self, user: Clinician) -> None:
        self._asked = user.id
        name = self._words.name(user)
        closing = self.text("admin.ask.close", name=name)
        text = closing if user.active else self.text("admin.ask.reopen", name=name)
        tone = Tone.DANGER if user.active else Tone.ACT
        does = self.text("admin.close" if user.active else "admin.reopen")
        choices = (Choice("keep", self.text("admin.ask.keep")), Choice("toggle", does, tone))
        sheet = ask(self.look, self, does, text, choices)
        sheet.answered.connect(self._answer)

    def _count(self, section: Section, state: AdminState) -> str:
        if section is Section.BREAK_GLASS and state.openings is not None:
            return f"{state.unreviewed:,}"
        if section is Section.UNREAD and state.unread is not None:
            return f"{state.unread_count:,}"
        return ""

    def _say_verdict(self, state: AdminState) -> None:
        if state.section is not Section.AUDIT:
            self._verdict.show_notice(None)
            return
        said, tone = self._words.verdict(state)
        self._verdict.show_notice(Notice(said, tone, stays=True))

    def _say_actions(self, state: AdminState) -> None:
        actions = [(action, self._words.action(action)) for action in state.actions]
        offer(self._action, [("", self.text("admin.all_actions")), *actions], state.action)

    def _show_body(self, state: AdminState) -> None:
        section = state.section
        if section is None:
            self._stack.show_empty(self.text("admin.nothing"), self.text("admin.nothing.then"))
            return
        if not state.has_read:
            if state.fault is None:
                self._stack.show_loading()
            else:
                said = ChartWords(self.desk).unread(state.fault)
                self._stack.show_failed(said, self.text("admin.safe"))
            return
        rows = self._rows(section, state)
        if not rows:
            why = self.text(f"admin.empty.{section.value}")
            then = "admin.empty.unread.then" if section is Section.UNREAD else "admin.empty.then"
            self._stack.show_empty(why, self.text(then))
            return
        table = self._tables[section]
        self._bodies.setCurrentWidget(table)
        table.show_rows(rows)
        self._select_first(section, table.current)
        if state.fault is not None:
            self._stack.show_partial(ChartWords(self.desk).unread(state.fault), can_retry=True)
        else:
            self._stack.show_content()

    def _rows(self, section: Section, state: AdminState) -> tuple[Row, ...]:
        match section:
            case Section.USERS:
                return self._words.users(state)
            case Section.ROLES:
                return self._words.roles(state)
            case Section.AUDIT:
                return self._words.audit(state)
            case Section.BREAK_GLASS:
                return self._words.openings(state)
            case Section.UNREAD:
                return self._words.unread(state)

    def _select_first(self, section: Section, key: str) -> None:
        if section is Section.USERS:
            self._choose_user(key)
        elif section is Section.BREAK_GLASS:
            self._choose_opening(key)

    # -- what the user does

    def _open_section(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.open_section(key)

    def _choose_user(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_user(key)

    def _choose_opening(self, key: str) -> None:
        if self._presenter is not None:
            self._presenter.choose_opening(int(key) if key else 0)

    def _ask_toggle(self) -> None:
        if self._presenter is not None:
            self._presenter.toggle_user()

    def _answer(self, key: str) -> None:
        user, self._asked = self._asked, ""
        if key == "toggle" and self._presenter is not None:
            self._presenter.confirm_toggle(user)
        self._tables[Section.USERS].setFocus()

    def _ask_verify(self) -> None:
        if self._presenter is not None:
            self._presenter.verify()

    def _ask_review(self) -> None:
        if self._presenter is not None:
            self._presenter.review()

    def _filter_action(self) -> None:
        if self._presenter is not None:
            self._presenter.filter_action(str(self._action.currentData() or ""))

    def _reload(self) -> None:
        if self._presenter is not None:
            self._presenter.reload()

    def _to_list(self) -> None:
        if self._state is not None and self._state.section is not None:
            self._tables[self._state.section].setFocus()

    # -- inside

    def _commands(self) -> tuple[Command, ...]:
        return (
            Command("admin.command.review", self._ask_review, "R", icon="eye"),
            Command("admin.command.verify", self._ask_verify, "V", icon="shield-check"),
            Command("admin.command.list", self._to_list, "B", icon="users"),
        )

    def _lay_out(self) -> None:
        theme = self.look.theme
        bar = FlowLayout(gap=theme.px("gap"))
        bar.addWidget(self._title)
        bar.addWidget(self._sections)
        for part in (self._action, self._toggle, self._verify, self._review):
            bar.addWidget(part)
        self._title.setWordWrap(False)
        self._verify.claim(Tone.ACT)
        self._review.claim(Tone.ACT)
        self.stand(bar, self._verdict, self._notice, self._stack)

    def _connect(self) -> None:
        self._sections.chosen.connect(self._open_section)
        self._toggle.clicked.connect(self._ask_toggle)
        self._verify.clicked.connect(self._ask_verify)
        self._review.clicked.connect(self._ask_review)
        self._action.activated.connect(self._filter_action)
        self._tables[Section.USERS].selected.connect(self._choose_user)
        self._tables[Section.BREAK_GLASS].selected.connect(self._choose_opening)
        self._stack.retry_requested.connect(self._reload)
