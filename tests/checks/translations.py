"""Fails when a language lacks a text, or has one with other places than the English one.

Texts are found as gettext tools find them: `t("…")`, `N_("…")`, `translate(language, "…")` and
`plural(language, "…", "…", n)`. `python -m tests.checks.translations --update` adds what is
missing to the catalogues, empty, and drops what is gone.
"""

from __future__ import annotations

import re
import sys
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from self_service.i18n import LANGUAGES, LOCALES

ROOT = Path(__file__).parents[2]
KEYWORDS = {"t": None, "N_": None, "translate": (2,), "plural": (2, 3)}
PLACE = re.compile(r"{(\w+)}")
#: gettext headers: how many forms, and which one for n.
FORMS = {
    "es": "nplurals=2; plural=(n != 1);",
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
        "n%100>=0 && n%100<=2 ? 5 : 4);"
    ),
}


def texts() -> Catalog:
    """Return every text that the code shows."""
    template = Catalog(charset="utf-8")
    found = extract_from_dir(
        str(ROOT / "self_service"),
        method_map=[("**.py", "python")],
        keywords=KEYWORDS,
    )
    for file, line, message, _comments, _context in found:
        template.add(message, locations=[(file, line)])
    return template


def faults(language: str, template: Catalog) -> list[str]:
    """Return what is wrong with the catalogue of one language, one line each."""
    catalogue = _read(language)
    wrong = []
    for message in template:
        if not message.id:
            continue
        there = catalogue.get(_key(message.id))
        strings = _forms(there.string) if there else [""]
        if not there or there.fuzzy or not all(strings):
            wrong.append(f"{language}: missing: {_key(message.id)!r}")
            continue
        wanted = {place for text in _forms(message.id) for place in PLACE.findall(text)}
        for text in strings:
            unknown = set(PLACE.findall(text)) - wanted
            if unknown:
                wrong.append(f"{language}: unknown place {unknown} in {text!r}")
    return wrong


def update(language: str, template: Catalog) -> None:
    """Add missing texts to a catalogue, empty; drop those that are gone."""
    catalogue = _read(language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    out = BytesIO()
    write_po(out, catalogue, width=100, sort_output=True, no_location=True, omit_header=False)
    kept = [
        line
        for line in out.getvalue().decode().splitlines()
        if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', "# "))
    ]
    (LOCALES / f"{language}.po").write_text("\n".join(kept).strip() + "\n")


def _read(language: str) -> Catalog:
    path = LOCALES / f"{language}.po"
    if not path.exists():
        header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n'
        header += '"Content-Type: text/plain; charset=utf-8\\n"\n'
        header += f'"Plural-Forms: {FORMS[language]}\\n"\n'
        return read_po(BytesIO(header.encode()), locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _key(message: object) -> str:
    return message[0] if isinstance(message, (tuple, list)) else str(message)


def _forms(text: object) -> list[str]:
    return list(text) if isinstance(text, (tuple, list)) else [str(text or "")]


def main() -> int:
    """Run the check, or the update."""
    template = texts()
    others = [code for code in LANGUAGES if code != "en"]
    if "--update" in sys.argv:
        for language in others:
            update(language, template)
    wrong = [fault for language in others for fault in faults(language, template)]
    print("\n".join(wrong[:60]) or f"{len(template)} texts in {len(others) + 1} languages")
    if len(wrong) > 60:
        print(f"… and {len(wrong) - 60} more")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
