#!/bin/sh
# Do the fast tests hold on the oldest and the newest Python that is here (3.11 to 3.14)? Each in an environment of its own.
set -eu
cd "$(dirname "$0")/.."
found=""
for version in 3.11 3.12 3.13 3.14; do
    if "python$version" -c 'import venv, ensurepip' 2>/dev/null; then found="$found $version"; fi
done
[ -n "$found" ] || { echo "None of Python 3.11 to 3.14 is here." >&2; exit 1; }
oldest=$(echo $found | cut -d' ' -f1)
newest=$(echo $found | tr ' ' '\n' | tail -n 1)
for version in $(printf '%s\n' "$oldest" "$newest" | sort -u); do
    echo "Python $version"
    environment="build/python$version"
    [ -x "$environment/bin/python" ] || "python$version" -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
    "$environment/bin/python" -m pytest -n 2 -m "not slow and not browser and not long"
done
