"""What an address, a form or a file's name may hold: nothing the database has no room for.

PostgreSQL keeps no zero character in its texts and no whole number beyond 64 bits. Nobody types
either; whoever sends them gets an ordinary answer: such an address leads nowhere (404), and a form or
a search is read without the character.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter, UnicodeConverter
from werkzeug.utils import cached_property

LARGEST: Final = 2**63 - 1
"""The largest number a row can have."""
_NONE: Final = "\0"


class RowNumber(IntegerConverter):
    """``<int:…>``: a whole number a row can have."""

    def __init__(
        self, map: Any, fixed_digits: int = 0, min: int | None = None,  # noqa: A002 - werkzeug's names
        max: int | None = None, signed: bool = False,  # noqa: A002 - werkzeug's names
    ) -> None:  # fmt: skip
        super().__init__(map, fixed_digits, min, LARGEST if max is None else max, signed)


class Word(UnicodeConverter):
    """``<…>``: text the database can be asked for."""

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.regex = self.regex.replace("[^/]", r"[^/\x00]")


class ReadableRequest(Request):
    """A request whose answers can be kept: without zero characters, its files named in one line."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _readable(super().args)

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        self.__dict__["form"] = _readable(self.form)
        for file in self.files.values():
            _name_in_one_line(file)


def _readable(told: MultiDict[str, str]) -> MultiDict[str, str]:
    if not any(_NONE in name or _NONE in value for name, value in told.items(multi=True)):
        return told
    bare = [(n.replace(_NONE, ""), v.replace(_NONE, "")) for n, v in told.items(multi=True)]
    return ImmutableMultiDict(bare)


def _name_in_one_line(file: FileStorage) -> None:
    """The name is kept, and said again in a header when the file is handed out."""
    if file.filename:
        file.filename = "".join(letter for letter in file.filename if letter.isprintable())


def init_app(app: Flask) -> None:
    """Before any address is made known."""
    app.request_class = ReadableRequest
    converters: Mapping[str, Any] = {"int": RowNumber, "default": Word, "string": Word}
    app.url_map.converters.update(converters)
