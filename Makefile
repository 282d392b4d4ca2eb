# `make run` and `make test` work in a fresh clone: they need make and Python 3.11, nothing else.

.DEFAULT_GOAL := help
.PHONY: help setup run test bench eval screenshots release clean

# Modules, not the commands in .venv/bin: those stop working when the folder is moved.
PYTHON := .venv/bin/python
STAMP := .venv/.installed
PIP := $(PYTHON) -m pip --disable-pip-version-check --quiet --quiet

# The first Python 3.11 that can make an environment; some are there in name only.
FIND_PYTHON = for candidate in python3.11 /usr/bin/python3.11 python3 python; do \
	if "$$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; \
	then echo "$$candidate"; exit; fi; done

# What tests wait for, made while types are checked on the other core: bytecode once, not in each process where
# Python may not write it, and the encoder. Types are checked beside the tests, and told behind them.
PREPARE := $(PYTHON) -m compileall -q app.py rag eval tests && $(PYTHON) -c 'from rag.config import load; \
	from rag.retrieval.static import ensure; ensure(load().models_folder)'

help:
	@echo 'make run          установить всё нужное, прочитать статьи и открыть чат на http://127.0.0.1:7860'
	@echo 'make test         проверить код и прогнать все тесты'
	@echo 'make setup        только установить (в .venv)'
	@echo 'make eval         задать все вопросы из eval/questions (и из папок SETS=…), записать числа в eval/results/record'
	@echo 'make bench        измерить скорость, память и место на диске'
	@echo 'make screenshots  снять картинки: для README и каждое состояние страницы в build/screenshots (нужен Chromium)'
	@echo 'make release      собрать пакет в dist/ и попробовать его в чистом окружении'
	@echo 'make clean        убрать .venv и кэши; статьи и библиотека останутся'

setup: $(STAMP)
	@:

$(STAMP): requirements.lock pyproject.toml
	@python="$$($(FIND_PYTHON))"; \
	if [ -z "$$python" ]; then \
		echo 'Нужен Python 3.11 с модулем venv. В Debian и Ubuntu: sudo apt-get install python3.11-venv' >&2; exit 1; fi; \
	$(PYTHON) -m pip --version >/dev/null 2>&1 || "$$python" -m venv .venv
	@echo 'Устанавливаю пакеты в .venv: в первый раз это занимает несколько минут…'
	@$(PIP) install -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(STAMP)
	@echo 'Установлено.'

run: setup
	@$(PYTHON) -m rag index || echo 'Индексирование завершилось с замечаниями (выше); запускаю сервер.' >&2
	@exec $(PYTHON) -m rag serve

test: setup
	@echo 'Проверяю стиль, затем типы и тесты…'
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m ruff format --quiet --check .
	@told=$$(mktemp); $(PYTHON) -m mypy >$$told 2>&1 & types=$$!; \
	$(PREPARE); $(PYTHON) -m pytest -n 3 --dist loadfile --no-loadscope-reorder; tests=$$?; \
	wait $$types || { cat $$told; tests=1; }; rm -f $$told; exit $$tests

eval: setup
	@$(PYTHON) -m eval record $(SETS)

bench: setup
	@$(PYTHON) -m eval speed

screenshots: setup
	@$(PYTHON) -m tests.web.screenshots
	@$(PYTHON) -m tests.web.screenshots build/screenshots

# `make release BORROW=--borrow` takes the dependencies from .venv: a try of seconds before the real one.
release: setup
	@rm -rf dist
	@$(PYTHON) -m build --no-isolation --outdir dist . >/dev/null
	@env -u PYTHONPATH $(PYTHON) -m tests.release dist/*.whl $(BORROW)
	@ls -l dist

clean:
	@rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo 'Убрано. Библиотека осталась в .snoska.'
