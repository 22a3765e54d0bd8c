# 二つの命令だけで動きます: make run(構築・質問・公開)、make test(すべての検査)。
# Two commands do everything: make run (set up, build, answer, serve) and make test.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: run test setup build fmt examples lock clean bench bench-questions bench-pages bench-http bench-analyses extra browser test-browser test-engines test-clients test-incremental crawl soak fuzz

setup: .venv/ready web/dist/editor.js

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 以上が必要です / Python 3.11 or newer is needed"; exit 2; }
	@echo "環境を整えます。初めは1、2分かかります / Setting up; the first time takes a minute or two"
	$(PYTHON) -m venv --clear .venv || { apt-get update && apt-get install -y python3-venv && $(PYTHON) -m venv --clear .venv; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Scripts bundled from npm packages; without npm the site works and draws large graphs more slowly (docs/graph.md), and /sparql is a plain field.
web/dist/editor.js: web/package.json web/package-lock.json web/webgl.js web/editor.js web/editor.css
	@command -v npm >/dev/null || { echo "npm がありません。大きな図は遅く、SPARQLの欄は簡素になります / npm is missing; large graphs will be slow, the SPARQL page plain"; exit 0; }; \
	cd web && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build -- --log-level=warning \
	|| echo "npm から取れません。大きな図は遅く、SPARQLの欄は簡素になります / npm packages cannot be had; large graphs will be slow, the SPARQL page plain"

build: setup
	$(BIN)/keikaku build

run: build
	$(BIN)/keikaku ask who-lacks --theme digital-divide
	$(BIN)/keikaku serve --port $(PORT)

test: setup browser tests/browser/node_modules/.package-lock.json
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy bench/*.py
	$(BIN)/keikaku fmt --check
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/keikaku fmt

# The browser of the browser tests; KEIKAKU_NO_BROWSER=1 does without (docs/browser.md).
browser:
	@test "$$KEIKAKU_NO_BROWSER" = 1 || command -v "$${KEIKAKU_CHROMIUM:-chromium}" >/dev/null || command -v chromium-browser >/dev/null \
	|| { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk >/dev/null; } \
	|| echo "Chromium がありません。ブラウザーの検査は失敗します / Chromium is missing; the browser tests will fail"

tests/browser/node_modules/.package-lock.json: tests/browser/package-lock.json
	@cd tests/browser && npm ci --omit=dev --ignore-scripts --no-audit --no-fund --silent || echo "axe-core を npm から取れません / axe-core cannot be had from npm"

# Every browser test: each kind of page in both languages and colour schemes, markup, Lighthouse.
test-browser: build browser
	@command -v java >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends default-jre-headless; }
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent
	$(BIN)/pytest tests/browser -m "" -n 2 --dist loadfile

# Renew the results shown in docs/notebook.ipynb and docs/guide.md.
examples: build
	MPLBACKEND=Agg $(BIN)/python tests/worked.py
# Larger tests, beside `make test`. They talk to this machine only.
extra: setup
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-extra.lock

# Push into other engines and compare the answers to all questions: the Oxigraph server and Virtuoso 7.
test-engines: extra
	@command -v virtuoso-t >/dev/null || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends virtuoso-opensource-7-bin; }
	$(BIN)/pytest tests/engines.py

# A query client in JavaScript against the service.
test-clients: build
	cd tests/clients && npm ci --silent --ignore-scripts
	$(BIN)/python tests/clients/run.py

# Every link, every IRI of the dumps in every form, page against data, on the real graph (tests/crawl.py).
crawl: build
	$(BIN)/python tests/crawl.py

# Ten minutes of load while builds are swapped, a hundred hostile queries, and the ratio to the Oxigraph server.
soak: extra build
	$(BIN)/python -u bench/soak.py --minutes 10 --hostile 100

# Schemathesis on the OpenAPI document; random bytes, headers and paths are in tests/test_staying_up.py.
fuzz: extra build
	$(BIN)/python tests/clients/run.py --fuzz

# Renew the lock file after a change of pyproject.toml; it holds hashes and no addresses.
lock: setup
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet pyproject.toml --group dev --generate-hashes --no-header --no-emit-index-url --python-version 3.11 -o requirements.lock
	$(BIN)/uv pip compile --quiet pyproject.toml --group dev --group extra --constraint requirements.lock --generate-hashes --no-header --no-emit-index-url --python-version 3.11 -o requirements-extra.lock

# How long the questions and searches take, warm.
bench-questions: build
	$(BIN)/python bench/questions.py

# How long likeness, communities, centrality and peers take.
bench-analyses: build
	$(BIN)/python bench/analyses.py

# Look-ups and small questions over HTTP beside the Oxigraph server on the same store, one core each, then all cores.
bench-http: extra build
	$(BIN)/python bench/rates.py

# How long pages take and how much they send, and Lighthouse on four of them.
bench-pages: build browser
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent
	$(BIN)/python bench/pages.py --lighthouse

# How the cost of a build grows, on a synthetic nation, beside the plain pipeline and the engine's own loaders (docs/scale.md); writes
# bench/report.md. SIZES="100 1000 1788 5364" takes hours.
SIZES ?= 10 100
PLAIN ?= 4 10
bench: extra
	$(BIN)/python bench/scale.py --sizes $(SIZES) --plain $(PLAIN)

# An incremental build equals a full one: 200 random sequences of edits.
test-incremental: setup
	KEIKAKU_SEQUENCES=200 $(BIN)/pytest tests/test_incremental.py

clean:
	rm -rf .venv build web/dist web/node_modules
