# Everything here is a short name for a command that works without make.
GO ?= go

.PHONY: run build test check fmt bench mutants

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
	$(GO) run ./bench/...

mutants: ## break the isolation of companies on purpose, and see a test fail for each
	$(GO) run ./test/mutants
