#!/bin/bash
# Installs what the build and the tests need, unless it is already there:
#
#   setup.sh rust           the Rust toolchain of rust-toolchain.toml, and a C compiler
#   setup.sh page           the same, Trunk, xtask, and the npm packages of the build
#   setup.sh tests          the npm packages of the browser tests, and Chromium
#   setup.sh hosts          the npm packages of the portals in tests/hosts
#   setup.sh mutants        cargo-mutants
#   setup.sh chromium-path  prints where Chromium is
#
# The Makefile sets the versions (TRUNK_VERSION and the like) and the target folder (TOOLS).
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }
have() { type -P "$1" >/dev/null; }

# ---- Debian's packages ----

# apt_install PACKAGE TIME WHAT_FOR
apt_install() {
  local sudo=()
  have apt-get || die "$3 Install it, then run make again."
  if [ "$(id -u)" != 0 ]; then
    have sudo || die "$3 Run as root: apt-get install $1. Then run make again."
    sudo=(sudo)
  fi
  say "Installing Debian's $1 ($2, once per machine)…"
  { "${sudo[@]}" apt-get -qq update &&
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$1"; } >/dev/null ||
    die "Debian's $1 could not be installed. $3 Check the network, or install it by hand."
}

# ---- Rust ----

rust() {
  have cc || apt_install build-essential "about a minute" "Building Rust programs needs a C compiler."
  have cargo || die "Rust is missing. Install it as https://rustup.rs says, then run make again."

  local version sysroot
  version=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
  if ! have rustup; then
    rustc --version | grep -qF "rustc $version " && [ -d "$(wasm_library "$(rustc --print sysroot)")" ] ||
      die "Rust $version with the target wasm32-unknown-unknown is needed. With rustup (https://rustup.rs) it is installed by itself."
    return
  fi
  sysroot=$(rustup run "$version" rustc --print sysroot 2>/dev/null) || sysroot=
  if [ ! -d "$(wasm_library "$sysroot")" ] || [ ! -e "$sysroot/bin/cargo-clippy" ] || [ ! -e "$sysroot/bin/rustfmt" ]; then
    say "Installing Rust $version for WebAssembly (about a minute, once per machine)…"
    rustup --quiet toolchain install "$version" --profile minimal \
      --component clippy --component rustfmt --target wasm32-unknown-unknown >&2 ||
      die "Rust $version could not be installed. Check the network, then run make again."
  fi
}

wasm_library() { printf '%s' "$1/lib/rustlib/wasm32-unknown-unknown"; }

# cargo_tool NAME CRATE VERSION MINUTES [FLAG…]
# Builds quickly rather than for speed: these tools run too rarely for optimization to pay.
cargo_tool() {
  local name=$1 crate=$2 version=$3 minutes=$4
  local root=$TOOLS/$name-$version
  shift 4
  [ -x "$root/bin/$name" ] && return
  mkdir -p "$TOOLS"
  # If two clones install it at the same time, one waits for the other.
  exec 9>"$TOOLS/lock"
  if have flock; then flock 9; fi
  if [ ! -x "$root/bin/$name" ]; then
    say "Installing $name $version (about $minutes minutes, once per machine)…"
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
      cargo install --quiet --locked --root "$root" "$crate@$version" "$@" 2> >(grep -v 'to your PATH' >&2) || {
      # Above 128: killed by a signal.
      [ $? -le 128 ] || die "Installing $name $version was interrupted. Run make again."
      die "$name $version could not be installed. Check that crates.io can be reached, then run make again."
    }
  fi
  exec 9>&-
}

# ---- npm ----

node_js() {
  have node && have npm || die "Node.js 20 or newer is missing (with npm). Install it, then run make again."
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || die "Node.js $(node --version) is too old: 20 or newer is needed."
}

# npm_packages FOLDER: installs its package-lock.json, only if that has changed.
npm_packages() {
  local stamp=$1/node_modules/.installed-lock.json
  cmp -s "$1/package-lock.json" "$stamp" && return
  node_js
  say "Installing the npm packages of ${2} (a few seconds)…"
  (cd "$1" && npm ci --prefer-offline --loglevel=error >/dev/null) ||
    die "The npm packages could not be installed. Check that the npm registry can be reached, then run make again."
  cp "$1/package-lock.json" "$stamp"
}

# ---- Chromium ----

chromium_path() {
  if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] || die "CHROMIUM is set to $CHROMIUM, which is no program."
    echo "$CHROMIUM"
  else
    type -P chromium || type -P chromium-browser || type -P google-chrome
  fi
}

install_chromium() {
  if [ -z "${CHROMIUM:-}" ] && ! chromium_path >/dev/null; then
    apt_install chromium "about a minute" "The browser tests need Chromium; CHROMIUM=/path/to/it names one that is not in PATH."
  fi
  chromium_path >/dev/null
}

# ----

page() {
  rust
  node_js
  npm_packages . "the build"
  cargo_tool trunk trunk "$TRUNK_VERSION" 4 --no-default-features --features rustls
  build_xtask
}

# Takes the program apart: scripts/program.mjs calls it.
build_xtask() {
  local binary=${CARGO_TARGET_DIR:-target}/xtask/xtask
  [ -x "$binary" ] || say "Building xtask, which takes the program apart (about 2 minutes, the first time)…"
  cargo build --locked --quiet --profile xtask --package xtask ||
    die "xtask could not be built. Check that crates.io can be reached, then run make again."
}

tests() {
  node_js
  npm_packages tests/e2e "the browser tests"
  install_chromium
}

hosts() {
  node_js
  npm_packages tests/hosts "the portals that embed the page"
}

mutants() {
  cargo_tool cargo-mutants cargo-mutants "$CARGO_MUTANTS_VERSION" 3
}

for what in "$@"; do
  case $what in
    rust | page | tests | hosts | mutants) "$what" ;;
    chromium-path) chromium_path ;;
    *) die "setup.sh does not know “$what”." ;;
  esac
done
