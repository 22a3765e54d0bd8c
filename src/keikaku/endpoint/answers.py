"""What a service answers, read from the JSON form of SPARQL results (https://www.w3.org/TR/sparql11-results-json/)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

from keikaku.store import Solutions

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


def table(found: Any) -> Solutions | bool:
    """Read the JSON form of SPARQL results."""
    if "boolean" in found:
        return bool(found["boolean"])
    columns = tuple(found["head"]["vars"])
    rows = found["results"]["bindings"]
    return Solutions(
        columns, tuple(tuple(_term(row[name]) if name in row else None for name in columns) for row in rows)
    )


def truth(found: Solutions | bool) -> bool:
    """The answer of an ASK; Virtuoso 7 gives it as a table of one number."""
    return found if isinstance(found, bool) else any(str(term) in ("1", "true") for row in found.rows for term in row)


def _term(found: Mapping[str, str]) -> Node:
    value, kind = found["value"], found["type"]
    if kind == "uri":
        return URIRef(value)
    if kind == "bnode":
        return BNode(value)
    if kind not in ("literal", "typed-literal"):
        raise ValueError(f"a term of the kind {kind}")
    if "xml:lang" in found:
        return Literal(value, lang=found["xml:lang"])
    datatype = found.get("datatype", _XSD_STRING)
    return Literal(value) if datatype == _XSD_STRING else Literal(value, datatype=URIRef(datatype), normalize=False)
