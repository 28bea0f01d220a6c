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

   Called by policy_permissions.c (Check) and policy_permission.c, which owns
   what is compiled here. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawMalloc malloc
#  define PyMem_RawCalloc calloc
#  define PyMem_RawFree free
#  define Py_NO_INLINE
#else
#  include "Python.h"
#endif
#include "pycore_policy_target.h"
#include "pycore_policy_text.h"

#include <stdio.h>
#include <string.h>


/* --- Capabilities ------------------------------------------------------- */

static const char capabilities[_PyPolicy_N_CAPABILITIES][12] = {
    [_PyPolicy_NET] = "net",
    [_PyPolicy_READ] = "read",
    [_PyPolicy_WRITE] = "write",
    [_PyPolicy_RUN] = "run",
    [_PyPolicy_ENV] = "env",
    [_PyPolicy_FFI] = "ffi",
    [_PyPolicy_PATCH] = "patch",
    [_PyPolicy_SYS] = "sys",
    [_PyPolicy_CODE] = "code",
    [_PyPolicy_INTROSPECT] = "introspect",
};

const char *
_PyPolicyCapability_Name(_PyPolicyCapability capability)
{
    return (unsigned)capability < _PyPolicy_N_CAPABILITIES
           ? capabilities[capability] : NULL;
}

_PyPolicyCapability
_PyPolicyCapability_Named(const char *name, size_t len)
{
    for (int i = 0; i < _PyPolicy_N_CAPABILITIES; i++) {
        const char *capability = capabilities[i];
        if (capability[0] == name[0]
            && len < sizeof(capabilities[i]) && capability[len] == '\0'
            && memcmp(capability, name, len) == 0)
        {
            return (_PyPolicyCapability)i;
        }
    }
    return _PyPolicy_NO_CAPABILITY;
}


/* --- Kinds of texts ----------------------------------------------------- */

typedef enum { HOST, PATH, PATTERN, NAME } Kind;

static bool
has_tree(_PyPolicyCapability capability)
{
    return capability == _PyPolicy_FFI || capability == _PyPolicy_PATCH;
}

static bool
may_be_path(_PyPolicyCapability capability)
{
    return capability == _PyPolicy_RUN || capability == _PyPolicy_FFI;
}

static Kind
kind_of(_PyPolicyCapability capability, const char *text, size_t len)
{
    if (capability == _PyPolicy_NET) {
        return HOST;
    }
    if (capability == _PyPolicy_READ || capability == _PyPolicy_WRITE ||
        (may_be_path(capability) &&
         (text[0] == '$' || memchr(text, '/', len) != NULL))) {
        return PATH;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '*' || text[i] == '?') {
            return PATTERN;
        }
    }
    return NAME;
}


/* --- Checking ----------------------------------------------------------- */

static int
fail(char code[32], char what[_PyPolicyName_MAX_WHAT], const char *text,
     size_t len, const char *stable, const char *sentence)
{
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), text, len);
    snprintf(code, 32, "%s", stable);
    snprintf(what, _PyPolicyName_MAX_WHAT, "%s %s", quoted, sentence);
    return -1;
}

static bool
has_hidden(const char *text, size_t len)
{
    const char *end = text + len;
    while (text < end) {
        if (_PyPolicyText_IsOf(*text, _PyPolicyText_LETTER)) {
            text++;             /* nearly all */
            continue;
        }
        uint32_t c = (unsigned char)*text;
        int n = c < 0x7F ? 1 : _PyPolicyText_Decode(text, end, &c);
        if (n == 0 || c <= 0x20 || c == 0x7F || _PyPolicyText_IsHidden(c)) {
            return true;
        }
        text += n;
    }
    return false;
}

/* Parts between single dots, none of them empty. */
static bool
is_dotted(const char *text, size_t len)
{
    bool empty = true;
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '.' && empty) {
            return false;
        }
        empty = text[i] == '.';
    }
    return !empty;
}

/* What pip would take, or an operator, is no import name.  A library's name
   (libstdc++.so.6, libgtk-3.so) may look so, and ends in what tells. */
static bool
is_module(_PyPolicyCapability capability, const char *text, size_t len)
{
    if (strcspn(text, "-+=<>~[](){},;:@!'\"\\|&/$%#^`") >= len) {
        return true;
    }
    return capability == _PyPolicy_FFI && memchr(text, '/', len) == NULL &&
           (strstr(text, ".so") != NULL || strstr(text, ".dylib") != NULL ||
            strstr(text, ".dll") != NULL);
}

static int
check_name(_PyPolicyCapability capability, Kind kind, const char *text,
           size_t len, char code[32], char what[_PyPolicyName_MAX_WHAT])
{
    const char *write = NULL;
    switch (capability) {
        case _PyPolicy_ENV:
            write = memchr(text, '=', len) == NULL ? NULL :
                "is no environment variable; write its name alone, like "
                "\"AWS_REGION\"";
            break;
        case _PyPolicy_FFI:
        case _PyPolicy_PATCH:
            write = is_dotted(text, len) &&
                    is_module(capability, text, len) ? NULL :
                "is no module; write what an import statement names, like "
                "\"numpy\"";
            break;
        case _PyPolicy_SYS:
            write = is_dotted(text, len) &&
                    memchr(text, '(', len) == NULL ? NULL :
                "is no audit event; write its name, like \"os.kill\"";
            break;
        default:
            break;
    }
    if (write == NULL && kind == PATTERN &&
        strcspn(text, "[]{}") < len) {
        write = "has brackets, which mean nothing in a pattern; write the "
                "names one by one, or * or ? in their place";
    }
    return write == NULL ? 0 : fail(code, what, text, len, "bad-target",
                                    write);
}

/* Letters, digits and stars alone are a name, or a pattern of names, and right
   wherever these are meant. */
static bool
is_plain(const char *text, size_t len)
{
    const char *p = text;
    while (_PyPolicyText_IsOf(*p, _PyPolicyText_LETTER | _PyPolicyText_DIGIT)
           || *p == '*')
    {
        p++;
    }
    return p == text + len;
}

static int
fail_length(bool excluded, size_t len, char code[32],
            char what[_PyPolicyName_MAX_WHAT])
{
    snprintf(code, 32, len == 0 ? "empty-name" : "too-long");
    if (len > 0) {
        snprintf(what, _PyPolicyName_MAX_WHAT, "a target has more than %d "
                 "bytes; write a shorter one", _PyPolicy_MAX_NAME);
    }
    else if (excluded) {
        snprintf(what, _PyPolicyName_MAX_WHAT, "\"!\" excludes nothing; "
                 "write the target behind it");
    }
    else {
        snprintf(what, _PyPolicyName_MAX_WHAT, "a target is empty; write it "
                 "or remove the entry");
    }
    return -1;
}

static Py_NO_INLINE int
check_unusual(_PyPolicyCapability capability, const char *text, size_t len,
              char code[32], char what[_PyPolicyName_MAX_WHAT])
{
    Kind kind = kind_of(capability, text, len);
    if (kind == PATH) {
        return _PyPolicyPath_Check(text, len, code, what);
    }
    if (text[0] == '!') {
        return fail(code, what, text, len, "bad-target", "is excluded "
                    "twice; write one \"!\"");
    }
    if (capability == _PyPolicy_RUN && memchr(text, ' ', len) != NULL) {
        return fail(code, what, text, len, "bad-target", "is no program; "
                    "write its name alone, like \"git\"");
    }
    if (has_hidden(text, len)) {
        return fail(code, what, text, len, "bad-target", "has a space or a "
                    "character that does not show; write it without");
    }
    return check_name(capability, kind, text, len, code, what);
}

int
_PyPolicyTarget_Check(_PyPolicyCapability capability, const char *text,
                      size_t len, char code[32],
                      char what[_PyPolicyName_MAX_WHAT])
{
    bool excluded = text[0] == '!';
    text += excluded;
    len -= excluded;
    if (len == 0 || len > _PyPolicy_MAX_NAME) {
        return fail_length(excluded, len, code, what);
    }
    if (capability == _PyPolicy_NET) {
        return _PyPolicyHost_Check(text, len, code, what);
    }
    if (capability == _PyPolicy_READ || capability == _PyPolicy_WRITE) {
        return _PyPolicyPath_Check(text, len, code, what);
    }
    return is_plain(text, len)
           ? 0 : check_unusual(capability, text, len, code, what);
}


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
compile_kind(Side *side, Kind kind, const char *const *texts, size_t n,
             const _PyPolicyPlace *places, size_t n_places)
{
    if (n == 0) {
        return 0;
    }
    side->any = true;
    switch (kind) {
        case HOST:
            side->hosts = _PyPolicyHosts_Compile(texts, n, places, n_places);
            return side->hosts == NULL ? -1 : 0;
        case PATH:
            side->paths = _PyPolicyPaths_Compile(texts, n, places, n_places);
            return side->paths == NULL ? -1 : 0;
        case PATTERN:
            return compile_patterns(side, texts, n);
        case NAME:
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
    for (int kind = HOST; kind <= NAME; kind++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++) {
            const char *text = texts[i] + (texts[i][0] == '!');
            if ((texts[i][0] == '!') == excluded &&
                kind_of(capability, text, strlen(text)) == (Kind)kind) {
                some[count++] = text;
            }
        }
        if (compile_kind(side, (Kind)kind, some, count, places,
                         n_places) < 0) {
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
    bool tree = has_tree(capability);
    return may_be_path(capability)
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
