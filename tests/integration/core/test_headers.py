"""The security headers, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from portal.config import Settings
from portal.core.web.assets import asset
from portal.core.web.headers import content_security_policy
from tests.pages import PageClient

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self';"
    " object-src 'none'; base-uri 'none'; frame-ancestors 'self';"
    " form-action 'self' {}"
)
ALWAYS = {
    "Content-Security-Policy": POLICY.format("http://127.0.0.1:8012"),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/fr/", "/en/", "/healthz", "/nowhere", "/office/", "/me/"])
def test_every_answer_carries_them(visitor: PageClient, path: str) -> None:
    headers = visitor.get(path).response.headers
    assert {name: headers[name] for name in ALWAYS} == ALWAYS
    assert headers["Cache-Control"] == "no-store, private"
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers


def test_what_a_signed_in_person_sees_is_kept_nowhere(sponsor: PageClient) -> None:
    assert sponsor.get("/me/").response.headers["Cache-Control"] == "no-store, private"


def test_a_file_of_ours_is_kept_for_a_year_when_its_address_names_its_content(
    visitor: PageClient, app: Flask
) -> None:
    with app.test_request_context("/"):
        marked = asset("css/base.css")
    with visitor.client.get(marked) as answer:
        kept = answer.headers
    assert kept["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept["X-Content-Type-Options"] == "nosniff"
    with visitor.client.get("/static/css/base.css") as answer:
        plain = answer.headers
    assert plain["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in kept


def test_the_address_of_a_file_changes_when_the_file_does(app: Flask) -> None:
    with app.test_request_context("/"):
        one, other = asset("css/base.css"), asset("css/tokens.css")
        assert one == asset("css/base.css")
        assert one.partition("?v=")[2] != other.partition("?v=")[2]
        assert len(one.partition("?v=")[2]) == 10
        with pytest.raises(FileNotFoundError):
            asset("css/nothing.css")


@pytest.mark.parametrize("path", ["../config.py", "..%2fconfig.py", "%2e%2e/config.py"])
def test_only_files_of_ours_are_handed_out(visitor: PageClient, path: str) -> None:
    assert visitor.get(f"/static/{path}").status == 404


def test_with_a_key_forms_lead_to_stripe_and_nowhere_else(settings: Settings) -> None:
    live = replace(settings, stripe_secret_key="sk_test_x")
    assert content_security_policy(live) == POLICY.format(
        "https://checkout.stripe.com https://billing.stripe.com"
    )


def test_over_https_the_browser_is_told_to_stay_there(settings: Settings) -> None:
    from flask import Flask as Plain

    from portal.core.web import headers

    app = Plain("x", static_folder=None)
    headers.init_app(app, replace(settings, public_url="https://sourire.example.org"))
    answer = app.test_client().get("/")
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
