"""A life with a bit of everything: the steps of `test_money_machine`, each at least once."""

from __future__ import annotations

from self_service.ports import ChargeStatus

#: Each act once, in an order in which none is refused: name of a rule, and what it draws.
LIFE: tuple[tuple[str, dict[str, object]], ...] = (
    ("pay", {"which": 0, "part": 100, "end": "comes"}),  # Ada's service comes back
    ("agree", {"which": 0, "count": 2, "then": "break"}),  # Ben
    ("dates_pass", {"count": 6}),
    ("agree", {"which": 0, "count": 3, "then": "keep"}),
    ("dispute", {"which": 0, "how": "accept"}),
    ("dispute", {"which": 0, "how": "reject"}),
    ("dispute", {"which": 0, "how": "withdraw"}),
    ("pay", {"which": 0, "part": 60, "end": "comes"}),
    ("credit", {"which": 0, "whole": True, "minor": 1}),
    ("credit", {"which": 0, "whole": False, "minor": 70}),
    ("bank_takes_back", {"which": 0}),
    ("change_plan", {"which": 0, "minor": 2_999}),
    ("suspend", {"which": 0, "dates": 2, "back": True}),
    ("pay", {"which": 0, "part": 100, "end": "too late"}),
    ("pay", {"which": 0, "part": 3, "end": "later"}),
    ("provider_says", {"which": 0, "end": ChargeStatus.SUCCEEDED, "twice": True}),
    ("pay_more_than_all", {"which": 0}),
    ("buy", {"which": 0, "kind": "fibre", "code": True}),
    ("months_pass", {"months": 1, "late": True}),
    ("autopay", {"which": 0, "declined": False}),
    ("autopay", {"which": -1, "declined": True}),
    ("call_off", {"which": 1, "late": True}),
    ("bill_now", {"which": 1, "days": 40}),
    ("top_up", {"which": 2, "minor": 2_000, "comes": True}),
    ("top_up", {"which": 1, "minor": 2_000, "comes": False}),
    ("redeem", {"which": 1, "minor": 700}),
    ("give", {"which": 0, "minor": 500, "undone": True}),
    ("give", {"which": 0, "minor": 500, "undone": False}),
    ("dates_pass", {"count": 1}),
    ("erase", {"which": 0}),
    ("months_pass", {"months": 3, "late": False}),
)
