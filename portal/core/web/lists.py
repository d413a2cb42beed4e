"""Lists with search, sort, paging and the same rows as CSV or XLSX.

A list is described once (``ListSpec``); ``list_page`` reads the query string of the request.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import sqlalchemy as sa
from flask import Response, request, url_for

from portal.core.db import db
from portal.core.spreadsheets import Column, write_csv, write_xlsx
from portal.core.spreadsheets.columns import Kind

PER_PAGE = (25, 50, 100, 200)
MAX_EXPORT = 200_000


@dataclass(frozen=True)
class ListColumn:
    """One column: its code in the address, its label, how a row gives its value."""

    code: str
    label: str
    value: Callable[[Any], Any]
    kind: Kind = "text"
    sort: Any = None


@dataclass(frozen=True)
class ListSpec:
    """What can be listed, searched and sorted. ``search`` are text expressions."""

    name: str
    columns: Sequence[ListColumn]
    search: Sequence[Any] = ()
    default_sort: str = ""
    default_descending: bool = False
    tie: Any = None


@dataclass(frozen=True)
class ListPage:
    """One page of rows and the addresses of its neighbours."""

    spec: ListSpec
    rows: Sequence[Any]
    total: int
    page: int
    per_page: int
    query: str
    sort: str
    descending: bool
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def columns(self) -> Sequence[ListColumn]:
        return self.spec.columns

    def _url(self, **changes: Any) -> str:
        here = url_for(str(request.endpoint), **(request.view_args or {}))
        kept: dict[str, Any] = {**request.args.to_dict(flat=False), **changes}
        query = urlencode({k: v for k, v in kept.items() if v not in (None, "", [""])}, doseq=True)
        return f"{here}?{query}" if query else here

    def url_for_page(self, page: int) -> str:
        return self._url(page=page if page > 1 else None, format=None)

    def url_for_sort(self, code: str) -> str:
        down = self.sort == code and not self.descending
        return self._url(sort=code, dir="desc" if down else "asc", page=None, format=None)

    @property
    def export_urls(self) -> dict[str, str]:
        return {kind: self._url(format=kind, page=None) for kind in ("csv", "xlsx")}


def escape_like(text: str) -> str:
    """The text as a literal inside a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _searched(statement: Any, spec: ListSpec, query: str) -> Any:
    """Every word must be found somewhere, without regard to accents or case."""
    for word in query.split()[:8]:
        pattern = sa.func.unaccent(f"%{escape_like(word)}%")
        hits = [
            sa.func.unaccent(sa.cast(c, sa.Text)).ilike(pattern, escape="\\") for c in spec.search
        ]
        statement = statement.where(sa.or_(*hits))
    return statement


def _sorted(statement: Any, spec: ListSpec, code: str, down: bool) -> Any:
    by = next((c.sort for c in spec.columns if c.code == code and c.sort is not None), None)
    order = [] if by is None else [by.desc().nulls_last() if down else by.asc().nulls_last()]
    if spec.tie is not None:
        order.append(spec.tie)
    return statement.order_by(None).order_by(*order) if order else statement


def _whole(text: str | None, default: int, least: int = 1, most: int = 1_000_000) -> int:
    if not (text and text.isascii() and text.isdigit()):
        return default
    return min(max(int(text[:9]), least), most)


def list_page(spec: ListSpec, statement: Any) -> ListPage:
    """The page the request asks for; unknown columns and pages fall back to the first."""
    query = (request.args.get("q") or "").replace("\0", "").strip()[:200]
    sort = request.args.get("sort") or spec.default_sort
    if sort not in {c.code for c in spec.columns if c.sort is not None}:
        sort = spec.default_sort
    told = request.args.get("dir")
    down = told == "desc" if told else spec.default_descending
    per_page = _whole(request.args.get("per"), 50)
    per_page = per_page if per_page in PER_PAGE else 50
    found = _searched(statement, spec, query) if spec.search else statement
    total = db.session.scalar(
        sa.select(sa.func.count()).select_from(found.order_by(None).subquery())
    )
    last = max(1, -(-int(total or 0) // per_page))
    page = min(_whole(request.args.get("page"), 1), last)
    ordered = _sorted(found, spec, sort, down)
    wide = request.args.get("format") in ("csv", "xlsx")
    cut = (
        ordered.limit(MAX_EXPORT) if wide else ordered.limit(per_page).offset((page - 1) * per_page)
    )
    result = db.session.execute(cut)
    rows = result.scalars().all() if len(result.keys()) == 1 else result.all()
    return ListPage(spec, rows, int(total or 0), page, per_page, query, sort, down)


def export(page: ListPage) -> Response | None:
    """The file when the request asks for one (``?format=csv`` or ``xlsx``), else None."""
    kind = request.args.get("format")
    if kind not in ("csv", "xlsx"):
        return None
    columns = [Column(c.label, c.kind) for c in page.columns]
    rows = [[c.value(row) for c in page.columns] for row in page.rows]
    if kind == "csv":
        body, media = write_csv(columns, rows), "text/csv; charset=utf-8"
    else:
        body = write_xlsx(page.spec.name, columns, rows)
        media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return download(body, f"{page.spec.name}.{kind}", media)


def _names(filename: str) -> dict[str, str]:
    """The name in ASCII for old programs and, where that is not all of it, as RFC 5987 says."""
    filename = "".join(letter for letter in filename if letter.isprintable())
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    if plain == filename:
        return {"filename": filename}
    return {"filename": plain, "filename*": f"UTF-8''{quote(filename, safe='')}"}


def download(body: bytes, filename: str, media_type: str, *, inline: bool = False) -> Response:
    """A file for the reader, never guessed at by the browser."""
    how = "inline" if inline else "attachment"
    answer = Response(body, mimetype=media_type.partition(";")[0], content_type=media_type)
    answer.headers.set("Content-Disposition", how, **_names(filename))
    return answer


__all__ = ["ListColumn", "ListPage", "ListSpec", "download", "export", "list_page"]
