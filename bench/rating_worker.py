"""Rates all that waits, in a process of its own: `python -m bench.rating_worker URL`."""

from __future__ import annotations

import json
import sys
import time

from sqlmodel import func, select

from bench.memory import peak_mb
from bench.report import say
from bench.usage_people import DAY
from self_service import clock, db
from self_service.jobs.usage import rate_all
from self_service.models.usage import UsagePeriod


def main(url: str) -> None:
    """Rate, and print as JSON what was done."""
    clock.set_zone("Europe/Berlin")
    database = db.Database(db.make_engine(url))
    with database.reading() as session:
        session.exec(select(func.count()).select_from(UsagePeriod)).one()
    start, start_cpu = time.perf_counter(), time.process_time()
    records = rate_all(database, now=DAY)
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    peak = peak_mb()
    with database.reading() as session:
        amount = session.exec(select(func.sum(UsagePeriod.amount_micro))).one()
    told = {"seconds": seconds, "cpu": cpu, "peak_mb": peak, "records": records}
    say(json.dumps({**told, "amount": int(amount)}))


if __name__ == "__main__":
    main(sys.argv[1])
