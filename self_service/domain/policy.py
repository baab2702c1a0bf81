"""What an operator decides about money: limits, dates, steps. Frozen; read from one file.

`self_service/policy.py` reads `brand/policy.toml` into it; domain functions take the part that
they need as an argument. All sums are in minor units of the operator's currency.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class WalletPolicy:
    """Prepaid credit.

    Attributes:
        topup_least_minor, topup_most_minor: limits of one top-up by card.
        topup_choices_minor: sums offered as buttons.
        valid_days: so long credit lasts after the last top-up.
        warn_days: so long before it ends people are warned.
        low_below_minor: warn when less is left, unless the customer chose otherwise.
        holds_most_minor: a wallet holds at most so much.
        gift_least_minor, gift_most_minor: limits of one gift.
        gift_most_a_month_minor: limit of all gifts of a customer in a calendar month.
        gift_undo_minutes: so long a gift can be taken back.
        auto_ceiling_most_minor: the highest monthly ceiling of automatic top-ups.
        retry_days: a prepaid service whose charge could not be taken is tried again so long.
    """

    topup_least_minor: int = 500
    topup_most_minor: int = 20_000
    topup_choices_minor: tuple[int, ...] = (1_000, 1_500, 2_500, 5_000)
    valid_days: int = 365
    warn_days: int = 14
    low_below_minor: int = 200
    holds_most_minor: int = 100_000
    gift_least_minor: int = 100
    gift_most_minor: int = 5_000
    gift_most_a_month_minor: int = 10_000
    gift_undo_minutes: int = 15
    auto_ceiling_most_minor: int = 50_000
    retry_days: int = 30


@dataclass(frozen=True, slots=True)
class VoucherPolicy:
    """Vouchers.

    Attributes:
        guesses: wrong codes in a row, by customer or network, before one has to wait.
        wait_minutes: so long.
        online_choices_minor: values sold in the portal.
        online_valid_days: so long a sold voucher can be redeemed.
        batch_most: vouchers in one batch.
        worth_most_minor: the most that one voucher is worth.
        partner_most_a_day_minor: another web site sells at most so much in 24 hours.
    """

    guesses: int = 5
    wait_minutes: int = 15
    online_choices_minor: tuple[int, ...] = (1_000, 2_500, 5_000)
    online_valid_days: int = 1_096
    batch_most: int = 100_000
    worth_most_minor: int = 100_000
    partner_most_a_day_minor: int = 500_000


@dataclass(frozen=True, slots=True)
class DunningStepRule:
    """One step: what happens so many days after the due date.

    Attributes:
        action: remind, fee, warn, or suspend.
        fee_minor: added to the next bill by `fee`.
    """

    days: int
    action: Literal["remind", "fee", "warn", "suspend"]
    fee_minor: int = 0


@dataclass(frozen=True, slots=True)
class BillPolicy:
    """Bills and debts.

    Attributes:
        account_prefix: letters before every billing account's number.
        tax_country: whose rates of tax hold for accounts that name no other (ISO 3166-1).
        steps: of dunning, in order of days.
        dunning_least_minor: smaller debts are never dunned.
        agreement_least_minor: the least debt that may be paid in instalments.
        agreement_most_instalments: the most instalments.
        agreement_grace_days: so late may an instalment be before the agreement is broken.
        dispute_days: so long after its date can a line be disputed.
        remove_last_method: whether the only card of an account with autopay may be removed.
        card_warn_days: so long before it expires a card is announced.
        pay_link_days: so long a link to pay without signing in works.
        autopay_days_before: autopay charges so long before the due date.
        agreement_first_days: so far ahead may the first instalment of an agreement be.
        quote_days: so long a quote for early settlement holds.
        relief_from_minutes: due dates move after the portal was away for longer than this.
    """

    account_prefix: str = "A"
    tax_country: str = "DE"
    steps: tuple[DunningStepRule, ...] = field(
        default=(
            DunningStepRule(3, "remind"),
            DunningStepRule(10, "fee", 300),
            DunningStepRule(20, "warn"),
            DunningStepRule(30, "suspend"),
        )
    )
    dunning_least_minor: int = 500
    agreement_least_minor: int = 3_000
    agreement_most_instalments: int = 6
    agreement_grace_days: int = 3
    dispute_days: int = 60
    remove_last_method: bool = False
    card_warn_days: int = 30
    pay_link_days: int = 60
    autopay_days_before: int = 2
    agreement_first_days: int = 31
    quote_days: int = 14
    relief_from_minutes: int = 60


@dataclass(frozen=True, slots=True)
class ChangePolicy:
    """Changes of subscriptions.

    Attributes:
        early_end_bp: who leaves before the end of the minimum term pays this share of what would
            have been charged until then, in hundredths of a percent.
        withdraw_days: so long after activation a contract can be withdrawn from.
        return_days: so long after the sale goods can be returned.
        warranty_months: so long after the sale goods are swapped.
        pause_most_days: a pause is at most so long.
        pause_fee_minor: what a pause costs.
    """

    early_end_bp: int = 5_000
    withdraw_days: int = 14
    return_days: int = 14
    warranty_months: int = 24
    pause_most_days: int = 90
    pause_fee_minor: int = 0


@dataclass(frozen=True, slots=True)
class UsagePolicy:
    """Usage records.

    Attributes:
        keep_records_months: so long after its charging month a single record is kept; totals stay.
    """

    keep_records_months: int = 12


@dataclass(frozen=True, slots=True)
class SharingPolicy:
    """Shared allowances.

    Attributes:
        members_most: so many lines may take from one group.
        invitation_hours: so long an invitation can be accepted.
        request_hours: so long a member's wish for more can be answered.
    """

    members_most: int = 50
    invitation_hours: int = 24
    request_hours: int = 24


@dataclass(frozen=True, slots=True)
class AdvicePolicy:
    """Advice on plans.

    Attributes:
        months: so many full charging months are looked at, at most.
        home_from_minor: Home speaks of a saving a month only when it is more than this.
    """

    months: int = 3
    home_from_minor: int = 300


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """Spend limits and alerts about usage. Sums are those that people pay, tax included.

    Attributes:
        roaming_minor: limit of charges abroad for whoever chose nothing else; 0 for none.
            Regulation (EU) 2022/612, article 14: close to, and not above, 50 euro without tax.
        least_minor, most_minor: bounds of a limit, and of lifting one.
        lift_choices_minor: sums offered for lifting a limit once.
        thresholds: percent at which people are told unless they choose otherwise.
        ask_again_minutes: so long after a refusal the network is asked to stop usage once more.
    """

    roaming_minor: int = 5_950
    least_minor: int = 100
    most_minor: int = 100_000
    lift_choices_minor: tuple[int, ...] = (500, 1_000, 2_000)
    thresholds: tuple[int, ...] = (50, 80, 100)
    ask_again_minutes: int = 60


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it."""

    wallet: WalletPolicy = WalletPolicy()
    vouchers: VoucherPolicy = VoucherPolicy()
    bills: BillPolicy = BillPolicy()
    usage: UsagePolicy = UsagePolicy()
    changes: ChangePolicy = ChangePolicy()
    sharing: SharingPolicy = SharingPolicy()
    advice: AdvicePolicy = AdvicePolicy()
    limits: LimitPolicy = LimitPolicy()
