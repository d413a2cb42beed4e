"""One file that is both PDF/A-3a (archive) and PDF/UA-1 (accessible).

WeasyPrint writes the PDF/A identification only. The finisher adds the PDF/UA one to the same
RDF, with the extension schema PDF/A asks for properties it does not know (ISO 19005-3 §6.6.2.3),
names each attachment's media type and lists it once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

_UA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"\
 pdfuaid:part="1"/><rdf:Description rdf:about=""\
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"\
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>\
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 the file conforms to</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description>"""
_END = b"</rdf:RDF>"


def finisher(media_types: Sequence[str]) -> Callable[[Any, Any], None]:
    """What WeasyPrint calls last; ``media_types`` are those of the attachments, in order."""

    def finish(_document: Any, pdf: Any) -> None:
        streams = [entry for entry in pdf.objects if hasattr(entry, "extra")]
        for metadata in (s for s in streams if s.extra.get("Type") == "/Metadata"):
            metadata.stream = [bytes(p).replace(_END, _UA + _END) for p in metadata.stream]
        files = (s for s in streams if s.extra.get("Type") == "/EmbeddedFile")
        for file, media_type in zip(files, media_types, strict=True):
            file.extra["Subtype"] = "/" + media_type.replace("/", "#2f")
        if "AF" in pdf.catalog:
            pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))

    return finish
