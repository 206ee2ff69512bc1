"""What the patient banner says, item by item, in the language of the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.patients import Allergy, AllergyState, Banner, CodeStatus, Stay
from resources.styles.tokens import Tone
from ui.runtime.language import Languages


@dataclass(frozen=True, slots=True)
class Fact:
    """One item: a label without a colon and a stronger value (CUI PAB-0044).

    Attributes:
        chip: Drawn as a claim with its icon.
        hover: What is said on hover besides.
    """

    key: str
    label: str
    value: str
    tone: Tone = Tone.PLAIN
    icon: str = ""
    chip: bool = False
    hover: str = ""

    @property
    def spoken(self) -> str:
        return " ".join(part for part in (self.label, self.value) if part)


@dataclass(frozen=True, slots=True)
class AllergyLine:
    """One allergy of the expanded list, agent leftmost (CUI ADR-0005)."""

    agent: str
    reactions: str
    remark: str
    recorded: str
    active: bool


_ALLERGY_LOOKS = {
    AllergyState.KNOWN: (Tone.DANGER, "octagon-alert"),
    AllergyState.NONE_KNOWN: (Tone.PLAIN, "shield-check"),
    AllergyState.NOT_RECORDED: (Tone.UNKNOWN, "circle-help"),
    AllergyState.UNAVAILABLE: (Tone.CAUTION, "cloud-off"),
}


class BannerWords:
    """Turns a `Banner` into words. Whatever is unknown is said in plain words (CUI PAB-0019)."""

    def __init__(
        self, languages: Languages, banner: Banner, now: datetime, unreadable: int = 0
    ) -> None:
        self._unreadable = unreadable
        self._languages = languages
        self._banner = banner
        self._now = now

    @property
    def name(self) -> str:
        """Whole, family name first, as recorded; in English the Latin form beside it."""
        patient = self._banner.patient
        if not patient.name:
            return self.text("banner.name_unknown")
        latin = patient.english if self._languages.language == "en" else ""
        return f"{patient.name} {latin}" if latin and latin != patient.name else patient.name

    @property
    def name_hover(self) -> str:
        return self._banner.patient.phonetic

    @property
    def deceased(self) -> str:
        """Empty for the living; else the day of death and the age at death (CUI PAB-0024)."""
        patient = self._banner.patient
        if not patient.deceased:
            return ""
        if patient.deceased_at is None:
            return self.text("banner.deceased_unknown")
        at = self._languages.formats.moment(patient.deceased_at)
        return self.text("banner.deceased", at=at, age=self._age(patient.deceased_at))

    def identity(self) -> tuple[Fact, ...]:
        """Sex, age (birth date), 住院号, 病案号, stay, attending; the place comes last."""
        patient, stay = self._banner.patient, self._banner.stay
        unknown = self.text("value.not_recorded")
        sex = self.text(f"banner.sex.{patient.sex.value}") if patient.sex else ""
        admission = stay.admission_number if stay else ""
        named = stay.attending_name if stay else None
        attending = named.shown(self._languages.language) if named else ""
        return (
            Fact("sex", self.text("banner.sex"), sex or unknown),
            Fact("age", self.text("banner.age"), self._age_and_birth()),
            Fact("admission_number", self.text("banner.admission_number"), admission or unknown),
            Fact(
                "record_number",
                self.text("banner.record_number"),
                patient.record_number or unknown,
            ),
            self._stay(stay),
            Fact("attending", self.text("banner.attending"), attending or unknown),
            Fact("place", self.text("banner.place"), self._place(stay)),
        )

    def allergy(self) -> Fact:
        """One of the four states, the known one strongest (CUI PAB-0064, PAB-0067)."""
        state = self._banner.allergy_state
        tone, icon = _ALLERGY_LOOKS[state]
        agents = [
            self._agent(one) for one in self._banner.allergies if one.active and not one.none_known
        ]
        said = self.text(f"banner.allergy.{state.value}")
        if state is AllergyState.KNOWN and agents:
            names = self.text("banner.list_joint").join(agents)
            said = self.text("banner.allergy.known_to", agents=names)
        return Fact("allergies", "", said, tone, icon, chip=True)

    def clinical(self) -> tuple[Fact, ...]:
        """The second line: weight, care, condition, isolation, resuscitation, warnings."""
        return (
            self._weight(),
            self._coded("care", self._banner.level_of_care, "banner.care"),
            self._severity(),
            self._isolation(),
            self._code_status(),
            *(
                Fact(f"flag.{code}", "", self._word("flag", code), Tone.CAUTION, chip=True)
                for code in self._banner.flags
            ),
            *self._warnings(),
            self._as_of(),
        )

    def allergy_lines(self) -> tuple[AllergyLine, ...]:
        """Every recorded entry, the active ones first."""
        ordered = sorted(self._banner.allergies, key=lambda one: not one.active)
        return tuple(self._line(one) for one in ordered)

    # -- parts

    def _age_and_birth(self) -> str:
        patient, formats = self._banner.patient, self._languages.formats
        until = patient.deceased_at if patient.deceased and patient.deceased_at else self._now
        if patient.birth_date is None and not patient.birth_date_text:
            return self.text("banner.birth_unknown")
        born = (
            formats.date(patient.birth_date)
            if patient.birth_date
            else formats.partial(patient.birth_date_text)
        )
        return self.text("banner.age_born", age=self._age(until), born=born)

    def _age(self, at: datetime) -> str:
        patient = self._banner.patient
        return self._languages.formats.age(patient.birth_date or patient.birth_date_text, at)

    def _stay(self, stay: Stay | None) -> Fact:
        label, formats = self.text("banner.stay"), self._languages.formats
        if stay is None:
            return Fact("stay", label, self.text("banner.no_stay"))
        if stay.ended_at is not None:
            at = formats.moment(stay.ended_at)
            return Fact("stay", label, self.text("banner.discharged", at=at))
        if stay.admitted_at is None:
            return Fact("stay", label, self.text("value.not_recorded"))
        days = (formats.local(self._now).date() - formats.local(stay.admitted_at).date()).days + 1
        hover = formats.moment(stay.admitted_at)
        return Fact("stay", label, self.text("banner.day", day=max(days, 1)), hover=hover)

    def _place(self, stay: Stay | None) -> str:
        ward = stay.ward_name.shown(self._languages.language) if stay and stay.ward_name else ""
        if not ward:
            return self.text("value.not_recorded")
        if stay is None or not stay.bed:
            return ward
        return self.text("banner.ward_bed", ward=ward, bed=stay.bed)

    def _weight(self) -> Fact:
        label, weight = self.text("banner.weight"), self._banner.weight
        if weight is None:
            return Fact("weight", label, self.text("value.not_recorded"), Tone.UNKNOWN)
        formats = self._languages.formats
        said = self.text(
            "banner.weight_on",
            weight=formats.result(weight.value, weight.unit),
            day=formats.date(weight.at),
        )
        return Fact("weight", label, said, hover=formats.moment(weight.at))

    def _coded(self, key: str, code: str, family: str) -> Fact:
        label = self.text(family)
        if not code:
            return Fact(key, label, self.text("banner.no_order"), Tone.UNKNOWN)
        return Fact(key, label, self._word(key, code))

    def _severity(self) -> Fact:
        fact = self._coded("severity", self._banner.severity, "banner.severity")
        tone = {"critical": Tone.DANGER, "serious": Tone.CAUTION}.get(self._banner.severity)
        if tone is None:
            return fact
        return Fact("severity", "", self._spoken(fact), tone, chip=True)

    def _isolation(self) -> Fact:
        label = self.text("banner.isolation")
        if not self._banner.isolation:
            return Fact("isolation", label, self.text("banner.no_order"), Tone.UNKNOWN)
        words = [self._word("isolation", code) for code in self._banner.isolation]
        said = self.text("banner.list_joint").join(words)
        spoken = self._spoken(Fact("isolation", label, said))
        return Fact("isolation", "", spoken, Tone.CAUTION, "shield-alert", chip=True)

    def _code_status(self) -> Fact:
        status = self._banner.code_status
        label, said = self.text("banner.code"), self.text(f"banner.code.{status.value}")
        if status is CodeStatus.DNAR:
            return Fact("code", "", said, Tone.DANGER, chip=True)
        tone = Tone.UNKNOWN if status is CodeStatus.NOT_RECORDED else Tone.PLAIN
        return Fact("code", label, said, tone)

    def _warnings(self) -> tuple[Fact, ...]:
        found = []
        if self._banner.guarded:
            said, why = self.text("banner.guarded"), self.text("banner.guarded_why")
            found.append(
                Fact("guarded", "", said, Tone.CAUTION, "shield-alert", chip=True, hover=why)
            )
        if self._unreadable:
            said = self.text("banner.unreadable", count=self._unreadable)
            why = self.text("banner.unreadable_why")
            found.append(Fact("unreadable", "", said, Tone.CAUTION, chip=True, hover=why))
        if self._banner.patient.superseded_by is not None:
            said = self.text("banner.superseded")
            found.append(Fact("superseded", "", said, Tone.CAUTION, "git-compare", chip=True))
        return tuple(found)

    def _as_of(self) -> Fact:
        label = self.text("banner.as_of")
        if self._banner.as_of is None:
            return Fact("as_of", label, self.text("banner.never_fetched"), Tone.UNKNOWN)
        formats = self._languages.formats
        same = formats.local(self._banner.as_of).date() == formats.local(self._now).date()
        moment = formats.moment(self._banner.as_of, seconds=True)
        said = formats.time(self._banner.as_of, seconds=True) if same else moment
        return Fact("as_of", label, said, hover=moment)

    def _line(self, one: Allergy) -> AllergyLine:
        joint = self.text("banner.list_joint")
        remarks = []
        if not one.active:
            remarks.append(self.text("banner.allergy.inactive"))
        if not one.checkable and not one.none_known:
            remarks.append(self.text("banner.allergy.unchecked"))
        if one.criticality:
            remarks.append(self._word("criticality", one.criticality))
        formats = self._languages.formats
        at = (
            formats.moment(one.recorded_at)
            if one.recorded_at
            else formats.partial(one.recorded_text)
        )
        return AllergyLine(
            agent=self._agent(one),
            reactions=joint.join(one.reactions) or self.text("banner.reaction_unknown"),
            remark=joint.join(remarks),
            recorded=self.text(
                "banner.recorded", at=at, by=one.recorded_by or self.text("value.not_recorded")
            ),
            active=one.active,
        )

    def _agent(self, one: Allergy) -> str:
        return one.agent.shown(self._languages.language)

    def _word(self, family: str, code: str) -> str:
        """The word for a code; a code that nobody has named is shown as it came."""
        known = self._languages.catalogue.has(f"banner.{family}.{code}")
        return self.text(f"banner.{family}.{code}") if known else code

    def _spoken(self, fact: Fact) -> str:
        return self.text("banner.labelled", label=fact.label, value=fact.value)

    def text(self, code: str, /, **parameters: str | int) -> str:
        return self._languages.text(code, **parameters)
