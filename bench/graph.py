"""How long the graph takes: layout, and until people can use the page in Chromium, at 50, 500 and 5,000 points.

Run: python bench/graph.py [POINTS …]   needs playwright and a Chromium at CHROMIUM (else /usr/bin/chromium).
The points are made up: governments with plans, initiatives, actions and KPIs under shared themes, one title hostile.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from unittest import mock

import networkx as nx
import uvicorn

import keikaku.pages.graph
from keikaku import settings
from keikaku.ask.words import Text
from keikaku.draw import Network, Picture, webgl
from keikaku.namespaces import BASE
from keikaku.serve.app import make_app

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">"


def made_up(points: int) -> Network:
    """A network of so many points, the same each time."""
    dice = random.Random(points)
    graph: nx.DiGraph[str] = nx.DiGraph()

    def add(kind: str, number: int, ja: str, en: str) -> str:
        iri = f"{BASE}id/made-up/{kind}/{number}"
        graph.add_node(iri, ja=ja, en=en, kind=kind, evidence=f"made-up L{number}")
        return iri

    def link(one: str, other: str, ja: str, en: str) -> None:
        graph.add_edge(one, other, relations=en, ja=ja, en=en)

    themes = [add("theme", n, f"テーマ{n}の推進", f"theme {n}") for n in range(max(3, min(36, points // 14)))]
    number = 0
    while len(graph) < points:
        number += 1
        city = add("government", number, f"見本{number}市", f"Sample City {number}")
        plan = add(
            "plan", number, HOSTILE if number == 1 else f"見本{number}市DX推進計画", f"DX plan of Sample City {number}"
        )
        link(plan, city, "発行者", "issued by")
        for part in range(dice.randint(3, 9)):
            if len(graph) >= points:
                break
            code = number * 100 + part
            initiative = add(
                "initiative", code, f"取組{part} 手続のオンライン化の推進", f"Initiative {part}: procedures online"
            )
            link(initiative, plan, "計画", "in plan")
            link(initiative, dice.choice(themes), "テーマ", "theme")
            for kind in ("action", "kpi", "action")[: dice.randint(0, 3)]:
                if len(graph) >= points:
                    break
                one = add(kind, len(graph), f"個別の項目{len(graph)}を進める", f"item {len(graph)}")
                link(one, initiative, "上位の要素", "part of")
                if dice.random() < 0.4:
                    link(one, dice.choice(themes), "テーマ", "theme")
    return Network(graph, Text(f"試しの図 {points}", f"Made-up graph {points}"), "", len(graph))


def main(sizes: list[int]) -> None:
    """Print one line for each size and way of drawing."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed here only

    found = settings.find()
    shown: dict[str, Picture] = {}
    mock.patch.object(keikaku.pages.graph, "draw", lambda *_, **__: shown["picture"]).start()  # a picture of ours
    server = uvicorn.Server(uvicorn.Config(make_app(found), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/graph"
    out = Path(tempfile.mkdtemp())
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
            )
            for points in sizes:
                view = made_up(points)
                for engine in ("vis", "webgl") if points > 800 else ("vis",):
                    keikaku.pages.graph._RECENT.clear()
                    shown["picture"] = Picture(view, "ja", webgl(found.root) if engine == "webgl" else None)
                    start = time.perf_counter()
                    _ = shown["picture"].places
                    layout = time.perf_counter() - start
                    page = browser.new_page(viewport={"width": 1280, "height": 1000})
                    page.goto(f"{address}?around={points}{engine}")
                    if page.locator("#graph[data-still]").count():
                        page.locator("#g-picture").dispatch_event("pointerenter")  # turn to the picture at once
                    page.wait_for_selector("#graph[data-ready]", timeout=120_000)
                    ready = int(page.get_attribute("#graph", "data-ready") or 0)
                    drag, choose = _drag(page), _choose(page)
                    page.screenshot(path=str(out / f"graph-{points}-{engine}.png"))
                    print(
                        f"{points:5} points {view.graph.number_of_edges():5} lines  {engine:5}  layout {layout:5.2f} s  "
                        f"ready {ready / 1000:5.2f} s  20 moves of a drag {drag:5.2f} s  choosing a point {choose:5.2f} s  {len(page.content()) / 1e6:.1f} MB"
                    )
                    page.close()
            browser.close()
    finally:
        server.should_exit = True
        thread.join()
    print(f"pictures in {out}")


def _drag(page: Any) -> float:
    box = page.locator("#g-picture").bounding_box()
    mouse = page.mouse
    start = time.perf_counter()
    mouse.move(box["x"] + 30, box["y"] + 30)
    mouse.down()
    for n in range(20):
        mouse.move(box["x"] + 30 + n * 8, box["y"] + 30 + n * 4)
    mouse.up()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return time.perf_counter() - start


def _choose(page: Any) -> float:
    """From the key that goes to the next point until it is drawn; the mean of three."""
    page.focus("#g-picture")
    start = time.perf_counter()
    for _ in range(3):
        page.keyboard.press("n")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return (time.perf_counter() - start) / 3


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [50, 500, 5000])
