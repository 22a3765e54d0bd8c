"""A stranger's crawl of the small world: the short form of `make crawl`, which does all of it on the real graph."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawl import Crawl
from keikaku.serve import Limits, make_app
from keikaku.settings import Settings
from serving import running

#: One page of a thing, one file and one IRI in so many; every other page is read.
EVERY = 10


@pytest.fixture(scope="module")
def crawl(built_world: Settings) -> Iterator[Crawl]:
    with running(make_app(built_world, Limits(workers=1))) as address:
        made = Crawl(address, every=EVERY)
        made.links()
        made.things()
        yield made


def test_no_link_is_broken_and_page_and_data_agree(crawl: Crawl) -> None:
    assert crawl.found.wrong == []


def test_the_crawl_has_seen_all_parts_of_the_site(crawl: Crawl) -> None:
    seen = set(crawl.found.kinds)
    assert {"home", "plans", "municipalities", "themes", "coverage", "questions", "graph", "sparql", "search", "dataset", "downloads", "findings", "ont", "id", "theme", "code", "indicator", "shape"} <= seen  # fmt: skip
    assert crawl.found.pages > 200 and crawl.found.iris > 100 and crawl.found.data > 300 and crawl.found.facts > 500
    assert {path for path in crawl.pages if path.endswith("?lang=en")}
