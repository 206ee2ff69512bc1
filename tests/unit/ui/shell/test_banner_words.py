from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.patients import AllergyState, Banner, CodeStatus, PatientRecord, Sex
from app.domain.terms import PatientId, Term
from resources.styles.tokens import Tone
from tests.support.banner_builders import a_banner, an_unknown_banner
from tests.support.desk_kit import NOW
from ui.runtime.language import Languages
from ui.shell.banner_words import BannerWords, Fact


def words(banner: Banner, language: str = "en") -> BannerWords:
    return BannerWords(Languages(language), banner, NOW)


def facts(banner: Banner, language: str = "en") -> dict[str, Fact]:
    said = words(banner, language)
    return {f.key: f for f in (*said.identity(), said.allergy(), *said.clinical())}


def with_patient(**changes: object) -> Banner:
    banner = a_banner()
    return replace(banner, patient=replace(banner.patient, **changes))  # type: ignore[arg-type]  # fields of a patient


def test_the_order_is_sex_age_numbers_stay_attending_and_the_place_last() -> None:
    keys = [fact.key for fact in words(a_banner()).identity()]

    assert keys == [
        "sex", "age", "admission_number", "record_number", "stay", "attending", "place",
    ]  # fmt: skip


def test_the_bed_is_a_location_and_no_identifier() -> None:
    said = facts(a_banner())

    assert said["place"].spoken == "Location Cardiology Ward 3, bed 12"
    assert all("12" not in said[key].value for key in ("admission_number",))


@pytest.mark.parametrize(
    ("sex", "english", "chinese"),
    [
        (Sex.MALE, "male", "男"),
        (Sex.FEMALE, "female", "女"),
        (Sex.OTHER, "other", "未说明"),
        (Sex.UNKNOWN, "unknown", "未知"),
        (None, "not recorded", "未记录"),
    ],
)
def test_the_sex_is_said_in_words(sex: Sex | None, english: str, chinese: str) -> None:
    banner = with_patient(sex=sex)

    assert facts(banner)["sex"].value == english
    assert facts(banner, "zh_CN")["sex"].value == chinese


@pytest.mark.parametrize(
    ("state", "said", "tone"),
    [
        (AllergyState.KNOWN, "Allergic to Penicillin", Tone.DANGER),
        (AllergyState.NONE_KNOWN, "No known allergies", Tone.PLAIN),
        (AllergyState.NOT_RECORDED, "Allergies not recorded – ask", Tone.UNKNOWN),
        (AllergyState.UNAVAILABLE, "Allergies unavailable", Tone.CAUTION),
    ],
)
def test_there_are_four_allergy_states_each_with_its_icon(
    state: AllergyState, said: str, tone: Tone
) -> None:
    icons = {facts(a_banner(allergy_state=one))["allergies"].icon for one in AllergyState}
    fact = facts(a_banner(allergy_state=state))["allergies"]

    assert (fact.value, fact.tone) == (said, tone)
    assert len(icons) == 4


def test_nothing_of_an_unknown_patient_is_blank_or_a_question_mark() -> None:
    for language in ("en", "zh_CN"):
        said = words(an_unknown_banner(), language)
        every = (*said.identity(), said.allergy(), *said.clinical())

        assert said.name in ("name not recorded", "姓名未记录")
        assert all(fact.value and "?" not in fact.value for fact in every)
        assert all("⟦" not in fact.spoken for fact in every)


def test_what_is_unknown_is_said_in_plain_words() -> None:
    said = {key: fact.value for key, fact in facts(an_unknown_banner()).items()}

    assert said == {
        "sex": "not recorded",
        "age": "birth date not recorded",
        "admission_number": "not recorded",
        "record_number": "not recorded",
        "stay": "no current stay",
        "attending": "not recorded",
        "place": "not recorded",
        "allergies": "Allergies not recorded – ask",
        "weight": "not recorded",
        "care": "no order",
        "severity": "no order",
        "isolation": "no order",
        "code": "not recorded",
        "as_of": "only entered here",
    }


def test_resuscitation_not_recorded_is_not_full_resuscitation() -> None:
    unknown = facts(a_banner(code_status=CodeStatus.NOT_RECORDED))["code"]
    full = facts(a_banner(code_status=CodeStatus.FULL))["code"]
    dnar = facts(a_banner(code_status=CodeStatus.DNAR))["code"]

    assert (unknown.value, full.value) == ("not recorded", "full")
    assert (dnar.value, dnar.tone) == ("Do not attempt resuscitation", Tone.DANGER)


def test_a_birth_year_alone_gives_an_approximate_age() -> None:
    banner = with_patient(birth_date=None, birth_date_text="1959")

    assert facts(banner)["age"].value == "Approx 67 y (1959)"


def test_an_infant_has_months_and_days() -> None:
    banner = with_patient(birth_date=date(2026, 9, 20))

    assert facts(banner)["age"].value == "2 mo 4 d (20-Sep-2026)"


def test_the_dead_have_the_age_of_their_death() -> None:
    banner = with_patient(deceased=True, deceased_at=NOW - timedelta(days=365))

    assert words(banner).deceased == "Deceased 24-Nov-2025 14:02, at the age of 66 y"
    assert facts(banner)["age"].value.startswith("66 y")
    assert words(a_banner()).deceased == ""


def test_a_death_without_a_time_is_still_a_death() -> None:
    assert words(with_patient(deceased=True)).deceased == "Deceased, time not recorded"


def test_the_day_of_admission_is_the_first_day() -> None:
    banner = a_banner()
    assert banner.stay is not None
    today = replace(banner, stay=replace(banner.stay, admitted_at=NOW))

    assert facts(today)["stay"].value == "day 1"
    assert facts(banner)["stay"].value == "day 5"


def test_a_finished_stay_is_not_counted_on() -> None:
    banner = a_banner()
    assert banner.stay is not None
    over = replace(banner, stay=replace(banner.stay, ended_at=NOW))

    assert facts(over)["stay"].value == "discharged 24-Nov-2026 14:02"


def test_the_weight_has_its_unit_and_its_date() -> None:
    assert facts(a_banner())["weight"].value == "68.0\N{NO-BREAK SPACE}kg (22-Nov-2026)"


def test_an_isolation_nobody_has_named_is_shown_as_it_came() -> None:
    assert facts(a_banner(isolation=("xyz",)))["isolation"].value == "Isolation xyz"


def test_a_guarded_record_says_why_it_is_read_only() -> None:
    guarded = facts(a_banner(guarded=True))["guarded"]

    assert guarded.value == "Read only: not fully understood"
    assert "does not understand" in guarded.hover
    assert "guarded" not in facts(a_banner())


def test_a_merged_record_says_so() -> None:
    assert "superseded" in facts(with_patient(superseded_by=PatientId("other")))


def test_the_name_is_whole_and_in_english_has_its_latin_form() -> None:
    assert words(a_banner()).name == "李明远 LI Mingyuan"
    assert words(a_banner(), "zh_CN").name == "李明远"


def test_free_text_says_that_it_is_not_checked_and_old_entries_come_last() -> None:
    known = a_banner().allergies[0]
    loose = replace(known, agent=Term("海鲜"), checkable=False)
    gone = replace(known, agent=Term("磺胺"), active=False, reactions=())
    lines = words(a_banner(allergies=(gone, loose, known))).allergy_lines()

    assert [line.agent for line in lines] == ["海鲜", "Penicillin", "磺胺"]
    assert "not checked against orders" in lines[0].remark
    assert lines[2].remark.startswith("no longer active")
    assert lines[2].reactions == "reaction not recorded"


def test_a_patient_without_a_stay_has_still_a_record_number() -> None:
    banner = Banner(PatientRecord(PatientId("p"), "李明远", record_number="812733"), None,
                    AllergyState.NONE_KNOWN)  # fmt: skip

    assert facts(banner)["record_number"].value == "812733"
