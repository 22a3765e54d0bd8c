"""Read a plan file into the statements of its document (plan-file.md)."""

from __future__ import annotations

from keikaku.read import assessment, outlines, sections
from keikaku.read.builder import Builder
from keikaku.read.element import Element
from keikaku.read.elements import goals, initiatives, issues, national_items, principles
from keikaku.read.head import head
from keikaku.read.measures import facts, kpis
from keikaku.read.yamltree import Mapping


def plan(builder: Builder, tree: Mapping) -> None:
    """Everything a plan file says."""
    builder.check_keys(tree, "plan file")
    head(builder, tree)
    above = Element(builder.plan, builder.at(tree, ()))
    goals(builder, tree, above)
    principles(builder, tree, above)
    issues(builder, tree, above)
    national_items(builder, tree, above)
    outlines.outlines(builder, tree, above)
    kpis(builder, tree, above)
    initiatives(builder, tree, above)
    assessment.evaluations(builder, tree, above)
    assessment.surveys(builder, tree, above)
    facts(builder, tree, above)
    assessment.swot(builder, tree, above)
    sections.bodies(builder, tree, above)
    sections.events(builder, tree, above)
    sections.glossary(builder, tree, above)
    sections.quality(builder, tree, above)
    sections.completeness(builder, tree, above)
