# The front door. `make` alone lists what there is.

MVN ?= mvn -B -ntp
JAR := target/rentcache.jar
SOURCES := pom.xml $(shell find src/main -type f 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test build bench bench-full clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(JAR) ## Start RentCache on port 8000 with its own sandbox in Rentcast's place; needs no key and no server
	@./rentcache serve --sandbox

test: ## Run every test
	$(MVN) verify

build: $(JAR) ## Build target/rentcache.jar, and have the JVM learn its classes for a faster start
	@./rentcache train

$(JAR): $(SOURCES)
	@echo "Building $(JAR) ..."
	@$(MVN) -q -DskipTests package
	@touch $(JAR)

bench: build ## Measure RentCache against nginx, Traffic Server and Varnish, some minutes; see bench/README.md
	@bench/startup 3
	@bench/laboratory

bench-full: build ## The same with longer rounds and larger sizes, some hours
	@bench/startup
	@bench/laboratory --full

clean: ## Remove what was built; ./data stays
	rm -rf target
