"""Where ``next=`` may lead: our own pages and nowhere else."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.rules import safe_next

ELSEWHERE = [
    None,
    "",
    " ",
    "evil.example",
    "http://evil.example",
    "https://evil.example/",
    "https:/evil.example",
    "https:evil.example",
    "http:///evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "//\tevil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    " //evil.example",
    "/%2Fevil.example",
    "/%5Cevil.example",
    "/%09/evil.example",
    "/.//evil.example",
    "/me//evil.example",
    "/\u200b/evil.example",
    "/\x00/evil.example",
    "javascript:alert(1)",
    "data:text/html,hello",
    "ftp://evil.example/",
    "//[evil",
    "?next=/me/",
    "#top",
    "me/",
    "/" + "a" * 2000,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_a_way_out_is_refused(target: str | None) -> None:
    assert safe_next(target) is None


@pytest.mark.parametrize(
    "target",
    ["/", "/me/", "/office/donors?q=L%C3%A9a%20Roy&page=2", "/fr/give?amount=30#form", "/me/é"],
)
def test_a_page_of_ours_is_kept_as_it_is(target: str) -> None:
    assert safe_next(target) == target


@given(st.text(alphabet=st.sampled_from("/\\%25fcx:.@?#[]e \t\n\u3002"), max_size=14))
def test_whatever_is_kept_stays_on_our_host(target: str) -> None:
    kept = safe_next(target)
    if kept is not None:
        assert urlsplit(urljoin("https://ours.example/a/b", kept)).netloc == "ours.example"
