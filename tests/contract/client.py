"""What Stripe's library declares of each request, as a judge of the requests our gateway makes.

The library's own `TypedDict`s decide, of exactly the version we speak, down to the last nested key;
pydantic does the looking. Words that Stripe may add to (its enums) are open in them.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, ForwardRef, get_args

import stripe
import typing_extensions
from pydantic import TypeAdapter, ValidationError
from stripe._stripe_context import StripeContext
from stripe._stripe_service import StripeService

from portal.donations.stripe_gateway import StripeGateway

_OPTIONS = frozenset(stripe.RequestOptions.__annotations__)


class ContractBroken(AssertionError):
    """A request that Stripe's library does not know like this."""


class GatewayUnderContract(StripeGateway):
    """The portal's gateway, each of whose requests is looked at before it leaves.

    A wrong one raises ContractBroken at once, and again when the gateway is closed: whoever asked
    may have taken it for an outage.
    """

    def _services(self, client: stripe.StripeClient) -> Any:
        self.broken: list[str] = []
        return Watched(super()._services(client), self.broken)

    def close(self) -> None:
        super().close()
        if self.broken:
            raise ContractBroken("\n".join(self.broken))


class Watched:
    """A service of Stripe's library (or a folder of them) that lets only known requests through."""

    def __init__(self, service: Any, broken: list[str]) -> None:
        self._service, self._broken = service, broken

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._service, name)
        if isinstance(found, StripeService):
            return Watched(found, self._broken)
        if not callable(found):
            return found
        declared = declared_by(found)

        def call(*in_path: Any, **named: Any) -> Any:
            given = inspect.signature(found).bind(*in_path, **named).arguments
            try:
                check(declared, given.get("params") or {})
            except ContractBroken as wrong:
                self._broken.append(str(wrong))
                raise
            return found(*in_path, **named)

        return call


def declared_by(method: Any) -> Any:
    """The `TypedDict` of a service method's parameters."""
    hint = inspect.signature(method).parameters["params"].annotation
    optional = [each.__forward_arg__ for each in get_args(hint) if isinstance(each, ForwardRef)]
    name = optional[0] if optional else hint
    folder = re.sub(r"^stripe\.?|\.?_\w+$", "", method.__module__)
    module = import_module(f"stripe.params.{folder}".rstrip("."))
    return getattr(module, name)


def check(declared: Any, asked: Mapping[str, Any]) -> None:
    """Raise ContractBroken unless the library declares these parameters, with these types."""
    if options := _OPTIONS & asked.keys():
        raise ContractBroken(f"{declared.__name__}: {sorted(options)} are no parameters")
    try:
        _judge(declared).validate_python(asked, strict=True)
    except ValidationError as error:
        raise ContractBroken(f"{declared.__name__}: {error}") from None


@cache
def _judge(declared: Any) -> TypeAdapter[Any]:
    for each in _all_within(declared, set()):
        each.__pydantic_config__ = {"extra": "forbid", "arbitrary_types_allowed": True}
    return TypeAdapter(declared)


def _all_within(hint: Any, seen: set[Any]) -> Iterator[Any]:
    if typing_extensions.is_typeddict(hint):
        if hint in seen:
            return
        seen.add(hint)
        yield hint
        parts = tuple(_fields(hint).values())
    else:
        parts = get_args(hint)
    for part in parts:
        yield from _all_within(part, seen)


def _fields(declared: Any) -> dict[str, Any]:
    # The library imports these two for type checkers only.
    names = vars(sys.modules[declared.__module__])
    names.setdefault("StripeContext", StripeContext)
    names.setdefault("Mapping", Mapping)
    return typing_extensions.get_type_hints(declared, globalns=names)
