"""The site in Chromium. A page opened by `page` fails its test when a request leaves the site or the console shows an error."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, expect, sync_playwright

from keikaku.serve.app import make_app
from keikaku.serve.limits import Limits
from keikaku.settings import Settings
from serving import running

#: Milliseconds to wait for something to appear, on a machine that is busy with other tests.
PATIENCE = int(os.environ.get("KEIKAKU_PATIENCE", "20000"))
expect.set_options(timeout=PATIENCE)
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
_ARGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_MISSING = (
    "Chromium is missing. Install it (apt-get install chromium) or name it in KEIKAKU_CHROMIUM; "
    "KEIKAKU_NO_BROWSER=1 leaves the browser tests out; see docs/browser.md."
)
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    if os.environ.get("KEIKAKU_NO_BROWSER") == "1":
        pytest.skip("KEIKAKU_NO_BROWSER=1")
    named = os.environ.get("KEIKAKU_CHROMIUM", "")
    found = shutil.which(named) if named else shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.fail(_MISSING, pytrace=False)
    return found


@pytest.fixture(scope="session")
def live(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the site on the real data; KEIKAKU_LIVE names one that is already served."""
    if named := os.environ.get("KEIKAKU_LIVE", "").rstrip("/"):
        yield named
        return
    patient = Limits(seconds=PATIENCE / 100)
    with running(make_app(request.getfixturevalue("built_project"), patient)) as address:
        yield address


@pytest.fixture(scope="session")
def world(built_world: Settings) -> Iterator[str]:
    """The address of the site on the example world."""
    with running(make_app(built_world)) as address:
        yield address


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    # Not for the session: while it runs, no other test of this process can have an event loop.
    with sync_playwright() as made:
        yield made


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    made = playwright.chromium.launch(executable_path=chromium, args=list(_ARGS))
    yield made
    made.close()


#: The library of the editor (CodeMirror) sometimes takes a part out of a line twice on a busy machine; what is typed and shown stays right.
OF_THE_EDITOR = "Failed to execute 'removeChild' on 'Node'"


class Watch:
    """What went wrong in the pages of one test."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.requests: list[str] = []

    def watch(self, context: BrowserContext, origin: str, missing: str) -> None:
        """Record every request that leaves `origin` and every error, but for the status of the page `missing`."""

        def asked(request: Request) -> None:
            self.requests.append(request.url)
            parts = urlsplit(request.url)
            if parts.scheme not in ("data", "blob", "about", "file") and f"{parts.scheme}://{parts.netloc}" != origin:
                self.problems.append(f"a request left the site: {request.url}")

        context.on("request", asked)
        context.on("weberror", lambda error: self._failed(error.page.url if error.page else "", str(error.error)))
        context.on(
            "console",
            lambda said: (
                self.problems.append(f"{said.page and said.page.url}: {said.text}")
                if said.type == "error" and not (missing and said.location.get("url") == missing)
                else None
            ),
        )

    def _failed(self, where: str, what: str) -> None:
        if not ("/sparql" in where and OF_THE_EDITOR in what):
            self.problems.append(f"{where}: {what}")


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the pages of this test asked for; the test fails for what it did not expect."""
    made = Watch()
    yield made
    assert not made.problems, "\n".join(made.problems)


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser, watch: Watch) -> Iterator[Open]:
    """Open a page: `page("/plans", phone=True)`.

    `at` is the address of the site, of `live` unless given; `lang="en"` asks for English; `dark`, `scripts=False`;
    `status` is the one expected; `still=False` for moving pictures. A full address, such as file:///…, stands for itself.
    """
    contexts = []

    def open_page(
        address: str = "/",
        *,
        at: str = "",
        phone: bool = False,
        dark: bool = False,
        scripts: bool = True,
        lang: str = "ja",
        status: int = 200,
        still: bool = True,
    ) -> Page:
        base = "" if "://" in address else at or request.getfixturevalue("live")
        if lang == "en" and "lang=" not in address:
            head, mark, tail = address.partition("#")
            address = f"{head}{'&' if '?' in head else '?'}lang=en{mark}{tail}"
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,  # type: ignore[arg-type]
            device_scale_factor=2 if phone else 1,
            is_mobile=phone,
            has_touch=phone,
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="en-GB" if lang == "en" else "ja-JP",
            reduced_motion="reduce" if still else "no-preference",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        parts = urlsplit(base + address)
        if parts.scheme != "file":
            context.grant_permissions(["clipboard-read", "clipboard-write"], origin=f"{parts.scheme}://{parts.netloc}")
        watch.watch(context, f"{parts.scheme}://{parts.netloc}", "" if status == 200 else base + address)
        made = context.new_page()
        answer = made.goto(base + address)
        if parts.scheme != "file":
            assert answer is not None
            assert answer.status == status, f"{address}: {answer.status}"
        return made

    yield open_page
    for context in contexts:
        context.close()
