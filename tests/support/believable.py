"""A believable ward of invented patients, for pages and their pictures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.domain.census import BedRow, Pending, Ward
from app.domain.patients import AllergyState, PatientRecord, Sex, Stay
from app.domain.terms import EncounterId, Named, PatientId, PractitionerId, WardId
from tests.support.desk_kit import NOW, WANG

WARD = Ward(WardId("ward-3"), Named("心内科三病区", "Cardiology Ward 3"), 14, 11)
OTHER = Ward(WardId("icu"), Named("重症医学科", "Intensive Care Unit"), 6)
_ZHOU = (PractitionerId("dr-zhou"), Named("周慧敏", "Zhou Huimin"))
_WANG = (WANG.id, WANG.name)


def a_bed(
    bed: str,
    key: str,
    name: str,
    phonetic: str,
    *,
    sex: Sex | None = Sex.MALE,
    born: date | None = date(1959, 3, 2),
    mine: bool = False,
    diagnosis: str = "急性心肌梗死",
    days: int = 4,
    **more: object,
) -> BedRow:
    doctor, named = _WANG if mine else _ZHOU
    number = f"{4_520_000 + sum(map(ord, key)) * 17:07d}"
    patient = PatientRecord(
        PatientId(key),
        name,
        phonetic,
        phonetic,
        sex=sex,
        birth_date=born,
        record_number=f"8{number[-5:]}",
    )
    stay = Stay(
        EncounterId(f"stay-{key}"),
        patient.id,
        "in-progress",
        number,
        NOW - timedelta(days=days, hours=3),
        ward=WARD.id,
        ward_name=WARD.name,
        bed=bed,
        attending=doctor,
        attending_name=named,
        diagnosis=diagnosis,
    )
    return replace(
        BedRow(bed, patient, stay, allergy_state=AllergyState.NONE_KNOWN),
        **more,  # type: ignore[arg-type]  # fields of a bed row, as the test wants them
    )


def rows() -> tuple[BedRow, ...]:
    return (
        a_bed(
            "1",
            "li-ming",
            "李明",
            "Li Ming",
            mine=True,
            level_of_care="1",
            severity="critical",
            isolation=("contact",),
            flags=("falls", "vte"),
            allergy_state=AllergyState.KNOWN,
            pending=Pending(critical_results=1, new_results=3, tasks=2, unsent=1),
            namesake=True,
        ),
        a_bed(
            "2",
            "li-ming-2",
            "黎明",
            "Li Ming",
            level_of_care="2",
            diagnosis="心房颤动",
            allergy_state=AllergyState.NOT_RECORDED,
            pending=Pending(new_results=2),
            namesake=True,
        ),
        a_bed(
            "3",
            "ouyang",
            "欧阳修远",
            "Ouyang Xiuyuan",
            mine=True,
            level_of_care="1",
            severity="serious",
            born=date(1948, 11, 30),
            diagnosis="慢性心力衰竭急性加重，心功能Ⅳ级（NYHA）",
            pending=Pending(tasks=1, conflicts=1),
        ),
        a_bed(
            "5",
            "guli",
            "古丽娜尔·阿不都热合曼",
            "Gulinar Abdurahman",
            sex=Sex.FEMALE,
            born=date(1971, 6, 14),
            level_of_care="2",
            diagnosis="高血压3级",
            flags=("falls",),
        ),
        a_bed(
            "6",
            "zhao",
            "赵丽",
            "Zhao Li",
            sex=Sex.FEMALE,
            born=None,
            level_of_care="",
            diagnosis="",
            allergy_state=AllergyState.UNAVAILABLE,
            days=0,
        ),
        a_bed("7", "sun", "孙志强", "Sun Zhiqiang", level_of_care="2", pending=Pending(unsent=2)),
        a_bed("8", "qian", "钱进", "Qian Jin", mine=True, level_of_care="2"),
        a_bed("9", "wu", "吴秀英", "Wu Xiuying", sex=Sex.FEMALE, level_of_care="3"),
        a_bed("11", "zheng", "郑建军", "Zheng Jianjun", level_of_care="2"),
        a_bed("12", "feng", "冯雅琴", "Feng Yaqin", sex=Sex.FEMALE, level_of_care="3"),
        a_bed("加1", "chen", "陈晓东", "Chen Xiaodong", level_of_care="2", sex=None),
        BedRow("4"),
        BedRow("10"),
        BedRow("13"),
    )


def boards(
    as_of: datetime | None = NOW,
) -> dict[WardId, tuple[Ward, tuple[BedRow, ...], datetime | None]]:
    return {WARD.id: (WARD, rows(), as_of), OTHER.id: (OTHER, (), None)}
