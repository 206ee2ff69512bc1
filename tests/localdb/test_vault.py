"""The vault as a file: what opens it, what does not, and what damage does."""

from __future__ import annotations

import json
import stat
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from app.kernel.faults import AppError, FaultKind
from localdb.machine_secret import FileSecret, KeyStoreSecret, machine_secrets
from localdb.passphrases import LockOut, PassphrasePolicy
from localdb.sealing import HospitalKey
from localdb.vault import Argon2Cost, FileVault, VaultRules
from tests.localdb.hospital import PASSWORD, private_pem, public_pem
from tests.localdb.key_store import MemoryKeyStore
from tests.support.cache_kit import NOW, SteppedClock

GOOD = "correct horse battery"
OTHER = "another fine staple"
CHEAP = VaultRules(cost=Argon2Cost(time_cost=1, memory_kib=64, lanes=1))


def a_vault(
    folder: Path, rules: VaultRules = CHEAP, clock: SteppedClock | None = None
) -> FileVault:
    return FileVault(
        folder / "vault.json", FileSecret(folder / "machine"), clock or SteppedClock(), rules
    )


def code_of(call: object, *arguments: object) -> str:
    with pytest.raises(AppError) as caught:
        call(*arguments)  # type: ignore[operator]  # a bound method of the vault
    return caught.value.fault.message.code


def test_neither_key_nor_passphrase_stands_in_the_file(tmp_path: Path) -> None:
    key = a_vault(tmp_path).create("wang", GOOD)
    inside = (tmp_path / "vault.json").read_bytes()

    assert key not in inside
    assert key.hex().encode() not in inside
    assert GOOD.encode() not in inside


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights")
def test_vault_and_secret_are_private(tmp_path: Path) -> None:
    a_vault(tmp_path / "deep").create("wang", GOOD)

    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "deep").iterdir()}
    assert modes == {"vault.json": 0o600, "vault.json.bak": 0o600, "machine": 0o600}


def test_two_users_wraps_share_no_salt_and_no_bytes(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    key = vault.create("wang", GOOD)
    vault.add(key, "li", GOOD + "!")
    wraps = json.loads((tmp_path / "vault.json").read_bytes())["vault"]["wraps"]

    assert wraps["wang"]["salt"] != wraps["li"]["salt"]
    assert wraps["wang"]["sealed"] != wraps["li"]["sealed"]


def test_a_wrap_cannot_be_given_to_another_name(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    key = vault.create("wang", GOOD)
    vault.add(key, "li", OTHER)
    content = vault._file.read()
    swapped = {"wang": content.wraps["wang"], "li": content.wraps["wang"]}
    vault._file.write(replace(content, wraps=swapped))

    assert code_of(vault.unlock, "li", GOOD) == "vault.wrong-passphrase"
    assert vault.unlock("wang", GOOD) == key


def test_the_file_alone_opens_nothing_on_another_pc(tmp_path: Path) -> None:
    key = a_vault(tmp_path).create("wang", GOOD)
    (tmp_path / "machine").rename(tmp_path / "machine-of-this-pc")

    assert code_of(a_vault(tmp_path).unlock, "wang", GOOD) == "vault.machine-secret-missing"

    FileSecret(tmp_path / "machine").create()
    assert code_of(a_vault(tmp_path).unlock, "wang", GOOD) == "vault.another-machine"

    (tmp_path / "machine-of-this-pc").rename(tmp_path / "machine")
    assert a_vault(tmp_path).unlock("wang", GOOD) == key


@pytest.mark.parametrize("size", [0, 1, 100])
def test_a_damaged_first_copy_is_replaced_by_the_second(tmp_path: Path, size: int) -> None:
    key = a_vault(tmp_path).create("wang", GOOD)
    path = tmp_path / "vault.json"
    path.write_bytes(path.read_bytes()[:size])

    assert a_vault(tmp_path).unlock("wang", GOOD) == key
    (tmp_path / "vault.json.bak").unlink()
    assert a_vault(tmp_path).unlock("wang", GOOD) == key


def test_a_missing_first_copy_is_replaced_by_the_second(tmp_path: Path) -> None:
    key = a_vault(tmp_path).create("wang", GOOD)
    (tmp_path / "vault.json").unlink()

    assert a_vault(tmp_path).exists
    assert code_of(a_vault(tmp_path).create, "li", OTHER) == "vault.exists"
    assert a_vault(tmp_path).unlock("wang", GOOD) == key


def test_a_changed_byte_is_damage_and_not_a_wrong_passphrase(tmp_path: Path) -> None:
    a_vault(tmp_path).create("wang", GOOD)
    for name in ("vault.json", "vault.json.bak"):
        path = tmp_path / name
        path.write_text(path.read_text().replace('"time_cost": 1', '"time_cost": 2'))
    before = (tmp_path / "vault.json").read_bytes()

    assert code_of(a_vault(tmp_path).unlock, "wang", GOOD) == "vault.damaged"
    assert code_of(a_vault(tmp_path).create, "wang", GOOD) == "vault.exists"
    assert (tmp_path / "vault.json").read_bytes() == before


def test_no_vault_is_told_and_none_is_made(tmp_path: Path) -> None:
    assert code_of(a_vault(tmp_path).unlock, "wang", GOOD) == "vault.missing"
    assert a_vault(tmp_path).wraps() == ()
    assert list(tmp_path.iterdir()) == []


def test_a_removed_user_does_not_come_back_with_the_second_copy(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    key = vault.create("wang", GOOD)
    vault.add(key, "li", OTHER)
    vault.remove("li")
    (tmp_path / "vault.json").unlink()

    assert [wrap.username for wrap in a_vault(tmp_path).wraps()] == ["wang"]


def test_the_wait_doubles_up_to_its_limit_and_survives_a_restart(tmp_path: Path) -> None:
    clock = SteppedClock()
    a_vault(tmp_path, clock=clock).create("wang", GOOD)
    waits = []
    for _ in range(14):
        with pytest.raises(AppError):
            a_vault(tmp_path, clock=clock).unlock("wang", OTHER)
        until = a_vault(tmp_path).wraps()[0].locked_until
        if until is not None:
            waits.append((until - clock.at).total_seconds())
            clock.at = until

    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_a_clock_set_back_does_not_lock_for_longer_than_the_longest_wait(tmp_path: Path) -> None:
    clock = SteppedClock()
    key = a_vault(tmp_path, clock=clock).create("wang", GOOD)
    for _ in range(5):
        with pytest.raises(AppError):
            a_vault(tmp_path, clock=clock).unlock("wang", OTHER)
    clock.at = NOW - timedelta(days=300)

    with pytest.raises(AppError) as caught:
        a_vault(tmp_path, clock=clock).unlock("wang", GOOD)
    assert dict(caught.value.fault.message.parameters)["seconds"] == 3601

    clock.at = NOW + timedelta(minutes=1)
    assert a_vault(tmp_path, clock=clock).unlock("wang", GOOD) == key


def test_a_disk_that_cannot_be_written_does_not_keep_a_clinician_out(tmp_path: Path) -> None:
    vault = a_vault(tmp_path)
    key = vault.create("wang", GOOD)
    # A folder in the place of the new copy makes every write fail, for root as well.
    (tmp_path / "vault.json.new").mkdir()

    assert vault.unlock("wang", GOOD) == key
    for _ in range(5):
        code_of(vault.unlock, "wang", OTHER)
    assert code_of(vault.add, key, "li", OTHER).startswith("storage.")


@pytest.mark.parametrize(
    ("username", "passphrase", "code"),
    [
        ("wang", "zwölf", "vault.passphrase-short"),
        ("wang", "aaaaaaaabbbb", "vault.passphrase-simple"),
        ("wang", "Dr-WANG-at-work", "vault.passphrase-name"),
        ("wang", "Password2026", "vault.passphrase-common"),
        ("wang", "我在七病区值夜班真的很累", None),
        ("wang", GOOD, None),
    ],
)
def test_the_policy_says_what_is_wrong_with_a_passphrase(
    username: str, passphrase: str, code: str | None
) -> None:
    policy = PassphrasePolicy(10, 5, frozenset({"password2026"}))

    objection = policy.objection(username, passphrase)

    assert (objection.code if objection else None) == code


def test_one_passphrase_typed_on_two_systems_is_one(tmp_path: Path) -> None:
    key = a_vault(tmp_path).create("wang", "caf\u00e9 horse battery")

    assert a_vault(tmp_path).unlock("wang", "cafe\u0301 horse battery") == key


def test_costs_may_rise_and_old_wraps_still_open(tmp_path: Path) -> None:
    key = a_vault(tmp_path).create("wang", GOOD)
    dearer = replace(CHEAP, cost=Argon2Cost(time_cost=2, memory_kib=128, lanes=1))
    vault = a_vault(tmp_path, dearer)

    assert vault.unlock("wang", GOOD) == key
    vault.change("wang", GOOD, OTHER)
    assert vault._file.read().wraps["wang"].time_cost == 2
    assert a_vault(tmp_path).unlock("wang", OTHER) == key


def test_lock_outs_are_the_hospitals_to_set() -> None:
    lenient = LockOut(free_attempts=1, first_wait=timedelta(seconds=1))

    assert lenient.until(0, NOW) is None
    assert lenient.until(1, NOW) == NOW + timedelta(seconds=1)
    assert lenient.until(10_000, NOW) == NOW + timedelta(hours=1)


class TestRecovery:
    @pytest.fixture
    def rules(self, hospital: rsa.RSAPrivateKey) -> VaultRules:
        return replace(CHEAP, hospital=HospitalKey.load(public_pem(hospital)))

    def test_the_hospitals_key_gives_the_database_key(
        self,
        tmp_path: Path,
        rules: VaultRules,
        hospital: rsa.RSAPrivateKey,
    ) -> None:
        key = a_vault(tmp_path, rules).create("wang", GOOD)
        (tmp_path / "machine").unlink()

        found = a_vault(tmp_path).recover(private_pem(hospital), PASSWORD)

        assert found == key

    def test_another_key_or_password_gives_nothing(
        self,
        tmp_path: Path,
        rules: VaultRules,
        hospital: rsa.RSAPrivateKey,
    ) -> None:
        vault = a_vault(tmp_path, rules)
        vault.create("wang", GOOD)
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)

        wrong = code_of(vault.recover, private_pem(stranger), PASSWORD)
        assert wrong == "vault.recovery-key-bad"
        assert code_of(vault.recover, private_pem(hospital), b"x") == "vault.recovery-key-bad"
        assert code_of(vault.recover, b"rubbish", None) == "vault.recovery-key-bad"

    def test_a_vault_older_than_the_hospitals_key_gets_its_wrap_at_the_next_unlock(
        self,
        tmp_path: Path,
        rules: VaultRules,
        hospital: rsa.RSAPrivateKey,
    ) -> None:
        key = a_vault(tmp_path).create("wang", GOOD)
        assert code_of(a_vault(tmp_path).recover, private_pem(hospital), PASSWORD) == (
            "vault.no-recovery"
        )

        a_vault(tmp_path, rules).unlock("wang", GOOD)

        assert a_vault(tmp_path).recover(private_pem(hospital), PASSWORD) == key

    def test_a_recovered_key_lets_a_user_in_again_on_a_new_pc(
        self, tmp_path: Path, rules: VaultRules
    ) -> None:
        vault = a_vault(tmp_path, rules)
        key = vault.create("wang", GOOD)
        vault.add(key, "li", GOOD + "!")
        (tmp_path / "machine").unlink()

        vault.rebind(key, "wang", OTHER)

        assert vault.unlock("wang", OTHER) == key
        assert [wrap.username for wrap in vault.wraps()] == ["wang"]

    def test_on_the_same_pc_the_other_users_stay(self, tmp_path: Path) -> None:
        vault = a_vault(tmp_path)
        key = vault.create("wang", GOOD)
        vault.add(key, "li", GOOD + "!")

        vault.rebind(key, "wang", OTHER)

        assert vault.unlock("li", GOOD + "!") == key
        assert code_of(vault.rebind, bytes(32), "wang", OTHER) == "vault.another-key"


class TestMachineSecret:
    def test_the_key_store_is_preferred_and_named(self, tmp_path: Path) -> None:
        store = MemoryKeyStore()

        found = machine_secrets(tmp_path / "machine", store)

        assert found.kind == "os-key-store"
        made = found.create()
        assert machine_secrets(tmp_path / "machine", store).get() == made
        assert not (tmp_path / "machine").exists()

    def test_only_a_small_blob_goes_into_the_key_store(self, tmp_path: Path) -> None:
        store = MemoryKeyStore()
        machine_secrets(tmp_path / "machine", store).create()

        (kept,) = store.kept.values()
        assert len(kept) < 64

    def test_without_a_working_key_store_the_file_serves(self, tmp_path: Path) -> None:
        locked = MemoryKeyStore()
        locked.locked = True

        assert machine_secrets(tmp_path / "machine", locked).kind == "file"
        assert machine_secrets(tmp_path / "machine").kind == "file"

    def test_a_file_that_is_there_wins_over_a_key_store_that_came_later(
        self, tmp_path: Path
    ) -> None:
        made = FileSecret(tmp_path / "machine").create()

        assert machine_secrets(tmp_path / "machine", MemoryKeyStore()).get() == made

    def test_a_key_store_that_falls_silent_is_told_and_nothing_is_made_anew(self) -> None:
        store = MemoryKeyStore()
        secret = KeyStoreSecret(store)
        made = secret.create()
        store.locked = True

        for call in (secret.get, secret.create):
            with pytest.raises(AppError) as caught:
                call()
            assert caught.value.fault.kind is FaultKind.STORAGE
            assert caught.value.fault.message.code == "vault.key-store-silent"

        store.locked = False
        assert secret.get() == made

    @pytest.mark.parametrize("text", ["", "c2hvcnQ=", "!!!", "\u00e9"])
    def test_a_damaged_secret_is_told_and_kept(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "machine"
        path.write_text(text, "utf-8")

        code = code_of(FileSecret(path).create)

        assert code == "vault.machine-secret-damaged"
        assert path.read_text("utf-8") == text
