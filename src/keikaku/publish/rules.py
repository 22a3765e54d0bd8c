"""Rules for hosts: how IRIs lead to files. For the persistent-identifier service (.htaccess), nginx, and Netlify and its kind.

They say the same as `pages.address`: the page of a thing, or its place on the page of what it belongs to; data by Accept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keikaku.namespaces import BASE
from keikaku.pages import Site
from keikaku.pages.address import SUFFIXES, place_of

_PLAN = "id/plan/[^/]+/[^/]+/[^/]+"
_CASE = "id/case/[^/]+/[^/]+"
#: Owner, first word of the place, fewest and most parts after it (ontology §3.1).
_NESTED = (
    ("id/doc/[^/]+", "ev", 1, 1),
    (".+", "claim", 2, 2),
    (_PLAN, "period", 0, 4),
    (_PLAN, "wording", 1, 4),
    (_PLAN, "covers", 1, 2),
    (f"{_PLAN}/.+", "t", 1, 3),
    (f"{_PLAN}/.+", "b", 0, 3),
    (f"{_PLAN}(?:/.+)?", "v", 1, 3),
    (_CASE, "v", 1, 3),
)
#: Suffix → what an Accept header says that wants it.
_ACCEPT = {
    ".ttl": "text/turtle|text/n3",
    ".jsonld": "application/(ld\\+)?json",
    ".nt": "application/n-triples|text/plain",
    ".rdf": "application/rdf\\+xml",
}
_ROOTS = "id|theme|indicator|code|graph|shape"


@dataclass(frozen=True)
class Rule:
    """One kind of IRI: a pattern of its path, the path of its page and the place there, with $1, $2 … for the groups."""

    pattern: str
    page: str
    anchor: str


def nested_rules() -> list[Rule]:
    """The rules for what is shown on the page of something else, in the order in which they are tried."""
    found = [
        Rule("id/cs/(case/[^/]+/[^/]+)/([^/]+)/([^/]+)", "id/$1", "cs-$2-$3"),
        Rule("id/cs/([^/]+/[^/]+/[^/]+)/([^/]+)/([^/]+)", "id/plan/$1", "cs-$2-$3"),
        Rule("id/qn/([^/]+)/([^/]+)", "id/doc/$1", "qn-$2"),
    ]
    for owner, head, fewest, most in _NESTED:
        for parts in range(fewest, most + 1):
            pattern = f"({owner})/({head})" + "/([^/]+)" * parts
            found.append(Rule(pattern, "$1", "-".join(f"${n}" for n in range(2, parts + 3))))
    return found


def follow(path: str) -> tuple[str, str]:
    """Where the rules lead a path: the page and the place on it."""
    for rule in nested_rules():
        found = re.fullmatch(rule.pattern, path)
        if found:
            return _filled(rule.page, found), _filled(rule.anchor, found)
    return path, ""


def _filled(pattern: str, found: re.Match[str]) -> str:
    """A pattern with what was found in place of $1, $2 …"""
    return re.sub(r"\$(\d)", lambda place: found[int(place[1])], pattern)


def files(site: Site, start: str) -> dict[str, str]:
    """All rule files of a site that begins at `start`."""
    return {
        "deploy/w3id/.htaccess": htaccess(start),
        "deploy/nginx.conf": nginx(),
        "_redirects": redirects(site),
        "_headers": headers(),
    }


def htaccess(start: str) -> str:
    """For the folder of the name at w3id.org (Apache, mod_rewrite): every IRI leads to the site, with 303 and by Accept."""
    lines = [
        f"# {BASE} → {start}",
        "Options +FollowSymLinks",
        "RewriteEngine On",
        "Header always set Access-Control-Allow-Origin *",
        "Header always set Vary Accept",
        "",
    ]
    for suffix, accept in _ACCEPT.items():
        lines.append(f"# {SUFFIXES[suffix]}")
        for rule in nested_rules():
            lines += [_condition(accept), f"RewriteRule ^{rule.pattern}$ {start}{rule.page}{suffix} [R=303,L]"]
        lines += [_condition(accept), f"RewriteRule ^(theme|indicator)/$ {start}$1/index{suffix} [R=303,L]"]
        lines += [
            _condition(accept),
            f"RewriteRule ^((?:{_ROOTS})/.*[^/]|ont|dataset)$ {start}$1{suffix} [R=303,L]",
            "",
        ]
    lines.append("# pages")
    lines += [
        f"RewriteRule ^{rule.pattern}$ {start}{rule.page}.html#{rule.anchor} [R=303,NE,L]" for rule in nested_rules()
    ]
    lines += [
        f"RewriteRule ^(theme|indicator)/$ {start}$1/index.html [R=303,L]",
        f"RewriteRule ^((?:{_ROOTS})/.*[^/]|ont)$ {start}$1.html [R=303,L]",
        f"RewriteRule ^(.*)$ {start}$1 [R=302,L]",
        "",
    ]
    return "\n".join(lines)


def nginx() -> str:
    """A server block for the folder of the site, with content negotiation."""
    accepts = "".join(f'    "~{accept}" {suffix};\n' for suffix, accept in _ACCEPT.items())
    nested = "".join(_location(rule) for rule in nested_rules())
    return f"""# Put into the http block: include …/nginx.conf; then set server_name and root.
map $http_accept $keikaku_form {{
    default .html;
{accepts}}}
map $arg_lang $keikaku_lang {{
    default "";
    en .en;
}}
server {{
    listen 80;
    server_name localhost;
    root /srv/keikaku;
    absolute_redirect off;
    charset utf-8;
    gzip on;
    gzip_types text/css text/turtle text/csv application/ld+json application/n-triples application/rdf+xml application/json image/svg+xml;
    add_header Access-Control-Allow-Origin * always;
    add_header Vary Accept always;
    types {{
        text/html html;
        text/css css;
        text/csv csv;
        text/plain txt;
        text/markdown md;
        text/turtle ttl;
        image/svg+xml svg;
        application/ld+json jsonld;
        application/n-triples nt;
        application/rdf+xml rdf;
        application/json json;
        application/xml xml;
        application/gzip gz;
        application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx;
    }}
    error_page 404 /404.html;
    location = / {{ try_files /index$keikaku_lang.html =404; }}
    location = /.well-known/void {{ return 303 /dataset.ttl; }}
    location = /dataset {{ try_files /dataset$keikaku_lang$keikaku_form /dataset$keikaku_form =404; }}
    # A file is itself; what has no suffix is a thing or a page.
    location ~ \\.(html|ttl|jsonld|nt|rdf|csv|json|md|xlsx|css|svg|txt|gz|xml)$ {{ try_files $uri =404; }}
{nested}    location ~ ^/(theme|indicator)/$ {{ return 303 $uri/index$keikaku_form; }}
    location ~ ^/((?:{_ROOTS})/.+|ont)$ {{ return 303 $uri$keikaku_form; }}
    location / {{ try_files $uri $uri$keikaku_lang.html $uri.html =404; }}
}}
"""


def redirects(site: Site) -> str:
    """For hosts with a file _redirects, which know no Accept: things lead to pages. The owner's page shows the place."""
    templates = sorted({_template(path) for path in _nested_paths(site)})
    lines = [
        "# from to status",
        "/.well-known/void /dataset.ttl 303",
        "/theme/ /theme/index.html 303",
        "/indicator/ /indicator/index.html 303",
    ]
    lines += [f"{source} {target} 303" for source, target in templates]
    return "\n".join(lines) + "\n"


def headers() -> str:
    """For hosts with a file _headers: media types and leave for scripts of others."""
    types = {
        "ttl": "text/turtle",
        "nt": "application/n-triples",
        "rdf": "application/rdf+xml",
        "jsonld": "application/ld+json",
        "csv": "text/csv",
    }
    lines = ["/*", "  Access-Control-Allow-Origin: *", "  X-Content-Type-Options: nosniff"]
    for suffix, media in types.items():
        lines += [f"/*.{suffix}", f"  Content-Type: {media}; charset=utf-8"]
    return "\n".join(lines) + "\n"


def _condition(accept: str) -> str:
    return f"RewriteCond %{{HTTP_ACCEPT}} {accept}"


def _location(rule: Rule) -> str:
    return (
        f"    location ~ ^/{rule.pattern}$ {{ if ($keikaku_form = .html) {{ return 303 /{rule.page}.html#{rule.anchor}; }} "
        f"return 303 /{rule.page}$keikaku_form; }}\n"
    )


def _nested_paths(site: Site) -> Iterator[str]:
    for (thing,) in site.store.select("SELECT DISTINCT ?s WHERE { ?s a ?class } ORDER BY ?s").rows:
        path = str(thing).removeprefix(BASE)
        if str(thing).startswith(BASE) and "#" not in path and place_of(path).anchor:
            yield path


#: Words of paths that are the same in every document; everything else is a placeholder in a rule.
_WORDS = {
    "id",
    "plan",
    "case",
    "doc",
    "cs",
    "qn",
    "ev",
    "i",
    "a",
    "r",
    "k",
    "q",
    "g",
    "p",
    "n",
    "e",
    "s",
    "w",
    "t",
    "b",
    "v",
    "claim",
    "period",
    "wording",
    "covers",
    "theme",
}


def _template(path: str) -> tuple[str, str]:
    """A path as a rule with placeholders, and the page it leads to."""
    page = place_of(path).page
    if path.startswith("id/cs/case/"):
        return "/id/cs/case/:p3/:p4/*", "/id/case/:p3/:p4.html"
    if path.startswith("id/cs/"):
        return "/id/cs/:p2/:p3/:p4/*", "/id/plan/:p2/:p3/:p4.html"
    if path.startswith("id/qn/"):
        return "/id/qn/:p2/*", "/id/doc/:p2.html"
    parts, owner = path.split("/"), page.split("/")
    shown = [part if part in _WORDS and n != 2 else f":p{n}" for n, part in enumerate(owner)]
    head, rest = parts[len(owner)], parts[len(owner) + 1 :]
    return "/" + "/".join([*shown, head, *(["*"] if rest else [])]), "/" + "/".join(shown) + ".html"


def check(paths: Iterable[str]) -> list[str]:
    """The paths that the rules lead elsewhere than the service does."""
    return [path for path in paths if follow(path) != (place_of(path).page, place_of(path).anchor)]
