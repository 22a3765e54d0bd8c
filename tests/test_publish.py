"""The published site and its descriptions: no broken link, forms that parse and agree, numbers that are true, the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from pyshacl import validate
from rdflib import RDF, Dataset, Graph, Literal, URIRef
from rdflib.plugins.parsers.notation3 import BadSyntax

from conftest import ROOT
from keikaku.cli.app import run
from keikaku.errors import CannotRunError
from keikaku.namespaces import BASE, DCAT, DCTERMS, JDX, PROV, SPDX, VOID
from keikaku.pages import Site, data, jsonld, open_site
from keikaku.pages.address import is_ours, place_of
from keikaku.pages.render import View
from keikaku.pages.routes import PAGES
from keikaku.publish import publish, rules, sitemap
from keikaku.publish.dataset import dataset_page
from keikaku.publish.datasets import ALL
from keikaku.publish.describe import describe
from keikaku.publish.downloads import dumps
from keikaku.publish.links import Address, read_link
from keikaku.publish.maker import Maker
from keikaku.publish.static import MARK
from keikaku.settings import Settings
from markup import FILES_FORM

FORMATS = {".ttl": "turtle", ".jsonld": "json-ld", ".nt": "nt", ".rdf": "xml"}
KPI = "id/plan/990019/dx/2023/i/1-03/k/1"


@pytest.fixture(scope="module")
def site(built_world: Settings) -> Site:
    return open_site(built_world)


@pytest.fixture(scope="module")
def folder(built_world: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site of the example world."""
    target = tmp_path_factory.mktemp("published") / "site"
    done = publish(built_world, target, "https://example.org/dx")
    assert done.files == sum(path.is_file() for path in target.rglob("*"))
    return target


@pytest.fixture(scope="module")
def description(folder: Path) -> Graph:
    return Graph().parse(folder / "dataset.ttl")


@pytest.fixture(scope="module")
def quads(folder: Path) -> Dataset:
    """All statements, from the dump, by another library than the store's."""
    found = Dataset()
    found.parse(data=gzip.decompress((folder / "downloads" / "keikaku.nq.gz").read_bytes()), format="nquads")
    return found


class Links(HTMLParser):
    """The links and the places of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: list[str] = []
        self.loaded: list[str] = []
        self.text = text
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.places += [given["id"] or ""] if "id" in given else []
        for name in ("href", "src", "action"):
            if name in given:
                self.links.append(given[name] or "")
                self.loaded += (
                    [given[name] or ""]
                    if tag in ("img", "script") or given.get("rel") in ("stylesheet", "icon")
                    else []
                )


# -- the static site


def test_no_link_of_the_static_site_is_broken_and_every_place_exists(folder: Path) -> None:
    pages = {
        path.relative_to(folder).as_posix(): Links(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")
    }
    assert len(pages) > 800
    del pages["404.html"]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    broken = []
    for name, page in pages.items():
        assert len(page.places) == len(set(page.places)), f"{name} has a place twice"
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                assert parts.scheme in ("http", "https"), link
                continue
            assert not link.startswith("/"), f"{name}: {link} leads out of the folder"
            target = (
                posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path))) if parts.path else name
            )
            place = unquote(parts.fragment)
            drawn = (
                target in pages and target.startswith("graph") and f'"{BASE}{place}"' in pages[target].text
            )  # the point shown first
            if target not in files or (place and target in pages and place not in pages[target].places and not drawn):
                broken.append((name, link))
        for link in page.loaded:
            assert not urlsplit(link).scheme, f"{name} loads {link} from outside"
    assert broken == []


def test_every_page_is_there_in_both_languages(folder: Path) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")} - {"404.html"}
    english = {name for name in names if name.endswith(".en.html")}
    assert {name.removesuffix(".en.html") for name in english} == {
        name.removesuffix(".html") for name in names - english
    }
    for name in sorted(names)[::40]:
        text = (folder / name).read_text(encoding="utf-8")
        assert f'<html lang="{"en" if name in english else "ja"}">' in text


def test_every_page_of_the_service_is_in_the_static_site(folder: Path, site: Site) -> None:
    for path in PAGES:
        assert path == "/search" or (folder / Address(path).file).is_file(), path
    answers = 0
    for question in site.questions:
        page = folder / f"questions/{question}.html"
        answered = 'class="answer"' in page.read_text(encoding="utf-8")
        answers += answered  # the others have a sample that the small world does not know
        for suffix in (".en.html", *((".csv", ".en.csv", ".json") if answered else ())):
            assert page.with_suffix(suffix).is_file(), question
    assert answers > 30
    for tail in sitemap.coverages(site):
        for suffix in (".html", ".md", ".json"):
            assert (folder / f"coverage/{tail}{suffix}").is_file(), tail


def test_a_static_page_has_no_form_and_no_query_service(folder: Path) -> None:
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<form" not in re.sub(FILES_FORM, "", text), path
        assert 'href="/' not in text or path.name == "404.html", path


def test_every_rdf_form_of_every_thing_parses_and_says_the_same(folder: Path) -> None:
    """N-Triples are compared line by line with what the other forms say, for a sample of the things."""
    files = sorted(folder.rglob("*.nt"))
    assert len(files) > 800
    for path in [path for path in files if "downloads" not in path.parts][::12]:
        expected = set(Graph().parse(path, format="nt"))
        assert expected, path
        for suffix, form in FORMATS.items():
            found = set(
                Graph().parse(path.with_suffix("").with_name(path.name.removesuffix(".nt") + suffix), format=form)
            )
            assert found == expected, (path, suffix)


def test_pages_and_data_agree_on_the_facts(folder: Path) -> None:
    """Every name, number and link that the data state of a thing stands on its page."""
    for thing in (KPI, "id/plan/990019/dx/2023", "id/plan/990019/dx/2023/i/1-03", "theme/cashless", "id/lg/990019"):
        graph = Graph().parse(folder / f"{thing}.ttl")
        page = (folder / f"{thing}.html").read_text(encoding="utf-8")
        text = re.sub(r"<[^>]*>", "", page)
        links = Links(page).links
        stated = [(p, o) for p, o in graph.predicate_objects(URIRef(BASE + thing))]
        assert len(stated) > 5
        for predicate, value in stated:
            if isinstance(value, Literal) and value.language in (None, "ja"):
                assert str(value) in text.replace(",", "") or str(value) in text or predicate == DCTERMS.description, (
                    thing,
                    predicate,
                    value,
                )
            elif isinstance(value, URIRef) and is_ours(str(value)):
                page_of = place_of(str(value).removeprefix(BASE)).page
                assert page_of == thing or any(link.split("#")[0].endswith(f"{page_of.rpartition('/')[2]}.html") for link in links), (thing, value)  # fmt: skip


def test_the_same_build_gives_the_same_bytes(folder: Path, built_world: Settings, tmp_path: Path) -> None:
    """A second run, with another number of processes, for the files that are not pages, and for a sample of the pages."""
    listed = dict(
        reversed(line.split("  ", 1)) for line in (folder / "checksums.txt").read_text(encoding="utf-8").splitlines()
    )  # type: ignore[arg-type]
    maker = Maker(open_site(built_world), tmp_path)
    for address in sorted(maker.roots())[::25]:
        maker.write([address])
        assert hashlib.sha256((tmp_path / address.file).read_bytes()).hexdigest() == listed[address.file], address
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert made == set(listed) | {"checksums.txt", MARK}


def test_only_a_site_of_ours_is_replaced(tmp_path: Path, built_world: Settings) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(CannotRunError, match="not empty"):
        publish(built_world, foreign)
    assert (foreign / "thesis.txt").read_text(encoding="utf-8") == "years of work"
    assert [path.name for path in tmp_path.iterdir()] == ["foreign"]
    with pytest.raises(CannotRunError, match="no folder"):
        publish(built_world, foreign / "thesis.txt")
    assert run(["publish", str(foreign), "--root", str(built_world.root)]) == 2


def test_addresses_become_files() -> None:
    for link, file in {
        "/": "index.html",
        "/?lang=en": "index.en.html",
        "/plans": "plans.html",
        "/theme/index.html": "theme/index.html",
        "/id/lg/990019.html?lang=en#x": "id/lg/990019.en.html",
        "/id/lg/990019.ttl": "id/lg/990019.ttl",
        "/questions/cq01.csv?lang=en": "questions/cq01.en.csv",
        "/questions/cq01.json?lang=en": "questions/cq01.json",
        "/coverage/soumu/mihon-jirei/1.0": "coverage/soumu/mihon-jirei/1.0.html",
        "/municipalities?page=2": "municipalities~page=2.html",
    }.items():
        assert read_link(link)[0].file == file
    assert not Address("/questions/x", params=(("theme", "../../etc"),)).plain


# -- dumps


def test_the_dumps_hold_the_same_statements_and_their_checksums_are_right(
    folder: Path, site: Site, quads: Dataset
) -> None:
    files = dumps(folder / "downloads")
    assert {
        "keikaku.nq.gz",
        "keikaku.trig.gz",
        "documents/990019-dx-2023.ttl",
        "tables/kpis.csv",
        "links/area-codes.nt",
    } <= {f.path for f in files}
    for file in files:
        content = (folder / "downloads" / file.path).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file.sha256, file.size)
    lines = gzip.decompress((folder / "downloads" / "keikaku.nq.gz").read_bytes())
    assert lines == site.store.nquads()
    trig = Dataset()
    trig.parse(data=gzip.decompress((folder / "downloads" / "keikaku.trig.gz").read_bytes()), format="trig")
    assert set(trig.quads()) == set(quads.quads())
    document = Graph().parse(folder / "downloads" / "documents" / "990019-dx-2023.ttl")
    own = {(s, p, o) for s, p, o, g in quads.quads() if str(g).endswith("/990019-dx-2023")}
    assert set(document) == own


def test_tables_have_a_row_for_every_thing(folder: Path, quads: Dataset) -> None:
    everything = Graph()
    for s, p, o, _ in quads.quads():
        everything.add((s, p, o))
    classes = {"plans": [JDX.Plan], "initiatives": [JDX.Initiative], "actions": [JDX.Action], "kpis": [JDX.KPI], "cases": [JDX.PracticeCase],
               "governments": [JDX.LocalGovernment], "values": [JDX.TargetValue, JDX.BaselineValue, JDX.ReportedValue, JDX.BudgetItem]}  # fmt: skip
    tables = {path.stem for path in (ROOT / "queries" / "tables").glob("*.rq")}
    assert tables == set(classes)
    for table, kinds in classes.items():
        header, *rows = (folder / "downloads" / "tables" / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        things = {str(s) for kind in kinds for s in everything.subjects(RDF.type, kind)}
        assert header.startswith("iri,")
        assert {row.split(",")[0] for row in rows} == things, table
        assert len(rows) == len(things), table


# -- descriptions


def union(quads: Dataset, graphs: set[str] | None = None) -> set[tuple[object, object, object]]:
    return {(s, p, o) for s, p, o, g in quads.quads() if graphs is None or str(g) in graphs}


def test_every_number_of_the_description_is_true(description: Graph, quads: Dataset) -> None:
    """Counted anew from the dump, by rdflib."""

    def number(node: URIRef, predicate: URIRef) -> int:
        (value,) = description.objects(node, predicate)
        return int(value)

    documents = {str(d): str(d).rpartition("#")[2] for d in description.objects(URIRef(BASE + "dataset"), DCAT.dataset)}
    assert len(documents) == 3
    for iri, name in documents.items():
        graphs = None if name == "all" else {f"{BASE}graph/{role}/{name}" for role in ("doc", "curation", "inferred")}
        triples = union(quads, graphs)
        node = URIRef(iri)
        assert number(node, VOID.triples) == len(triples)
        assert number(node, VOID.distinctSubjects) == len({s for s, _, _ in triples})
        assert number(node, VOID.distinctObjects) == len({o for _, _, o in triples})
        assert number(node, VOID.entities) == len({s for s, _, _ in triples if str(s).startswith(BASE)})
        assert number(node, VOID.properties) == len({p for _, p, _ in triples})
        assert number(node, VOID.classes) == len({o for _, p, o in triples if p == RDF.type})
    triples = union(quads)
    for by, of, counted in (
        (VOID.classPartition, VOID["class"], VOID.entities),
        (VOID.propertyPartition, VOID.property, VOID.triples),
    ):
        parts = {next(description.objects(part, of)): number(part, counted) for part in description.objects(ALL, by)}  # type: ignore[arg-type]
        found: dict[object, int] = {}
        for _, p, o in triples:
            key = o if by == VOID.classPartition else p
            if by == VOID.propertyPartition or p == RDF.type:
                found[key] = found.get(key, 0) + 1
        assert parts == found


def test_no_number_of_the_description_is_left_uncounted(description: Graph) -> None:
    """The tests around this one count these anew; a number of another kind must get a test of its own."""
    numbers = {p for _, p, o in description if isinstance(o, Literal) and isinstance(o.value, int)}
    about_datasets = {VOID[name] for name in ("triples", "distinctSubjects", "distinctObjects", "entities", "properties", "classes")}  # fmt: skip
    assert numbers == about_datasets | {DCAT.byteSize, DCTERMS.extent}
    for node in set(description.subjects(VOID.triples, None)):
        kinds = set(description.objects(node, RDF.type))
        parts = set(description.subject_predicates(node))
        assert VOID.Linkset in kinds or DCAT.Dataset in kinds or {p for _, p in parts} <= {VOID.propertyPartition, VOID.classPartition}, node  # fmt: skip


def test_the_extent_of_a_graph_is_its_number_of_statements(description: Graph, quads: Dataset) -> None:
    graphs = {s: int(o) for s, o in description.subject_objects(DCTERMS.extent)}
    assert len(graphs) > 5
    counted = Counter(str(g) for *_, g in quads.quads())
    assert {str(graph): number for graph, number in graphs.items()} == {
        str(graph): counted[str(graph)] for graph in graphs
    }


def test_linksets_count_the_links_that_are_there(description: Graph, quads: Dataset, folder: Path) -> None:
    triples = union(quads)
    sets = list(description.subjects(RDF.type, VOID.Linkset))
    assert len(sets) > 1
    for node in sets:
        (target,) = description.objects(node, VOID.objectsTarget)
        (space,) = description.objects(target, VOID.uriSpace)
        predicates = set(description.objects(node, VOID.linkPredicate))
        links = {
            t for t in triples if t[1] in predicates and str(t[2]).startswith(str(space)) and isinstance(t[2], URIRef)
        }
        for predicate, number in (
            (VOID.triples, len(links)),
            (VOID.distinctSubjects, len({s for s, _, _ in links})),
            (VOID.distinctObjects, len({o for *_, o in links})),
        ):
            assert [int(value) for value in description.objects(node, predicate)] == [number], (node, predicate)
        (dump,) = description.objects(node, VOID.dataDump)
        assert set(Graph().parse(folder / str(dump).removeprefix(BASE), format="nt")) == links
        assert not any(str(p).endswith("owl#sameAs") for p in predicates)


def test_distributions_are_the_files_with_their_sizes_and_checksums(description: Graph, folder: Path) -> None:
    files = {file.path: file for file in dumps(folder / "downloads")}
    seen = set()
    for node in description.subjects(RDF.type, DCAT.Distribution):
        urls = list(description.objects(node, DCAT.downloadURL))
        if not urls:
            assert list(description.objects(node, DCAT.accessService))
            continue
        file = files[str(urls[0]).removeprefix(BASE + "downloads/")]
        seen.add(file.path)
        assert [int(v) for v in description.objects(node, DCAT.byteSize)] == [file.size]
        (checksum,) = description.objects(node, SPDX.checksum)
        assert [str(v) for v in description.objects(checksum, SPDX.checksumValue)] == [file.sha256]
    assert seen == set(files)


def test_the_description_keeps_to_void_dcat_and_prov(description: Graph) -> None:
    """shapes in tests/description.ttl: what VoID, DCAT 3 (with DCAT-AP's mandatory parts) and PROV-O ask."""
    shapes = Graph().parse(Path(__file__).parent / "description.ttl")
    conforms, _, text = validate(description, shacl_graph=shapes, advanced=True, inference="none")
    assert conforms, text
    broken = Graph()
    for triple in description:
        broken.add(triple)
    broken.remove((ALL, DCTERMS.license, None))
    broken.remove((ALL, VOID.triples, None))
    conforms, _, text = validate(broken, shacl_graph=shapes, inference="none")
    assert not conforms and text.count("Constraint Violation") == 2


def test_each_graph_says_which_document_version_and_build_made_it(
    description: Graph, quads: Dataset, site: Site
) -> None:
    for graph in {str(g) for *_, g in quads.quads()}:
        node = URIRef(graph)
        (activity,) = description.objects(node, PROV.wasGeneratedBy)
        assert [str(v) for v in description.objects(activity, DCTERMS.identifier)] == [site.build_id]
        if re.search(r"graph/(doc|curation|inferred)/990", graph):
            (document,) = description.objects(node, PROV.wasDerivedFrom)
            (version,) = description.objects(node, SPDX.checksum)
            assert str(version).startswith(str(document))
            assert list(description.objects(version, SPDX.checksumValue))


def test_a_plan_s_dataset_says_where_when_and_whose(description: Graph) -> None:
    node = URIRef(BASE + "dataset#990019-dx-2023")
    (area,) = description.objects(node, DCTERMS.spatial)
    assert str(area).startswith("http://data.e-stat.go.jp/lod/sac/C") or "990019" in str(area)
    assert [str(code) for code in description.objects(area, DCTERMS.identifier)] == ["990019"]
    (period,) = description.objects(node, DCTERMS.temporal)
    assert [str(v) for v in description.objects(period, DCAT.startDate)] == ["2023-01-01"]
    assert len(list(description.objects(node, DCTERMS.language))) == 2


def test_the_dataset_page_tells_search_engines_the_same(site: Site, description: Graph) -> None:
    for lang in ("ja", "en"):
        html = dataset_page(site, View(lang)).html
        found = json.loads(re.search(r'<script type="application/ld\+json">\n(.*?)</script>', html, re.DOTALL)[1])  # type: ignore[index]
        assert found["@type"] == "Dataset" and found["license"].startswith("https://creativecommons.org/")
        assert {d["sha256"] for d in found["distribution"]} <= {
            str(v) for v in description.objects(None, SPDX.checksumValue)
        }
        (triples,) = description.objects(ALL, VOID.triples)
        assert f"<b>{int(triples):,}</b>" in html
    text = dataset_page(site, View()).html
    assert text.count("<script type=") == 1


def test_the_page_of_a_document_describes_its_dataset_to_search_engines(folder: Path, description: Graph) -> None:
    html = (folder / "id/doc/990019-dx-2023.html").read_text(encoding="utf-8")
    found = json.loads(re.search(r'<script type="application/ld\+json">\n(.*?)</script>', html, re.DOTALL)[1])  # type: ignore[index]
    assert found["spatialCoverage"]["identifier"] == "990019"
    assert found["temporalCoverage"] == "2023-01-01/2025-03-31"
    assert URIRef(found["distribution"][0]["contentUrl"]) in set(description.objects(None, DCAT.downloadURL))
    assert "<script type=" not in (folder / "id/lg/990019.html").read_text(encoding="utf-8")


def test_the_description_comes_from_what_is_kept_and_is_the_same(site: Site) -> None:
    assert describe(site) == describe(site)
    assert not any(type(term).__name__ == "BNode" for triple in describe(site) for term in triple)


# -- JSON-LD


THINGS = (
    KPI,
    "id/plan/990019/dx/2023",
    "id/lg/990019",
    "theme/cashless",
    "ont",
    "code/ps",
    "graph/meta",
    "shape/S04-title",
)


@pytest.mark.parametrize("path", THINGS)
def test_json_ld_reads_the_same_with_its_own_and_with_the_published_context(site: Site, path: str) -> None:
    expected = set(Graph().parse(data=data.data_of(site, path, "application/n-triples"), format="nt"))
    document = json.loads(data.data_of(site, path, "application/ld+json"))
    heads = {one["@id"] for one in document["@graph"]}
    assert document["@graph"][0]["@id"] == BASE + path or BASE + path not in heads
    published = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    assert {name: value for name, value in document["@context"].items() if published.get(name) != value} == {}
    assert set(Graph().parse(data=json.dumps(document), format="json-ld")) == expected
    document["@context"] = published
    assert set(Graph().parse(data=json.dumps(document), format="json-ld")) == expected
    assert jsonld.CONTEXT == BASE + "ont/context.jsonld"


def test_turtle_needs_no_backslash_in_names(site: Site) -> None:
    text = data.data_of(site, "id/plan/990019/dx/2023", "text/turtle").decode()
    assert not re.search(r"^[^\"]*\\/", text, re.MULTILINE)
    with pytest.raises(BadSyntax):
        Graph().parse(data=text + "x", format="turtle")


# -- rules for hosts, sitemap


def test_the_rules_of_hosts_lead_where_the_service_leads(site: Site, folder: Path) -> None:
    rows = site.store.select("SELECT DISTINCT ?s WHERE { ?s ?p ?o }").rows
    paths = [str(s).removeprefix(BASE) for (s,) in rows if is_ours(str(s)) and "#" not in str(s)]
    assert len(paths) > 800
    assert rules.check(paths) == []
    access = (folder / "deploy" / "w3id" / ".htaccess").read_text(encoding="utf-8")
    assert "https://example.org/dx/$1.ttl [R=303,L]" in access
    redirects = [line.split() for line in (folder / "_redirects").read_text(encoding="utf-8").splitlines()[1:]]
    for path in paths:
        if place_of(path).anchor:
            assert any(
                _redirected(path, source, target) == f"/{place_of(path).page}.html" for source, target, _ in redirects
            ), path


def _redirected(path: str, source: str, target: str) -> str:
    pattern = re.sub(r":(\w+)", r"(?P<\1>[^/]+)", re.escape(source).replace(r"\*", ".*"))
    found = re.fullmatch(pattern, "/" + path)
    return re.sub(r":(\w+)", lambda m: found[m[1]], target) if found else ""


def test_the_sitemap_lists_every_page_once(folder: Path, site: Site) -> None:
    tree = ElementTree.parse(folder / "sitemap.xml")
    urls = [element.text or "" for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(urls) == len(set(urls)) == len(sitemap.pages(site))
    for url in urls:
        assert (folder / read_link(url.removeprefix("https://example.org/dx"))[0].file).is_file(), url
    assert "Sitemap: https://example.org/dx/sitemap.xml" in (folder / "robots.txt").read_text(encoding="utf-8")


def test_at_national_size_only_the_main_kinds_have_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    every = set(sitemap.things(site))
    monkeypatch.setattr(sitemap, "MOST_PAGES", 10)
    main = set(sitemap.things(site))
    assert main < every
    governments = site.store.select("SELECT DISTINCT ?s { ?s a jdx:LocalGovernment }").rows
    assert len(governments) > 2 and {str(s).removeprefix(BASE) for (s,) in governments} <= main
    assert {"id/lg/990019", "id/plan/990019/dx/2023", KPI, "theme/cashless", "ont"} <= main
    assert not any(re.search(r"/r/\d+$", path) for path in main)


def test_a_large_sitemap_is_an_index(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "_MOST_URLS", 300)
    files = sitemap.sitemaps(site, "https://example.org/")
    assert len(files) > 3 and "sitemap-2.xml" in files["sitemap.xml"]
