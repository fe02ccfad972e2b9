# Everything here is a short name for a command that works without make.
GO ?= go

.PHONY: run build test check fmt bench chaos mutants

run: ## start the server on 127.0.0.1:8000
	$(GO) run ./cmd/taskhouse

build: ## the static binary, as it is released
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/taskhouse ./cmd/taskhouse

test: ## needs nothing but Go; PostgreSQL and Redis join when they are installed
	$(GO) test ./...

check: ## exactly what CI runs
	./.ci/check

fmt: ## bring the sources to their one form
	$(GO) tool -modfile=tools/go.mod gofumpt -w .

bench: ## the figures of bench/RESULTS.md
	$(GO) run ./bench

CYCLES ?= 0
chaos: ## kill, cut off, fill up and restart everything that can be, with real servers: docs/reliability.md (CYCLES=1000 for long)
	$(GO) run ./internal/testenv/withservers -- $(GO) test -count=1 -timeout 0 -v ./test/crash -crash.cycles $(CYCLES)
	$(GO) run ./internal/testenv/withservers -- $(GO) test -count=1 -timeout 0 -v ./test/feed -run 'F7|F8|R7' -feed.cycles $(CYCLES)
	$(GO) run ./internal/testenv/withservers -- $(GO) test -count=1 -timeout 0 -v ./internal/backup ./test/property -run 'Move|F21'
	$(GO) run ./internal/testenv/withservers -- $(GO) test -count=1 -timeout 0 -v ./internal/limit ./internal/event ./internal/api -run 'A17_Nodes|A19|F9'

mutants: ## break the isolation of companies on purpose, and see a test fail for each
	$(GO) run ./test/mutants
