"""What a strict policy forbids in a page, found by reading its markup."""

from __future__ import annotations

from html.parser import HTMLParser

#: Scripts that are data, which no browser runs.
DATA = ("application/ld+json", "application/json")
#: A form of a page of the static site that only scripts show and answer, from files beside the page.
FILES_FORM = r'<form class="[^"]*js-only"[^>]* data-files>'
_LINKS = ("href", "src", "action", "formaction", "data")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") not in DATA:
            self.found.append("a script in the page")
        if tag == "style":
            self.found.append("a style sheet in the page")
        for name, value in attrs:
            if name == "style" or name.startswith("on") or name == "srcdoc":
                self.found.append(f"{name} on <{tag}>")
            elif name in _LINKS and (value or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"{name}={value}")
            loads = tag in ("script", "img", "iframe", "link", "source", "video", "audio", "embed", "object")
            if (
                loads
                and name in ("src", "href", "data", "srcset")
                and given.get("rel") not in ("canonical", "alternate")
                and "//" in (value or "")
            ):
                self.found.append(f"<{tag}> loads {value}")


def forbidden(html: str) -> list[str]:
    """Inline scripts, styles and handlers, links that run scripts, and what is loaded from elsewhere."""
    reader = _Reader()
    reader.feed(html)
    return reader.found
