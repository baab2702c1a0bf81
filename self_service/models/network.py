"""What is asked of the network (TMF640 Service), and what became of it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, json_field


class NetworkAct(StrEnum):
    """What the network can be asked to do with the service of a product."""

    ACTIVATE = "activate"
    CHANGE_PROFILE = "change_profile"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"
    SET = "set"
    SWAP_SIM = "swap_sim"
    BLOCK_SIM = "block_sim"
    UNBLOCK_SIM = "unblock_sim"
    SET_NUMBER = "set_number"
    RESTART = "restart"  # the router
    CHECK_LINE = "check_line"


class RequestStatus(StrEnum):
    """TMF640 v4: how a request stands. Unknown is one too: still `pending` or `inProgress`."""

    PENDING = "pending"  # written here; whether the network has it is not known
    IN_PROGRESS = "inProgress"  # the network took it
    DONE = "done"
    FAILED = "failed"


class ServiceRequest(SQLModel, table=True):
    """One thing asked of the network for one product; numbered in the order of the wishes."""

    __tablename__ = "service_request"
    __table_args__ = (
        UniqueConstraint("product_id", "sequence", name="request_numbered_once"),
        CheckConstraint("sequence > 0", name="request_has_number"),
        Index("ix_service_request_due", "status", "next_try_at"),
    )

    id: UUID = id_field()
    product_id: UUID = Field(foreign_key="product.id")
    sequence: int
    act: NetworkAct = enum_field(NetworkAct, NetworkAct.SET)
    #: a value of a name that starts with "sealed_" is sealed, and goes when it is settled
    wanted: dict[str, str] = json_field()
    purpose: str = Field(max_length=32)  # which domain module follows the answer
    key: str = Field(max_length=120, unique=True)  # asked twice under one key is asked once
    status: RequestStatus = enum_field(RequestStatus, RequestStatus.PENDING)
    status_changed_at: datetime
    reason: str = Field(default="", max_length=60)  # why the network refused: a code
    told: dict[str, str] = json_field()  # what the network answered
    asked_at: datetime
    settled_at: datetime | None = None
    tries: int = 0
    next_try_at: datetime
