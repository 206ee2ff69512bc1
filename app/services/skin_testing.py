"""Skin tests: a nurse records what was read, and every dose asks what was found."""

from __future__ import annotations

from datetime import datetime

from app.domain.order_verification import VerificationRules
from app.domain.orders import Order, OrderClass
from app.domain.people import Privilege, Session
from app.domain.skin_tests import Reaction, SkinGate, SkinResult, skin_standing
from app.domain.terms import Ref
from app.fhir.document import Document
from app.fhir.orders import order_ref, read_order
from app.fhir.skin_tests import is_test_of, write_skin_result
from app.kernel.clock import Clock
from app.kernel.faults import FaultKind, app_error
from app.ports.acts import Acts, Change, Documents
from app.ports.verifying import VerificationReads
from app.services.access import Access, AccessPolicy
from app.services.act_making import ActMaker
from app.services.administering import BannerOf
from app.services.authority import needs, open_door
from app.services.signing import SigningRules


class SkinGates:
    """What the skin tests of a patient say to a drug."""

    def __init__(self, reads: VerificationReads, limits: VerificationRules, clock: Clock) -> None:
        self._reads = reads
        self._limits = limits
        self._clock = clock

    @open_door("asked by the act of giving, which has opened the chart")
    def gate(self, order: Order, given: tuple[datetime, ...]) -> SkinGate:
        """Whether a dose of `order` may be given now, where doses were given before."""
        results = self._reads.skin_tests(order.patient)
        now, valid = self._clock.now(), self._limits.skin_valid
        return skin_standing(order, order_ref(order), results, now, valid, given).gate


class SkinTesting:
    """Records skin tests. Succeeds offline."""

    def __init__(  # noqa: PLR0913, PLR0917 - these are what the act needs
        self,
        acts: Acts,
        documents: Documents,
        maker: ActMaker,
        rules: SigningRules,
        reads: VerificationReads,
        policy: AccessPolicy,
        banner: BannerOf,
        limits: VerificationRules,
    ) -> None:
        self._acts = acts
        self._documents = documents
        self._maker = maker
        self._rules = rules
        self._reads = reads
        self._policy = policy
        self._banner = banner
        self._limits = limits

    @needs(Privilege.ADMINISTER)
    def record(
        self, session: Session, drug: Ref, reaction: Reaction, second: Session | None = None
    ) -> SkinResult:
        """Record the reading of the skin test for the drug that `drug` orders.

        It is linked to that order, and to the order of the test where one was signed for it.

        Args:
            session: Who read it.
            drug: The MedicationRequest.
            reaction: (-) or (+).
            second: Who read it with them; a positive one is read by two, as the pack says.

        Raises:
            AppError: `REFUSED` when the order is not here, is no current drug, the chart is not
                open, the second reader is missing, the same person or may not, or the clock is
                off; `SIGNED_OUT` after the lease of either; `STORAGE`.
        """
        self._rules.check(session)
        order = self._order(session, drug)
        self._check_second(session, second, reaction)
        who = session.clinician
        result = SkinResult(
            ref=Ref(f"Observation/{self._maker.ids.new()}"),
            patient=order.patient,
            drug=order.item,
            reaction=reaction,
            at=self._maker.clock.now(),
            orders=(drug, *self._tests(order, drug)),
            encounter=order.encounter,
            by=who.id,
            by_name=who.name.name,
            second=second.clinician.id if second is not None else None,
            second_name=second.clinician.name.name if second is not None else "",
        )
        seen = self._documents.versions((drug,))
        self._acts.commit(
            self._maker.make(
                "skin-test.read",
                session,
                order.patient,
                (Change(write_skin_result(result)),),
                seen=tuple((ref, version) for ref, version in seen if version),
                kinds=frozenset({"result", "verification", "loop"}),
            )
        )
        return result

    def _order(self, session: Session, drug: Ref) -> Order:
        document = self._document(drug)
        order = read_order(document) if document is not None else None
        if order is None:
            raise app_error(FaultKind.REFUSED, "order.not-here", "not in the cache")
        if order.order_class is not OrderClass.MEDICATION or order.status != "active":
            raise app_error(FaultKind.REFUSED, "skin.no-current-drug", order.status)
        banner = self._banner(order.patient)
        if banner is None or self._policy.decide(session, banner) is not Access.GRANTED:
            raise app_error(FaultKind.REFUSED, "access.not-granted", "chart not open")
        return order

    def _check_second(self, session: Session, second: Session | None, reaction: Reaction) -> None:
        if second is None:
            if reaction is Reaction.POSITIVE and self._limits.skin_second_reader:
                raise app_error(FaultKind.REFUSED, "skin.second-needed", "positive, one reader")
            return
        if second.clinician.id == session.clinician.id:
            raise app_error(FaultKind.REFUSED, "verifying.second-same", "the same person")
        if not second.can(Privilege.ADMINISTER):
            raise app_error(FaultKind.REFUSED, "verifying.second-may-not", "no privilege")
        self._rules.check(second)

    def _tests(self, order: Order, drug: Ref) -> tuple[Ref, ...]:
        """Orders of the test that were signed for this drug."""
        found = self._reads.patients((order.patient,), self._maker.clock.now())
        refs = [ref for one in found for ref, _ in one.orders if ref != drug]
        documents = ((ref, self._document(ref)) for ref in refs)
        return tuple(ref for ref, one in documents if one is not None and is_test_of(one, drug))

    def _document(self, ref: Ref) -> Document | None:
        held = self._documents.held(ref)
        return held.document if held is not None else None
