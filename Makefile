# Two commands: `make run` starts the product, `make test` runs every check. Both make ready what they need first.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run test ready lock synapse evaluate bench format clean

help: ## Shows this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ## Makes everything ready, starts it, and keeps running until Ctrl-C
	@exec $(PYTHON) -m setup run

test: ## Runs every check that can run here; what cannot is announced
	@exec $(PYTHON) -m setup test

ready: ## Makes everything ready without starting it
	@exec $(PYTHON) -m setup ready

lock: ## Resolves the locked versions anew after a change of setup/locks/*.in
	@exec $(PYTHON) -m setup.lock

synapse: ## Installs a Matrix homeserver beside the product, for the server tests of the live desk
	@exec $(PYTHON) -m setup.synapse

evaluate: ready ## Measures search, subject areas and understanding on texts written apart from what was taught
	@.venv/bin/python -m knowledge.evaluation.run --half dev
	@.venv/bin/python -m knowledge.evaluation.run --half final
	@.venv/bin/python -m knowledge.evaluation.subjects_run
	@.venv/bin/python -m tests.bot.evaluate
	@.venv-bot/bin/python -m bot.cross_validation
	@.venv/bin/python -m knowledge.evaluation.facts_run
	@.venv/bin/python -m knowledge.evaluation.wrongdoing_run
	@.venv/bin/python -m tests.conversations.evaluate

bench: ready ## Measures turns beside a plain Rasa bot, open chats, search, assessments and complaints (about 15 minutes)
	@.venv/bin/python -m benchmarks.turns
	@.venv/bin/python -m benchmarks.chats
	@.venv/bin/python -m benchmarks.search
	@.venv/bin/python -m benchmarks.assess
	@.venv/bin/python -m benchmarks.complaints

format: ## Puts the code in its usual form
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

clean: ## Removes what was built: environments, index, models, caches; keeps the database and ingested documents
	rm -rf .venv .venv-bot var/models var/setup var/cache var/tools var/python
	[ ! -d var/index ] || find var/index -type f ! -name 'documents.sqlite' -delete
