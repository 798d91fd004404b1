# The commands of the house. "make help" lists them.
.DEFAULT_GOAL := help
.PHONY: help test fmt generate run bench

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

test: ## check everything; STEPS="format unit" checks only those (scripts/test --list)
	@bash scripts/test $(STEPS)

fmt: ## format Go and templ files
	@bash scripts/tool templ fmt -log-level error internal
	@gofmt -w $$(bash scripts/own-go)

generate: ## make the generated Go of the templ files anew, and THIRD_PARTY.md
	@bash scripts/generate
	@go run ./scripts/thirdparty -write

run: ## the demo on 127.0.0.1:8080
	@go run ./cmd/wijkbaak demo

bench: ## measure against the yardstick (minutes)
	@go run ./bench
