"""Puts the orders page together."""

from __future__ import annotations

from dataclasses import replace

from app.domain.people import Privilege
from app.kernel.clock import RandomIds
from app.services.chart_reading import ChartReading
from app.services.drafting import Drafting
from app.services.order_catalogue import OrderCatalogue
from app.services.order_lines import OrderLines
from app.services.override_reasons import override_reasons
from ui.orders.answering import AnswerServices
from ui.orders.basket_presenter import BasketPresenter, BasketServices
from ui.orders.card_answering import DecisionServices
from ui.orders.card_presenter import SigningChecks
from ui.orders.countersign_presenter import CountersignPresenter
from ui.orders.form_draft import Choices
from ui.orders.inline_checks import InlineChecks
from ui.orders.order_warnings import OrderWarnings
from ui.orders.page import OrdersPage
from ui.orders.presenter import OrdersPresenter
from ui.orders.remedies import Remedies
from ui.orders.remote_question import RemoteQuestion
from ui.orders.services import OrderActs, OrderServices, utc_now
from ui.orders.set_sheet import open_set_sheet
from ui.orders.stage_sets import stage_sheet
from ui.orders.verbal_presenter import VerbalPresenter
from ui.orders.words import OrderSpeller
from ui.runtime.desk import Desk
from ui.runtime.visits import Visit
from ui.runtime.workspaces import Scope, Workspace


def orders_workspace(
    desk: Desk, charts: ChartReading, drafting: Drafting, acts: OrderActs
) -> Workspace:
    """The orders of a patient.

    Raises:
        ValueError: (from `open`) The visit names no patient.
    """
    catalogue = OrderCatalogue()
    lines, speller = OrderLines(catalogue), OrderSpeller(desk)
    services = OrderServices(
        charts,
        acts.changing,
        drafting,
        catalogue,
        lines,
        speller,
        acts.arithmetic,
        acts.habits,
        desk.formats.zone,
        acts.queue,
        desk.feed,
        utc_now,
    )
    own = BasketServices(
        acts.entry, drafting, acts.habits.remember, acts.confirm, RandomIds().new, acts.verbal
    )
    asked = AnswerServices(charts, acts.inbox, acts.confirm, desk.feed)

    choices = Choices(catalogue.routes(), catalogue.frequencies(), desk.formats.zone)
    remedies = Remedies(choices, speller, RandomIds().new, catalogue)
    warned = DecisionServices(
        acts.judge,
        remedies,
        override_reasons(),
        acts.second,
        utc_now,
    )

    def open_page(visit: Visit) -> OrdersPage:
        if visit.patient is None:
            raise ValueError("the orders need a patient")
        page, tasks, patient = OrdersPage(desk), desk.scope(), visit.patient
        asking = acts.remote
        remote = None if asking is None else RemoteQuestion(asking, visit, patient, tasks)
        mine = replace(own, signed=remote.signed) if remote is not None else own
        basket = BasketPresenter(page.basket, visit, patient, mine, tasks)
        presenter = OrdersPresenter(page, visit, patient, services, basket, tasks)
        page.front.attend(
            lambda: open_set_sheet(desk, visit, acts.sets),
            lambda focus: stage_sheet(desk, visit, acts.stages, focus),
        )
        show = page.countersign.show_state
        countersign = CountersignPresenter(show, visit, patient, asked, acts.countersigning, tasks)
        page.attend(presenter, basket, countersign)
        checks = SigningChecks(page.basket, visit, patient, warned, basket, tasks, remote)
        page.basket.sign_after(checks)
        for bar in (page.countersign, page.verbal):
            bar.check_with(OrderWarnings(bar.front, visit, patient, warned, tasks))
        inline = InlineChecks(page.show_checked, visit, acts.judge, desk.feed, tasks)
        page.keep(inline)
        basket.watch(inline.hold)
        presenter.writing.watch(inline.write)
        if acts.verbal is not None:
            heard = page.verbal.show_state
            page.answer_for(VerbalPresenter(heard, visit, patient, asked, acts.verbal, tasks))
        page.front.focus_on(visit.focus)
        return page

    return Workspace(
        key="orders",
        scope=Scope.PATIENT,
        title="orders.title",
        icon="clipboard-list",
        needs=Privilege.OPEN_CHART,
        open=open_page,
    )
