"""Starts the portal: schema, demo data, then the web server. `make run` ends here."""

from __future__ import annotations

import multiprocessing
import sys

from granian import Granian
from granian.constants import Interfaces

from self_service import logs, migrate, settings, upgrading

#: Said at the start where anybody can sign in as an administrator.
OPEN_TO_ALL = (
    "WARNING: the demo is on at a public address. Everybody knows the passwords of its sign-ins, "
    "administrators included. Set SELF_SERVICE_DEMO=false unless that is what you want."
)


def main() -> None:
    """Prepare the database and serve until stopped."""
    config = settings.get()
    if config.workers > 1 and not config.redis_url:
        sys.exit("SELF_SERVICE_WORKERS above 1 needs SELF_SERVICE_REDIS_URL.")
    if not config.can_be_paid:
        sys.exit(settings.NO_PAYMENTS)
    logs.set_up(config.log_format)
    config.var.mkdir(parents=True, exist_ok=True)
    upgrading.upgrade(config.database_url)
    if config.demo and not migrate.standing(config.database_url).stocked:
        _load_demo()
    if config.open_to_all:
        print(OPEN_TO_ALL, file=sys.stderr, flush=True)  # noqa: T201
    print(f"Self Service is at {config.public_url}", flush=True)  # noqa: T201
    Granian(
        "self_service.self_service:app",
        address=config.host,
        port=config.port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=config.workers,
        workers_kill_timeout=10,
        log_access=False,
        log_dictconfig=logs.GRANIAN,
    ).serve()


def _load_demo() -> None:
    """Load it in a process of its own.

    Workers are forked from this process: threads that it ran, as the database's, would hang there.
    """
    from self_service import demo  # noqa: PLC0415  (needed by the first start only)

    print("Loading the demo operator ...", flush=True)  # noqa: T201
    loading = multiprocessing.get_context("spawn").Process(target=demo.load)
    loading.start()
    loading.join()
    if loading.exitcode:
        sys.exit("The demo operator could not be loaded.")


if __name__ == "__main__":
    main()
