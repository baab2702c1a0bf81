"""Durable jobs by DBOS: what was started is finished, even if the process dies in between.

Every step's end is written to DBOS's own database, apart from the business one. Two traps are
closed here: jobs are taken up again after an update of the code only because `application_version`
never changes, and only by a process with the same `executor_id`. The library is imported at
`launch`: half a second that a process without jobs need not spend.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from self_service.ports import Job, JobStep

#: Raise it only together with a change of the steps of a job, when nothing is under way.
APPLICATION_VERSION = "1"
#: Jobs that run at the same time in one process; a job that pauses holds a place.
THREADS = 16
#: Tries of a step, and seconds before the second one; doubled each time.
TRIES, FIRST_WAIT = 5, 0.5


class DbosJobs:
    """`JobPort` on DBOS. Only one may be launched in a process at a time: DBOS is global."""

    def __init__(self, jobs: Iterable[Job], *, database_url: str, executor_id: str) -> None:
        """Take the jobs that can be started; nothing is opened before `launch`.

        Args:
            jobs: every job that was ever started and may not have ended.
            database_url: DBOS's system database: sqlite:///file or postgresql://…
            executor_id: stable over restarts, and distinct for each process on one database.
        """
        self._jobs = tuple(jobs)
        self._url = database_url
        self._executor_id = executor_id
        self._workflows: dict[str, Callable[..., Any]] = {}
        self._lock = threading.Lock()

    def launch(self) -> None:
        """Open the system database and go on with what was under way. Blocks; call it once."""
        from dbos import DBOS  # noqa: PLC0415  (slow to import)

        with self._lock:
            _prepare_file(self._url)
            # with a handler in place DBOS adds none of its own: its messages go where ours go
            logging.getLogger("dbos").addHandler(logging.NullHandler())
            DBOS(
                config={
                    "name": "self-service",
                    "system_database_url": _driver(self._url),
                    "application_version": APPLICATION_VERSION,
                    "executor_id": self._executor_id,
                    "max_executor_threads": THREADS,
                    "log_level": "WARNING",
                    "enable_otlp": False,
                }
            )
            self._workflows = {
                job.name: DBOS.workflow(name=job.name)(_workflow(job)) for job in self._jobs
            }
            DBOS.launch()

    def start(self, name: str, key: str, *args: str) -> None:
        """Start a job under `key` and return at once; a second start changes nothing.

        Do not call it on an event loop's thread.

        Raises:
            KeyError: there is no job of this name, or nothing was launched.
        """
        from dbos import DBOS, SetWorkflowID  # noqa: PLC0415

        with SetWorkflowID(f"{name}:{key}"):
            DBOS.start_workflow(self._workflows[name], *args)

    def destroy(self) -> None:
        """Stop working; what is under way goes on at the next launch. Blocks up to a second."""
        from dbos import DBOS  # noqa: PLC0415

        with self._lock:
            DBOS.destroy(destroy_registry=True)
            self._workflows = {}


def _workflow(job: Job) -> Callable[..., None]:
    from dbos import DBOS  # noqa: PLC0415

    def run(*args: str) -> None:
        for number, step in enumerate(job.steps):
            if number and job.pause:
                DBOS.sleep(job.pause)
            if not DBOS.run_step(_options(step), step.run, *args):
                return

    return run


def _options(step: JobStep) -> Any:
    return {
        "name": step.name,
        "retries_allowed": True,
        "max_attempts": TRIES,
        "interval_seconds": FIRST_WAIT,
        "backoff_rate": 2.0,
    }


def _prepare_file(url: str) -> None:
    # readers and the writer of a SQLite file do not wait for each other in this mode
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")


def _driver(url: str) -> str:
    # the business database is named with its driver, DBOS adds its own
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
