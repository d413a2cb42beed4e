"""Text of an issue as safe HTML."""

from __future__ import annotations

import pytest

from portal.newsletters.rules.prose import line, prose


def test_khmer_words_say_their_language() -> None:
    assert str(line("Voici ស្រីមុំ សុភក្ត្រា qui sourit")) == (
        'Voici <span lang="km">ស្រីមុំ សុភក្ត្រា</span> qui sourit'
    )


def test_paragraphs_lists_and_bold_words() -> None:
    html = str(prose("Merci **à tous**\n\n- un\n- deux"))
    assert html == "<p>Merci <strong>à tous</strong></p>\n<ul><li>un</li><li>deux</li></ul>"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[ici](javascript:alert(1))",
        '[ici](https://example.org/"onmouseover="alert(1))',
        "**<b onclick=x>**",
    ],
)
def test_nothing_written_becomes_markup(attack: str) -> None:
    html = str(prose(attack))
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert '"onmouseover' not in html
    assert "<b onclick" not in html
