"""Writes e-invoices with factur-x (CII, profile EN 16931) and marks the PDF that holds one.

factur-x could embed the file too, but it writes the PDF anew, as PDF/A-3b and without the mark of
PDF/UA. So typst attaches the file, and only the metadata are appended here, as an incremental
update: the bytes that typst wrote stay, and so do PDF/A-3a, tags and PDF/UA.
"""

from __future__ import annotations

import copy
import io
import re
from pathlib import Path
from typing import Any

import facturx
from facturx import generate_cii_xml
from lxml import etree
from pypdf import PdfReader

#: Profile of Factur-X whose rules are those of EN 16931.
LEVEL = "en16931"
_PROFILE = "EN 16931"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
_FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
#: The object that holds the metadata, and the end of a file, as typst writes them (ISO 32000-1).
_METADATA = re.compile(
    rb"(?P<number>\d+) 0 obj\n<</Length (?P<length>\d+)/Type/Metadata/Subtype/XML>>\nstream\n"
)
_TRAILER = re.compile(rb"trailer\n<<(?P<said>[^\r\n]*)>>\nstartxref\n(?P<before>\d+)\n%%EOF\s*\Z")
_SCHEMA = Path(facturx.__file__).parent / "xmp" / "Factur-X_extension_schema.xmp"


class FacturxInvoices:
    """An `EInvoicePort`."""

    name = "factur-x.xml"

    def write(self, invoice: dict[str, Any]) -> str:
        """Return an invoice as XML; its form is checked against the schema (XSD).

        Raises:
            ValueError: a value is missing, or cannot stand where it is: a bug of ours.
        """
        # the library fills in what it derives: the caller's dict stays as it is
        made: bytes = generate_cii_xml(
            copy.deepcopy(invoice), level=LEVEL, check_xsd=True, check_schematron=None
        )
        return made.decode()

    def mark(self, pdf: bytes) -> bytes:
        """Append the Factur-X properties, and the schema that PDF/A wants for them, to the XMP.

        By hand, for it takes a hundredth of the time that a library takes to read and write all.

        Raises:
            RuntimeError: this version of typst writes its files in another form.
        """
        found, trailer = _last(_METADATA, pdf), _TRAILER.search(pdf)
        if found is None or trailer is None:
            raise RuntimeError("typst changed the form of its files: adapt facturx_invoices.mark")
        start = found.end()
        xmp = _marked(pdf[start : start + int(found["length"])])
        number = found["number"]
        head = b"%s 0 obj\n<</Length %d/Type/Metadata/Subtype/XML>>\nstream\n" % (number, len(xmp))
        at = len(pdf) + 1
        body = b"\n" + head + xmp + b"\nendstream\nendobj\n"
        table = b"xref\n%s 1\n%010d 00000 n\r\n" % (number, at)
        end = b"trailer\n<<%s/Prev %s>>\nstartxref\n%d\n%%%%EOF" % (
            trailer["said"],
            trailer["before"],
            len(pdf) + len(body),
        )
        return pdf + body + table + end

    def inside(self, pdf: bytes) -> bytes | None:
        """Return the file as it was attached."""
        found = PdfReader(io.BytesIO(pdf)).attachments.get(self.name)
        return bytes(found[0]) if found else None


def _last(pattern: re.Pattern[bytes], pdf: bytes) -> re.Match[bytes] | None:
    """Return the last match: the metadata come after what a person could have written."""
    every = list(pattern.finditer(pdf))
    return every[-1] if every else None


def _marked(xmp: bytes) -> bytes:
    """Return an XMP packet with the Factur-X properties in it."""
    ours = etree.fromstring(_SCHEMA.read_bytes())
    properties = ours.find(f"{{{_RDF}}}Description/{{{_FX}}}ConformanceLevel")
    schema = ours.find(f".//{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag/{{{_RDF}}}li")
    packet = etree.fromstring(xmp)
    bag = packet.find(f".//{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag")
    properties.text = _PROFILE
    bag.append(schema)
    packet.find(f"{{{_RDF}}}RDF").append(properties.getparent())
    begin, end = xmp[: xmp.index(b"?>") + 2], xmp[xmp.rindex(b"<?xpacket") :]
    made: bytes = etree.tostring(packet)
    return begin + made + end
