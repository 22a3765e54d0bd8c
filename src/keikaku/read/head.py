"""The head of a file: what the plan or casebook is, when it holds, what it rests on and which documents it names."""

from __future__ import annotations

from rdflib import Literal, URIRef

from keikaku.errors import Place
from keikaku.namespaces import DCAT, DCTERMS, ID, JDX, XSD
from keikaku.read.builder import Builder, slug_of
from keikaku.read.documents import Lines
from keikaku.read.registers import typed_date
from keikaku.read.when import When, date_bounds, fiscal_year_of, read_when
from keikaku.read.yamltree import Mapping

#: Keys of a file that name other documents, and the property each stands for.
LINKS = {
    "absorbs": JDX.absorbs,
    "succeeds": DCTERMS.replaces,
    "upper": JDX.upperPlan,
    "coordinated": JDX.coordinatedWith,
    "informed-by": JDX.informedBy,
    "reflects": JDX.reflectsEdition,
    "volumes": DCTERMS.hasPart,
}


def head(builder: Builder, tree: Mapping) -> None:
    """What the plan is: title, issuer, type, status, dates, period, legal basis, links to other documents."""
    place = tree.key_places["plan"]
    if builder.owner not in builder.context.governments:
        builder.problems.unknown(
            place,
            ("local government", "地方公共団体"),
            builder.owner,
            builder.context.governments,
            "data/local-governments.csv",
        )
    ranges = instrument(builder, tree, JDX.Plan, ID[f"lg/{builder.owner}"], place)
    status = builder.text(tree, "status", required=True, kind="plan file")
    if status:
        builder.code(builder.plan, JDX.planStatus, "ps", status)
    days = plan_period(builder, tree, builder.plan, ranges)
    if days and days[0] <= days[1]:
        first, last = (fiscal_year_of(int(day[:4]), int(day[5:7])) for day in days)
        builder.plan_years = tuple(range(first, last + 1))
    _legal_basis(builder, tree, ranges)
    for cited in builder.mappings(tree, "cites", "relation"):
        if "plan" in cited.entries:
            named(builder, builder.plan, DCTERMS.references, cited, ranges)
            continue
        law = builder.text(cited, "law", required=True, kind="citation")
        act = builder.law(law) if law else None
        if law and act is not None:
            here = builder.at(cited, ranges)
            builder.claim(builder.plan, DCTERMS.references, act, cited, here, law.place)
            builder.wording(cited, act, here)


def instrument(
    builder: Builder, tree: Mapping, kind: URIRef, issuer: URIRef, place: Place, file: str = "plan file"
) -> tuple[Lines, ...]:
    """What plans and casebooks say of themselves: title, issuer, type, date of issue, links. Returns where the title stands."""
    iri = builder.plan
    builder.node(iri, (kind,), place)
    ranges = builder.at(tree, ())
    if not ranges:
        builder.problems.add(
            place,
            "the file does not say where the title of its document stands",
            "題名の行(at)がありません",
            do_en="Add at: 3",
            do_ja="at: 3 のように加えてください",
        )
    builder.title(tree, iri, file)
    builder.evidence(iri, ranges, place)
    builder.bilingual(tree.get("summary"), iri, DCTERMS.description)
    builder.add(iri, JDX.issuingBody, issuer, place)
    token = builder.text(tree, "type", required=True, kind=file)
    if token:
        builder.code(iri, DCTERMS.type, "pt", token)
    builder.absences(tree, iri)
    _issued(builder, tree, ranges)
    for key, term in LINKS.items():
        for link in builder.mappings(tree, key, "link"):
            named(builder, iri, term, link, ranges)
    return ranges


def named(
    builder: Builder, subject: URIRef, predicate: URIRef, link: Mapping, ranges: tuple[Lines, ...]
) -> URIRef | None:
    """A link to an instrument of the registers; returns the instrument."""
    name = builder.text(link, "plan", required=True, kind="link")
    target = (
        builder.registered("instruments", name, ("plan or policy document", "計画・文書"), everywhere=True)
        if name
        else None
    )
    if name and target is not None:
        here = builder.at(link, ranges)
        builder.claim(subject, predicate, target, link, here, name.place)
        builder.wording(link, target, here)
        plan_period(builder, link, target, here)
    return target


def _issued(builder: Builder, tree: Mapping, ranges: tuple[Lines, ...]) -> None:
    issued = tree.get("issued")
    if not isinstance(issued, Mapping):
        return
    builder.check_keys(issued, "date of issue")
    text = builder.text(issued, "when", required=True, kind="date of issue")
    when = read_when(text.value) if text else None
    if text and (when is None or not when.date):
        builder.problems.add(
            text.place,
            f"the date of issue “{text.value}” cannot be read",
            f"発行日「{text.value}」を読み取れません",
            do_en="Write 2023, 2023-01 or 2023-01-15",
            do_ja="2023、2023-01、2023-01-15 のように書いてください",
        )
    elif text and when:
        builder.claim(
            builder.plan, DCTERMS.issued, typed_date(when.date), issued, builder.at(issued, ranges), text.place
        )


def _bounds(when: When) -> tuple[str, str]:
    """First and last day of a time."""
    if when.date and not when.token.isdigit():
        first, last = date_bounds(when.date)
        return first.isoformat(), last.isoformat()
    return f"{when.fiscal_years[0]}-04-01", f"{when.fiscal_years[-1] + 1}-03-31"


def plan_period(builder: Builder, tree: Mapping, plan: URIRef, ranges: tuple[Lines, ...]) -> tuple[str, str] | None:
    """The period of this plan, or the one that it prints for a document it names; returns the first and the last day.

    Of another document one end is enough. Its period is a node of this plan, since two documents may print two periods.
    """
    period = tree.get("period")
    if not isinstance(period, Mapping):
        return None
    own = plan == builder.plan
    builder.check_keys(period, "period")
    days: dict[str, str] = {}
    for key in ("from", "to"):
        text = builder.text(period, key, required=own or (key == "to" and "from" not in period.entries), kind="period")
        when = read_when(text.value) if text else None
        if text and when is None:
            builder.problems.add(
                text.place,
                f"“{text.value}” is no month or fiscal year",
                f"「{text.value}」は年月・年度ではありません",
                do_en="Write 2023-01 or FY2022",
                do_ja="2023-01 または FY2022 と書いてください",
            )
        elif text and when:
            days[key] = _bounds(when)[0 if key == "from" else 1]
    iri = URIRef(f"{builder.plan}/period" + ("" if own else f"/{slug_of(plan)}"))
    if len(days) < (2 if own else 1) or not builder.node(iri, (DCTERMS.PeriodOfTime,), period.place):
        return None
    builder.add(plan, JDX.planPeriod, iri, period.place)
    for key, term in (("from", DCAT.startDate), ("to", DCAT.endDate)):
        if key in days:
            place = period.entries[key].place
            builder.add(iri, term, Literal(days[key], datatype=XSD.date, normalize=False), place)
    builder.evidence(iri, builder.at(period, ranges), period.place)
    return (days["from"], days["to"]) if len(days) == 2 else None


def _legal_basis(builder: Builder, tree: Mapping, ranges: tuple[Lines, ...]) -> None:
    for link in builder.mappings(tree, "legal-basis", "legal basis"):
        name = builder.text(link, "law", required=True, kind="legal basis")
        if name is None:
            continue
        here = builder.at(link, ranges)
        target = builder.law(name)
        if target is None:
            continue
        builder.claim(builder.plan, JDX.hasLegalBasis, target, link, here, name.place)
        role = builder.text(link, "serves-as")
        if role:
            code = builder.context.vocabulary.code("sp", role.value)
            if code is None:
                builder.code(builder.plan, JDX.servesAsStatutoryPlan, "sp", role)
            else:
                builder.claim(builder.plan, JDX.servesAsStatutoryPlan, code, link, here, role.place)
