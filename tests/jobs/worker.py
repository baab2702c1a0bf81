"""A process that does the jobs of a shop until it is stopped, or kills itself after a step.

Run as: worker.py DIRECTORY SYSTEM_DATABASE_URL [STEP]. `paid` means: before the first step.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from self_service import clock, db
from self_service.adapters.dbos_jobs import DbosJobs
from self_service.jobs.fulfilment import fulfilment_job
from self_service.jobs.outbox import Relay
from self_service.ports import JobStep


def main(directory: Path, system: str, die_after: str) -> None:
    """Do what there is to do."""
    log = directory / "steps"

    def note(word: str) -> None:
        with log.open("a") as file:
            file.write(word + "\n")

    def die() -> None:
        note("killed")
        os.kill(os.getpid(), signal.SIGKILL)

    def watched(step: JobStep) -> JobStep:
        def run(order_id: str) -> bool:
            if die_after == "paid":
                die()
            went_on: bool = step.run(order_id)
            note(step.name)
            if step.name == die_after:
                die()
            return went_on

        return JobStep(step.name, run)

    database = db.Database(db.make_engine(f"sqlite:///{directory / 'shop.db'}"))
    job = fulfilment_job(database, clock.now)
    job = replace(job, steps=tuple(map(watched, job.steps)))
    jobs = DbosJobs([job], database_url=system, executor_id="worker-1")
    stop = stopped()
    jobs.launch()
    relay = Relay(database, jobs, clock.now)
    while not stop.wait(0.1):
        relay.pump()
    jobs.destroy()


def stopped() -> threading.Event:
    """An event that is set when the process is asked to end."""
    event = threading.Event()

    def end(*_: object) -> None:
        event.set()

    signal.signal(signal.SIGTERM, end)
    return event


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
