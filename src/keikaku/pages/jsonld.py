"""JSON-LD with the terms of the published context. What is used of the context stands in the document, so no reader needs a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import Literal, URIRef
from rdflib.term import Node

from keikaku.namespaces import BASE, RDF

#: Where ontology/context.jsonld is published.
CONTEXT = BASE + "ont/context.jsonld"
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")


class _Terms:
    """The terms of a context that stand for a property and one kind of value, and which of them were used."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self.context = context
        self.prefixes = {
            name: iri
            for name, iri in context.items()
            if isinstance(iri, str) and iri.startswith(("http://", "https://")) and iri.endswith(("/", "#"))
        }
        self.used: set[str] = set()
        self._by_kind: dict[tuple[str, str], str] = {}
        for name, term in context.items():
            if isinstance(term, Mapping) and set(term) <= {"@id", "@type", "@container"} and "@id" in term:
                kind = "@language" if term.get("@container") == "@language" else str(term.get("@type", ""))
                key = (self.full(str(term["@id"])), kind if kind.startswith("@") else self.full(kind))
                if term.get("@container", "@language") == "@language" and kind != "@vocab":
                    self._by_kind.setdefault(key, name)

    def full(self, name: str) -> str:
        """A prefixed name in full."""
        prefix, _, local = name.partition(":")
        return self.prefixes[prefix] + local if prefix in self.prefixes else name

    def short(self, iri: str) -> str:
        """An IRI with a prefix of the context, where that reads back as the same."""
        best = max((p for p in self.prefixes.items() if iri.startswith(p[1])), key=lambda p: len(p[1]), default=None)
        if best is None or not _LOCAL.fullmatch(iri[len(best[1]) :]):
            return iri
        self.used.add(best[0])
        return f"{best[0]}:{iri[len(best[1]) :]}"

    def term(self, iri: str, kind: str) -> str | None:
        """The term of the context for this property with values of this kind."""
        found = self._by_kind.get((iri, kind))
        if found:
            self.used.add(found)
            for name in (self.context[found]["@id"], self.context[found].get("@type", "")):
                self.used |= {str(name).partition(":")[0]} & set(self.prefixes)
        return found


def to_bytes(triples: Iterable[tuple[Node, Node, Node]], context: Mapping[str, Any], first: str = "") -> bytes:
    """One object per thing, in the order of their IRIs with `first` at the head. There are no blank nodes in our data."""
    terms = _Terms(context)
    things: dict[str, dict[str, list[Node]]] = {}
    for s, p, o in sorted(set(triples)):
        things.setdefault(str(s), {}).setdefault(str(p), []).append(o)
    ordered = sorted(things, key=lambda iri: (iri != first, iri))
    graph = [{"@id": iri, **_object(things[iri], terms)} for iri in ordered]
    used = {name: value for name, value in context.items() if name in terms.used}
    document = {"@context": {"@version": 1.1, **used}, "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _object(properties: Mapping[str, list[Node]], terms: _Terms) -> dict[str, Any]:
    found: dict[str, Any] = {}
    classes = [terms.short(str(o)) for o in properties.get(str(RDF.type), []) if isinstance(o, URIRef)]
    if classes:
        found["@type"] = _one(classes)
    for predicate in sorted(set(properties) - {str(RDF.type)}):
        by_kind: dict[str, list[Node]] = {}
        for value in properties[predicate]:
            by_kind.setdefault(_kind(value), []).append(value)
        for kind in sorted(by_kind):
            term = terms.term(predicate, kind)
            if term and kind == "@language":
                found[term] = _by_language(by_kind[kind])
            elif term:
                found[term] = _one([terms.short(str(v)) if kind == "@id" else str(v) for v in by_kind[kind]])
            else:
                key = terms.short(predicate)
                values = [*found.get(key, []), *(_value(value, terms) for value in by_kind[kind])]
                found[key] = values
    return {key: _one(value) if isinstance(value, list) else value for key, value in found.items()}


def _kind(value: Node) -> str:
    if isinstance(value, Literal):
        return "@language" if value.language else str(value.datatype or "")
    return "@id"


def _by_language(values: Iterable[Node]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for value in values:
        if isinstance(value, Literal):
            found.setdefault(str(value.language), []).append(str(value))
    return {language: _one(several) for language, several in sorted(found.items())}


def _value(value: Node, terms: _Terms) -> Any:
    if not isinstance(value, Literal):
        return {"@id": terms.short(str(value))}
    if value.language:
        return {"@language": value.language, "@value": str(value)}
    return {"@type": terms.short(str(value.datatype)), "@value": str(value)} if value.datatype else str(value)


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
