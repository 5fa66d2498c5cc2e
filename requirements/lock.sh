#!/bin/sh
# Renews the hash-locked requirement files. They name packages, versions and hashes, never a registry.
set -eu
cd "$(dirname "$0")/.."
options="--generate-hashes --no-emit-index-url --no-annotate --no-header --universal --python-version 3.11 --quiet"
# shellcheck disable=SC2086
.venv/bin/uv pip compile pyproject.toml requirements/build.in --extra postgres $options "$@" --output-file requirements/run.txt
# shellcheck disable=SC2086
.venv/bin/uv pip compile pyproject.toml requirements/build.in --all-extras $options "$@" --output-file requirements/dev.txt
# shellcheck disable=SC2086
.venv/bin/uv pip compile requirements/fuzz.in $options "$@" --output-file requirements/fuzz.txt
# shellcheck disable=SC2086
.venv/bin/uv pip compile plugins/pos/pyproject.toml requirements/build.in $options "$@" --output-file requirements/pos.txt
# shellcheck disable=SC2086
.venv/bin/uv pip compile requirements/tryton.in $options "$@" --output-file requirements/tryton.txt
