#!/bin/sh
# Fuzz the loader of policies, with memory and arithmetic checked.
#
#   Tools/importpolicy/fuzz.sh [SECONDS [SEED]]
#
# Takes clang's libFuzzer when there is clang, else gcc and the driver in
# fuzz_policy.c.  Everything it makes is in $FUZZ_DIR (a temporary folder when
# that is not set); a text that breaks something is left there and named.
set -eu

seconds=${1:-60}
seed=${2:-1}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${FUZZ_DIR:-$(mktemp -d)}
fixtures=$root/Lib/test/test_importpolicy
flags="-std=c11 -g -O1 -fno-omit-frame-pointer -DPOLICY_STANDALONE
       -I$root/Include/internal"
sources=
for name in policy policy_grant policy_load policy_directive \
            policy_permissions policy_name policy_target \
            policy_target_address policy_target_host policy_target_hosts \
            policy_target_path policy_target_path_check \
            policy_target_path_table policy_target_glob policy_text \
            policy_scan policy_json; do
    sources="$sources $root/Python/$name.c"
done
mkdir -p "$work"
cd "$work"
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

if command -v clang >/dev/null 2>&1; then
    # shellcheck disable=SC2086
    clang $flags -fsanitize=fuzzer,address,undefined \
        -fno-sanitize-recover=all \
        $sources "$root/Tools/importpolicy/fuzz_policy.c" -o fuzz_policy
    mkdir -p corpus
    cp "$fixtures"/json/*.json "$fixtures"/policies/*.json corpus/
    exec ./fuzz_policy -max_total_time="$seconds" -seed="$seed" \
        -max_len=4096 -print_final_stats=1 corpus
fi

sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all"
objects=
for source in $sources; do
    object=$(basename "$source" .c).o
    # shellcheck disable=SC2086
    gcc $flags $sanitize -fsanitize-coverage=trace-pc -c "$source" \
        -o "$object"
    objects="$objects $object"
done
# shellcheck disable=SC2086
gcc $flags $sanitize -D_GNU_SOURCE -DSTANDALONE_DRIVER \
    "$root/Tools/importpolicy/fuzz_policy.c" $objects -o fuzz_policy
echo "fuzzing in $work for $seconds s, seed $seed"
exec ./fuzz_policy -s "$seconds" -r "$seed" \
    "$fixtures"/json/*.json "$fixtures"/policies/*.json
