"""The kinds of things a picture shows: their words, shape and colour. No two kinds share both shape and colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keikaku.ask.words import Text
from keikaku.namespaces import DCTERMS, ELI, JDX, ORG, SKOS


@dataclass(frozen=True)
class Kind:
    """One kind. `shape` is a shape of vis-network that holds no text; `colour` is told apart also with colour blindness."""

    token: str
    label: Text
    shape: str
    colour: str
    classes: tuple[str, ...]


#: In the order of the legend; a thing of several classes is of the first kind that has one of them.
#: Colours after Okabe and Ito (2008), "Color Universal Design", darkened to a contrast of 3:1 on white where needed.
KINDS = (
    Kind(
        "government",
        Text("自治体", "Local governments"),
        "square",
        "#0072b2",
        (str(JDX.Municipality), str(JDX.Prefecture)),
    ),
    Kind("nation", Text("国の機関", "National bodies"), "square", "#6b4c9a", (str(JDX.NationalBody),)),
    Kind("plan", Text("計画", "Plans"), "diamond", "#d55e00", (str(JDX.Plan),)),
    Kind(
        "instrument", Text("ほかの計画・方針", "Other instruments"), "diamond", "#b8860b", (str(JDX.PolicyInstrument),)
    ),
    Kind("theme", Text("テーマ", "Themes"), "hexagon", "#aa3377", (str(JDX.PolicyTheme),)),
    Kind(
        "goal", Text("目標・方針", "Goals and principles"), "triangle", "#007a5a", (str(JDX.Goal), str(JDX.Principle))
    ),
    Kind("initiative", Text("取組", "Initiatives"), "dot", "#007a5a", (str(JDX.Initiative),)),
    Kind("action", Text("個別取組", "Actions"), "dot", "#3a93c6", (str(JDX.Action),)),
    Kind("issue", Text("課題", "Issues"), "triangleDown", "#a6400f", (str(JDX.Issue),)),
    Kind("kpi", Text("KPI", "KPIs"), "star", "#c4710a", (str(JDX.KPI),)),
    Kind("indicator", Text("指標", "Indicators"), "star", "#5b5bd6", (str(JDX.IndicatorConcept),)),
    Kind(
        "unit",
        Text("部署・会議体", "Departments and bodies"),
        "hexagon",
        "#3a93c6",
        (str(ORG.OrganizationalUnit), str(JDX.GovernanceBody), str(ORG.Post)),
    ),
    Kind(
        "law",
        Text("法令", "Laws"),
        "square",
        "#5d6873",
        (str(ELI.LegalResource), str(ELI.LegalResourceSubdivision)),
    ),
    Kind("case", Text("事例", "Cases"), "triangle", "#aa3377", (str(JDX.PracticeCase),)),
    Kind("item", Text("国の施策", "National items"), "triangleDown", "#6b4c9a", (str(JDX.NationalPolicyItem),)),
    Kind("product", Text("製品・サービス", "Products"), "dot", "#5d6873", (str(JDX.Product),)),
    Kind(
        "organisation",
        Text("ほかの組織", "Other organisations"),
        "hexagon",
        "#5d6873",
        (str(ORG.FormalOrganization), str(ORG.Organization)),
    ),
    Kind("other", Text("その他", "Others"), "dot", "#8a7a5c", ()),
)
#: Words for lines that vocabularies of others name; ours are named in the ontology.
RELATIONS = {
    str(DCTERMS.hasPart): Text("部分", "has part"),
    str(DCTERMS.isPartOf): Text("全体", "is part of"),
    str(DCTERMS.references): Text("言及", "refers to"),
    str(DCTERMS.relation): Text("関連", "related to"),
    str(DCTERMS.replaces): Text("後継元", "replaces"),
    str(ORG.unitOf): Text("所属組織", "unit of"),
    str(ORG.hasMember): Text("構成員", "has member"),
    str(ORG.hasSubOrganization): Text("下部組織", "has sub-organisation"),
    str(ORG.postIn): Text("置かれる組織", "post in"),
    str(SKOS.broader): Text("上位のテーマ", "broader theme"),
    str(SKOS.related): Text("関連するテーマ", "related theme"),
}
BY_TOKEN = {kind.token: kind for kind in KINDS}


def kind_of(classes: Iterable[str]) -> str:
    """The token of the kind of a thing of these classes; "" for what a picture shows only when it is asked for.

    >>> kind_of([str(JDX.PolicyInstrument), str(JDX.Plan)])
    'plan'
    """
    have = set(classes)
    return next((kind.token for kind in KINDS if have.intersection(kind.classes)), "")
