"""Who answers for a folder of packs: a signature holds, is missing, or fits something else."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.config import load
from app.kernel.faults import AppError
from app.services.pack_keys import pack_keys
from app.services.pack_seals import (
    SIGNATURE,
    SUMS,
    Seal,
    SealState,
    private_key,
    public_keys,
    seal_of,
    write_seal,
)
from resources.reading import path
from tests.support.sign_packs import PACKS, development_key, public_pem

DAY = date(2026, 11, 25)
KEY = development_key()
KEYS: Mapping[str, Ed25519PublicKey] = {"pharmacy": KEY.public_key()}


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    for name in ("interactions", "scores"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "manifest.toml").write_text(f'id = "{name}"\n', encoding="utf-8")
        (folder / "rows.tsv").write_text("rule\tstatus\n1\tactive\n", encoding="utf-8")
    return tmp_path


def _signed(packs: Path) -> Seal:
    return write_seal(packs, KEY, "Chief pharmacist", DAY)


def test_a_signed_folder_says_who_signed_it_and_when(packs: Path) -> None:
    _signed(packs)

    seal = seal_of(packs, KEYS)

    assert seal == Seal(SealState.SEALED, "Chief pharmacist", "2026-11-25", "pharmacy")
    assert seal.holds


def test_without_a_signature_nobody_answers_for_it(packs: Path) -> None:
    assert seal_of(packs, KEYS).state is SealState.UNSEALED
    assert not seal_of(packs, KEYS).holds


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("a row", "scores/rows.tsv"),
        ("a file more", "scores/more.tsv"),
        ("a file less", "scores/rows.tsv"),
        ("a pack more", "third/rows.tsv"),
    ],
)
def test_what_was_not_signed_is_named(packs: Path, change: str, wrong: str) -> None:
    _signed(packs)
    file = packs / wrong
    if change == "a file less":
        file.unlink()
    else:
        file.parent.mkdir(exist_ok=True)
        file.write_text("rule\tstatus\n2\tactive\n", encoding="utf-8")

    seal = seal_of(packs, KEYS)

    assert seal.state is SealState.BROKEN
    assert seal.wrong == (wrong,)
    assert seal.signer == "Chief pharmacist"


def test_a_key_that_nobody_laid_down_is_not_believed(packs: Path) -> None:
    _signed(packs)

    seal = seal_of(packs, {"other": Ed25519PrivateKey.generate().public_key()})

    assert (seal.state, seal.wrong, seal.signer) == (SealState.BROKEN, (SIGNATURE,), "")


def test_a_signature_that_is_none_is_not_believed(packs: Path) -> None:
    _signed(packs)
    (packs / SIGNATURE).write_bytes(b"abc")

    assert seal_of(packs, KEYS).state is SealState.BROKEN


def test_sums_that_were_changed_are_not_believed(packs: Path) -> None:
    _signed(packs)
    sums = packs / SUMS
    sums.write_text(sums.read_text("utf-8").replace("Chief pharmacist", "Somebody"), "utf-8")

    assert seal_of(packs, KEYS).state is SealState.BROKEN


def test_the_signature_can_be_verified_by_other_programs(packs: Path) -> None:
    _signed(packs)

    signature = base64.b64decode((packs / SIGNATURE).read_bytes())

    KEY.public_key().verify(signature, (packs / SUMS).read_bytes())


def test_a_signer_of_two_lines_stays_in_one(packs: Path) -> None:
    seal = write_seal(packs, KEY, "A\n# signed at: 1999-01-01", DAY)

    assert (seal.signer, seal.signed_at) == ("A # signed at: 1999-01-01", "2026-11-25")


def test_keys_are_read_and_what_is_none_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "pharmacy.pem").write_bytes(public_pem())
    (tmp_path / "broken.pem").write_bytes(b"no key")
    other = generate_private_key(SECP256R1()).public_key()
    (tmp_path / "other.pem").write_bytes(
        other.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )

    assert list(public_keys([tmp_path])) == ["pharmacy"]


def test_a_private_key_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(_private(KEY))

    assert private_key(file).public_key() == KEY.public_key()


def test_another_kind_of_key_signs_no_packs(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(_private(generate_private_key(SECP256R1())))

    with pytest.raises(AppError) as caught:
        private_key(file)

    assert caught.value.fault.message.code == "packs.no-key"


def test_a_file_without_a_key_signs_no_packs(tmp_path: Path) -> None:
    with pytest.raises(AppError) as caught:
        private_key(tmp_path / "none.pem")

    assert caught.value.fault.message.code == "packs.no-key"


@pytest.mark.parametrize(
    ("told", "known"), [("", ["development"]), (".", ["pharmacy", "development"])]
)
def test_the_keys_of_the_hospital_stand_beside_ours(
    tmp_path: Path, told: str, known: list[str]
) -> None:
    (tmp_path / "pharmacy.pem").write_bytes(public_pem())
    folder = str(tmp_path / told) if told else ""
    settings = load({"pack_keys": folder}, environment={}, policy_folders=[], folder=tmp_path)

    assert list(pack_keys(settings)) == known


def test_what_ships_is_signed_as_it_lies_here() -> None:
    """Changed a pack? `python -m tests.support.sign_packs`."""
    assert path("keys/development.pem").read_bytes() == public_pem()
    assert seal_of(PACKS, public_keys([path("keys")])).wrong == ()


def _private(key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
