"""Changes of subscriptions whose day has come, and the letters about them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from self_service import change_letters, i18n, withdrawal_paper
from self_service.db import Database, in_pool
from self_service.domain.changes import performing, telling
from self_service.jobs.rounds import Rounds

log = logging.getLogger(__name__)

#: Seconds between two looks when nobody calls.
EVERY = 10.0


class Changes(Rounds):
    """One per process; what one of them begins, the others leave."""

    every = EVERY
    failing = "changes of subscriptions could not be looked after"

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        """Take where changes are, the clock, and what is called when something was written."""
        super().__init__()
        self._database = database
        self._clock = clock
        self._wake = wake

    async def look(self) -> int:
        """Begin what is due and write the letters, off the event loop; returns how many."""
        done = await in_pool(self.perform)
        done += await in_pool(self.letters)
        done += await in_pool(self.receipts)
        if done:
            self._wake()
        return done

    def perform(self) -> int:
        """Begin the changes whose day has come; one that fails leaves the others. Blocks."""
        now, begun = self._clock(), 0
        with self._database.reading() as session:
            due = performing.due(session, now=now)
        for change_id in due:
            try:
                with self._database.writing() as session:
                    begun += performing.perform(session, change_id, now=now)
            except Exception:
                log.exception("change %s could not be begun", change_id)
        return begun

    def letters(self) -> int:
        """Write the letters that wait; one that fails leaves the others. Blocks."""
        written = 0
        with self._database.reading() as session:
            waiting = telling.waiting(session)
        for event in waiting:
            try:
                with self._database.writing() as session:
                    words = change_letters.wording
                    written += telling.write(session, event, words, now=self._clock())
            except Exception:
                log.exception("the letter about change %s could not be written", event.key)
        return written

    def receipts(self) -> int:
        """Typeset and keep the receipts of withdrawals; one that fails leaves the others."""
        kept = 0
        with self._database.reading() as session:
            waiting = telling.undocumented(session)
        for change_id, language in waiting:
            try:
                with self._database.reading() as session:
                    notice = telling.notice_of(session, change_id)
                now = self._clock()
                content = withdrawal_paper.receipt(notice, i18n.known(language), now=now)
                with self._database.writing() as session:
                    kept += telling.keep_receipt(session, change_id, content, now=now)
            except Exception:
                log.exception("the receipt of withdrawal %s could not be kept", change_id)
        return kept
