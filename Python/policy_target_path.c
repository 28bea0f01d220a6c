/* Is this path one that the list speaks of?

   Three kinds of targets, by what they cost.

   A path without wildcards ("/srv/data", "$TMP/cache") names a file, or a
   directory with all that is below it.  These are in a hash table, which is
   asked once for each component of the path, so that ten thousand of them
   cost what one costs.

   A glob is compared as far as it has no wildcards, and from there on run as
   a set of states, one step for each character of the path: the time is
   bounded by the product of the two lengths, whatever is written.

   "$PKG" is a different directory for each dependency, so what begins with
   it is kept apart, without it, and compared with the rest of the path once
   the package's own directory has been taken off.

   What is written means:

       /srv/data       the file, or the directory and all below it
       ?               one character, but no "/"
       *               any characters, but no "/"
       **              any characters; as a component of its own it also
                       stands for no component at all: "/a/ ** /b" holds
                       "/a/b" (written without the blanks)
       $APP $PKG $TMP $HOME $PREFIX
                       at the beginning only

   A glob whose last component has no wildcard names a directory too and
   holds what is below it; one that ends in a wildcard ends there, or a "*"
   would not stop at a "/".  What is excluded ("!/srv/.*") is excluded with
   all that is below it, whichever way it is written.  A name that begins with
   a dot is like any other.
   There are no classes ("[a-z]") and no alternatives ("{a,b}"): both are
   refused, because somebody who means one and gets the other has a list that
   excludes nothing.

   What is matched is a resolved path without "." and "..".  Bytes in it that
   are not UTF-8 are characters that no target contains.

   Called by policy_target.c; pure, and compiled alone for tests. */

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

#include <stdio.h>
#include <string.h>

/* --- Places ------------------------------------------------------------- */

static const char *const PLACES[] = {
    "$APP", "$HOME", "$PKG", "$PREFIX", "$TMP", NULL,
};

static const char PACKAGE[] = "$PKG";

/* How long is the first component, and which place is it?  NULL: none. */
static const char *
place_of(const char *text, size_t *len)
{
    *len = strcspn(text, "/");
    for (size_t i = 0; PLACES[i] != NULL; i++) {
        if (strlen(PLACES[i]) == *len && memcmp(PLACES[i], text, *len) == 0) {
            return PLACES[i];
        }
    }
    return NULL;
}

/* --- Check -------------------------------------------------------------- */

static int
fail(char code[32], char what[_PyPolicyName_MAX_WHAT], const char *text,
     size_t len, const char *reason)
{
    char quoted[_PyPolicy_MAX_QUOTED];
    _PyPolicyText_Quote(quoted, sizeof(quoted), text, len);
    snprintf(code, 32, "bad-path");
    snprintf(what, _PyPolicyName_MAX_WHAT, "%s %s", quoted, reason);
    return -1;
}

/* Which place may have been meant?  NULL: none. */
static const char *
nearest_place(const char *text)
{
    const char *const WORDS[] = {
        "$app", "$home", "$pkg", "$prefix", "$tmp", "$temp", "$tmpdir",
        "$package", NULL
    };
    const char *const MEANT[] = {
        "$APP", "$HOME", "$PKG", "$PREFIX", "$TMP", "$TMP", "$TMP", "$PKG",
    };
    char word[16];
    size_t n = strcspn(text, "/"), i = 0;
    snprintf(word, sizeof(word), "%.*s", n < 15 ? (int)n : 15, text);
    const char *nearest = _PyPolicyText_Nearest(word, WORDS);
    if (nearest == NULL) {
        return NULL;
    }
    while (strcmp(WORDS[i], nearest) != 0) {
        i++;
    }
    return MEANT[i];
}

static int
fail_place(char code[32], char what[_PyPolicyName_MAX_WHAT], const char *text,
           size_t len)
{
    char reason[128];
    const char *meant = nearest_place(text);
    if (meant != NULL) {
        snprintf(reason, sizeof(reason),
                 "begins with no known place; did you mean \"%s\"?", meant);
    }
    else {
        snprintf(reason, sizeof(reason), "begins with no known place; write "
                 "$APP, $PKG, $TMP, $HOME, $PREFIX or an absolute path");
    }
    return fail(code, what, text, len, reason);
}

/* As a rule it is what lies beside the program. */
static int
fail_relative(char code[32], char what[_PyPolicyName_MAX_WHAT],
              const char *text, size_t len)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-/*?";
    char reason[160];
    const char *bare = text[0] == '.' && text[1] == '/' ? text + 2 : text;
    size_t n = strspn(bare, plain);
    if (n != strlen(bare) || n == 0 || n > 60) {
        return fail(code, what, text, len, "is not an absolute path; begin it "
                    "with \"/\", or with \"$APP/\" for what lies beside the "
                    "program");
    }
    snprintf(reason, sizeof(reason), "is not an absolute path; write "
             "\"$APP/%s\" for what lies beside the program, or begin it with "
             "\"/\"", bare);
    return fail(code, what, text, len, reason);
}

/* Why that component cannot be one; NULL when it can. */
static const char *
wrong_component(const char *part, size_t len)
{
    if (len == 0) {
        return "has an empty component; write one slash";
    }
    if ((len == 1 && part[0] == '.')
        || (len == 2 && part[0] == '.' && part[1] == '.'))
    {
        return "contains \".\" or \"..\"; write the path that it leads to";
    }
    if (memchr(part, '[', len) != NULL) {
        return "contains \"[\"; there are no classes of characters, write "
               "\"?\" for any one character";
    }
    if (memchr(part, '\\', len) != NULL) {
        return "contains a backslash; write \"/\" between directories, and "
               "\"?\" for any one character";
    }
    if (memchr(part, '{', len) != NULL && memchr(part, ',', len) != NULL) {
        return "contains alternatives; write a target for each, and \"?\" "
               "for a brace";
    }
    size_t n;
    if (part[0] == '$' && place_of(part, &n) != NULL) {
        return "contains a place that is not at the beginning; write it "
               "first, or leave it out";
    }
    return NULL;
}

/* The usual path: components of letters, digits and a few others, behind one
   slash each. */
static bool
is_plain(const char *text, size_t len)
{
    const char *p = text, *end = text + len, *begin = p + 1;
    if (*p != '/' || len == 1) {
        return false;
    }
    while (++p < end) {
        if (_PyPolicyText_IsOf(*p, _PyPolicyText_LETTER | _PyPolicyText_DIGIT
                                   | _PyPolicyText_DASH))
        {
            continue;
        }
        if ((*p != '/' && *p != '.') || p == begin) {
            return false;
        }
        if (*p == '/') {
            begin = p + 1;
        }
    }
    return p > begin;
}

/* Where the components begin: at the first "/", or at the end. */
static int
check_beginning(const char *text, size_t len, char code[32],
                char what[_PyPolicyName_MAX_WHAT], size_t *begin)
{
    *begin = 0;
    if (text[0] == '/') {
        return 0;
    }
    if (text[0] == '$') {
        return place_of(text, begin) != NULL
            ? 0 : fail_place(code, what, text, len);
    }
    if (text[0] == '~') {
        return fail(code, what, text, len, "is not expanded; write \"$HOME\" "
                    "for the home directory");
    }
    return fail_relative(code, what, text, len);
}

int
_PyPolicyPath_Check(const char *text, size_t len, char code[32],
                    char what[_PyPolicyName_MAX_WHAT])
{
    size_t begin;
    if (len == 0) {
        return fail(code, what, text, len, "is empty; write a path or remove "
                    "it");
    }
    if (len <= _PyPolicy_MAX_NAME && is_plain(text, len)) {
        return 0;
    }
    if (len > _PyPolicy_MAX_NAME || memchr(text, '\0', len) != NULL) {
        return fail(code, what, text, len, "is longer than a path can be; "
                    "write a directory above it");
    }
    if (check_beginning(text, len, code, what, &begin) < 0) {
        return -1;
    }
    const char *end = text + len;
    if (len > 1 && end[-1] == '/') {
        end--;                  /* one slash at the end changes nothing */
    }
    for (const char *part = text + begin; part < end && end - text > 1; ) {
        part++;
        const char *slash = memchr(part, '/', (size_t)(end - part));
        size_t n = (size_t)((slash != NULL ? slash : end) - part);
        const char *wrong = wrong_component(part, n);
        if (wrong != NULL) {
            return fail(code, what, text, len, wrong);
        }
        part += n;
    }
    return 0;
}

/* --- Paths without wildcards -------------------------------------------- */

typedef struct {
    const char *path;           /* begins with "/", does not end with one */
    size_t len;
    uint64_t hash;
} Entry;

typedef struct {
    Entry *slots;               /* n_slots: a power of two, or 0 */
    size_t n_slots;
    size_t n_used;
    uint64_t lengths;           /* bit len % 64 for each entry: most of the
                                   prefixes of a path need no look at the
                                   slots, which are seldom in a cache */
    bool everything;            /* "/" */
} Table;

/* A table of no more slots is looked through, which is cheaper still. */
#define FEW 8

/* The hash goes through the path once, eight bytes at a time, and is asked
   for at every "/".  Whoever writes the policy chooses the entries, so there
   is nobody who could gain by making them collide. */
static uint64_t
mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29 ^ hash >> 47;
}

/* One component, from its "/" on. */
static uint64_t
hash_component(uint64_t hash, const char *part, size_t len)
{
    uint64_t word;
    for (; len >= 8; part += 8, len -= 8) {
        memcpy(&word, part, 8);
        hash = mix(hash, word);
    }
    word = len;
    for (; len > 0; len--) {
        word = word << 8 | (unsigned char)*part++;
    }
    return mix(hash, word);
}

static size_t
component_len(const char *part, const char *end)
{
    const char *slash = memchr(part + 1, '/', (size_t)(end - part - 1));
    return (size_t)((slash != NULL ? slash : end) - part);
}

static Entry *
slot_of(const Table *table, const char *path, size_t len, uint64_t hash)
{
    size_t i = (size_t)hash;
    for (;;) {
        Entry *slot = &table->slots[i & (table->n_slots - 1)];
        if (slot->path == NULL
            || (slot->hash == hash && slot->len == len
                && memcmp(slot->path, path, len) == 0))
        {
            return slot;
        }
        i++;
    }
}

static bool
lies_below(const char *path, size_t len, const char *dir, size_t dir_len)
{
    return len >= dir_len && memcmp(path, dir, dir_len) == 0
           && (len == dir_len || path[dir_len] == '/');
}

/* Does the table hold the path or a directory above it? */
static bool
table_holds(const Table *table, const char *path, size_t len)
{
    if (table->everything || table->n_slots == 0) {
        return table->everything;
    }
    if (table->n_slots <= FEW) {
        for (size_t i = 0; i < table->n_slots; i++) {
            const Entry *entry = &table->slots[i];
            if (entry->path != NULL
                && lies_below(path, len, entry->path, entry->len))
            {
                return true;
            }
        }
        return false;
    }
    const char *part = path, *end = path + len;
    uint64_t hash = 0;
    while (part < end) {
        size_t n = component_len(part, end);
        hash = hash_component(hash, part, n);
        part += n;
        size_t so_far = (size_t)(part - path);
        if ((table->lengths >> so_far % 64 & 1)
            && slot_of(table, path, so_far, hash)->path != NULL)
        {
            return true;
        }
    }
    return false;
}

/* The path becomes the table's memory only by being pointed at. */
static void
table_add(Table *table, const char *path, size_t len)
{
    const char *part = path, *end = path + len;
    uint64_t hash = 0;
    if (len == 0) {
        table->everything = true;
        return;
    }
    while (part < end) {
        size_t n = component_len(part, end);
        hash = hash_component(hash, part, n);
        part += n;
    }
    Entry *slot = slot_of(table, path, len, hash);
    table->n_used++;
    table->lengths |= (uint64_t)1 << len % 64;
    slot->path = path;
    slot->len = len;
    slot->hash = hash;
}

/* All directories above the path. */
static void
table_add_above(Table *table, const char *path, size_t len)
{
    while (len > 0) {
        while (path[--len] != '/') {
        }
        table_add(table, path, len);
    }
}

/* Exactly this path? */
static bool
table_has(const Table *table, const char *path, size_t len)
{
    const char *part = path, *end = path + len;
    uint64_t hash = 0;
    if (len == 1) {
        return table->everything;
    }
    while (part < end && table->n_slots > 0) {
        size_t n = component_len(part, end);
        hash = hash_component(hash, part, n);
        part += n;
    }
    return table->n_slots > 0
           && slot_of(table, path, len, hash)->path != NULL;
}

static int
table_init(Table *table, size_t n)
{
    if (n == 0) {
        return 0;
    }
    size_t size = 4;
    while (size < 2 * n) {
        size *= 2;
    }
    table->slots = PyMem_RawCalloc(size, sizeof(Entry));
    table->n_slots = table->slots != NULL ? size : 0;
    return table->slots != NULL ? 0 : -1;
}

/* --- Globs -------------------------------------------------------------- */

/* What a glob is made of: characters, and these, which are none. */
enum {
    ANY_ONE = 0x110000,         /* ?  */
    ANY,                        /* *  */
    ANY_DEEP,                   /* ** */
    COMPONENTS,                 /* **, then "/": none, or whole ones */
    UNDECODABLE,                /* + the byte: in paths alone */
};

#define MAX_TOKENS (_PyPolicy_MAX_NAME + 1)
#define WORDS(n) ((n) / 64 + 1)

typedef struct {
    const char *prefix;         /* what comes before the first wildcard's
                                   component; ends before its "/" */
    size_t prefix_len;
    uint32_t *tokens;
    size_t n_tokens;
    bool package;               /* the prefix goes on from "$PKG" */
    bool below;                 /* holds what is below what it matches */
} Glob;

/* State i: the first i tokens have been matched.  What may stand for nothing
   is also matched at once. */
static void
enter(const Glob *glob, uint64_t *states, size_t i)
{
    states[i / 64] |= (uint64_t)1 << i % 64;
    while (i < glob->n_tokens && glob->tokens[i] >= ANY
           && glob->tokens[i] <= COMPONENTS)
    {
        i++;
        states[i / 64] |= (uint64_t)1 << i % 64;
    }
}

static void
step(const Glob *glob, size_t i, uint32_t c, uint64_t *next)
{
    uint32_t token = glob->tokens[i];
    switch (token) {
    case ANY_ONE:
        if (c != '/') {
            enter(glob, next, i + 1);
        }
        break;
    case ANY:
        if (c != '/') {
            enter(glob, next, i);
        }
        break;
    case ANY_DEEP:
        enter(glob, next, i);
        break;
    case COMPONENTS:
        if (c == '/') {
            enter(glob, next, i);
        }
        else {
            next[i / 64] |= (uint64_t)1 << i % 64;
        }
        break;
    default:
        if (token == c) {
            enter(glob, next, i + 1);
        }
    }
}

/* All states that one character leads to.  False when there are none. */
static bool
step_all(const Glob *glob, const uint64_t *states, uint32_t c, uint64_t *next)
{
    bool alive = false;
    size_t words = WORDS(glob->n_tokens);
    memset(next, 0, words * sizeof(*next));
    for (size_t i = 0; i < glob->n_tokens; i++) {
        if (states[i / 64] == 0) {
            i |= 63;
        }
        else if (states[i / 64] >> i % 64 & 1) {
            step(glob, i, c, next);
        }
    }
    for (size_t i = 0; i < words; i++) {
        alive |= next[i] != 0;
    }
    return alive;
}

static const char *
next_character(const char *p, const char *end, uint32_t *c)
{
    int n = _PyPolicyText_Decode(p, end, c);
    if (n > 0) {
        return p + n;
    }
    *c = UNDECODABLE + (unsigned char)*p;
    return p + 1;
}

static bool
glob_matches(const Glob *glob, const char *path, size_t len, bool below)
{
    uint64_t a[WORDS(MAX_TOKENS)], b[WORDS(MAX_TOKENS)];
    uint64_t *states = a, *next = b;
    size_t last = glob->n_tokens;
    const char *p = path, *end = path + len;
    if (len < glob->prefix_len
        || memcmp(path, glob->prefix, glob->prefix_len) != 0)
    {
        return false;
    }
    p += glob->prefix_len;
    memset(states, 0, WORDS(last) * sizeof(*states));
    enter(glob, states, 0);
    while (p < end) {
        uint32_t c;
        p = next_character(p, end, &c);
        if (c == '/' && (below || glob->below)
            && states[last / 64] >> last % 64 & 1)
        {
            return true;
        }
        if (!step_all(glob, states, c, next)) {
            return false;
        }
        uint64_t *other = states;
        states = next;
        next = other;
    }
    return states[last / 64] >> last % 64 & 1;
}

static bool
has_wildcard(const char *text, size_t len)
{
    return memchr(text, '*', len) != NULL || memchr(text, '?', len) != NULL;
}

/* The stars at *p, where a component begins or not: one token for them. */
static uint32_t
stars(const char **p, const char *end)
{
    const char *star = *p;
    size_t n = 0;
    while (star + n < end && star[n] == '*') {
        n++;
    }
    *p += n;
    if (n == 1) {
        return ANY;
    }
    if (star[-1] == '/' && *p < end && **p == '/') {
        ++*p;
        return COMPONENTS;
    }
    return ANY_DEEP;
}

static int
compile_tokens(Glob *glob, const char *p, const char *end)
{
    glob->tokens = PyMem_RawMalloc((size_t)(end - p + 1) * sizeof(uint32_t));
    if (glob->tokens == NULL) {
        return -1;
    }
    while (p < end) {
        uint32_t token;
        if (*p == '*') {
            token = stars(&p, end);
        }
        else if (*p == '?') {
            token = ANY_ONE;
            p++;
        }
        else {
            p = next_character(p, end, &token);
        }
        glob->tokens[glob->n_tokens++] = token;
    }
    return 0;
}

/* --- A list ------------------------------------------------------------- */

struct _PyPolicyPaths {
    Table table;
    Table above;                /* directories above its entries, and those
                                   where globs begin */
    Table in_package;           /* without "$PKG" */
    Glob *globs;
    size_t n_globs;
    char *memory;               /* all paths, one after the other */
    char *free;                 /* where the next one goes */
};

/* One target with one value of its place, which `text` no longer has. */
static int
add_target(_PyPolicyPaths *paths, const char *place, bool package,
           const char *text)
{
    char *path = paths->free;
    size_t head = strlen(place), len = strlen(text);
    if (head == 1) {
        head = 0;               /* "/" */
    }
    memcpy(path, place, head);
    memcpy(path + head, text, len);
    len += head;
    if (len > 0 && path[len - 1] == '/') {
        len--;
    }
    paths->free += len;
    const char *rest = path + head, *end = path + len;
    if (rest > end || !has_wildcard(rest, (size_t)(end - rest))) {
        table_add(package ? &paths->in_package : &paths->table, path, len);
        if (!package) {
            table_add_above(&paths->above, path, len);
        }
        return 0;
    }
    Glob *glob = &paths->globs[paths->n_globs++];
    const char *part = rest;
    size_t n;
    while (n = component_len(part, end), !has_wildcard(part, n)) {
        part += n;
    }
    glob->prefix = path;
    glob->prefix_len = (size_t)(part - path);
    glob->package = package;
    if (!package) {
        table_add(&paths->above, path, glob->prefix_len);
        table_add_above(&paths->above, path, glob->prefix_len);
    }
    const char *last = end;
    while (*--last != '/') {
    }
    glob->below = !has_wildcard(last, (size_t)(end - last));
    return compile_tokens(glob, part, end);
}

/* One target with each value of its place. */
static int
add_text(_PyPolicyPaths *paths, const char *text,
         const _PyPolicyPlace *places, size_t n_places)
{
    size_t len;
    const char *place = place_of(text, &len);
    if (place == NULL) {
        return add_target(paths, "", false, text);
    }
    if (strcmp(place, PACKAGE) == 0) {
        return add_target(paths, "", true, text + len);
    }
    for (size_t i = 0; i < n_places; i++) {
        if (strcmp(places[i].name, place) == 0 && places[i].path[0] == '/'
            && add_target(paths, places[i].path, false, text + len) < 0)
        {
            return -1;
        }
    }
    return 0;
}

static size_t
count_slashes(const char *text)
{
    size_t n = 0;
    while ((text = strchr(text, '/')) != NULL) {
        n++;
        text++;
    }
    return n;
}

/* How many entries, directories above them, and bytes at most? */
static void
measure(const char *const *texts, size_t n, const _PyPolicyPlace *places,
        size_t n_places, size_t *entries, size_t *above, size_t *bytes)
{
    *entries = *above = *bytes = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len, text_len = strlen(texts[i]);
        const char *place = place_of(texts[i], &len);
        if (place == NULL || strcmp(place, PACKAGE) == 0) {
            ++*entries;
            *above += count_slashes(texts[i]) + 1;
            *bytes += text_len;
            continue;
        }
        for (size_t j = 0; j < n_places; j++) {
            if (strcmp(places[j].name, place) == 0) {
                ++*entries;
                *above += count_slashes(texts[i])
                          + count_slashes(places[j].path) + 1;
                *bytes += text_len + strlen(places[j].path);
            }
        }
    }
}

_PyPolicyPaths *
_PyPolicyPaths_Compile(const char *const *texts, size_t n,
                       const _PyPolicyPlace *places, size_t n_places)
{
    size_t entries, above, bytes;
    _PyPolicyPaths *paths = PyMem_RawCalloc(1, sizeof(*paths));
    if (paths == NULL) {
        return NULL;
    }
    measure(texts, n, places, n_places, &entries, &above, &bytes);
    paths->memory = paths->free = PyMem_RawMalloc(bytes + 1);
    paths->globs = PyMem_RawCalloc(entries + 1, sizeof(Glob));
    if (paths->memory == NULL || paths->globs == NULL
        || table_init(&paths->table, entries) < 0
        || table_init(&paths->above, above) < 0
        || table_init(&paths->in_package, entries) < 0)
    {
        goto error;
    }
    for (size_t i = 0; i < n; i++) {
        if (add_text(paths, texts[i], places, n_places) < 0) {
            goto error;
        }
    }
    return paths;
error:
    _PyPolicyPaths_Free(paths);
    return NULL;
}

void
_PyPolicyPaths_Free(_PyPolicyPaths *paths)
{
    if (paths == NULL) {
        return;
    }
    for (size_t i = 0; i < paths->n_globs; i++) {
        PyMem_RawFree(paths->globs[i].tokens);
    }
    PyMem_RawFree(paths->globs);
    PyMem_RawFree(paths->table.slots);
    PyMem_RawFree(paths->above.slots);
    PyMem_RawFree(paths->in_package.slots);
    PyMem_RawFree(paths->memory);
    PyMem_RawFree(paths);
}

/* The path as it is seen from the package; NULL when it is outside.  A
   package that is the root directory would be everything, so it is none. */
static const char *
inside(const char *package, const char *path, size_t len)
{
    size_t n = package != NULL ? strlen(package) : 0;
    if (n < 2 || len < n || memcmp(path, package, n) != 0
        || (len > n && path[n] != '/'))
    {
        return NULL;
    }
    return path + n;
}

static bool
holds(const _PyPolicyPaths *paths, const char *path, size_t len,
      const char *package, bool below)
{
    if (path == NULL || len == 0 || path[0] != '/') {
        return false;           /* no path that could be held */
    }
    if (table_holds(&paths->table, path, len)) {
        return true;
    }
    const char *rest = inside(package, path, len);
    size_t rest_len = rest != NULL ? (size_t)(path + len - rest) : 0;
    if (rest != NULL && table_holds(&paths->in_package, rest, rest_len)) {
        return true;
    }
    if (len == 1) {
        return false;           /* the root has no name for a wildcard */
    }
    for (size_t i = 0; i < paths->n_globs; i++) {
        const Glob *glob = &paths->globs[i];
        if (glob->package
            ? rest != NULL && glob_matches(glob, rest, rest_len, below)
            : glob_matches(glob, path, len, below))
        {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyPaths_Match(const _PyPolicyPaths *paths, const char *path,
                     size_t len, const char *package)
{
    return holds(paths, path, len, package, false);
}

bool
_PyPolicyPaths_IsAbove(const _PyPolicyPaths *paths, const char *path,
                       size_t len, const char *package)
{
    if (path == NULL || len == 0 || path[0] != '/') {
        return false;
    }
    bool packaged = paths->in_package.n_used > 0
                    || paths->in_package.everything;
    for (size_t i = 0; i < paths->n_globs; i++) {
        packaged |= paths->globs[i].package;
    }
    return table_has(&paths->above, path, len)
           || (packaged && package != NULL
               && lies_below(package, strlen(package), path,
                             len == 1 ? 0 : len));
}

static bool
table_reaches(const Table *table, const char *dir, size_t len)
{
    for (size_t i = 0; i < table->n_slots; i++) {
        const Entry *entry = &table->slots[i];
        if (entry->path != NULL
            && lies_below(entry->path, entry->len, dir, len))
        {
            return true;
        }
    }
    return false;
}

/* May anything below the directory be held?  Where a glob goes is not
   followed: a yes too many costs a refusal, a no too many a secret. */
static bool
reaches_below(const _PyPolicyPaths *paths, const char *dir, size_t len,
              const char *package)
{
    const char *rest = inside(package, dir, len);
    size_t rest_len = rest != NULL ? (size_t)(dir + len - rest) : 0;
    bool around = package != NULL
                  && lies_below(package, strlen(package), dir, len);
    if (table_reaches(&paths->table, dir, len)
        || (rest != NULL && table_reaches(&paths->in_package, rest, rest_len))
        || (around && (paths->in_package.n_used > 0
                       || paths->in_package.everything)))
    {
        return true;
    }
    for (size_t i = 0; i < paths->n_globs; i++) {
        const Glob *glob = &paths->globs[i];
        const char *from = glob->package ? rest : dir;
        size_t n = glob->package ? rest_len : len;
        if ((glob->package && around)
            || (from != NULL
                && (lies_below(glob->prefix, glob->prefix_len, from, n)
                    || lies_below(from, n, glob->prefix, glob->prefix_len))))
        {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyPaths_Exclude(const _PyPolicyPaths *paths, const char *path,
                       size_t len, const char *package, bool above)
{
    if (path == NULL || len == 0 || path[0] != '/') {
        return above;
    }
    if (len == 1 && above) {
        return true;
    }
    return holds(paths, path, len, package, true)
           || (above && reaches_below(paths, path, len, package));
}
