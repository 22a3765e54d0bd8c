"""Where a page of every kind is: the fixed ones, and of each class of things the one with most to say."""

from __future__ import annotations

import httpx

from keikaku.namespaces import BASE
from keikaku.pages.address import place_of
from keikaku.pages.routes import PAGES

#: Pages that routes add to PAGES, searches and answers, and one address that is nowhere.
FIXED = {
    "search with hits": "/search?q=%E7%AA%93%E5%8F%A3",
    "search without hits": "/search?q=zzzzzz",
    "question": "/questions/who-lacks",
    "answer": "/questions/who-lacks?theme=digital-divide",
    "answer with many columns": "/questions/cq16",
    "cities side by side": "/compare/cities/142051-221309-222071-242047",
    "targets of an indicator": "/compare/targets/cashless-counter-count",
    "timeline of a plan": "/compare/timeline/221309/dx/2023",
    "peers of a city": "/compare/peers/221309",
    "graph of a theme": "/graph?theme=digital-divide",
    "sparql": "/sparql",
    "dataset": "/dataset",
    "findings": "/findings",
    "ontology": "/ont.html",
    "scheme of themes": "/theme/index.html",
}
MISSING = "/id/lg/000000.html"
CLASSES = {
    "municipality": "jdx:Municipality",
    "prefecture": "jdx:Prefecture",
    "plan": "jdx:Plan",
    "initiative": "jdx:Initiative",
    "action": "jdx:Action",
    "goal": "jdx:Goal",
    "issue": "jdx:Issue",
    "KPI": "jdx:KPI",
    "indicator": "jdx:IndicatorConcept",
    "theme": "jdx:PolicyTheme",
    "law": "eli:LegalResource",
    "article": "eli:LegalResourceSubdivision",
    "department": "org:OrganizationalUnit",
    "body": "jdx:GovernanceBody",
    "case": "jdx:PracticeCase",
    "document": "jdx:SourceDocument",
    "instrument": "jdx:PolicyInstrument",
    "national item": "jdx:NationalPolicyItem",
    "product": "jdx:Product",
}
_MOST = """SELECT ?kind ?thing (COUNT(*) AS ?said) WHERE {{ VALUES (?kind ?class) {{ {} }} ?thing a ?class . ?thing ?p ?o
FILTER(STRSTARTS(STR(?thing), "{}")) }} GROUP BY ?kind ?thing ORDER BY ?kind DESC(?said) ?thing"""


def addresses(live: str) -> dict[str, str]:
    """Kind of page → address of a page of it. Raises AssertionError when a class has nothing."""
    values = " ".join(f'("{name}" {curie})' for name, curie in CLASSES.items())
    with httpx.Client(base_url=live, timeout=120, trust_env=False) as client:
        answer = client.post(
            "/sparql", data={"query": _MOST.format(values, BASE)}, headers={"Accept": "application/sparql-results+json"}
        )
        answer.raise_for_status()
        found: dict[str, str] = {}
        for row in answer.json()["results"]["bindings"]:
            path = place_of(row["thing"]["value"].removeprefix(BASE)).page
            found.setdefault(row["kind"]["value"], f"/{path}.html")
        assert set(found) == set(CLASSES), set(CLASSES) - set(found)
        coverage = client.get("/coverage/" + found["plan"].removeprefix("/id/plan/").removesuffix(".html"))
        assert coverage.status_code == 200
    pages = {path: path for path in PAGES}
    pictures = {"graph of a plan": "/graph?plan=" + found["plan"].removeprefix("/id/plan/").removesuffix(".html")}
    return (
        pages
        | FIXED
        | found
        | pictures
        | {
            "coverage of a plan": coverage.url.path,
            "card of a plan": coverage.url.path.replace("/coverage/", "/coverage/card/"),
        }
    )
