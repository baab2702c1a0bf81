"""Build and run configuration of Reflex. Each field can be overridden with REFLEX_<NAME>."""

import reflex as rx

from self_service import settings
from self_service.components.ui.tokens import tailwind_config
from self_service.http.boot_plugin import OneBuildPlugin

here = settings.get()

config = rx.Config(
    app_name="self_service",
    # One build for every address: OneBuildPlugin sends the client to the page's own origin.
    api_url="http://localhost",
    deploy_url="http://localhost",
    # The default "*" would open the websocket to every site.
    cors_allowed_origins=[here.public_url],
    state_manager_mode="redis" if here.redis_url else "memory",
    redis_url=here.redis_url or None,
    redis_token_expiration=3600,
    trusted_proxy_hops=here.trusted_proxies,
    frontend_compression_formats=["gzip", "brotli"],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[rx.plugins.TailwindV4Plugin(tailwind_config()), OneBuildPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
