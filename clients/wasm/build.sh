#!/usr/bin/env bash
# Builds the module with Debian's compiler, which brings the sources of the standard library for wasm32:
#   apt install rustc-web cargo-web rust-web-src lld
# usage: build.sh [TARGET_FOLDER]; prints the module's path, or says that it was skipped and ends with 0.
set -euo pipefail
cd "$(dirname "$0")"
for tool in /usr/bin/rustc /usr/bin/cargo; do
  if ! [ -x "$tool" ]; then echo "skipped: no $tool (rustc-web, cargo-web)" >&2; exit 0; fi
done
if ! command -v wasm-ld >/dev/null; then echo "skipped: no wasm-ld (lld)" >&2; exit 0; fi
if ! [ -d "$(/usr/bin/rustc --print sysroot)/lib/rustlib/src/rust/library" ]; then
  echo "skipped: no sources of the standard library (rust-web-src)" >&2; exit 0
fi
target="${1:-../../target/wasm}"
messages="$(mktemp)"
trap 'rm -f "$messages"' EXIT
# Another toolchain's settings must not reach this one.
status=0
env -u RUSTUP_TOOLCHAIN -u RUSTC_WRAPPER -u CARGO_TARGET_DIR -u CARGO -u CARGO_MANIFEST_DIR \
  RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 \
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld \
  RUSTFLAGS='--cfg getrandom_backend="custom"' \
  /usr/bin/cargo build --quiet --release --target wasm32-unknown-unknown -Zbuild-std=std,panic_abort \
  --target-dir "$target" >"$messages" 2>&1 || status=$?
cat "$messages" >&2
if [ "$status" != 0 ]; then exit "$status"; fi
# What compiles for this machine only, and is not marked so, shows itself as a warning here; cargo repeats it each time.
if grep -q '^warning' "$messages"; then echo "warnings are errors here" >&2; exit 1; fi
realpath "$target/wasm32-unknown-unknown/release/eseal_phone_wasm.wasm"
