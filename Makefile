# Everything a developer or an operator types. `make` alone shows this list.
.DEFAULT_GOAL := help
.PHONY: help setup build run dev test check bench screens seed clean
PY := .venv/bin/python

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: ## make .venv from uv.lock (done by the others when needed)
	@scripts/setup

build: setup ## build the front end when its inputs changed
	@scripts/build

run: build ## start the portal with the demo operator; prints the address
	@scripts/serve

dev: setup ## start with reload on every change (Reflex's own server)
	@PATH="$(CURDIR)/.venv/bin:$$PATH" REFLEX_USE_NPM=1 .venv/bin/reflex run

test: build ## run all tests, browser journeys included
	@scripts/browser
	@$(PY) -m pytest -q -n $$(($$(nproc) + 1)) --dist loadgroup --ignore tests/journeys
	@$(PY) -m pytest -q -n 2 --dist loadfile tests/journeys

check: setup ## style, types, layers, translations, brand contrast, sizes
	@scripts/check

bench: build ## measure against floors in the same run; never fails on a timing
	@$(PY) -m bench

screens: build ## take pictures of every screen at 390 and 1280 px, light, dark, right-to-left
	@scripts/browser
	@$(PY) -m bench.screens

seed: setup ## load the demo operator into an empty database
	@.venv/bin/self-service seed

clean: ## remove what was built; the database in var/ stays
	@rm -rf .web .states assets/icons.svg
