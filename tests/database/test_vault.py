from dataclasses import replace

import pytest
from fakes import sealed_by_an_earlier_release
from hypothesis import given
from hypothesis import strategies as st

from phantombot.database.vault import Place, Vault
from phantombot.errors import DecryptionError

OLD, NEW = "the-old-secret-0123456789", "the-new-secret-0123456789"
KEY = Place("T1", "workspaces.api_key")
ARGUMENT = Place("T1", "runs.argument", ("1.2",))


@given(st.text())
def test_what_is_sealed_opens_again(text: str):
    vault = Vault((OLD,))
    assert vault.open(ARGUMENT, vault.seal(ARGUMENT, text)) == text


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(ARGUMENT, workspace="T2"),
        replace(ARGUMENT, column="runs.console"),
        replace(ARGUMENT, row=("1.3",)),
        replace(ARGUMENT, row=("1.", "2")),
        replace(ARGUMENT, row=()),
    ],
    ids=["another workspace", "another column", "another row", "parts put otherwise", "no row"],
)
def test_a_value_moved_to_another_place_does_not_open(elsewhere: Place):
    vault = Vault((OLD,))
    sealed = vault.seal(ARGUMENT, "key")
    assert not vault.is_newest(elsewhere, sealed)
    with pytest.raises(DecryptionError):
        vault.open(elsewhere, sealed)


def test_an_earlier_releases_value_opens_in_its_workspace_and_is_not_of_the_newest_form():
    sealed, vault = sealed_by_an_earlier_release(OLD, "T1", "key"), Vault((NEW, OLD))
    assert vault.open(KEY, sealed) == vault.open(ARGUMENT, sealed) == "key"
    assert not Vault((OLD,)).is_newest(KEY, sealed)
    with pytest.raises(DecryptionError):
        vault.open(replace(KEY, workspace="T2"), sealed)


def test_neither_form_can_be_passed_off_as_the_other():
    vault = Vault((OLD,))
    earlier = sealed_by_an_earlier_release(OLD, "T1", KEY.mark.decode("latin-1") + "key")
    for forged in (vault.seal(ARGUMENT, "key").removeprefix("2:"), f"2:{earlier}"):
        with pytest.raises(DecryptionError):
            vault.open(KEY, forged)


def test_a_seal_opens_with_any_of_the_secrets_and_not_without_its_own():
    sealed = Vault((OLD,)).seal(KEY, "key")
    assert Vault((NEW, OLD)).open(KEY, sealed) == "key"
    assert not Vault((NEW, OLD)).is_newest(KEY, sealed)
    with pytest.raises(DecryptionError):
        Vault((NEW,)).open(KEY, sealed)


@pytest.mark.parametrize("broken", ["", "x", "gAAAAA", "é", "2:", "2:gAAAAA", "2:é"])
def test_what_is_no_seal_does_not_open(broken: str):
    with pytest.raises(DecryptionError):
        Vault((OLD,)).open(KEY, broken)


def test_digests_are_alike_for_alike_parts_only():
    vault = Vault((OLD,))
    digests = {
        vault.digest("T1", "a", "bc"),
        vault.digest("T1", "ab", "c"),
        vault.digest("T2", "a", "bc"),
        vault.digest("T1", "a", "bc", None),
        vault.digest("T1", "a", "bc", ""),
        Vault((NEW,)).digest("T1", "a", "bc"),
    }
    assert len(digests) == 6
    assert vault.digest("T1", "a", "bc") in digests


def test_a_vault_shows_no_secret():
    assert OLD not in repr(Vault((OLD,)))
