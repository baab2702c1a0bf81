"""What is given out of somebody's money: bills, credit, cards, vouchers, debts.

Never: what a card is charged by, voucher codes, and who sent or got a gift.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import col, or_, select

from self_service.domain.errors import N_
from self_service.domain.people.own_data_shape import Part, Whose, part, within
from self_service.models.bills import (
    AppliedBillingRate,
    BillingAccount,
    BillTax,
    CustomerBill,
    ProductCharging,
    ProductPause,
)
from self_service.models.changes import GoodsRequest, ProductChange
from self_service.models.dunning import (
    AgreedInstalment,
    BillDispute,
    DunningCase,
    DunningStep,
    InstalmentPurchase,
    PaymentAgreement,
)
from self_service.models.ledger import AccountKind, LedgerAccount, LedgerEntry
from self_service.models.payments import BillAllocation, PaymentMethod
from self_service.models.promotions import Promotion, PromotionUse
from self_service.models.subscriptions import Product
from self_service.models.vouchers import Voucher, VoucherSale
from self_service.models.wallet import (
    AutoTopup,
    Bucket,
    TopupBalance,
    TransferBalance,
    WalletCharge,
)


def _of_accounts(table: Any, column: Any) -> Any:
    """Select the ids of rows that belong to the customer's billing account."""
    return lambda who: (
        select(table.id)
        .join(BillingAccount, col(BillingAccount.id) == column)
        .where(BillingAccount.customer_id == who.customer)
    )


_CASES = _of_accounts(DunningCase, DunningCase.account_id)
_AGREEMENTS = _of_accounts(PaymentAgreement, PaymentAgreement.account_id)


def _buckets(who: Whose) -> Any:
    return select(Bucket.id).where(Bucket.customer_id == who.customer)


def _booked(who: Whose) -> Any:
    """Return the condition on entries of the customer's own accounts."""
    accounts = select(BillingAccount.id).where(BillingAccount.customer_id == who.customer)
    mine = select(LedgerAccount.id).where(
        or_(
            (col(LedgerAccount.kind) == AccountKind.WALLET)
            & (col(LedgerAccount.owner_id) == who.customer),
            (col(LedgerAccount.kind) == AccountKind.RECEIVABLE)
            & col(LedgerAccount.owner_id).in_(accounts),
        )
    )
    return or_(col(LedgerEntry.debit_id).in_(mine), col(LedgerEntry.credit_id).in_(mine))


MONEY: tuple[Part, ...] = (
    part(
        "cards",
        N_("Saved cards"),
        PaymentMethod,
        "id brand last4 exp_month exp_year is_default status mandate_at created_at",
    ),
    part(
        "billing_account",
        N_("Billing account and automatic payment"),
        BillingAccount,
        (
            "id number currency status credit_minor billed_until next_bill_at tax_category "
            "tax_country tax_number buyer_reference e_invoice autopay method_id created_at"
        ),
    ),
    part(
        "bills",
        N_("Bills"),
        CustomerBill,
        (
            "id number buyer_name buyer_address category run_type order_id credited_id state "
            "status_changed_at billed_at period_start period_end due_at currency net_minor "
            "tax_minor gross_minor remaining_minor disputed_minor"
        ),
    ),
    part(
        "bill_lines",
        N_("Lines of your bills, and of the next one"),
        AppliedBillingRate,
        (
            "id bill_id product_id kind name charged_at period_start period_end amount_micro "
            "tax_category tax_bp net_minor tax_minor gross_minor"
        ),
        within(AppliedBillingRate.account_id, BillingAccount),
    ),
    part(
        "bill_taxes",
        N_("Tax on your bills"),
        BillTax,
        "bill_id category rate_bp net_minor tax_minor",
        within(BillTax.bill_id, CustomerBill),
    ),
    part(
        "bill_payments",
        N_("What paid your bills"),
        BillAllocation,
        "bill_id payment_id amount_minor at",
        within(BillAllocation.bill_id, CustomerBill),
    ),
    part(
        "charges",
        N_("What is charged regularly"),
        ProductCharging,
        "product_id starts_at ends_at charged_until by_wallet next_at short_since",
        within(ProductCharging.account_id, BillingAccount),
    ),
    part(
        "pauses",
        N_("Times without service that were not charged"),
        ProductPause,
        "product_id starts_at ends_at",
        within(ProductPause.product_id, Product),
    ),
    part(
        "changes",
        N_("What you changed about your subscriptions"),
        ProductChange,
        "product_id kind effective_at until status wanted asked_at revoked_at",
    ),
    part(
        "goods_requests",
        N_("What you wanted done about devices"),
        GoodsRequest,
        "product_id wish reason status created_at",
    ),
    part(
        "instalments",
        N_("Goods paid by instalments"),
        InstalmentPurchase,
        "product_id total_minor currency count billed next_at anchor_at status status_changed_at",
        within(InstalmentPurchase.account_id, BillingAccount),
    ),
    part(
        "disputes",
        N_("Charges that you did not accept"),
        BillDispute,
        "bill_id rate_id amount_minor reason status status_changed_at answer created_at",
        within(BillDispute.bill_id, CustomerBill),
    ),
    part(
        "reminders",
        N_("Overdue bills"),
        DunningCase,
        "id since step suspended_at opened_at closed_at",
        within(DunningCase.account_id, BillingAccount),
    ),
    part(
        "reminder_steps",
        N_("Reminders that you got"),
        DunningStep,
        "case_id step action amount_minor at",
        lambda who: col(DunningStep.case_id).in_(_CASES(who)),
    ),
    part(
        "agreements",
        N_("Debts that you pay by instalments"),
        PaymentAgreement,
        "id status status_changed_at total_minor currency created_at",
        within(PaymentAgreement.account_id, BillingAccount),
    ),
    part(
        "agreed_instalments",
        N_("Instalments of those debts"),
        AgreedInstalment,
        "agreement_id number due_at amount_minor reminded_at",
        lambda who: col(AgreedInstalment.agreement_id).in_(_AGREEMENTS(who)),
    ),
    part(
        "wallet",
        N_("Wallet"),
        Bucket,
        "id currency status valid_until low_below_minor created_at",
    ),
    part(
        "money_history",
        N_("Movements of your wallet and billing account"),
        LedgerEntry,
        "id kind amount_minor currency debit_after_minor credit_after_minor posted_at",
        _booked,
    ),
    part(
        "topups",
        N_("Top-ups"),
        TopupBalance,
        "bucket_id amount_minor payment_id is_auto status status_changed_at created_at",
        lambda who: col(TopupBalance.bucket_id).in_(_buckets(who)),
    ),
    part(
        "auto_topup",
        N_("Automatic top-up"),
        AutoTopup,
        "method_id trigger threshold_minor day amount_minor ceiling_minor month spent_minor "
        "active paused_reason next_at created_at",
        lambda who: col(AutoTopup.bucket_id).in_(_buckets(who)),
    ),
    part(
        "wallet_charges",
        N_("Services paid from your wallet"),
        WalletCharge,
        "product_id name period_start period_end tax_bp net_minor tax_minor gross_minor charged_at",
        lambda who: col(WalletCharge.bucket_id).in_(_buckets(who)),
    ),
    part(
        "gifts_sent",
        N_("Credit that you gave"),
        TransferBalance,
        "amount_minor note status status_changed_at created_at",
        lambda who: col(TransferBalance.sender_id).in_(_buckets(who)),
    ),
    part(
        "gifts_received",
        N_("Credit that you were given"),
        TransferBalance,
        "amount_minor note status status_changed_at created_at",
        lambda who: col(TransferBalance.receiver_id).in_(_buckets(who)),
    ),
    part(
        "vouchers_bought",
        N_("Vouchers that you bought"),
        VoucherSale,
        "payment_id amount_minor currency receiver greeting sold_at sent_at created_at",
    ),
    part(
        "vouchers_redeemed",
        N_("Vouchers that you redeemed"),
        Voucher,
        "serial amount_minor currency redeemed_at",
        lambda who: col(Voucher.redeemed_by) == who.customer,
    ),
    part(
        "promotions_used",
        N_("Promotion codes that you used"),
        PromotionUse,
        "promotion_id order_id at",
    ),
    part(
        "promotions",
        N_("What those codes are"),
        Promotion,
        "id code name",
        lambda who: col(Promotion.id).in_(
            select(PromotionUse.promotion_id).where(PromotionUse.customer_id == who.customer)
        ),
    ),
)
