"""The menus of the three areas; features register their items, the reader's roles choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.core.roles import Role


@dataclass(frozen=True)
class MenuItem:
    """A place to go. ``label`` is an English msgid; ``count`` gives the number beside it.

    Pages whose address lies below the item's own belong to it; ``also`` names others that do, by
    endpoint or blueprint.
    """

    endpoint: str
    label: str
    icon: str
    group: str = ""
    order: int = 50
    roles: frozenset[Role] = frozenset()
    count: Callable[[], int] | None = None
    also: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ShownItem:
    """An item as the template shows it."""

    label: str
    url: str
    icon: str
    current: bool
    count: int | None


@dataclass(frozen=True)
class ShownGroup:
    """A heading and what stands under it."""

    label: str
    items: list[ShownItem]


OFFICE: list[MenuItem] = []
ME: list[MenuItem] = []
SITE: list[MenuItem] = []


def register(menu: list[MenuItem], *items: MenuItem) -> None:
    """Add items once, in their order."""
    menu.extend(item for item in items if item not in menu)
    menu.sort(key=lambda item: item.order)


def _current(items: list[MenuItem]) -> MenuItem | None:
    """Where the reader is: the very page, an item that names it, else the nearest address above."""
    here = str(request.endpoint or "")
    names = {here, here.rpartition(".")[0]}
    for item in items:
        if item.endpoint == here:
            return item
    for item in items:
        if item.also & names:
            return item
    above = [item for item in items if _lies_below(url_for(item.endpoint))]
    return max(above, key=lambda item: len(url_for(item.endpoint)), default=None)


def _lies_below(address: str) -> bool:
    """Whether this page's address continues that one; below an area's own home nothing counts."""
    path = address.rstrip("/")
    return path.count("/") > 1 and request.path.startswith(f"{path}/")


def _shown(items: list[MenuItem]) -> dict[MenuItem, ShownItem]:
    current = _current(items)
    return {
        item: ShownItem(
            _(item.label),
            url_for(item.endpoint),
            item.icon,
            item is current,
            item.count() if item.count else None,
        )
        for item in items
    }


def _known(item: MenuItem) -> bool:
    return item.endpoint in current_app.view_functions


def office_menu() -> list[ShownGroup]:
    """What this person of the head office may open, by group."""
    if not (current_user.is_authenticated and current_user.role_set):
        return []
    mine = current_user.role_set
    allowed = [
        item
        for item in OFFICE
        if _known(item) and (not item.roles or mine & (item.roles | {Role.ADMINISTRATOR}))
    ]
    shown = _shown(allowed)
    groups = list(dict.fromkeys(item.group for item in allowed))
    return [
        ShownGroup(_(name) if name else "", [shown[i] for i in allowed if i.group == name])
        for name in groups
    ]


def me_menu() -> list[ShownItem]:
    """The sponsor's places."""
    return list(_shown([item for item in ME if _known(item)]).values())


def site_menu() -> list[ShownItem]:
    """The public places."""
    return list(_shown([item for item in SITE if _known(item)]).values())
