"""The security headers, in one place, asserted word for word by a test."""

from __future__ import annotations

from flask import Flask, Response, request

from portal.config import Settings

STRIPE = "https://checkout.stripe.com https://billing.stripe.com"


def content_security_policy(settings: Settings) -> str:
    """Nothing but our own files; forms may lead to Stripe (or its stand-in), nothing else may."""
    pay = settings.simulator_url if settings.simulated_payments else STRIPE
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; object-src 'none';"
        f" base-uri 'none'; frame-ancestors 'self'; form-action 'self' {pay}"
    )


def init_app(app: Flask, settings: Settings) -> None:
    """Give every answer its headers."""
    policy = content_security_policy(settings)

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "SAMEORIGIN"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.public_url.startswith("https://"):
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store, private")
        return response
