#!/usr/bin/env bash
# import-linter (grimp) doesn't look into a folder of a package that has no __init__.py, though Python imports from it:
# a contract is KEPT that its files break, and only "Analyzed N files" tells.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"
python3 -m venv venv; venv/bin/pip install --quiet import-linter==2.16 grimp==3.20
mkdir -p core/checks shell
touch core/__init__.py shell/__init__.py
echo "import shell" > core/checks/cards.py
cat > .importlinter <<'INI'
[importlinter]
root_packages =
    core
    shell
[importlinter:contract:1]
name = the core knows no shell
type = forbidden
source_modules = core
forbidden_modules = shell
INI
PYTHONPATH=. venv/bin/python -c "import core.checks.cards"
PYTHONPATH=. venv/bin/lint-imports > without; touch core/checks/__init__.py
PYTHONPATH=. venv/bin/lint-imports > with || true
venv/bin/python -c "import importlib.metadata as m; print('import-linter', m.version('import-linter'), 'grimp', m.version('grimp'))"
for run in without with; do echo "$run __init__.py: $(grep -E 'Analyzed|KEPT|BROKEN' $run | tr '\n' ' ')"; done
grep -q "shell KEPT" without; grep -q "shell BROKEN" with
