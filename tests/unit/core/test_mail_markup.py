"""One source, text and HTML; nothing that comes from outside becomes markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.mail.markup import alive, inert, to_html, to_text


@pytest.mark.parametrize(
    ("source", "html", "text"),
    [
        ("One\ntwo", "<p>One<br>two</p>", "One\ntwo\n"),
        ("One\n\n\nTwo", "<p>One</p>\n<p>Two</p>", "One\n\n\nTwo\n"),
        ("# News", "<h2>News</h2>", "News\n"),
        ("- a\n- **b**", "<ul><li>a</li><li><strong>b</strong></li></ul>", "- a\n- b\n"),
        ("**b** c", "<p><strong>b</strong> c</p>", "b c\n"),
        (
            "[Give](https://example.org/a?b=1&c=2)",
            '<p class="action"><a href="https://example.org/a?b=1&amp;c=2">Give</a></p>',
            "Give : https://example.org/a?b=1&c=2\n",
        ),
        (
            "See **[us](https://example.org)**",
            '<p>See <strong><a href="https://example.org">us</a></strong></p>',
            "See us : https://example.org\n",
        ),
        ("", "", "\n"),
    ],
)  # fmt: skip
def test_the_marks(source: str, html: str, text: str) -> None:
    assert to_html(source) == html
    assert to_text(source) == text


def test_stars_in_an_address_stay_stars() -> None:
    html = to_html("See [a](https://example.org/**x**)")
    assert html == '<p>See <a href="https://example.org/**x**">a</a></p>'


@pytest.mark.parametrize(
    "words",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "[x](javascript:alert(1))",
        '[x](https://example.org/"onmouseover="alert(1))',
        "[<b>](https://example.org)",
        "- <i>a</i>",
        "# <h1>",
        "**<script>**",
    ],
)
def test_whatever_the_words_are_no_tag_but_ours_comes_out(words: str) -> None:
    html = to_html(words)
    for bad in ("<script", "<img", "<b>", "<i>", "<h1", 'javascript:alert(1)"', '"onmouse'):
        assert bad not in html
    assert 'href="javascript' not in html


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Co"]), max_size=80))
def test_inert_words_make_no_markup_and_come_out_as_they_went_in(words: str) -> None:
    quiet = inert(words)
    assert alive(quiet) == words
    html = to_html(f"Dear {quiet},")
    for tag in ("<a ", "<strong>", "<ul>", "<h2>"):
        assert tag not in html


def test_a_name_that_looks_like_a_link_stays_a_name() -> None:
    name = inert("[Claim](https://example.org) **now**")
    assert to_html(f"Dear {name},") == "<p>Dear [Claim](https://example.org) **now**,</p>"
    assert to_text(f"Dear {name},") == "Dear [Claim](https://example.org) **now**,\n"
