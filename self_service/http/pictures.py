"""Illustrations, icons and the brand's mark: drawn on request, cached for good."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from self_service import brand
from self_service.illustrations import Picture, operator_mark, svg

_FOREVER = "public, max-age=31536000, immutable"
_BRIEFLY = "max-age=300"
_SVG = "image/svg+xml"


async def picture(request: Request) -> Response:
    """Draw what `display.picture_path` names; `svg` keeps every number within bounds."""
    asked = request.path_params
    try:
        drawn = svg(
            Picture(
                shape=asked["shape"],
                colour="" if asked["colour"] == "-" else asked["colour"][:40],
                cameras=int(asked["cameras"]),
                variant=int(asked["variant"]),
                ratio=float(asked["ratio"]),
            )
        )
    except ValueError:
        return Response(status_code=404)
    return Response(drawn, media_type=_SVG, headers={"Cache-Control": _FOREVER})


async def logo(_: Request) -> Response:
    """Serve the operator's logo, else the built-in mark in the brand's accent colour."""
    identity = brand.current()
    if identity.logo is not None and identity.logo.is_file():
        return FileResponse(identity.logo, headers={"Cache-Control": _BRIEFLY})
    mark = operator_mark().replace("currentColor", identity.light["accent"])
    return Response(mark, media_type=_SVG, headers={"Cache-Control": _BRIEFLY})
