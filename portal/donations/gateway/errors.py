"""What can go wrong at the door to the payment provider."""

from __future__ import annotations


class GatewayError(Exception):
    """The payment provider was not able, or not willing, to do what was asked."""


class GatewayUnavailable(GatewayError):
    """No usable answer came: the same call, with the same key, may be made again later."""


class AnswerKept(GatewayUnavailable):
    """The provider keeps an error of its own under this key: for a day the same call answers the same."""


class GatewayMisconfigured(GatewayError):
    """The keys, the address or the version do not fit together: a person must look."""


class GatewayRefused(GatewayError):
    """The provider understood and said no; asking again changes nothing."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
        """The provider's word for the reason, empty when it gave none."""


class ObjectUnknown(GatewayRefused):
    """The provider has no object of that id."""


class RefundTooLarge(GatewayRefused):
    """More was to be given back than is left of the payment."""


class IdempotencyConflict(GatewayRefused):
    """The key was used before for another request: nothing was done, and a person must look."""


class WebhookRefused(GatewayError):
    """What arrived at the webhook is not to be believed or not to be understood."""


class SignatureInvalid(WebhookRefused):
    """The signature is missing, wrong, or further than 300 seconds from now."""


class EventMalformed(WebhookRefused):
    """Signed, but not an event we can read."""


class LivemodeMismatch(WebhookRefused):
    """An event of the test world came to the live door, or the reverse."""
