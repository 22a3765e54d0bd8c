"""What kind of thing a page is about: its class in words, and the folder of queries that its page runs."""

from __future__ import annotations

from collections.abc import Iterable

from keikaku.namespaces import ELI, JDX, ORG, OWL, PROV, SH, SKOS

#: Class → kind, the most telling class first. A kind is the name of a folder below queries/pages/.
KINDS: dict[str, str] = {
    str(JDX.Prefecture): "prefecture",
    str(JDX.Municipality): "municipality",
    str(JDX.NationalBody): "body",
    str(JDX.Plan): "plan",
    str(JDX.PolicyInstrument): "instrument",
    str(JDX.Initiative): "initiative",
    str(JDX.Action): "action",
    str(JDX.KPI): "kpi",
    str(JDX.Goal): "goal",
    str(JDX.Principle): "element",
    str(JDX.Issue): "issue",
    str(JDX.RoadmapEntry): "element",
    str(JDX.NationalPolicyItem): "national-item",
    str(JDX.PracticeCase): "case",
    str(JDX.TimelineEvent): "event",
    str(JDX.Product): "product",
    str(JDX.PolicyTheme): "theme",
    str(JDX.IndicatorConcept): "indicator",
    str(JDX.SourceDocument): "document",
    str(JDX.FiscalYear): "fiscal-year",
    str(JDX.GovernanceBody): "body",
    str(ELI.LegalResource): "law",
    str(ELI.LegalResourceSubdivision): "law",
    str(ORG.Post): "body",
    str(ORG.OrganizationalUnit): "unit",
    str(OWL.Ontology): "ontology",
    str(SKOS.ConceptScheme): "scheme",
    str(SKOS.Collection): "collection",
    str(SH.PropertyGroup): "shape-group",
    str(SH.NodeShape): "shape",
    str(SH.PropertyShape): "shape",
    str(PROV.Entity): "thing",
}


def class_of(classes: Iterable[str]) -> str:
    """The class that tells most: the first known one, else one of ours, else any; "" without classes."""
    have = sorted(set(classes), key=lambda iri: (not iri.startswith(str(JDX)), iri))
    general = {str(PROV.Entity), str(JDX.PlanElement), str(JDX.QuantityStatement)}
    for known in KINDS:
        if known in have and known not in general:
            return known
    return next((iri for iri in have if iri not in general), have[0] if have else "")


def kind_of(class_iri: str) -> str:
    """The kind of page for a class.

    >>> kind_of(str(JDX.Plan)), kind_of("")
    ('plan', 'thing')
    """
    return KINDS.get(class_iri, "thing")
