"""Money that moves: accounts, entries, histories, and the proof that all of it adds up."""

from self_service.domain.ledger.accounts import Account, balance, house, owned
from self_service.domain.ledger.posting import Movement, NotEnough, post

__all__ = ["Account", "Movement", "NotEnough", "balance", "house", "owned", "post"]
