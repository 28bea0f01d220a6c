#!/bin/sh
# Fuzz the parsers of policies and locks, with memory and arithmetic checked.
#
#   Tools/importpolicy/fuzz.sh [SECONDS [SEED]]
#
# Takes clang's libFuzzer when there is clang, else gcc and the driver in
# fuzz_driver.c.  Everything it makes is in $FUZZ_DIR (a temporary folder when
# that is not set); a text that breaks something is left there and named.
set -eu

seconds=${1:-60}
seed=${2:-1}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${FUZZ_DIR:-$(mktemp -d)}
tools=$root/Tools/importpolicy
fixtures=$root/Lib/test/test_importpolicy
flags="-std=c11 -g -O1 -fno-omit-frame-pointer -DPOLICY_STANDALONE
       -D_GNU_SOURCE -I$root/Include/internal"
policies=
for name in policy policy_grant policy_load policy_directive \
            policy_permissions policy_name policy_target \
            policy_target_address policy_target_check policy_target_host \
            policy_target_hosts policy_target_path policy_target_path_check \
            policy_target_path_table policy_target_glob policy_text \
            policy_scan policy_json; do
    policies="$policies $root/Python/$name.c"
done
locks=
for name in policy_lock policy_lock_form policy_lock_record policy_digest \
            distribution_metadata distribution_memory policy_text \
            policy_scan policy_json; do
    locks="$locks $root/Python/$name.c"
done
mkdir -p "$work"
cd "$work"
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1

hash=0123456789abcdef0123456789abcdef
mkdir -p seeds
cat >seeds/lock.json <<END
{
  "\$version": 1,
  "\$comment": "",
  "distributions": {
    "a": {
      "version": "1",
      "record": "$hash$hash",
      "packages": ["a"],
      "requires": ["b"]
    },
    "b": {
      "version": "2",
      "editable": true,
      "packages": [
        "b",
        "c"
      ],
      "requires": []
    }
  }
}
END
cat >seeds/RECORD <<'END'
a/__init__.py,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,12
a-1.dist-info/METADATA,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,7
"a,b.py",,
END

# fuzz NAME SOURCES SEEDS...
fuzz() {
    name=$1 sources="$2 $tools/$1.c $tools/fuzz_driver.c"
    shift 2
    echo "$name: $work, $seconds s, seed $seed"
    if command -v clang >/dev/null 2>&1; then
        # shellcheck disable=SC2086
        clang $flags -fsanitize=fuzzer,address,undefined \
            -fno-sanitize-recover=all $sources -o "$name"
        mkdir -p "corpus-$name"
        cp "$@" "corpus-$name/"
        "./$name" -max_total_time="$seconds" -seed="$seed" -max_len=4096 \
            -print_final_stats=1 "corpus-$name"
        return
    fi
    sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all"
    objects=
    for source in $sources; do
        object=$(basename "$source" .c).o cover=-fsanitize-coverage=trace-pc
        # The driver itself is not what it explores.
        [ "$object" != fuzz_driver.o ] || cover=-DSTANDALONE_DRIVER
        # shellcheck disable=SC2086
        gcc $flags $sanitize $cover -c "$source" -o "$object"
        objects="$objects $object"
    done
    # shellcheck disable=SC2086
    gcc $sanitize $objects -o "$name"
    "./$name" -s "$seconds" -r "$seed" "$@"
}

fuzz fuzz_policy "$policies" "$fixtures"/json/*.json \
    "$fixtures"/policies/*.json
fuzz fuzz_lock "$locks" seeds/*
