"""What is said beside the paper, in the reader's language; the paper itself is of its profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.order_sheets import WITHHELD, Caution, Column
from app.domain.sheet_layout import Placed
from app.domain.sheet_paper import NO_PAPER, Trouble
from app.domain.sheet_plans import Plan, Refusal
from app.domain.sheet_runs import Mode
from resources.catalogue import Parameter
from ui.order_sheets.state import SheetState
from ui.runtime.desk import Desk
from ui.runtime.formats import DASH


@dataclass(frozen=True, slots=True)
class SheetWords:
    """Words of one desk."""

    desk: Desk

    def text(self, code: str, /, **parameters: Parameter) -> str:
        return self.desk.languages.text(code, **parameters)

    def beginning(self, state: SheetState) -> str:
        """What is printed now, and onto which paper."""
        plan, view = state.plan, state.shown
        if plan is None or view is None:
            return ""
        if view.waiting is not None:
            return self.text("order_sheet.go.waiting")
        match plan.refusal:
            case Refusal.NOTHING:
                paper = view.stock.paper.live
                return self.text("order_sheet.go.done" if paper else "order_sheet.go.nothing")
            case Refusal.TROUBLED:
                return self.text("order_sheet.go.troubled")
            case _:
                return "\n".join((*self._what(plan), *self._onto(plan)))

    def _what(self, plan: Plan) -> Iterator[str]:
        match plan.wish.mode:
            case Mode.WHOLE:
                count = len(plan.printed)
                yield self.text("order_sheet.go.whole", count=count)
            case Mode.PAGE:
                yield self.text("order_sheet.go.page", page=plan.wish.page)
            case Mode.CONTINUE | Mode.FROM_LINE:
                yield from self._lines(plan)
        if plan.again:
            yield self.text("order_sheet.go.again")

    def _lines(self, plan: Plan) -> Iterator[str]:
        per_page = plan.sheet.per_page
        due = [line for page in plan.pages for line, _ in page.due]
        fresh = [line for line in due if plan.wish.mode is Mode.FROM_LINE or not line.printed]
        if fresh:
            page, row = divmod(fresh[0].place, per_page)
            text = fresh[0].text(Column.TEXT)
            yield self.text("order_sheet.go.line", page=page + 1, line=row + 1, text=text)
        added = sum(1 for line in due if line.printed and line not in fresh)
        if added:
            yield self.text("order_sheet.go.added", count=added)
        taken = sum(len(page.taken) for page in plan.pages)
        if taken:
            yield self.text("order_sheet.go.taken", count=taken)

    def _onto(self, plan: Plan) -> Iterator[str]:
        """Which paper goes into the printer: a line may not land on another page."""
        joint = self.text("order_sheet.pages.joint")
        old = [str(page.number) for page in plan.printed if not page.framed]
        new = [str(page.number) for page in plan.printed if page.framed]
        if old:
            yield self.text("order_sheet.go.old-paper", pages=joint.join(old))
        if new and old:
            yield self.text("order_sheet.go.new-paper", pages=joint.join(new))

    def on_paper(self, state: SheetState) -> str:
        """What lies in the chart, and how far that is known."""
        view = state.shown
        if view is None:
            return ""
        formats, last = self.desk.formats, view.stock.paper.last
        printed = sum(bool(line.printed) for line in view.sheet.lines)
        said = [self.text("order_sheet.paper.count", count=printed, all=len(view.sheet.lines))]
        if last is not None:
            here = last.station == view.station
            code = "order_sheet.paper.last-here" if here else "order_sheet.paper.last-elsewhere"
            said.append(self.text(code, at=formats.moment(last.at), name=last.by_name))
        if view.known_until is not None:
            until = formats.moment(view.known_until)
            said.append(self.text("order_sheet.paper.known", at=until))
        else:
            said.append(self.text("order_sheet.paper.unknown"))
        return "\n".join(said)

    def troubles(self, state: SheetState) -> str:
        """Why the paper may not be what is known here, and the way out."""
        view = state.shown
        paper = view.stock.paper if view is not None else NO_PAPER
        found = [one for one in Trouble if one in paper.troubles]
        said = [self.text(f"order_sheet.trouble.{one.value}") for one in found]
        if paper.blocked:
            said.append(self.text("order_sheet.trouble.way-out"))
        return "\n".join(said)

    def chosen(self, state: SheetState) -> str:
        """What speaks about the chosen line that is not on paper."""
        line = state.line
        if line is None:
            return ""
        return "\n".join(
            part
            for part in (self.standing(line), self.cautions(line.cautions), self.heard(state))
            if part
        )

    def heard(self, state: SheetState) -> str:
        """Who gave the chosen line by word of mouth and who wrote it down, until confirmed."""
        line, view = state.line, state.shown
        order = line.order if line is not None else None
        told = view.heard.get(order) if view is not None and order is not None else None
        if told is None:
            return ""
        by, writer = told.by_name or DASH, told.written_by_name or DASH
        return self.text("order_sheet.heard", by=by, writer=writer)

    def standing(self, line: Placed) -> str:
        """Whether a line is on the paper."""
        if not line.printed:
            return self.text("order_sheet.line.not-printed")
        return self.text("order_sheet.line.in-part" if line.lacking else "order_sheet.line.printed")

    def cautions(self, said: Iterable[Caution]) -> str:
        return "\n".join(self.text(f"order_sheet.caution.{one.value}") for one in said)

    def withheld(self, state: SheetState) -> str:
        """Orders that do not go on the paper yet, and why."""
        view = state.shown
        found: dict[str, tuple[str, str]] = {}
        for line in view.sheet.withheld if view is not None else ():
            text, why = found.get(line.order or "", ("", ""))
            part = line.text(Column.TEXT)
            said = [one.value for one in line.cautions if one in WITHHELD]
            reasons = self.text("order_sheet.joint").join(
                self.text(f"order_sheet.caution.{one}") for one in said
            )
            found[line.order or ""] = (text + part, why or reasons)
        return "\n".join(
            self.text("order_sheet.withheld.line", order=text, why=why) if why else text
            for text, why in found.values()
        )

    def marked(self, state: SheetState) -> str:
        """How many lines have something said beside them."""
        count = sum(bool(line.cautions) for line in state.lines)
        return self.text("order_sheet.marked", count=count) if count else ""

    def gaps(self, state: SheetState) -> str:
        """What the sheet does not hold, or not as it should."""
        view = state.shown
        if view is None:
            return ""
        said = [
            "" if view.whole else self.text("order_sheet.not-whole"),
            self.text("order_sheet.lacking", signs=view.lacking) if view.lacking else "",
            self.text("order_sheet.apart", count=view.apart) if view.apart else "",
            self.text("order_sheet.other-stays", count=view.of_other_stays)
            if view.of_other_stays
            else "",
            "" if view.verifications_known else self.text("order_sheet.nurses-unknown"),
        ]
        return "\n".join(one for one in said if one)

    def spoken(self, line: Placed | None) -> str:
        """The chosen line for a screen reader."""
        if line is None:
            return self.text("order_sheet.paper")
        said = " ".join(cell.text for cell in line.cells)
        return self.text("order_sheet.paper.line", line=said, standing=self.standing(line))

    def page_name(self, state: SheetState, number: int) -> str:
        """A page of the list of pages, with how much of it is on paper."""
        view = state.shown
        lines = view.sheet.page(number) if view is not None else ()
        if not any(line.printed for line in lines):
            code = "order_sheet.page.new"
        elif any(line.lacking for line in lines):
            code = "order_sheet.page.in-part"
        else:
            code = "order_sheet.page.printed"
        return self.text(code, number=number)
