"""Which passwords are refused because everybody tries them."""

from __future__ import annotations

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from self_service.domain.people.common_passwords import is_common


def test_the_three_thousand_most_used_of_a_length_we_take_are_refused() -> None:
    taken = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= 8][:3000]
    assert len(taken) == 3000
    assert [word for word in taken if not is_common(word)] == []


@pytest.mark.parametrize(
    "password",
    [
        "Samantha1!",
        "M1chael99",
        "F00tball",
        "dragonmaster",
        "Telefon2024",
        "CONTRASEÑA!",
        "44Magnum",
    ],
)
def test_thin_disguise_hides_nothing(password: str) -> None:
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "salt-lantern-prepaid",
        "ruhig-blaue-Lampe",
        "mossbank-lorry",
        "jhwskblq",
    ],
)
def test_words_of_ones_own_are_free(password: str) -> None:
    assert not is_common(password)
