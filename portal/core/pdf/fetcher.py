"""The only way out of a document: our packaged assets and the images handed in with it.

Loaded by the engine only, once the fonts are pinned: importing it imports WeasyPrint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from weasyprint.urls import URLFetcher, URLFetcherResponse

from portal.core.pdf.assets import media_type_of, read_asset
from portal.core.pdf.errors import PdfError, RefusedResource, UnknownImage

_ADDRESS = re.compile(r"(?P<kind>asset|image):(?P<name>[A-Za-z0-9][A-Za-z0-9._/-]*)")


class OwnFilesFetcher(URLFetcher):
    """Serves ``asset:<name>`` and ``image:<key>``; all else is refused and remembered.

    WeasyPrint swallows what goes wrong with some resources (fonts, attachments); the first
    refusal is kept in ``refusal`` for the caller to raise.
    """

    def __init__(self, images: Mapping[str, bytes]) -> None:
        super().__init__(
            allowed_protocols=("asset", "image"), allow_redirects=False, fail_on_errors=True
        )
        self._images = images
        self.refusal: PdfError | None = None

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """The named file; raises RefusedResource, UnknownAsset or UnknownImage."""
        del headers
        try:
            return self._serve(url)
        except PdfError as refusal:
            self.refusal = self.refusal or refusal
            raise

    def _serve(self, url: str) -> URLFetcherResponse:
        found = _ADDRESS.fullmatch(url)
        if found is None:
            raise RefusedResource(url)
        if found["kind"] == "asset":
            body = read_asset(found["name"])
            return URLFetcherResponse(url, body, {"Content-Type": media_type_of(found["name"])})
        if found["name"] not in self._images:
            raise UnknownImage(found["name"])
        return URLFetcherResponse(url, self._images[found["name"]])
