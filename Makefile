# The front door. `make` alone lists what there is.

MVN ?= mvn -B -ntp
JAR := target/rentcache.jar
SOURCES := pom.xml $(shell find src/main -type f 2>/dev/null)
VERSION = $(shell sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml)

# What `make up` starts: lite, full or cluster, with ` monitoring` behind it if wanted; see docker-compose.yml.
PROFILE ?= lite
COMPOSE = docker compose $(PROFILE:%=--profile %)
BACKUPS ?= backups
KEEP ?= 7
SCRIPTS := rentcache conf/make-secrets $(wildcard conf/backup/*)
export NAME KEY

.DEFAULT_GOAL := help
.PHONY: help run dev test bench bench-full build configuration setup image up prod down logs health keys list-keys create-key \
	stats backup backup-postgresql restore lint format test-cluster fuzz mutation coverage audit release clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(JAR) ## Start RentCache on port 8000 with its own sandbox in Rentcast's place; needs no key and no server
	@./rentcache serve --sandbox

dev: $(JAR) ## The same, with a log of all that helps to find a fault
	@./rentcache serve --sandbox --debug

test: ## Run every test
	$(MVN) verify

build: $(JAR) ## Build target/rentcache.jar, and have the JVM learn its classes for a faster start
	@./rentcache train

$(JAR): $(SOURCES)
	@echo "Building $(JAR) ..."
	@$(MVN) -q -DskipTests package
	@touch $(JAR)

bench: build ## Measure RentCache against nginx, Traffic Server and Varnish, about 40 minutes; see bench/README.md
	@bench/startup 3
	@bench/laboratory

bench-full: build ## The same with longer rounds and larger sizes, some hours
	@bench/startup
	@bench/laboratory --full

configuration: $(JAR) ## Write docs/CONFIGURATION.md anew, from what the program knows of its settings
	@./rentcache config document >docs/CONFIGURATION.md

setup: ## Make .env and the secrets that docker-compose.yml reads; what is there stays
	@[ -e .env ] || cp .env.example .env
	@conf/make-secrets

image: ## Build the image, as rentcache:latest and rentcache:VERSION
	docker build --pull -t rentcache:latest -t rentcache:$(VERSION) .

up: ## Start containers: PROFILE=lite (the default), full or cluster, and monitoring beside it
	$(COMPOSE) up -d --build

prod: ## Start what serves in earnest: PostgreSQL, Redis, Caddy and one node
	@$(MAKE) --no-print-directory up PROFILE=full

down: ## Stop the containers; what they keep stays
	docker compose --profile '*' down

logs: ## Follow the containers' logs
	docker compose --profile '*' logs -f --tail 100

health: $(JAR) ## Ask the server how it is; RENTCACHE_SERVER=URL asks one elsewhere, here and below
	@./rentcache health

keys: $(JAR) ## List the keys
	@./rentcache keys list

list-keys: keys ## The same

create-key: $(JAR) ## Make a key NAME=, with a new value or with that of KEY=
	@[ -n "$$NAME" ] || { echo "make create-key NAME=my-app [KEY=the-value-that-it-has-already]" >&2; exit 2; }
	@if [ -n "$$KEY" ]; then printf '%s\n' "$$KEY" | ./rentcache keys create "$$NAME" --value -; \
	else ./rentcache keys create "$$NAME"; fi

stats: $(JAR) ## Show requests, hits, costs and times
	@./rentcache stats

backup: $(JAR) ## Copy the SQLite database into BACKUPS= (./backups), verify it, and keep the newest KEEP= (7)
	@./rentcache backup "$(BACKUPS)" --keep "$(KEEP)"

backup-postgresql: ## Take a base backup of the PostgreSQL of `make up`, from which any moment since can be restored
	docker compose --profile full exec -u postgres -e PGUSER=rentcache postgres \
		sh /backup-scripts/postgresql-base /backup/base /backup/wal "$(KEEP)"

restore: $(JAR) ## Put a backup FILE= in the place of the SQLite database; stop the server before
	@[ -n "$(FILE)" ] || { echo "make restore FILE=backups/rentcache-....db" >&2; exit 2; }
	@./rentcache restore "$(FILE)" --force

test-cluster: ## Kill, stop and cut off real nodes under load, some minutes; needs root for networks of its own
	$(MVN) test -Dtest=ClusterFaultsTest -Dexcluded.tests=none

fuzz: ## Try five million inputs on what reads foreign input
	$(MVN) test -Dtest='*FuzzTest' -Dfuzz.inputs=5000000 -Dfuzz.seed=$$(date +%s)

mutation: ## Whether the tests of the pure core notice a changed program; the report is in target/pit-reports
	$(MVN) -Pmutation test-compile org.pitest:pitest-maven:mutationCoverage

coverage: ## Which branches of everything the tests take, not of the pure core only; the report is in target/site/jacoco
	$(MVN) -Pcoverage test

audit: ## Look the dependencies up among known vulnerabilities (NVD: its first download takes long; NVD_API_KEY shortens it)
	$(MVN) org.owasp:dependency-check-maven:12.1.8:check -DskipTestScope=true -DfailBuildOnCVSS=7 \
	    $(if $(NVD_API_KEY),-DnvdApiKeyEnvironmentVariable=NVD_API_KEY)

lint: ## Check what no compiler does: scripts, Dockerfile, Compose file, Caddyfile, Kubernetes, alerts; what is installed
	@set -e; check() { tool=$$1; shift; if command -v "$$tool" >/dev/null; then echo "$$tool"; "$$tool" "$$@"; \
	else echo "$$tool is not installed: left out"; fi; }; \
	check shellcheck $(SCRIPTS); \
	check dockerfile-utils lint Dockerfile; \
	RENTCACHE_NODES=localhost:8000 check caddy validate --config Caddyfile --adapter caddyfile 2>/dev/null; \
	check kubectl kustomize conf/k8s >/dev/null; \
	check promtool check rules conf/prometheus-alerts.yml

format: ## Bring the Caddyfile into its canonical form, end lines where they end, drop imports that nothing uses
	@$(MVN) -q spotless:apply
	@caddy fmt --overwrite Caddyfile
	@git ls-files '*.java' '*.md' '*.yml' '*.yaml' '*.xml' | xargs sed -i 's/[[:blank:]]*$$//'

release: ## Test, and pack the jar, the launcher, settings and documents into target/release
	@git diff --quiet HEAD || { echo "There are changes that are not committed." >&2; exit 1; }
	@grep -q '^## $(VERSION)' CHANGELOG.md || { echo "CHANGELOG.md has nothing of $(VERSION)." >&2; exit 1; }
	@$(MAKE) --no-print-directory test
	@mkdir -p target/release
	@tar --sort=name --mtime='2026-01-01 00:00Z' --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w \
		--transform 's,^,rentcache-$(VERSION)/,' -cf - rentcache $(JAR) conf docs README.md CHANGELOG.md LICENSE \
		.env.example | gzip -n >target/release/rentcache-$(VERSION).tar.gz
	@cd target/release && sha256sum rentcache-$(VERSION).tar.gz | tee rentcache-$(VERSION).tar.gz.sha256
	@echo "Tag it: git tag -s v$(VERSION)"

clean: ## Remove what was built; ./data stays
	rm -rf target
