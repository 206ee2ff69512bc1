"""`Vault` and `MachineSecrets`: the fakes and the real ones promise the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.kernel.faults import AppError, FaultKind
from app.ports.vault import MachineSecrets, Vault
from localdb.machine_secret import FileSecret, KeyStoreSecret
from localdb.vault import Argon2Cost, FileVault, VaultRules
from tests.localdb.key_store import MemoryKeyStore
from tests.support.cache_kit import SteppedClock
from tests.support.fake_vault import FakeMachineSecret, FakeVault

GOOD = "correct horse battery"
OTHER = "another fine staple"


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture(params=["fake", "file"])
def vault(request: pytest.FixtureRequest, tmp_path: Path, clock: SteppedClock) -> Vault:
    if request.param == "fake":
        return FakeVault(clock)
    cheap = VaultRules(cost=Argon2Cost(time_cost=1, memory_kib=64, lanes=1))
    return FileVault(tmp_path / "vault.json", FileSecret(tmp_path / "machine"), clock, cheap)


@pytest.fixture(params=["fake", "file", "key store"])
def secrets(request: pytest.FixtureRequest, tmp_path: Path) -> MachineSecrets:
    match request.param:
        case "fake":
            return FakeMachineSecret()
        case "file":
            return FileSecret(tmp_path / "machine")
        case _:
            return KeyStoreSecret(MemoryKeyStore())


def refused(call: object, *arguments: object) -> tuple[FaultKind, str]:
    with pytest.raises(AppError) as caught:
        call(*arguments)  # type: ignore[operator]  # a bound method of the port
    return caught.value.fault.kind, caught.value.fault.message.code


def test_a_new_vault_gives_a_random_key_and_the_passphrase_gives_it_again(vault: Vault) -> None:
    assert not vault.exists

    key = vault.create("wang", GOOD)

    assert vault.exists
    assert len(key) == 32
    assert vault.unlock("WANG", GOOD) == key


def test_a_second_vault_is_never_made_over_the_first(vault: Vault) -> None:
    key = vault.create("wang", GOOD)

    assert refused(vault.create, "li", OTHER) == (FaultKind.REFUSED, "vault.exists")
    assert vault.unlock("wang", GOOD) == key


def test_a_wrong_passphrase_and_an_unknown_user_are_told_alike(vault: Vault) -> None:
    vault.create("wang", GOOD)

    wrong = refused(vault.unlock, "wang", OTHER)
    unknown = refused(vault.unlock, "nobody", GOOD)

    assert wrong == unknown == (FaultKind.SIGNED_OUT, "vault.wrong-passphrase")


def test_failures_are_counted_lock_the_user_out_and_are_forgiven(
    vault: Vault, clock: SteppedClock
) -> None:
    key = vault.create("wang", GOOD)
    for _ in range(4):
        refused(vault.unlock, "wang", OTHER)
    assert vault.wraps()[0].failed_attempts == 4

    assert refused(vault.unlock, "wang", OTHER) == (FaultKind.SIGNED_OUT, "vault.locked")
    assert refused(vault.unlock, "wang", GOOD) == (FaultKind.SIGNED_OUT, "vault.locked")
    assert vault.wraps()[0].locked_until is not None

    clock.step(seconds=31)
    assert vault.unlock("wang", GOOD) == key
    assert (vault.wraps()[0].failed_attempts, vault.wraps()[0].locked_until) == (0, None)


def test_another_user_gets_the_same_key_by_another_passphrase(vault: Vault) -> None:
    key = vault.create("wang", GOOD)

    vault.add(key, "li", OTHER)

    assert vault.unlock("li", OTHER) == key
    assert [wrap.username for wrap in vault.wraps()] == ["li", "wang"]
    assert refused(vault.add, key, "Li", GOOD) == (FaultKind.REFUSED, "vault.user-exists")


def test_only_the_key_of_this_database_can_be_given_to_a_user(vault: Vault) -> None:
    vault.create("wang", GOOD)

    assert refused(vault.add, bytes(32), "li", OTHER) == (FaultKind.REFUSED, "vault.another-key")


def test_a_changed_passphrase_replaces_the_old_one(vault: Vault) -> None:
    key = vault.create("wang", GOOD)

    vault.change("wang", GOOD, OTHER)

    assert vault.unlock("wang", OTHER) == key
    assert refused(vault.unlock, "wang", GOOD)[0] is FaultKind.SIGNED_OUT


def test_a_passphrase_is_changed_by_its_owner_only(vault: Vault) -> None:
    key = vault.create("wang", GOOD)

    assert refused(vault.change, "wang", OTHER, OTHER)[0] is FaultKind.SIGNED_OUT
    assert vault.unlock("wang", GOOD) == key


def test_a_removed_user_is_out_and_the_last_one_stays(vault: Vault) -> None:
    key = vault.create("wang", GOOD)
    vault.add(key, "li", OTHER)

    vault.remove("li")

    assert refused(vault.unlock, "li", OTHER)[0] is FaultKind.SIGNED_OUT
    assert refused(vault.remove, "wang") == (FaultKind.REFUSED, "vault.last-user")
    assert vault.unlock("wang", GOOD) == key


def test_a_weak_passphrase_is_refused_and_makes_nothing(vault: Vault) -> None:
    assert refused(vault.create, "wang", "short") == (
        FaultKind.REFUSED,
        "vault.passphrase-short",
    )
    assert not vault.exists


def test_without_a_recovery_wrap_nothing_is_recovered(vault: Vault) -> None:
    vault.create("wang", GOOD)

    assert refused(vault.recover, b"", None) == (FaultKind.REFUSED, "vault.no-recovery")


def test_a_machine_secret_is_made_once_and_kept(secrets: MachineSecrets) -> None:
    assert secrets.get() is None

    made = secrets.create()

    assert len(made) == 32
    assert secrets.get() == made == secrets.create()
    assert secrets.kind in ("file", "os-key-store")
