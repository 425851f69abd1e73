#!/usr/bin/env bash
# Fuzzes every target, SECONDS of them together; fails at the first panic, time-out or lack of memory.
#
#   fuzz/smoke.sh [SECONDS] [TARGET…]     default: 60 seconds, all targets
#
# What breaks a target stays in fuzz/artifacts/TARGET; `fuzz/smoke.sh 0 TARGET` runs what was found so far again.
# The compiler's own instrumentation is used, which the stable toolchain has; libFuzzer is built with g++.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    mapfile -t targets < <(sed -n 's/^    ("\([a-z0-9_]*\)", .*::check.*/\1/p' fuzz_targets/main.rs)
fi

export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16"
# With a target named, build scripts and macros go without these flags.
host=$(rustc -vV | sed -n 's/^host: //p')
folder=${CARGO_TARGET_DIR:-target}
export CARGO_INCREMENTAL=0
cargo build --quiet --target "$host"
program=$folder/$host/debug/eseal-fuzz

FUZZ_SEEDS=corpus "$program"
workers=$(nproc 2>/dev/null || echo 1)
each=$((seconds * workers / ${#targets[@]}))

fuzz() {
    mkdir -p "artifacts/$1" "corpus/$1"
    # No more than 30 s on one input: instrumented and unoptimised, and the machine is shared.
    if ! FUZZ_TARGET=$1 "$program" "corpus/$1" -artifact_prefix="artifacts/$1/" -max_total_time="$2" -runs="$3" \
        -max_len=65536 -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 >"artifacts/$1.log" 2>&1; then
        tail -n 60 "artifacts/$1.log"
        echo "fuzz: $1 failed, see fuzz/artifacts/$1" >&2
        return 1
    fi
    echo "fuzz: $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "artifacts/$1.log") inputs"
}
export -f fuzz
export program

# Without time, what is there is run once.
[ "$each" -gt 0 ] && runs=-1 || { each=0; runs=0; }
printf '%s\n' "${targets[@]}" | xargs -P "$workers" -I{} bash -c "fuzz {} $each $runs"
