"""Run shapes on a graph. The one module that knows pySHACL.

pySHACL is the reference engine, and what it finds is left as it is. Two things that it does beside finding are left out, since
nobody reads them: counting all statements of a store to see whether there are any, for every result; and describing every result
in words, also those that only tell `sh:or` and `sh:not` that something does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pyshacl
from pyshacl import shape as _shape
from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS, CONSTRAINT_PARAMETERS_MAP
from pyshacl.constraints.constraint_component import ConstraintComponent
from pyshacl.graph_abstraction import OxigraphDataGraph
from rdflib import Graph, URIRef

from keikaku.errors import CannotRunError
from keikaku.store import Store


class _Looked(list[URIRef]):
    """A list that finds what it has by its hash: pySHACL looks up each property of a shape each time the shape is used."""

    def __init__(self, terms: Iterable[URIRef]) -> None:
        super().__init__(terms)
        self._known = frozenset(self)

    def __contains__(self, term: object) -> bool:
        return term in self._known


#: What pySHACL keeps under this name after the first use of a shape.
_shape.CONSTRAINT_PARAMS = (_Looked(ALL_CONSTRAINT_PARAMETERS), CONSTRAINT_PARAMETERS_MAP)  # type: ignore[attr-defined]


class _Filled(OxigraphDataGraph):
    """A store that need not be asked whether it holds statements: without any, nothing is found."""

    def __bool__(self) -> bool:
        return True


@contextmanager
def _without_words() -> Iterator[None]:
    """Let pySHACL leave out the descriptions of results; the report as a graph does not have them."""
    described = ConstraintComponent.make_v_result_description
    ConstraintComponent.make_v_result_description = lambda *_, **__: ""  # type: ignore[method-assign]
    try:
        yield
    finally:
        ConstraintComponent.make_v_result_description = described  # type: ignore[method-assign]


def report(shapes: Graph, data: Graph | Store) -> Graph:
    """The validation report of shapes on a graph, plain or in Oxigraph; empty when there are no shapes.

    Every option is given by name, since pySHACL accepts misspelt ones in silence. Raises CannotRunError when it cannot run a shape.
    """
    if not len(shapes):
        return Graph()
    given: Any = _Filled(data.engine) if isinstance(data, Store) else data
    with _without_words():
        _, found, text = pyshacl.validate(
            given,
            shacl_graph=shapes,
            ont_graph=None,
            inference="none",
            advanced=False,
            inplace=True,
            abort_on_first=False,
            allow_infos=False,
            allow_warnings=False,
        )
    if not isinstance(found, Graph):
        raise CannotRunError(
            f"the shapes cannot be run: {text}",
            ja=f"シェイプを実行できません: {text}",
            do="Correct the shape",
            do_ja="シェイプを直してください",
            rule="shapes/README.md",
        )
    return found
