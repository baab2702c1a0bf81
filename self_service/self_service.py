"""Entry point that Reflex imports: the application, put together. No logic."""

from __future__ import annotations

import reflex as rx

from self_service import logs, pages, settings
from self_service.components.page import mount
from self_service.http import app as http
from self_service.http.edge import edge
from self_service.http.first_paint import SLOT
from self_service.start import on_bug, redact_logs, running
from self_service.state.guard import Gate

config = settings.get()
logs.set_up(config.log_format)
redact_logs()
app = rx.App(
    html_lang="en",
    stylesheets=["/base.css"],
    head_components=[
        rx.el.link(rel="icon", href="/brand/logo.svg", type="image/svg+xml"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.script(src="/start.js", defer=True),
    ],
    toaster=None,
    hydrate_fallback=lambda: rx.html(SLOT),
    backend_exception_handler=on_bug,
    api_transformer=[
        http.build(),
        edge(
            config.static_dir,
            config.public_url,
            config.oidc_origin,
            rate=config.requests_per_second,
        ),
    ],
)
app.register_lifespan_task(running)
app.add_middleware(Gate(config.events_per_second))
pages.declare()
mount(app)
