# What the overlay's shell tools share.  Sourced with $me (the tool's name),
# $root (the repository) and $series set; POSIX sh with coreutils, so that it
# runs on a machine where nothing but the compiler has been installed yet.

LC_ALL=C
export LC_ALL
umask 022

overlay_dirs="Include Python Modules Lib Doc"
default_series=3.13

# All talk goes to standard error: standard output is for results.
say() {
    printf '%s: %s\n' "$me" "$*" >&2
}

die() {
    say "error: $*"
    exit 1
}

# need TOOL PACKAGE...: stop with the remedy where a tool is missing.
need() {
    command -v "$1" >/dev/null 2>&1 || {
        tool=$1
        shift
        die "the tool '$tool' is missing; install it: apt-get install $*"
    }
}

use_series() {
    pins=$root/patches/$series/upstream
    queue=$root/patches/$series/series
    [ -f "$pins" ] || die "there is no series '$series';" \
        "patches/ holds: $(cd "$root/patches" && echo *)"
    version=$(pin version)
    sha256=$(pin sha256)
}

# pin KEY: the rest of KEY's line in patches/SERIES/upstream.
pin() {
    sed -n "s/^$1[[:space:]][[:space:]]*//p" "$pins"
}

# scratch: a private directory, gone when the tool ends.
scratch() {
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/overlay.XXXXXX") ||
        die "cannot make a temporary directory in ${TMPDIR:-/tmp}"
    trap 'rm -rf "$tmp"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

# The names of the patches in order, without .patch; '#' begins a comment.
patch_names() {
    [ ! -f "$queue" ] ||
        sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$queue"
}

# claims NAME: the upstream files that a patch changes.
claims() {
    sed -n 's,^+++ b/,,p' "$root/patches/$series/$1.patch"
}

# checksum FILE: its SHA-256 and nothing else.
checksum() {
    sha256sum <"$1" | cut -d' ' -f1
}

# tree_checksum DIR: one SHA-256 over the names and contents of all files.
tree_checksum() {
    (cd "$1" && find . -type f -print0 | sort -z | xargs -0 -r sha256sum) |
        sha256sum | cut -d' ' -f1
}

# unpack SOURCE DIR [FILE...]: the release, or only some of its files, from
# what `fetch` printed: a verified tarball or a verified directory.
unpack() {
    unpack_from=$1
    unpack_to=$2
    shift 2
    mkdir -p "$unpack_to" || return 1
    if [ -d "$unpack_from" ]; then
        [ $# -gt 0 ] || set -- .
        (cd "$unpack_from" && tar -cf - -- "$@") |
            tar -xf - --no-same-owner -C "$unpack_to"
    else
        [ $# -eq 0 ] || {
            for unpack_file; do
                shift
                set -- "$@" "Python-$version/$unpack_file"
            done
        }
        tar -xJf "$unpack_from" --no-same-owner --strip-components=1 \
            -C "$unpack_to" -- "$@"
    fi
}

# source_of TREE: where the release lies that TREE was made from; found anew
# (cache, apt, release site) if it has been moved away since.
source_of() {
    if [ -f "$1/.overlay/source" ]; then
        source=$(sed -n 2p "$1/.overlay/source")
        if [ -e "$source" ]; then
            "$root/Tools/overlay/fetch" --series "$series" --quiet "$source" &&
                return
        fi
    fi
    "$root/Tools/overlay/fetch" --series "$series" --quiet
}
