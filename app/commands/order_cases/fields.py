"""Dose, route, frequency, rate and diluent as they are written, in Chinese or English.

The grammar of order lines reads them; a field may say more than a line, because it is known what
it is about: `IT` is a route there and `od` a frequency. What is not understood stays unread.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.decision.order_text.characters import normalised
from app.decision.order_text.dosing import dosing
from app.decision.order_text.lexicon import Lexicon
from app.decision.order_text.lexing import Lexer
from app.decision.order_text.pieces import Amount, Piece
from app.decision.order_text.routing import routing
from app.decision.order_text.timing import timing
from app.domain.quantities import Quantity, decimal_of
from resources.reading import rows

_ROUTES: Mapping[str, str] = {
    "it": "it",
    "intratecal": "it",
    "ia": "ia",
    "intra-arterial": "ia",
    "intraarterial": "ia",
    "动脉注射": "ia",
    "动脉": "ia",
    "ip": "ip",
    "intraperitoneal": "ip",
    "腹腔": "ip",
    "腹腔注射": "ip",
    "io": "io",
    "intraosseous": "io",
    "intravesical": "ims",
    "膀胱灌注": "ims",
    "td": "td",
    "patch": "td",
    "vag": "pv",
    "os": "po",
    "id": "id",
    "iv bolus": "push",
    "i.v. bolus": "push",
    "bolus": "push",
    "push": "push",
    "iv-push": "push",
    "top.": "top",
}
"""Words that are a route only where a route is expected."""

_FREQUENCIES: Mapping[str, str] = {
    "od": "qd",
    "o.d.": "qd",
    "bds": "bid",
    "q1d": "qd",
    "1": "qd",
    "24h": "q24h",
    "q24": "q24h",
    "each day": "qd",
    "single": "once",
    "one-time": "once",
    "3 weekly": "q3w",
    "q3w": "q3w",
    "every 3 weeks": "q3w",
    "every three weeks": "q3w",
    "每三周一次": "q3w",
    "每3周一次": "q3w",
    "q4w": "q4w",
    "every 4 weeks": "q4w",
    "每4周一次": "q4w",
    "bid-tid": "",
}
_WEEKS = {"q3w": Fraction(1, 21), "q4w": Fraction(1, 28), "q24h": Fraction(1)}
_SINGLE = {"once", "st", "preop", "intraop"}
_PUSHED = {"push", "bolus", "ivp", "快推"}
_INTO_A_VEIN = {"iv", "ivgtt", "pump"}
_NOTHING = {"", "none", "undiluted", "no", "nil", "无", "不稀释", "原液", "neat", "-"}
_TEN_THOUSANDS = re.compile(r"(\d)\s+(?=[万亿])")
_MEGA = re.compile(r"(\d+(?:\.\d+)?)\s*(?:m\.?i?u|million (?:iu|units?|u)|mega ?units?)\b")
_TIME = re.compile(
    r"(?:over|in|>)?\s*(\d+(?:\.\d+)?)\s*(h|hr|hrs|hours?|小时|min|mins|minutes?|分钟)"
)
_SHARE = re.compile(r"(.+?)\s*(?:/|over|in)\s*(\d+(?:\.\d+)?)\s*(h|hours?|小时|min|minutes?|分钟)")
_MINUTES = {"h": 60, "小": 60, "m": 1, "分": 1}
_OTHER_CODES = {"STAT": "st", "SOS": "sos", "PRN": "prn"}


@dataclass(frozen=True, slots=True)
class Dose:
    """What a dose says.

    Attributes:
        dose: For one administration.
        amount: The same as substance, where pieces or a volume of a named strength were counted.
        text: What was written, where no dose could be read.
    """

    dose: Quantity | None = None
    amount: Quantity | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Frequency:
    """What a frequency says; without a code it said nothing that is understood."""

    code: str = ""
    per_day: Fraction | None = None
    as_needed: bool = False
    once: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A route; `pushed` by hand, at once."""

    code: str = ""
    pushed: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast it runs, and whether that was at once."""

    rate: Quantity | None = None
    pushed: bool = False


class Fields:
    """Reads single fields over one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._lexer = Lexer(lexicon)
        self._units = {unit.code: unit.ucum for unit in lexicon.units.values()}
        self._per_day = dict(_counts())

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """The words of a field."""
        flat = _TEN_THOUSANDS.sub(r"\1", normalised(text).strip())
        return self._lexer.pieces(_MEGA.sub(_whole, flat))

    def dose(self, text: str, english: str = "") -> Dose:
        """A dose of the medicine of that English name; a number alone is none."""
        pieces = self.pieces(text)
        found = dosing(pieces, self._lexicon.medicines.get(english.casefold()), self._lexicon)
        said = found.dose
        unit = self._ucum(said.value.unit) if said is not None else ""
        if said is None or not unit or found.contradiction:
            return Dose(text=text)
        dose = Quantity(said.value.value, unit)
        return Dose(dose, self._substance(dose, pieces))

    def _substance(self, dose: Quantity, pieces: tuple[Piece, ...]) -> Quantity | None:
        """`0.25 g 2 tab` is 0.5 g, `10% 10 ml` is 1 g (percent are grams in 100 mL)."""
        amounts = [p.amount for p in pieces if p.kind == "amount" and p.amount is not None]
        if dose.unit.startswith("{"):
            masses = [one for one in amounts if not self._ucum(one.unit).startswith("{")]
            if len(masses) == 1 and masses[0].upper is None:
                return Quantity(masses[0].value * dose.value, self._ucum(masses[0].unit))
        percents = [p.amount for p in pieces if p.kind == "percent" and p.amount is not None]
        if dose.unit == "mL" and len(percents) == 1:
            return Quantity(percents[0].value * dose.value / 100, "g")
        return None

    def _ucum(self, unit: str) -> str:
        """`mg/kg`, `U/h`; "" for a unit that is not known."""
        head, slash, below = unit.partition("/")
        known = self._units.get(head) or {"gtt": "{drop}"}.get(head, "")
        return f"{known}{slash}{below}" if known else ""

    def route(self, text: str) -> Way:
        """A route; without a code where it is none that is known, or a choice of several."""
        flat = normalised(text).strip()
        own = _ROUTES.get(flat, "")
        if own:
            return Way("iv", pushed=True) if own == "push" else Way(own)
        found = routing(self.pieces(text))
        if found.route is None or found.contradiction or found.unclear:
            return Way()
        said = found.route.value
        code = self._lexicon.routes.get(said, "") or said.casefold()
        return Way(code, pushed=said == "IV_PUSH")

    def frequency(self, text: str) -> Frequency:
        """A frequency; without a code where it is none, or could be several."""
        flat = normalised(text).strip()
        if flat in _FREQUENCIES:
            return self._counted(_FREQUENCIES[flat], as_needed=False)
        found = timing(self.pieces(text), self._lexicon)
        as_needed = found.prn is not None
        if found.freq is None or found.contradiction or found.unclear:
            return Frequency(as_needed=as_needed)
        said = found.freq.value
        return self._counted(_OTHER_CODES.get(said, said.casefold()), as_needed=as_needed)

    def _counted(self, code: str, *, as_needed: bool) -> Frequency:
        if code in _SINGLE:
            return Frequency(code, once=True)
        return Frequency(code, self._times(code), as_needed or code in {"prn", "sos"})

    def _times(self, code: str) -> Fraction | None:
        known = self._per_day.get(code) or _WEEKS.get(code)
        if known is not None:
            return known
        count, _, span = code.partition("/")
        if span in {"d", "w"}:
            return Fraction(count) / (1 if span == "d" else 7)
        interval = re.fullmatch(r"q(\d+)([hd])", code)
        if interval is None:
            return None
        return Fraction(24 if interval[2] == "h" else 1, int(interval[1]))

    def rate(self, text: str, dose: Quantity | None) -> Rate:
        """How fast; `over 30 min` is of the dose."""
        flat = normalised(text).strip()
        way = self.route(text)
        if flat in _PUSHED or way.pushed:
            return Rate(pushed=True)
        alone = _TIME.fullmatch(flat)
        if alone is not None:
            return Rate(_share(dose, alone[1], alone[2]))
        shared = _SHARE.fullmatch(flat)
        if shared is not None:
            return Rate(_share(self.dose(shared[1]).dose, shared[2], shared[3]))
        pieces = self.pieces(text)
        rates = [piece.amount for piece in pieces if piece.kind == "rate"]
        overs = [piece.amount for piece in pieces if piece.kind == "over"]
        if len(rates) == 1 and not overs:
            return Rate(self._running(rates[0]))
        if len(overs) == 1 and overs[0] is not None and not rates:
            own = self.dose(text).dose
            return Rate(_share(own or dose, str(overs[0].value), overs[0].unit))
        return Rate()

    def _running(self, amount: Amount | None) -> Quantity | None:
        if amount is None or amount.upper is not None:
            return None
        unit = self._ucum(amount.unit)
        return Quantity(amount.value, unit) if unit else None

    def solvent(self, text: str) -> str:
        """English generic name of a solvent; "" for another word."""
        return next((u.value for p in self.pieces(text) if (u := p.use("solvent"))), "")

    def is_nothing(self, text: str) -> bool:
        """Whether a diluent is said not to be there."""
        return normalised(text).strip() in _NOTHING


def _whole(found: re.Match[str]) -> str:
    return f"{Decimal(found[1]) * 1_000_000:f}u"


def _share(dose: Quantity | None, count: str, unit: str) -> Quantity | None:
    """The dose spread over a time, per hour; None where it cannot be said in digits."""
    minutes = Fraction(count) * _MINUTES[unit[0]]
    if dose is None or not minutes:
        return None
    for per, length in (("h", 60), ("min", 1)):
        value = decimal_of(Fraction(dose.value) * length / minutes)
        if value is not None:
            return Quantity(value, f"{dose.unit}/{per}")
    # No end in either: four digits more than any limit has.
    exact = Fraction(dose.value) * 60 / minutes
    return Quantity(Decimal(exact.numerator) / Decimal(exact.denominator), f"{dose.unit}/h")


def _counts() -> list[tuple[str, Fraction]]:
    """Administrations a day by frequency, exactly: a week has seven days."""
    found: list[tuple[str, Fraction]] = []
    for row in rows("frequencies", "frequencies"):
        if row["interval_minutes"]:
            found.append((row["code"], Fraction(1440, int(row["interval_minutes"]))))
        elif row["period_days"]:
            found.append((row["code"], Fraction(1, int(row["period_days"]))))
        elif row["days"]:
            found.append((row["code"], Fraction(len(row["days"].split(",")), 7)))
        elif row["kind"] in {"clock", "event"}:
            found.append((row["code"], Fraction(row["per_day"])))
    return found
