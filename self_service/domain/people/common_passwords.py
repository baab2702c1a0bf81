"""Which passwords anybody would try first: lists of the most used, and patterns of keys.

Refused are the 30,000 most used passwords of zxcvbn's list as they are (ASVS V6.2.4 asks for
3,000), its first 3,000 and common first names in thin disguise, and what four rules find:
"P4ssword!", "qwerty123456", "abcabcabc" and "19900731" are refused without being listed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import cache

# Digits and signs that people add round a word to please a form.
_TRIMMINGS = 6
_LEET = str.maketrans("013456789@$!|+", "oieasgtbgasilt")
# What a finger or a child runs along; a piece is three keys or more, either way.
_RUNS = (
    "1234567890",
    "12345678910111213",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "yxcvbnm",
    "wxcvbn",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "a1b2c3d4e5f6g7h8i9",
    "!@#$%^&*()",
    "0147258369",
    "789456123",
)
#: So many of the list are looked for behind signs and digits, and so many first names.
_DISGUISED, _NAMES = 3_000, 500
#: What people of this trade, and of our languages, would try besides.
_OF_OURS = frozenset(
    {
        "account", "administrator", "bismillah", "broadband", "contrasena", "contraseña",
        "customer", "habibi", "internet", "login", "mobile", "motdepasse", "network", "phone",
        "prepaid", "support", "telecom", "telefon", "telefono", "user", "voucher", "wallet",
        "whatsapp", "willkommen", "wireless",
    }
)  # fmt: skip
_DATES = ("%Y%m%d", "%d%m%Y", "%m%d%Y")


def squeezed(text: str) -> str:
    """Return the letters and digits of `text`, capitals and accents set aside."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in parts if char.isalnum())


def is_common(password: str) -> bool:
    """Tell whether `password` is a common word, a repetition, a run of keys or a date."""
    text = unicodedata.normalize("NFKC", password).casefold()
    return (
        text in _listed() or _is_word(text) or _is_repeated(text) or _is_run(text) or _is_date(text)
    )


@cache
def _listed() -> frozenset[str]:
    """Return the passwords that are refused as they are."""
    return frozenset(_lists()["passwords"])


@cache
def _words() -> frozenset[str]:
    """Return the words that are refused in thin disguise too."""
    lists = _lists()
    first = [word for word in lists["passwords"][:_DISGUISED] if word.isalpha()]
    names = lists["male_names"][:_NAMES] + lists["female_names"][:_NAMES]
    return frozenset((*first, *names, *_OF_OURS))


def _lists() -> dict[str, list[str]]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415  (40 ms, rarely needed)

    found: dict[str, list[str]] = FREQUENCY_LISTS
    return found


def _is_word(text: str) -> bool:
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    cores = {text.translate(_LEET)}
    if len(text) - len(core) <= _TRIMMINGS:
        cores |= {core, core.translate(_LEET)}
    return any(core in _words() or _is_two_words(core) for core in cores)


def _is_two_words(text: str) -> bool:
    return any(text[:at] in _words() and text[at:] in _words() for at in range(3, len(text) - 2))


def _is_repeated(text: str) -> bool:
    """Tell whether a block of up to four characters, or a common word, fills the text."""
    found = re.fullmatch(r"(.+?)\1+", text, re.DOTALL)
    if not found:
        return False
    return len(found[1]) <= 4 or found[1] in _words() or _is_run(found[1])


def _is_run(text: str) -> bool:
    """Tell whether the text falls into pieces of three or more neighbouring keys."""
    text = re.sub(r"(.)\1+", r"\1", text)  # "112233" is "123"
    at = 0
    while at < len(text):
        piece = max((_shared(text[at:], run) for run in (*_RUNS, *_BACKWARDS)), default=0)
        if piece < 3:
            return False
        at += piece
    return True


_BACKWARDS = tuple(run[::-1] for run in _RUNS)


def _shared(text: str, run: str) -> int:
    """Return how many characters `text` goes along `run`, from wherever it joins it."""
    start = run.find(text[0])
    length = 0
    while (
        start >= 0 and text[length : length + 1] == run[start + length : start + length + 1] != ""
    ):
        length += 1
    return length


def _is_date(text: str) -> bool:
    digits = re.sub(r"[-./ ]", "", text)
    if not re.fullmatch(r"\d{8}", digits):
        return False
    for written in _DATES:
        try:
            if 1900 <= datetime.strptime(digits, written).year < 2100:  # noqa: DTZ007  (no instant)
                return True
        except ValueError:
            continue
    return False
