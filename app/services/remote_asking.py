"""Asking the hospital's decision-support services about orders, and telling what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from app.decision.findings import Moment
from app.domain.orders import Order, OrderDraft
from app.domain.people import Privilege, Session
from app.domain.remote_cards import RemoteCard, RemoteSuggestion, Reply
from app.domain.terms import EncounterId, OrderId, PatientId, Term
from app.fhir.cds_hooks import Feedback, HookCall
from app.fhir.document import Document
from app.fhir.orders import write_order
from app.kernel.clock import Clock, Ids
from app.ports.remote_checks import Asked, RemoteChecks, ServiceAnswer
from app.services.authority import needs
from app.services.frequencies import timing_of


class RemoteAsking:
    """What the order page asks of services of the hospital. The local engine never waits for it."""

    def __init__(self, checks: RemoteChecks, clock: Clock, ids: Ids) -> None:
        self._checks = checks
        self._clock = clock
        self._ids = ids

    @needs(Privilege.OPEN_CHART)
    def ask(
        self,
        session: Session,
        patient: PatientId,
        encounter: EncounterId | None,
        drafts: Mapping[str, OrderDraft],
        moment: Moment = Moment.SIGN,
    ) -> Asked:
        """Ask everybody who is asked at this moment, and wait no longer than the hospital allows.

        For the REMOTE lane: it may take as long as the limit, and raises nothing for a service.

        Args:
            session: Who asks.
            patient: Whose orders they are.
            encounter: The stay.
            drafts: By the keys that changes will name; keys are FHIR ids.
            moment: On what occasion.
        """
        shown = tuple(
            (key, _document(key, one, one.item))
            for key, one in drafts.items()
            if one.item is not None
        )
        call = HookCall(
            hook=moment.value,
            instance=self._ids.new(),
            user=f"Practitioner/{session.clinician.id}",
            patient=patient,
            encounter=encounter or "",
            drafts=shown,
            selected=tuple(key for key, _ in shown) if moment is Moment.SELECT else (),
        )
        return self._checks.ask(call)

    @needs(Privilege.PLACE_ORDER)
    def signed(self, session: Session, asked: Asked, orders: Mapping[str, OrderId]) -> None:
        """The drafts (by key) have become orders: what comes late belongs to them.

        Raises:
            AppError: `STORAGE`.
        """
        del session
        self._checks.signed(asked.instance, orders)

    @needs(Privilege.OPEN_CHART)
    def late(self, session: Session, order: OrderId) -> tuple[ServiceAnswer, ...]:
        """What services said about an order after it was signed."""
        del session
        return self._checks.of_order(order)

    @needs(Privilege.PLACE_ORDER)
    def accepted(
        self,
        session: Session,
        answer: ServiceAnswer,
        card: RemoteCard,
        suggestions: tuple[RemoteSuggestion, ...] = (),
    ) -> None:
        """A card was followed; its service is told, as soon as it can be reached.

        Raises:
            AppError: `STORAGE`.
        """
        del session
        ids = tuple(one.id for one in suggestions if one.id)
        self._tell(answer, Feedback(card.id, Reply.ACCEPTED, self._clock.now(), ids))

    @needs(Privilege.PLACE_ORDER)
    def overridden(
        self,
        session: Session,
        answer: ServiceAnswer,
        card: RemoteCard,
        reason: Term | None,
        comment: str = "",
    ) -> None:
        """A card was passed, with one of the service's reasons or of ours, or in words.

        Raises:
            AppError: `STORAGE`.
        """
        del session
        now = self._clock.now()
        feedback = Feedback(card.id, Reply.OVERRIDDEN, now, reason=reason, comment=comment)
        self._tell(answer, feedback)

    def _tell(self, answer: ServiceAnswer, feedback: Feedback) -> None:
        """A card without an id is one that its service wants to hear nothing of."""
        if feedback.card:
            self._checks.reply(answer.service, feedback)


def _document(key: str, draft: OrderDraft, item: Term) -> Document:
    """The draft as a service is shown it: what is ordered, and nothing of who orders it."""
    order = Order(
        id=OrderId(key),
        patient=draft.patient,
        encounter=draft.encounter,
        order_class=draft.order_class,
        kind=draft.kind,
        item=item,
        dosage=draft.dosage,
        status="draft",
        priority=draft.priority,
        reason=draft.reason.strip(),
        group=draft.group,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        skin_test=draft.skin_test,
    )
    return write_order(order, onto={}, timing=timing_of(draft.dosage))
