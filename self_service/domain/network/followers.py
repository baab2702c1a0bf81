"""Imports every module that follows answers of the network, so that its purpose is registered."""

from __future__ import annotations

from self_service.domain.changes import performing
from self_service.domain.limits import bars
from self_service.domain.network import lines
from self_service.domain.service_settings import wishes
from self_service.domain.sims import blocking, choosing, leaving, porting, swapping

__all__ = [
    "bars",
    "blocking",
    "choosing",
    "leaving",
    "lines",
    "performing",
    "porting",
    "swapping",
    "wishes",
]
