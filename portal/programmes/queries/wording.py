"""Says a sentence in the language of the moment."""

from __future__ import annotations

from flask_babel import gettext

from portal.programmes.rules.sentences import Sentence


def say(sentence: Sentence) -> str:
    """The sentence in the reader's language."""
    values = {
        name: say(value) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    text = str(gettext(sentence.msgid, **values))
    return text[:1].lower() + text[1:] if sentence.inside else text
