# Every target is a short name for a command that works without make.
GO ?= go

.DEFAULT_GOAL := help
.PHONY: help run build test check fmt web web-dev bench chaos mutants

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: ## start the server on 127.0.0.1:8000
	$(GO) run ./cmd/taskhouse

build: ## build the static binary, as it is released
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/taskhouse ./cmd/taskhouse

test: ## run the Go tests; needs only Go, and uses PostgreSQL and Redis if they are installed
	$(GO) test ./...

check: ## run exactly what CI runs, the web app included
	./.ci/check

fmt: ## format the Go sources
	$(GO) tool -modfile=tools/go.mod gofumpt -w .

web: ## build the web app into web/dist, which is committed
	cd web && npm ci && npm run build

web-dev: ## serve the web app with hot reload; the API comes from a server on 127.0.0.1:8000
	cd web && npm ci && npm run dev

bench: ## measure, and write bench/RESULTS.md
	$(GO) run ./bench

CYCLES ?= 0
chaos: ## kill, cut off, fill up and restart real servers: docs/reliability.md (CYCLES=1000 for a long run)
	TEST_LONG=1 $(GO) run ./internal/testenv/withservers -- $(GO) test -count=1 -timeout 0 -v ./test/crash -crash.cycles $(CYCLES)
	TEST_LONG=1 $(GO) run ./internal/testenv/withservers -- $(GO) test -count=1 -timeout 0 -v ./test/feed -run 'F7|F8|R7' -feed.cycles $(CYCLES)
	TEST_LONG=1 $(GO) run ./internal/testenv/withservers -- $(GO) test -count=1 -timeout 0 -v ./internal/... ./test/property -run 'Move|F21'
	TEST_LONG=1 $(GO) run ./internal/testenv/withservers -- $(GO) test -count=1 -timeout 0 -v ./internal/limit ./internal/event ./internal/api -run 'A17_Nodes|A19|F9'

mutants: ## break each guard of tenant isolation, and expect a test to fail
	$(GO) run ./test/mutants
