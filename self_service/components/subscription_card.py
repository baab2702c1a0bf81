"""A subscription: what runs, what it costs next, and all that belongs to it."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge


def subscription_card(h: Any, row: Any) -> Any:
    """Show one subscription, what matters most at the top."""
    return h.li(
        h.div(
            h.h2(
                h.when(
                    row.href,
                    h.link(
                        row.name,
                        to=row.href,
                        class_name="text-current inline-flex items-center min-h-11",
                    ),
                    h.span(row.name),
                ),
                class_name="text-lg font-bold leading-snug min-w-0 flex-1",
            ),
            h.when(row.prepaid, kit.badge(h, h.t("Prepaid"), "plain")),
            toned_badge(h, row.status, row.tone),
            class_name="flex flex-wrap items-center gap-2",
        ),
        h.when(row.number, h.p(h.bdi(row.number), class_name="numbers text-xl")),
        _facts(h, row),
        h.ul(
            h.each(row.services, lambda service: _service(h, service)),
            class_name="mt-4 pt-4 border-t border-line flex flex-col gap-3 empty:hidden",
        ),
        goods_list(h, row.goods),
        key=row.id,
        class_name=kit.CARD + "p-4 min-w-0",
    )


def _facts(h: Any, row: Any) -> Any:
    return h.dl(
        h.when(
            row.charge,
            _fact(
                h,
                h.t("Next charge"),
                h.span(row.charge, class_name="text-xl"),
                row.charge_exact,
                h.span(" ", row.charge_day, class_name="text-sm text-muted font-normal"),
                class_name="col-span-full",
            ),
        ),
        h.when(row.term_end, _fact(h, h.t("Contract until"), row.term_end, row.term_exact)),
        _fact(h, h.t("Since"), row.since, row.since_exact),
        class_name="mt-3 grid gap-x-6 gap-y-3 grid-cols-2 numbers",
    )


def _fact(h: Any, label: Any, value: Any, exact: Any, more: Any = None, **props: Any) -> Any:
    return h.div(
        h.dt(label, class_name="text-sm text-muted"),
        h.dd(value, more, title=exact, class_name="font-semibold"),
        **props,
    )


def _service(h: Any, service: Any) -> Any:
    return h.li(
        h.p(service.name, class_name="font-medium empty:hidden"),
        h.when(service.number, h.p(h.bdi(service.number), class_name="numbers")),
        h.ul(
            h.each(
                service.allowances,
                lambda line: h.li(
                    kit.icon(h, "check", "size-4", class_name="text-good"),
                    line,
                    key=line,
                    class_name="inline-flex items-center gap-1",
                ),
            ),
            class_name="flex flex-wrap gap-x-4 gap-y-1 text-sm numbers empty:hidden",
        ),
        h.when(
            service.sim,
            h.p(
                service.sim_kind,
                " ",
                h.bdi(service.sim),
                class_name="numbers text-sm text-muted",
            ),
        ),
        h.when(
            service.new_esim,
            h.link(
                kit.icon(h, "sim", "size-4"),
                h.t("Install the eSIM on your phone"),
                to=service.href,
                class_name="inline-flex items-center gap-2 min-h-11 text-accent underline",
            ),
        ),
        _manage(h, service),
        key=service.id,
    )


def _manage(h: Any, service: Any) -> Any:
    return h.when(
        service.href,
        h.link(
            h.t("Settings and help"),
            h.span(": ", service.name, class_name="sr"),
            to=service.href,
            class_name="inline-flex items-center min-h-11 text-accent",
        ),
    )


def goods_list(h: Any, goods: Any) -> Any:
    """Show pieces of goods with their serial numbers."""
    return h.ul(
        h.each(goods, lambda piece: _piece(h, piece)),
        class_name="mt-4 pt-4 border-t border-line flex flex-col gap-3 empty:hidden",
    )


def _piece(h: Any, piece: Any) -> Any:
    return h.li(
        kit.picture(h, piece.picture, "size-12 shrink-0"),
        h.div(
            h.p(piece.name, class_name="font-medium leading-snug"),
            h.p(piece.detail, class_name="text-sm text-muted empty:hidden"),
            h.when(
                piece.serial,
                h.p(
                    piece.serial_label,
                    " ",
                    h.bdi(piece.serial),
                    class_name="numbers text-sm text-muted wrap-anywhere",
                ),
            ),
            class_name="min-w-0",
        ),
        key=piece.id,
        class_name="flex items-center gap-3",
    )
