"""Starts the portal: schema, demo data, then the web server. `make run` ends here."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import Interfaces

from self_service import migrate, settings


def main() -> None:
    """Prepare the database and serve until stopped."""
    config = settings.get()
    if config.workers > 1 and not config.redis_url:
        sys.exit("SELF_SERVICE_WORKERS above 1 needs SELF_SERVICE_REDIS_URL.")
    config.var.mkdir(parents=True, exist_ok=True)
    migrate.upgrade(config.database_url)
    if config.demo and not migrate.standing(config.database_url).stocked:
        _load_demo()
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
    ).serve()


def _load_demo() -> None:
    from self_service import clock  # noqa: PLC0415  (needed by the first start only)
    from self_service.domain.people.passwords import hash_password  # noqa: PLC0415
    from self_service.seed import seed_demo  # noqa: PLC0415
    from self_service.wiring import database  # noqa: PLC0415

    print("Loading the demo operator ...", flush=True)  # noqa: T201
    with database().writing() as session:
        seed_demo(session, now=clock.now(), hash_password=hash_password)
    database().engine.dispose()


if __name__ == "__main__":
    main()
