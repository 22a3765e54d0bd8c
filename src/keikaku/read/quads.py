"""Quads and their canonical text form, sorted N-Quads: the same bytes for the same statements."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rdflib import BNode, Literal, URIRef
from rdflib.term import Node

#: subject, predicate, object, named graph.
Quad = tuple[Node, Node, Node, URIRef]


class Written(dict[Node, str]):
    """Terms in N-Triples form, each written once: most of a document's come back many times."""

    def __missing__(self, term: Node) -> str:
        self[term] = text = nt(term)
        return text


def to_nquads(quads: Iterable[Quad], written: Written | None = None) -> bytes:
    """Write quads as sorted, unique N-Quads lines; `written` are terms written before, if any.

    >>> to_nquads([(URIRef("http://e.org/s"), URIRef("http://e.org/p"), Literal("a", lang="en"), URIRef("http://e.org/g"))])
    b'<http://e.org/s> <http://e.org/p> "a"@en <http://e.org/g> .\\n'
    """
    write = Written() if written is None else written
    lines = {f"{write[s]} {write[p]} {write[o]} {write[g]} .\n".encode() for s, p, o, g in quads}
    return b"".join(sorted(lines))


def to_ntriples(triples: Iterable[tuple[Node, Node, Node]], written: Written | None = None) -> list[bytes]:
    """Write triples as N-Triples lines, in the order given; `written` are terms written before, if any."""
    write = Written() if written is None else written
    return [f"{write[s]} {write[p]} {write[o]} .\n".encode() for s, p, o in triples]


def nt(term: Node) -> str:
    """Write a term in N-Triples form (N-Triples §2), escaped, so that no text can leave its quotes."""
    if isinstance(term, URIRef):
        return f"<{_ESCAPED_IRI.sub(lambda m: f'%{ord(m[0]):02X}', str(term))}>"
    if isinstance(term, BNode):
        return f"_:{term}"
    if not isinstance(term, Literal):
        raise TypeError(f"{term!r} is no RDF term")
    text = '"' + str(term).translate(_ESCAPES) + '"'
    if term.language:
        return f"{text}@{term.language}"
    return f"{text}^^<{term.datatype}>" if term.datatype and str(term.datatype) != _XSD_STRING else text


_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_ESCAPED_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_ESCAPES = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}
