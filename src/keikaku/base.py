"""The result for ontology, schemes and reference data, with what follows from them."""

from __future__ import annotations

import hashlib
import os
import pickle
from importlib.metadata import version
from pathlib import Path

from keikaku import infer
from keikaku.cache import Part
from keikaku.ground import INFERRED_VOCABULARY, Ground, hash_files, plain_graph
from keikaku.read.quads import Quad, to_nquads, to_ntriples
from keikaku.validate import shapes

CLOSURE = "closure"


def build_base(ground: Ground, key: str) -> Part:
    """Ontology, schemes and reference statements with what follows from them."""
    statements = [*ground.vocabulary, *ground.reference]
    statements += _closure(ground)
    by_graph: dict[str, list[Quad]] = {}
    for quad in statements:
        by_graph.setdefault(str(quad[3]), []).append(quad)
    findings = list(ground.findings)
    findings += shapes.check_reference(
        ground.shapes, plain_graph(ground.reference), plain_graph(ground.vocabulary), ground.place_of
    )
    findings += shapes.check_vocabulary(ground.shapes, plain_graph(ground.vocabulary))
    return Part("base", key, {name: to_nquads(quads) for name, quads in by_graph.items()}, tuple(findings))


def _closure(ground: Ground) -> list[Quad]:
    """What OWL derives from ontology and schemes, kept under their content: it takes longer than all documents of a city."""
    code = (Path(infer.__file__).read_bytes(), version("owlrl").encode())
    terms = b"".join(
        sorted(line for line in to_ntriples((s, p, o) for s, p, o, _ in ground.vocabulary) if b"_:" not in line)
    )
    key = hashlib.sha256(b"\0".join([*code, _ontology(ground), terms])).hexdigest()
    path = ground.settings.build / "cache" / CLOSURE / key
    if path.is_file():
        kept: list[Quad] = pickle.loads(path.read_bytes())  # noqa: S301 - written by ourselves
        return kept
    made = infer.vocabulary_closure(ground.vocabulary, INFERRED_VOCABULARY)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{key}.{os.getpid()}")
    temporary.write_bytes(pickle.dumps(made, protocol=5))
    temporary.replace(path)
    return made


def _ontology(ground: Ground) -> bytes:
    """Hash of the files of the vocabulary, whose blank nodes have no names to go by."""
    return hash_files(ground.settings.ontology.glob("*.ttl")).encode()
