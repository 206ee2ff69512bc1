"""Words people write in the columns of a patient, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from app.decision.situation import AllergyStatus, Truth

SEXES: Mapping[str, str] = {
    **dict.fromkeys(("m", "male", "男", "男性"), "male"),
    **dict.fromkeys(("f", "female", "女", "女性"), "female"),
    **dict.fromkeys(("", "u", "unknown", "other", "不详", "未知"), ""),
}
AGES: Mapping[str, Decimal] = {
    **dict.fromkeys(("", "y", "yr", "yrs", "year", "years", "岁", "a"), Decimal(1)),
    **dict.fromkeys(("mo", "month", "months", "月", "个月", "月龄"), Decimal(12)),
    **dict.fromkeys(("w", "wk", "week", "weeks", "周"), Decimal("52.18")),
    **dict.fromkeys(("d", "day", "days", "天", "日", "日龄"), Decimal("365.25")),
}
STATUSES: Mapping[str, AllergyStatus] = {
    **dict.fromkeys(
        ("recorded", "active", "known", "yes", "present", "有", "有过敏史", "已记录"),
        AllergyStatus.RECORDED,
    ),
    **dict.fromkeys(
        (
            "none", "none known", "none-known", "no known allergies", "nka", "nkda", "nil", "no",
            "no known drug allergies", "no-known-allergies", "denied", "denies", "无", "无过敏",
            "无过敏史", "否认", "否认过敏史", "否认药物过敏史", "无药物过敏史", "negative",
        ),
        AllergyStatus.NONE_KNOWN,
    ),
    **dict.fromkeys(
        ("not asked", "not-asked", "not_asked", "unasked", "未询问", "未问"),
        AllergyStatus.NOT_ASKED,
    ),
    **dict.fromkeys(
        ("", "unknown", "not known", "不详", "未知", "uncertain", "unable to assess"),
        AllergyStatus.UNKNOWN,
    ),
}  # fmt: skip
CHILD_PUGH = re.compile(r"(?:child[- ]pugh\s*)?(?:class\s*)?([abc])(?:级)?(?:\s*[(]?\d*[)]?)?")
RESULTS: Mapping[str, Truth] = {
    **dict.fromkeys(("negative", "neg", "-", "(-)", "阴性", "（-）", "passed"), Truth.YES),
    **dict.fromkeys(("positive", "pos", "+", "(+)", "阳性", "（+）", "failed"), Truth.NO),
    **dict.fromkeys(("pending", "unread", "待观察", "未判读", "unknown", ""), Truth.UNKNOWN),
}
RESULT = re.compile(
    r"(?<![a-z])(negative|neg|positive|pos|pending|passed)(?![a-z])|(阴性|阳性|待观察|未判读)"
    r"|([(（]\s*[-+]\s*[)）])|[:：]\s*([-+])"
)
NOT_A_NAME = re.compile(r"(?<![a-z])(?:skin ?test|test|on)(?![a-z])|皮试|试验|结果", re.IGNORECASE)
LABS: Mapping[str, str] = {
    "potassium": "k", "serum potassium": "k", "k+": "k", "血钾": "k", "sodium": "na", "na+": "na",
    "血钠": "na", "creatinine": "crea", "scr": "crea", "血肌酐": "crea", "platelet": "plt",
    "platelets": "plt", "血小板": "plt", "glucose": "glu", "bg": "glu", "血糖": "glu",
    "blood glucose": "glu", "magnesium": "mg", "mg2+": "mg", "血镁": "mg", "calcium": "ca",
    "血钙": "ca", "lactate": "lac", "乳酸": "lac", "lact": "lac", "neutrophils": "anc",
    "anc": "anc", "中性粒细胞": "anc", "中性粒细胞绝对值": "anc", "qtc": "qtc", "qt": "qtc",
    "bilirubin": "tbil", "胆红素": "tbil", "albumin": "alb", "白蛋白": "alb", "hgb": "hb",
    "hemoglobin": "hb", "haemoglobin": "hb", "血红蛋白": "hb", "crcl": "crcl", "weight": "weight",
    "egfr": "egfr",
}  # fmt: skip
UNITS: Mapping[str, str] = {
    "anc": "10*9/L",
    "qtc": "ms",
    "crcl": "mL/min",
    "weight": "kg",
    "height": "cm",
}
SPELLED: Mapping[str, str] = {
    "μmol/l": "umol/L",
    "umol/l": "umol/L",
    "mmol/l": "mmol/L",
    "g/l": "g/L",
    "10^9/l": "10*9/L",
    "×10^9/l": "10*9/L",
    "x10^9/l": "10*9/L",
    "×10⁹/l": "10*9/L",
    "10⁹/l": "10*9/L",
    "10*9/l": "10*9/L",
    "u/l": "U/L",
    "ms": "ms",
    "s": "s",
    "ml/min": "mL/min",
    "ml/min/1.73m²": "mL/min/{1.73_m2}",
    "ml/min/1.73m2": "mL/min/{1.73_m2}",
    "ml/min/1.73 m2": "mL/min/{1.73_m2}",
    "ml/min/1.73 m²": "mL/min/{1.73_m2}",
    "mg/dl": "mg/dL",
    "meq/l": "meq/L",
    "%": "%",
}
ICD = re.compile(r"\(?\b([A-TV-Z]\d{2}(?:\.\d{1,4})?)\b\)?[.:：]?\s*")
