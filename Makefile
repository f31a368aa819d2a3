# What people run while developing. Every target sets up what it needs; hack/README.md explains the clusters.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CLUSTER ?= dev
NODE ?= dev
NODES ?= hack/nodes/three-zones.yaml
ARGS ?= get nodes

# Every test but those that need a cluster, a real node, or many inputs.
OFFLINE := $(patsubst tests/%.rs,--test %,$(wildcard tests/*.rs)) \
	$(patsubst tests/%/main.rs,--test %,$(filter-out tests/cluster/main.rs tests/hostile/main.rs tests/node/main.rs,$(wildcard tests/*/main.rs)))


.PHONY: help build test test-offline test-sim test-hostile test-schemas test-long test-cluster test-chart test-node test-hack deps demo demo-down bench bench-placement bench-cluster bench-rate \
	cluster-up cluster-down node-up node-down kubectl generate fmt lint doc pure deny

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the binary (target/release/ecs-bridge)
	cargo build --release --locked

test: test-offline test-sim test-hostile test-schemas test-hack test-cluster test-chart test-node ## Run every test; builds the control plane and the node on first use (about 10 minutes of an hour on two cores)

test-offline: ## Unit, golden, property, CRD and CLI tests: need nothing but Rust
	cargo test --locked --lib --bins $(OFFLINE)
	cargo test --locked --doc

test-sim: ## The operator in a simulated cluster, killed after every single write (test-offline kills it after some)
	ECS_BRIDGE_SEEDS=1 cargo test --locked --test sim killed_at_every_write

# Built like every other test: for so many inputs an optimized build would take longer than it saves.
test-hostile: ## Generated and mutated definitions through every command (50,000 inputs)
	cargo test --locked --test hostile

test-long: ## The same with 1,000,000 inputs and 1,000,000 placements (optimized), 1,000 simulated histories, and on a real control plane 10,000 generated definitions and operators that are killed in every story
	ECS_BRIDGE_DECISIONS=1000000 cargo test --locked --profile hostile --no-default-features --test placement
	ECS_BRIDGE_FUZZED=1000000 cargo test --locked --profile hostile --no-default-features --features cli --test hostile
	ECS_BRIDGE_SEEDS=20 ECS_BRIDGE_HISTORIES=1000 cargo test --locked --test sim
	ECS_BRIDGE_GENERATED=10000 hack/test-cluster whatever_the_generator_makes
	ECS_BRIDGE_KILLED=1 hack/test-cluster

test-schemas: ## What is written for third parties, against their own published types
	hack/test-schemas

test-hack: ## Tests of the local cluster's own helper
	cd hack && go vet ./... && go test ./...

test-cluster: ## Stories on a real control plane of their own
	hack/test-cluster

test-chart: ## The Helm chart on a real control plane of its own
	hack/test-chart

test-node: ## Stories in real containers, on a real node of their own (needs root; skipped by name elsewhere)
	hack/test-node

deps: ## Install the Debian packages that a real node needs (as root; says which)
	hack/deps

demo: ## Show the main job on a local control plane, step by step
	hack/deps --try
	hack/demo

demo-down: ## Stop what the demo left running
	hack/demo down

bench: bench-placement ## Measure placement, import and render
	cargo bench --locked --bench translation --bench cluster

# Without LTO across crates and without the operator's dependencies: built in a fraction of the time, and no faster for it.
bench-placement: ## Measure placement against a plain scan of all nodes, with the goals beside the figures
	CARGO_PROFILE_BENCH_LTO=false cargo bench --locked --no-default-features --bench placement

bench-rate: ## Measure exact placement against a bare client and kube-scheduler on the real control plane
	hack/bench-placement

bench-cluster: ## Measure the operator against a bare client on the real control plane
	hack/bench-cluster

cluster-up: ## Start a local control plane with simulated nodes (CLUSTER=dev NODES=file)
	hack/cluster up --name $(CLUSTER) --nodes $(NODES)

cluster-down: ## Stop it
	hack/cluster down --name $(CLUSTER)

node-up: ## Start a real node, as root (NODE=dev)
	hack/node up --name $(NODE)

node-down: ## Stop it
	hack/node down --name $(NODE)

kubectl: ## Run kubectl against the control plane: make kubectl ARGS="get pods -A"
	@hack/cluster kubectl --name $(CLUSTER) $(ARGS)

generate: ## Rewrite what is generated: CRDs, RBAC, docs, golden files
	UPDATE_EXPECT=1 cargo test --locked --test crd --test golden --test tidy --test docs --test corpus

fmt: ## Check the formatting
	cargo fmt --check

lint: ## Clippy, warnings denied
	cargo clippy --locked --all-targets -- -D warnings

doc: ## Build the API documentation, warnings denied
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

pure: ## Compile the pure core alone: no tokio, no kube client, no clap
	cargo check --locked --no-default-features --lib

deny: ## Licences, sources and banned crates of the dependencies
	hack/deny
