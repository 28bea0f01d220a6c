/* Does this list of targets hold what is reached?

   A list is compiled into two sides: what is in it, and what is excluded from
   it ("!…").  A side keeps exact names in a hash table, patterns in a list,
   and hands paths to policy_target_path.c and hosts to policy_target_host.c.
   So 10,000 names cost what one costs; only patterns are tried one by one.

   What a text is depends on the capability:

     net            hosts
     read, write    paths
     run            a name without a slash is a program's name, as the
                    start-up PATH finds it; anything else a path
     ffi            a name is a module with all below it, or a library; with a
                    slash, or behind a $PLACE, a path
     patch          a module with all below it
     env, sys       a name
     others         a name (of an audit event that no capability gates)

   and every name may be a pattern, in which * stands for any characters and ?
   for one.  Which of these is asked is decided by what is reached, in the
   same way.

   An exclusion must not be evaded by another spelling.  So "!sh" excludes
   also what is called sh and lies elsewhere, whichever way it was found, while
   a grant of "sh" is only for the one on the PATH.

   Called by policy_permission.c, which owns what is compiled here. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_policy_target.h"
#include "pycore_policy_text.h"

#include <string.h>


/* --- Compiling ---------------------------------------------------------- */

typedef struct {
    const char *text;           /* NULL: this slot is free */
    size_t len;
    uint32_t hash;
} Slot;

typedef struct {
    bool any;                   /* is there a text at all? */
    Slot *names;
    size_t mask;                /* slots - 1; slots are a power of 2 */
    const char **patterns;
    size_t n_patterns;
    _PyPolicyPaths *paths;
    _PyPolicyHosts *hosts;
} Side;

struct _PyPolicyTargets {
    _PyPolicyCapability capability;
    Side in, out;
    char *strings;
};

static Slot *
slot_of(const Side *side, const char *text, size_t len, uint32_t hash)
{
    size_t at = hash & side->mask;
    while (side->names[at].text != NULL &&
           !(side->names[at].hash == hash && side->names[at].len == len &&
             memcmp(side->names[at].text, text, len) == 0)) {
        at = (at + 1) & side->mask;
    }
    return &side->names[at];
}

static int
compile_names(Side *side, const char *const *texts, size_t n)
{
    size_t slots = 4;
    while (slots < n * 2) {
        slots *= 2;
    }
    side->names = PyMem_RawCalloc(slots, sizeof(*side->names));
    if (side->names == NULL) {
        return -1;
    }
    side->mask = slots - 1;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(texts[i]);
        uint32_t hash = _PyPolicyText_Hash(texts[i], len);
        *slot_of(side, texts[i], len, hash) = (Slot){texts[i], len, hash};
    }
    return 0;
}

static int
compile_patterns(Side *side, const char *const *texts, size_t n)
{
    side->patterns = PyMem_RawMalloc(n * sizeof(*texts));
    if (side->patterns == NULL) {
        return -1;
    }
    memcpy(side->patterns, texts, n * sizeof(*texts));
    side->n_patterns = n;
    return 0;
}

/* All texts of one kind on one side. */
static int
compile_kind(Side *side, _PyPolicyTargetKind kind,
             const char *const *texts, size_t n,
             const _PyPolicyPlace *places, size_t n_places)
{
    if (n == 0) {
        return 0;
    }
    side->any = true;
    switch (kind) {
        case _PyPolicyTarget_HOST:
            side->hosts = _PyPolicyHosts_Compile(texts, n, places, n_places);
            return side->hosts == NULL ? -1 : 0;
        case _PyPolicyTarget_PATH:
            side->paths = _PyPolicyPaths_Compile(texts, n, places, n_places);
            return side->paths == NULL ? -1 : 0;
        case _PyPolicyTarget_PATTERN:
            return compile_patterns(side, texts, n);
        case _PyPolicyTarget_NAME:
            return compile_names(side, texts, n);
    }
    return -1;
}

/* `texts` are copies of ours; `some` has room for all of them. */
static int
compile_side(Side *side, bool excluded, _PyPolicyCapability capability,
             const char *const *texts, size_t n, const char **some,
             const _PyPolicyPlace *places, size_t n_places)
{
    for (int i = _PyPolicyTarget_HOST; i <= _PyPolicyTarget_NAME; i++) {
        _PyPolicyTargetKind kind = (_PyPolicyTargetKind)i;
        size_t count = 0;
        for (size_t k = 0; k < n; k++) {
            const char *text = texts[k] + (texts[k][0] == '!');
            if ((texts[k][0] == '!') == excluded
                && _PyPolicyTarget_KindOf(capability, text,
                                          strlen(text)) == kind)
            {
                some[count++] = text;
            }
        }
        if (compile_kind(side, kind, some, count, places, n_places) < 0) {
            return -1;
        }
    }
    return 0;
}

/* The texts end to end in one block; `copies` are where each begins. */
static char *
copy_texts(const char *const *texts, size_t n, const char **copies)
{
    size_t size = 1;
    for (size_t i = 0; i < n; i++) {
        size += strlen(texts[i]) + 1;
    }
    char *strings = PyMem_RawMalloc(size), *at = strings;
    for (size_t i = 0; strings != NULL && i < n; i++) {
        size = strlen(texts[i]) + 1;
        copies[i] = memcpy(at, texts[i], size);
        at += size;
    }
    return strings;
}

_PyPolicyTargets *
_PyPolicyTargets_Compile(_PyPolicyCapability capability,
                         const char *const *texts, size_t n,
                         const _PyPolicyPlace *places, size_t n_places)
{
    _PyPolicyTargets *targets = PyMem_RawCalloc(1, sizeof(*targets));
    const char **copies = PyMem_RawCalloc(n * 2 + 1, sizeof(*copies));
    if (targets == NULL || copies == NULL) {
        goto error;
    }
    targets->capability = capability;
    targets->strings = copy_texts(texts, n, copies);
    if (targets->strings == NULL ||
        compile_side(&targets->in, false, capability, copies, n, copies + n,
                     places, n_places) < 0 ||
        compile_side(&targets->out, true, capability, copies, n, copies + n,
                     places, n_places) < 0) {
        goto error;
    }
    PyMem_RawFree(copies);
    return targets;

error:
    PyMem_RawFree(copies);
    _PyPolicyTargets_Free(targets);
    return NULL;
}

static void
clear_side(Side *side)
{
    PyMem_RawFree(side->names);
    PyMem_RawFree(side->patterns);
    if (side->paths != NULL) {
        _PyPolicyPaths_Free(side->paths);
    }
    if (side->hosts != NULL) {
        _PyPolicyHosts_Free(side->hosts);
    }
}

void
_PyPolicyTargets_Free(_PyPolicyTargets *targets)
{
    if (targets != NULL) {
        clear_side(&targets->in);
        clear_side(&targets->out);
        PyMem_RawFree(targets->strings);
        PyMem_RawFree(targets);
    }
}


/* --- Matching ----------------------------------------------------------- */

/* * any characters, ? one (of UTF-8: all its bytes).  After a mismatch the
   last * takes one byte more, so the time is at most their product. */
static bool
matches_pattern(const char *pattern, const char *text, size_t len)
{
    const char *end = text + len, *star = NULL, *taken = NULL;
    while (text < end) {
        if (*pattern == '*') {
            star = ++pattern;
            taken = text;
        }
        else if (*pattern == '?') {
            pattern++;
            do {
                text++;
            } while (text < end && (*text & 0xC0) == 0x80);
        }
        else if (*pattern == *text && *pattern != '\0') {
            pattern++;
            text++;
        }
        else if (star != NULL) {
            pattern = star;
            text = ++taken;
        }
        else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return *pattern == '\0';
}

static bool
has_name(const Side *side, const char *text, size_t len)
{
    return side->names != NULL && len > 0 &&
           slot_of(side, text, len,
                   _PyPolicyText_Hash(text, len))->text != NULL;
}

/* The name itself or, where names stand for all that is below them, one of
   those that it lies below. */
static bool
side_names(const Side *side, const char *text, size_t len, bool tree)
{
    for (size_t i = 0; i < side->n_patterns; i++) {
        if (matches_pattern(side->patterns[i], text, len)) {
            return true;
        }
    }
    for (;;) {
        if (has_name(side, text, len)) {
            return true;
        }
        do {
            if (!tree || len == 0) {
                return false;
            }
            len--;
        } while (text[len] != '.');
    }
}

/* A path has no name that could be granted: a file of any name can be put
   anywhere.  Excluded is whatever ends in one. */
static bool
side_names_path(const Side *side, const _PyPolicyTarget *target, bool tree,
                bool excluded)
{
    const char *end = target->text + target->len, *base = end;
    while (base > target->text && base[-1] != '/') {
        base--;
    }
    return (excluded || base == target->text) &&
           side_names(side, base, (size_t)(end - base), tree);
}

/* What else the program is called, by the PATH or by a link. */
static bool
side_names_program(const Side *side, const _PyPolicyTarget *target)
{
    if (target->program != NULL &&
        side_names(side, target->program, strlen(target->program), false)) {
        return true;
    }
    for (size_t i = 0; i < target->n_names; i++) {
        const char *name = target->names[i];
        size_t len = strlen(name);
        if (name[0] == '/' ? side->paths != NULL &&
                             _PyPolicyPaths_Match(side->paths, name, len,
                                                  target->package)
                           : side_names(side, name, len, false)) {
            return true;
        }
    }
    return false;
}

/* Where it is not clear which file is meant, it may be an excluded one. */
static bool
side_holds_path(const Side *side, _PyPolicyCapability capability,
                const _PyPolicyTarget *target, bool excluded)
{
    if (target->text[0] != '/') {
        return excluded && (capability == _PyPolicy_READ ||
                            capability == _PyPolicy_WRITE);
    }
    return excluded
        ? _PyPolicyPaths_Exclude(side->paths, target->text, target->len,
                                 target->package, target->above)
        : _PyPolicyPaths_Match(side->paths, target->text, target->len,
                               target->package) ||
          (target->looks &&
           _PyPolicyPaths_IsAbove(side->paths, target->text, target->len,
                                  target->package));
}

static bool
side_holds(const Side *side, _PyPolicyCapability capability,
           const _PyPolicyTarget *target, bool excluded)
{
    if (side->hosts != NULL) {
        return excluded ? _PyPolicyHosts_Exclude(side->hosts, target)
                        : _PyPolicyHosts_Match(side->hosts, target);
    }
    if (target->text == NULL) {
        return false;
    }
    if (side->paths != NULL &&
        side_holds_path(side, capability, target, excluded)) {
        return true;
    }
    if (capability == _PyPolicy_RUN && side_names_program(side, target)) {
        return true;
    }
    bool tree = capability == _PyPolicy_FFI || capability == _PyPolicy_PATCH;
    return _PyPolicyTarget_MayBePath(capability)
           ? side_names_path(side, target, tree, excluded)
           : side_names(side, target->text, target->len, tree);
}

bool
_PyPolicyTargets_Match(const _PyPolicyTargets *targets,
                       const _PyPolicyTarget *target)
{
    const Side *in = &targets->in, *out = &targets->out;
    if (!in->any && !out->any) {
        return false;
    }
    if (target->text == NULL && target->address_len == 0) {
        return true;
    }
    if (out->any &&
        side_holds(out, targets->capability, target, true)) {
        return false;
    }
    bool held = !in->any || side_holds(in, targets->capability, target,
                                       false);
    if (held && target->within != NULL) {
        _PyPolicyPaths_Within(out->any ? NULL : in->paths, target->text,
                              target->len, target->within);
    }
    return held;
}
