"""What the forms of the settings page share: they are filled, kept, and say what was wrong."""

from __future__ import annotations

from typing import Any

from self_service import i18n
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.state.display import refusal
from self_service.state.guard import act, look
from self_service.state.request import PageRequest, put
from self_service.state.settings_rows import (
    NO_REFUSAL,
    NOTHING,
    faults_of,
    known_only,
    page_values,
    prefixed,
    site_fields,
    typed_in,
)
from self_service.state.shell import ShellState

SAVED = N_("Saved.")


async def save(
    state: Any, kind: str, form: object, operation: Any, *which: str, **more: Any
) -> bool:
    """Check and keep a form; what is wrong with it stands at its fields."""
    typed = typed_in(form, kind)
    fill(state, kind, typed)
    return await run(state, kind, SAVED, operation, *which, form=typed, **more)


async def run(state: Any, kind: str, done: str, operation: Any, /, *args: Any, **more: Any) -> bool:
    """Run one change, show the lists after it, and say what happened."""
    language = PageRequest.of(state).language
    state.refused = NO_REFUSAL
    try:
        await act(state, operation, *args, **more)
    except Invalid as invalid:
        show_faults(state, kind, faults_of(invalid.faults, kind, language))
        return False
    except DomainError as error:
        state.refused = {**NO_REFUSAL, kind: refusal(error, language)}
        return False
    values = await look(state, page_values, language)
    put(state, {**values, "typed": {**state.typed, **known_only(values["typed"])}})
    (await state.get_state(ShellState))._tell(i18n.translate(language, done))
    return True


def fill(state: Any, kind: str, values: dict[str, str]) -> None:
    """Put values into a form; nothing is at fault yet."""
    empty = {name: "" for name in NOTHING if name.startswith(f"{kind}_")}
    state.typed = {**state.typed, **empty, **prefixed(values, kind)}
    show_faults(state, kind, {})


def show_faults(state: Any, kind: str, faults: dict[str, str]) -> None:
    """Mark what is at fault in the forms."""
    state.faults = {**NOTHING, **{k: v for k, v in faults.items() if k in NOTHING}}
    if kind == "site":
        state.site_fields = site_fields(state.typed, state.faults, PageRequest.of(state).language)
