"""What crawlers and catalogues ask for: /dataset, /.well-known/void, /downloads/…, the sitemap, robots.txt, the JSON-LD context."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from keikaku.errors import CannotRunError
from keikaku.pages import Site
from keikaku.pages.address import SUFFIXES
from keikaku.publish.dataset import dataset_data, dataset_page
from keikaku.publish.downloads import CHECKSUMS, downloads, dumps
from keikaku.publish.findings import findings_text
from keikaku.publish.sitemap import robots, sitemaps
from keikaku.serve import negotiate, things
from keikaku.serve.reader import Reader
from keikaku.serve.respond import HTML, TEXT, body, is_had, problem, since, view_of
from keikaku.serve.shelf import Made

XML = "application/xml"
JSONLD = "application/ld+json"
UNREADY = "今は出せません。しばらくして、もう一度お試しください。 / {}"
CSV = "text/csv; charset=utf-8"


def routes(reader: Reader) -> list[Route]:
    """The routes of this module. Each of them answers in a thread, since making the dumps takes seconds."""
    return [
        Route("/dataset", _dataset(reader, "")),
        *(Route(f"/dataset{suffix}", _dataset(reader, suffix)) for suffix in SUFFIXES),
        Route("/.well-known/void", _well_known),
        Route("/downloads/{path:path}", _download(reader)),
        Route("/ont/context.jsonld", _context(reader)),
        Route("/robots.txt", lambda request: body(request, robots(str(request.base_url)).encode(), TEXT)),
        Route("/{name}.xml", _sitemap(reader)),
        Route("/findings.csv", _findings(reader, "csv", CSV)),
        Route("/findings.json", _findings(reader, "json", "application/json")),
    ]


def _dataset(reader: Reader, suffix: str) -> Callable[[Request], Response]:
    """The description as a page or as data; without a suffix as the client likes best, here itself since it is a document."""

    def show(request: Request) -> Response:
        site, view, form = reader.site(), view_of(request), suffix
        if not form:
            chosen = negotiate.choose(request.headers.get("accept", ""), list(things.OFFERS))
            if chosen is None:
                return problem(request, things.UNWRITTEN.format(", ".join(SUFFIXES.values())), 406)
            form = things.OFFERS[chosen]

        def made() -> Made:
            if form == ".html":
                return 200, HTML, dataset_page(site, view).html.encode()
            return 200, f"{SUFFIXES[form]}; charset=utf-8", dataset_data(site, SUFFIXES[form])

        try:
            status, media, content = reader.keep(site, ("/dataset", form, view.lang), made)
        except CannotRunError as error:
            return problem(request, UNREADY.format(error), 503)
        links = [
            f'</dataset{other}>; rel="alternate"; type="{kind}"' for other, kind in SUFFIXES.items() if other != form
        ]
        links.append('</dataset.ttl>; rel="describedby"; type="text/turtle"')
        return body(request, content, media, status, {"Link": ", ".join(links), "Vary": "Accept, Accept-Encoding"})

    return show


def _well_known(request: Request) -> Response:
    """VoID's place for strangers leads to the description (VoID §7.2)."""
    return RedirectResponse("/dataset" if request.headers.get("accept") else "/dataset.ttl", 303)


def _download(reader: Reader) -> Callable[[Request], Response]:
    """One of the dumps; names are looked up, never joined to a path."""

    def show(request: Request) -> Response:
        site, asked = reader.site(), request.path_params["path"]
        if not asked:
            return RedirectResponse(view_of(request).link("/dataset") + "#files", 303)
        try:
            folder = downloads(site)
        except CannotRunError as error:
            return problem(request, UNREADY.format(error), 503)
        if asked == CHECKSUMS:
            return body(request, (folder / CHECKSUMS).read_bytes(), TEXT)
        file = next((one for one in dumps(folder) if one.path == asked), None)
        if file is None:
            return things.nothing(request)
        weak = "" if file.path.endswith(".gz") else "W/"  # others are compressed on the way
        headers = {
            "ETag": f'{weak}"{file.sha256}"',
            "Cache-Control": "no-cache",
            "Last-Modified": formatdate(since(request), usegmt=True),
        }
        if is_had(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        media = "application/gzip" if file.path.endswith(".gz") else f"{file.media}; charset=utf-8"
        return FileResponse(folder / file.path, headers=headers, media_type=media)

    return show


def _context(reader: Reader) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        return body(request, (reader.site().settings.ontology / "context.jsonld").read_bytes(), JSONLD)

    return show


def _sitemap(reader: Reader) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        site, start, name = reader.site(), str(request.base_url), f"{request.path_params['name']}.xml"
        files = _kept(reader, site, start)
        return body(request, files[name].encode(), XML) if name in files else things.nothing(request)

    return show


#: Stands for the host in the sitemap that is kept, which is the same for every host.
_ANY_HOST = "https://any-host.invalid/"


def _kept(reader: Reader, site: Site, start: str) -> dict[str, str]:
    """The sitemap of this build for this host, the parts joined by a character that XML cannot hold."""

    def made() -> Made:
        return 200, XML, "\0".join(f"{name}\0{text}" for name, text in sitemaps(site, _ANY_HOST).items()).encode()

    pieces = reader.keep(site, "sitemap", made)[2].decode().split("\0")
    return {name: text.replace(_ANY_HOST, start) for name, text in zip(pieces[::2], pieces[1::2], strict=True)}


def _findings(reader: Reader, form: str, media: str) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        site = reader.site()

        def made() -> Made:
            return 200, media, findings_text(site, form).encode()

        _, _, content = reader.keep(site, ("findings", form), made)
        return body(request, content, media)

    return show
