"""What comes first, as a sum of three costs: how a name matches, what kind of name it is, what kind of thing has it.

A name that matches as a whole costs nothing, one that begins with the word 1, one that holds it elsewhere 1.4 (Japanese names
have their head at the end, so this is little more), and both up to 0.5 more for the part of the name that the word leaves over. A
word that only cuts a longer Latin word or number (AI in Aira, 1942 in 194255) costs extra. Things that are entries to the others,
such as a city or theme, cost nothing; an action or goal costs 1.6, a glossary entry 1.8, so a theme whose name goes on a little still comes before it.
"""

from __future__ import annotations

from keikaku.search.spelling import cuts_a_word, romaji

BEGINS, INSIDE, LEFT_OVER = 1.0, 1.4, 0.5
CUT_WORD, CUT_NUMBER = 1.0, 2.5
#: A word of several that is not in the name but says where the thing belongs: its city, plan, theme, kind or year.
CONTEXT = 1.5

#: Kinds of names and what they cost: the thing's own; a by-name, reading or code; a number printed for it; a document's wording for it;
#: a spelling variant.
OWN, BYNAME, PRINTED, WORDING, VARIANT = range(5)
_FORMS = (0.0, 0.1, 0.2, 0.3, 0.4)

#: Kinds of things by what they cost, and in this order among equals.
_TIERS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (0.0, ("jdx:Municipality", "jdx:Prefecture", "jdx:PolicyTheme")),
    (0.2, ("jdx:Plan",)),
    (0.6, ("eli:LegalResource", "jdx:NationalBody", "jdx:PolicyInstrument")),
    (1.0, ("jdx:Initiative",)),
    (1.2, ("jdx:KPI", "jdx:IndicatorConcept", "jdx:PracticeCase", "org:OrganizationalUnit", "jdx:GovernanceBody",
           "eli:LegalResourceSubdivision", "jdx:FiscalYear")),
    (1.6, ("jdx:Action", "jdx:Goal", "jdx:Principle", "jdx:Issue", "jdx:RoadmapEntry", "jdx:NationalPolicyItem",
           "jdx:TimelineEvent", "jdx:SwotEntry", "jdx:EvaluationResult", "jdx:Survey", "jdx:Product", "org:Post", "org:FormalOrganization",
           "jdx:TargetValue", "jdx:BaselineValue", "jdx:ReportedValue", "jdx:BudgetItem", "jdx:QuantityStatement")),
    (1.8, ("jdx:GlossaryEntry", "jdx:SourceDocument")),
    (2.2, ("skos:Collection", "skos:ConceptScheme", "skos:Concept", "owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty")),
)  # fmt: skip
KINDS = tuple(kind for _, kinds in _TIERS for kind in kinds)
COST = {kind: cost for cost, kinds in _TIERS for kind in kinds}
#: Everything else.
OTHER_COST = 2.2


def miss(word: str, spelt: str, text: str, form: int) -> float | None:
    """What it costs that a name (`spelt`, printed as `text`) is not just the word; None when it does not hold it."""
    if word == spelt:
        return _FORMS[form]
    at = spelt.find(word)
    if at < 0:
        return None
    cost = _FORMS[form] + (BEGINS if at == 0 else INSIDE) + LEFT_OVER * (1 - len(word) / len(spelt))
    if cuts_a_word(word, romaji(text.casefold()) if form == VARIANT else text):
        cost += CUT_NUMBER if word[0].isdigit() or word[-1].isdigit() else CUT_WORD
    return cost
