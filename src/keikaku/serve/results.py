"""Results of SELECT and ASK in the four forms of the W3C: JSON, XML, CSV and TSV."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.sax.saxutils import escape, quoteattr

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from keikaku.store import Solutions, nt

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
#: Forms of tables, the first for clients that want anything.
TABLES = (JSON, XML, CSV, TSV)
_NS = "http://www.w3.org/2005/sparql-results#"


#: Characters that XML 1.0 cannot hold, as text and in UTF-8.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_XML_BYTES = re.compile(b"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_JSON_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_CSV_TEXT = re.compile(rb'"[^"]*"')


def rows_of(table: bytes, media: str) -> int:
    """How many rows a table has that the engine wrote in one of these forms.

    >>> rows_of(b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"},{"}},{}]}}', JSON)
    2
    >>> rows_of(b'a,b\\r\\n1,"x\\r\\ny"\\r\\n', CSV)
    1
    """
    if media == JSON:
        _, _, rows = table.partition(b'"bindings":[')
        return 0 if rows.startswith(b"]") else _JSON_TEXT.sub(b"", rows).count(b"},{") + 1
    if media == XML:
        return table.count(b"<result>")
    return (_CSV_TEXT.sub(b"", table) if media == CSV else table).count(b"\n") - 1


def clean(table: bytes, media: str) -> bytes:
    """A table that the engine wrote, with what XML 1.0 cannot hold made U+FFFD."""
    return _NO_XML_BYTES.sub("\ufffd".encode(), table) if media == XML else table


def to_bytes(result: Solutions | bool, media: str) -> bytes:
    """Write a result; CSV and TSV of ASK hold one word, since the recommendation gives them none."""
    if isinstance(result, bool):
        word = "true" if result else "false"
        if media == JSON:
            return json.dumps({"head": {}, "boolean": result}).encode()
        if media == XML:
            return f'<?xml version="1.0"?>\n<sparql xmlns="{_NS}"><head/><boolean>{word}</boolean></sparql>\n'.encode()
        return f"{word}\r\n".encode() if media == CSV else f"{word}\n".encode()
    return {JSON: _json, XML: _xml, CSV: _csv, TSV: _tsv}[media](result).encode()


def _json(result: Solutions) -> str:
    rows = [
        {name: _json_term(term) for name, term in zip(result.columns, row, strict=True) if term is not None}
        for row in result.rows
    ]
    return json.dumps({"head": {"vars": list(result.columns)}, "results": {"bindings": rows}}, ensure_ascii=False)


def _json_term(term: Node) -> dict[str, str]:
    if isinstance(term, URIRef):
        return {"type": "uri", "value": str(term)}
    if isinstance(term, BNode):
        return {"type": "bnode", "value": str(term)}
    found = {"type": "literal", "value": str(term)}
    if isinstance(term, Literal) and term.language:
        found["xml:lang"] = term.language
    elif isinstance(term, Literal) and term.datatype:
        found["datatype"] = str(term.datatype)
    return found


def _xml(result: Solutions) -> str:
    out = [f'<?xml version="1.0"?>\n<sparql xmlns="{_NS}">\n<head>']
    out += [f"<variable name={quoteattr(name)}/>" for name in result.columns]
    out.append("</head>\n<results>\n")
    for row in result.rows:
        cells = (
            f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
            for name, term in zip(result.columns, row, strict=True)
            if term is not None
        )
        out.append(f"<result>{''.join(cells)}</result>\n")
    return "".join(out) + "</results>\n</sparql>\n"


def _xml_term(term: Node) -> str:
    text = escape(_xml_safe(str(term)))
    if isinstance(term, URIRef):
        return f"<uri>{text}</uri>"
    if isinstance(term, BNode):
        return f"<bnode>{text}</bnode>"
    if isinstance(term, Literal) and term.language:
        return f"<literal xml:lang={quoteattr(term.language)}>{text}</literal>"
    if isinstance(term, Literal) and term.datatype:
        return f"<literal datatype={quoteattr(str(term.datatype))}>{text}</literal>"
    return f"<literal>{text}</literal>"


def _xml_safe(text: str) -> str:
    """Characters that XML 1.0 cannot hold become U+FFFD."""
    return _NO_XML.sub("\ufffd", text)


def _csv(result: Solutions) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(result.columns)
    writer.writerows(
        ["" if t is None else f"_:{t}" if isinstance(t, BNode) else str(t) for t in row] for row in result.rows
    )
    return out.getvalue()


def _tsv(result: Solutions) -> str:
    lines = ["\t".join(f"?{name}" for name in result.columns)]
    lines += ["\t".join("" if term is None else nt(term).replace("\t", "\\t") for term in row) for row in result.rows]
    return "\n".join(lines) + "\n"
