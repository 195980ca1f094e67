import pytest
from hypothesis import given
from hypothesis import strategies as st

from phantombot.database.vault import Vault
from phantombot.errors import DecryptionError

OLD, NEW = "the-old-secret-0123456789", "the-new-secret-0123456789"


@given(st.text())
def test_what_is_sealed_opens_again(text: str):
    vault = Vault((OLD,))
    assert vault.open("T1", vault.seal("T1", text)) == text


def test_a_seal_copied_to_another_workspace_does_not_open():
    vault = Vault((OLD,))
    with pytest.raises(DecryptionError):
        vault.open("T2", vault.seal("T1", "key"))


def test_a_seal_opens_with_any_of_the_secrets_and_not_without_its_own():
    sealed = Vault((OLD,)).seal("T1", "key")
    assert Vault((NEW, OLD)).open("T1", sealed) == "key"
    with pytest.raises(DecryptionError):
        Vault((NEW,)).open("T1", sealed)


@pytest.mark.parametrize("broken", ["", "x", "gAAAAA", "é"])
def test_what_is_no_seal_does_not_open(broken: str):
    with pytest.raises(DecryptionError):
        Vault((OLD,)).open("T1", broken)


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
