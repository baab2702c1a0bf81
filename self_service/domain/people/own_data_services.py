"""What is given out about services in the network; see `own_data_parts`."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import col

from self_service.domain.errors import N_
from self_service.domain.people.own_data_shape import Part, Whose, part, within
from self_service.models.budgets import CostCentre, CostCentreLine, SpendBudget
from self_service.models.coverage import CoverageWait
from self_service.models.network import ServiceRequest
from self_service.models.service_settings import ServiceSetting
from self_service.models.sims import NumberPorting, SimSwap
from self_service.models.subscriptions import Product


def _readable(who: Whose) -> ColumnElement[bool]:
    """Settings whose values are not sealed: a password is never given out."""
    mine = within(ServiceSetting.product_id, Product)(who)
    return mine & (col(ServiceSetting.name) != "wifi_password")


SERVICES: tuple[Part, ...] = (
    part(
        "service_settings",
        N_("Settings of your services"),
        ServiceSetting,
        "product_id profile name value confirmed_at wish wished_at refused refused_at",
        _readable,
    ),
    part(
        "sim_changes",
        N_("Changes of your SIMs"),
        SimSwap,
        "product_id esim status reason asked_at status_changed_at",
        within(SimSwap.product_id, Product),
    ),
    part(
        "number_moves",
        N_("Numbers that you brought from other operators"),
        NumberPorting,
        "product_id number donor port_on status reason asked_at status_changed_at",
        within(NumberPorting.product_id, Product),
    ),
    part(
        "network_requests",
        N_("What we asked the network for you"),
        ServiceRequest,
        "product_id act purpose status reason told asked_at settled_at",
        within(ServiceRequest.product_id, Product),
    ),
    part(
        "coverage_waits",
        N_("Waiting lists for coverage"),
        CoverageWait,
        "kind place joined_at told_at",
    ),
    part(
        "budgets",
        N_("Your budgets"),
        SpendBudget,
        "product_id amount_minor currency set_at",
    ),
    part(
        "cost_centres",
        N_("Your cost centres"),
        CostCentre,
        "id parent_id name budget_minor created_at",
    ),
    part(
        "cost_centre_lines",
        N_("Lines of your cost centres"),
        CostCentreLine,
        "product_id centre_id moved_at",
        within(CostCentreLine.product_id, Product),
    ),
)
