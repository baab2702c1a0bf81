"""One worker of a bill run, in a process of its own: `python -m bench.bill_worker URL`.

It says when it is ready, begins when it is told to, and prints what it did as JSON.
"""

from __future__ import annotations

import json
import sys
import time

from bench.bill_people import DUE
from bench.memory import peak_mb
from bench.report import say
from self_service import clock, db
from self_service.domain.bills import run
from self_service.domain.policy import BillPolicy


def main(url: str) -> None:
    """Bill everybody who is due."""
    clock.set_zone("Europe/Berlin")
    database = db.Database(db.make_engine(url))
    with database.writing() as session:
        cycle = run.cycle_id(session, "monthly")
        current = run.start(session, cycle, as_of=DUE, now=DUE)
    say("ready")
    sys.stdin.readline()
    start, start_cpu = time.perf_counter(), time.process_time()
    tally = run.perform(database.writing, current, now=DUE, policy=BillPolicy())
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    told = {"bills": tally.bills, "seconds": seconds, "cpu": cpu, "peak_mb": peak_mb()}
    say(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
