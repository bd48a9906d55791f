#!/bin/sh
# What must be there before any Python of ours can run? A virtual environment in .venv with the pinned packages.
# Usage: bootstrap.sh REQUIREMENTS.txt. Does nothing when all that it pins is there. PYTHON=... chooses the Python.
# One stamp for all such files, with the pins that are installed: what runs, tests and benchmarks have in common is
# installed once, and whoever has the packages of the tests has those of the product.
set -eu
cd "$(dirname "$0")/../.."
requirements=$1
stamp=.venv/.installed

say() { printf '%s\n' "$*" >&2; }
stop() { say "Casewright cannot be set up: $*"; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" || stop "PYTHON=$PYTHON is $("$PYTHON" --version 2>&1 || true); it must be 3.11 or newer."
        echo "$PYTHON"
        return
    fi
    for candidate in python3.11 python3 python3.12 python3.13 python; do
        if new_enough "$candidate"; then echo "$candidate"; return; fi
    done
    stop "no Python 3.11 or newer was found ($(python3 --version 2>&1 || true)). Install one, or name it: PYTHON=/path/to/python3.11 make run"
}

venv_is_ours() { [ -x .venv/bin/python ] && .venv/bin/python -c 'import os, pip, sys; sys.exit(not os.path.samefile(sys.prefix, ".venv"))' 2>/dev/null; }

make_venv() {
    python=$(find_python)
    say "Making a virtual environment with $("$python" --version)"
    if "$python" -m venv --clear .venv >/dev/null 2>&1; then return; fi
    # Debian keeps the module that makes one in a package of its own
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing Debian's $package"
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package"; } >/dev/null </dev/null ||
            stop "apt-get could not install $package"
    else
        say "If this is Debian or Ubuntu: sudo apt-get install $package"
    fi
    "$python" -m venv --clear .venv || stop "$python cannot make a virtual environment."
}

show_progress() {
    found=0
    while read -r line; do
        case $line in
            Collecting* | Processing*)
                found=$((found + 1))
                if [ -t 2 ]; then printf '\r  found %d of %d' "$found" "$1" >&2
                elif [ $((found % 20)) -eq 0 ]; then say "  found $found of $1"; fi
                ;;
            "Installing collected"*) printf '\r  all found, installing\n' >&2 ;;
        esac
    done
}

install() {
    all=$(grep -c '==' "$requirements")
    say "Installing $all pinned packages, once; it takes a minute"
    log=.venv/install.log
    {
        .venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes -r "$requirements" 2>&1 </dev/null ||
            echo "pip failed"
    } | tee "$log" | show_progress "$all"
    if tail -n 1 "$log" | grep -q '^pip failed'; then
        grep -E '^ERROR|rror:' "$log" >&2 || tail -n 20 "$log" >&2
        stop "pip could not install $requirements (all of its output: $log)"
    fi
    touch "$stamp"
    pins >"$stamp.now"
    { awk -F== 'NR == FNR { now[$1]; next } !($1 in now)' "$stamp.now" "$stamp"; cat "$stamp.now"; } >"$stamp.all"
    mv "$stamp.all" "$stamp"
    rm "$stamp.now"
}

pins() { sed -n 's/^\([A-Za-z0-9._-]*==[^ ;]*\).*/\1/p' "$requirements" | sort; }
missing() { pins | grep -vxFf "$stamp" 2>/dev/null; }

[ -w . ] || stop "$(pwd) cannot be written by $(id -un); take a copy of your own (git clone)."
venv_is_ours || make_venv
if [ ! -f "$stamp" ] || missing >/dev/null; then install; fi
