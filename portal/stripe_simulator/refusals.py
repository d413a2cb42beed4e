"""The ways the simulated Stripe says no, in the shape of Stripe's own errors."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A request that is refused; becomes Stripe's error object.

    `kept` tells whether the answer is remembered under the idempotency key: Stripe remembers what
    was carried out or refused by it, and forgets requests whose parameters were wrong.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        status: int = 400,
        kept: bool = True,
    ) -> None:
        super().__init__(message)
        self.message, self.code, self.param = message, code, param
        self.kind, self.status, self.kept = kind, status, kept

    def body(self) -> dict[str, Any]:
        """The JSON answer, with only the fields that say something."""
        fields = {
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "param": self.param,
        }
        return {"error": {name: value for name, value in fields.items() if value is not None}}


class Declined(Refusal):
    """A payment the bank refused: what was tried is kept, unlike with any other refusal."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(str(error["message"]), code=error["code"], kind="card_error", status=402)
        self.error = error

    def body(self) -> dict[str, Any]:
        """Stripe's card error with everything the payment's own error says."""
        return {"error": {**self.error, "type": "card_error"}}


def wrong_parameter(message: str, param: str, code: str | None = None) -> Refusal:
    """A parameter that is unknown, missing or of the wrong kind."""
    return Refusal(message, param=param, code=code, kept=False)


def no_such(kind: str, object_id: str, param: str = "id") -> Refusal:
    """An object that does not exist."""
    return Refusal(
        f"No such {kind}: '{object_id}'", code="resource_missing", param=param, status=404
    )
