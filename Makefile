# Every task in this repository, by name: `make help`.
#
# Each target installs what it needs (scripts/setup.sh) and says so. After the first time, that is quick.

PORT ?= 8080
SEED ?=
AGENTS ?=
CHANGE_RATE ?=
BASE_PATH ?= /
HOST ?=
FILTER ?=

# Ends with one slash.
BASE := $(patsubst %//,%/,$(BASE_PATH)/)

# Tools with exact versions, shared by all clones on this machine.
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/kproxy-agents-tools
TRUNK_VERSION := $(shell sed -n 's/^trunk-version = "=\(.*\)"/\1/p' Trunk.toml)
CARGO_MUTANTS_VERSION := 27.1.0
export TOOLS TRUNK_VERSION CARGO_MUTANTS_VERSION
export PATH := $(TOOLS)/trunk-$(TRUNK_VERSION)/bin:$(PATH)

SERVER := target/server/mock-server
GALLERY := target/gallery
STAGE := scripts/stage.sh
PLAYWRIGHT := cd tests/e2e && CHROMIUM="$$(../../scripts/setup.sh chromium-path)" node_modules/.bin/playwright test

.DEFAULT_GOAL := help
.PHONY: help run gallery build test lint fmt sentences size bloat conformance bench mounts soak mutants screenshots clean setup setup-tests server

help: ## List the targets
	@echo "make …"
	@sed -n 's/^\([a-z-]*\):.*## /  \1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name what; do printf '%-13s %s\n' "$$name" "$$what"; done

# What `make run` serves, and where: the page itself, or a portal that embeds it.
HOSTS := plain react single-spa
ifneq ($(filter-out $(HOSTS),$(HOST)),)
$(error HOST is one of: $(HOSTS))
endif
SERVED := $(if $(HOST),The $(HOST) portal,The page)
SERVED_AT := $(if $(HOST),/hosts/$(HOST)/,$(BASE))
SERVE := $(if $(HOST),--dist tests/hosts/dist/$(HOST) --mount /kproxy-agents=dist,--dist dist) --base-path $(SERVED_AT)

run: build $(if $(HOST),target/hosts-build) ## Serve the page with a mock API (PORT, AGENTS, SEED, CHANGE_RATE; HOST=plain, react, single-spa)
	@echo "$(SERVED), with a mock API behind it, is here until Ctrl-C:"
	@$(SERVER) $(SERVE) --port $(PORT) $(if $(AGENTS),--agents $(AGENTS)) $(if $(SEED),--seed $(SEED)) $(if $(CHANGE_RATE),--change-rate $(CHANGE_RATE))

gallery: $(GALLERY)/built server ## Serve every widget in every state, as a development build (PORT)
	@echo "The gallery is here until Ctrl-C:"
	@$(SERVER) --dist $(GALLERY) --port $(PORT) | sed -u 's|$$|/gallery|'

test: setup-tests ## Run everything that CI runs (FILTER=words: only the browser tests that match)
	@$(STAGE) "References" sh -c 'node scripts/sentences.mjs --check && node scripts/faults.mjs --check'
	@$(STAGE) "Formatting" cargo fmt --all --check
	@$(STAGE) "Lints, native" cargo clippy --quiet --workspace --all-targets -- -D warnings
	@$(STAGE) "Lints, WebAssembly" cargo clippy --quiet --target wasm32-unknown-unknown -p kproxy-agents -- -D warnings
	@$(STAGE) "Rust tests" cargo test --quiet --workspace
	@$(STAGE) "Build" $(MAKE) --no-print-directory build $(GALLERY)/built target/hosts-build
	@$(STAGE) "Size" node scripts/size.mjs --check
	@$(STAGE) "Browser tests" sh -c '$(PLAYWRIGHT) $(if $(FILTER),--grep "$$FILTER")'

build: target/page-build server ## Build the page into dist/, for any static server (BASE_PATH=/where/it/is/)
	@test dist/openapi.json -nt $(SERVER) -a dist/openapi.json -nt dist/kproxy-agents.js || $(SERVER) --openapi > dist/openapi.json

lint: setup ## Check formatting and lints only
	@$(STAGE) "Formatting" cargo fmt --all --check
	@$(STAGE) "Lints, native" cargo clippy --quiet --workspace --all-targets -- -D warnings
	@$(STAGE) "Lints, WebAssembly" cargo clippy --quiet --target wasm32-unknown-unknown -p kproxy-agents -- -D warnings

fmt: setup ## Format the Rust code
	@cargo fmt --all

sentences: ## List the rules in docs/page.md and docs/agent-api.md that no test holds
	@node scripts/sentences.mjs

size: build ## Show what a browser loads, in bytes
	@node scripts/size.mjs

bloat: build ## Show what the program is made of, by crate and module
	@node scripts/bloat.mjs

conformance: setup ## Check a backend against the contract of the agent API (API=URL; more in tests/conformance/README.md)
	@test -n "$$API" || { echo "Say where the API is: make conformance API=https://portal.example.com/api" >&2; exit 2; }
	@test -x target/debug/conformance || echo "Building the checks (half a minute, the first time)…"
	@cargo run --quiet -p conformance

bench: setup-tests build server ## Measure the page in a browser and its rules natively (AGENTS=10,100; RUNS)
	@cd tests/bench && CHROMIUM="$$(../../scripts/setup.sh chromium-path)" node page.mjs
	@cargo bench --quiet -p bench

mounts: setup-tests build server ## Check that fifty mounts leave memory flat
	@cd tests/e2e && CHROMIUM="$$(../../scripts/setup.sh chromium-path)" node mounts.mjs

soak: setup-tests build server ## Check that a week of refreshes leaves memory and speed flat (REFRESHES)
	@cd tests/e2e && CHROMIUM="$$(../../scripts/setup.sh chromium-path)" node soak.mjs

# What builds natively. The rest runs in a browser alone, where Playwright's tests hold it.
FILES ?= src/domain/** src/api/decode.rs src/api/error.rs src/api/json_path.rs src/api/wire.rs src/host/events.rs src/host/options.rs
SHARD ?=

mutants: setup ## Check that the native tests notice broken code; an hour and more (FILES=globs, SHARD=0/4)
	@scripts/setup.sh mutants
	@PATH="$(TOOLS)/cargo-mutants-$(CARGO_MUTANTS_VERSION)/bin:$$PATH" PROPTEST_CASES=64 nice -n 15 \
		cargo mutants $(foreach glob,$(FILES),--file '$(glob)') $(if $(SHARD),--shard $(SHARD) --sharding round-robin) --output target

screenshots: setup-tests build target/hosts-build ## Take docs/screenshots/*.png again
	@$(PLAYWRIGHT) --config screenshots.config.ts

clean: ## Remove everything that was built here; installed tools stay
	@rm -rf dist target node_modules tests/e2e/node_modules tests/hosts/node_modules tests/hosts/dist

# ---- What the targets above need ----

setup:
	@scripts/setup.sh rust

setup-tests:
	@scripts/setup.sh page tests hosts

server: setup
	@test -x $(SERVER) || echo "Building the mock server (about a minute, the first time)…"
	@cargo build --quiet --profile server -p mock-server

# Trunk runs only when a source of the page has changed, or when dist/ holds another kind of build
# (scripts/finish-build.mjs records which).
PAGE_SOURCES := $(shell find src style public scripts xtask .cargo/config.toml -not -name '.*') \
	index.html Trunk.toml Cargo.toml Cargo.lock rust-toolchain.toml package-lock.json

ifneq ($(shell test -f dist/kproxy-agents.js && cat target/page-build 2>/dev/null),release $(BASE))
.PHONY: target/page-build
endif

target/page-build: $(PAGE_SOURCES)
	@scripts/setup.sh page
	@mkdir -p target && touch target/page-build-began
	@echo "Building the page (a first build takes about 2 minutes)…"
	@trunk --log warn build --release --public-url $(BASE)
	@touch -r target/page-build-began $@

# A development build in a folder of its own: only development builds have the gallery.
$(GALLERY)/built: $(PAGE_SOURCES)
	@scripts/setup.sh page
	@mkdir -p target && touch target/gallery-began
	@echo "Building the gallery (a minute, the first time two)…"
	@trunk --log warn build --dist $(GALLERY)
	@touch -r target/gallery-began $@

# Builds the portals in tests/hosts into tests/hosts/dist. They load the element, but do not contain it.
HOST_SOURCES := $(shell find tests/hosts -type f -not -path '*/node_modules/*' -not -path '*/dist/*')

ifeq ($(wildcard tests/hosts/dist),)
.PHONY: target/hosts-build
endif

target/hosts-build: $(HOST_SOURCES)
	@scripts/setup.sh hosts
	@mkdir -p target && echo "Building the portals…"
	@node tests/hosts/build.mjs
	@touch $@
