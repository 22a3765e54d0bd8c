"""Analyse: where a query is the wrong tool, networkx and plain sums turn its rows into an answer (docs/analysis.md).

A question names its analysis in its header (`#+ analysis: similarity`); nothing here knows questions, stores or surfaces.
"""

from collections.abc import Mapping
from typing import Any

from keikaku.analyse.centrality import CENTRALITY
from keikaku.analyse.communities import COMMUNITIES
from keikaku.analyse.peers import PEERS
from keikaku.analyse.reasons import REASONS
from keikaku.analyse.similarity import SIMILARITY
from keikaku.analyse.table import Analysis

#: Every analysis that a question may name.
ANALYSES: Mapping[str, Analysis[Any]] = {
    analysis.name: analysis for analysis in (SIMILARITY, REASONS, COMMUNITIES, CENTRALITY, PEERS)
}

__all__ = ["ANALYSES", "Analysis"]
