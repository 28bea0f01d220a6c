/* What does a policy.lock.json say?

   The machine's half of a policy, written by `python -m importpolicy lock`:

     {"$version": 1,
      "distributions": {
        "requests": {"version": "2.32.3",
                     "record": "…",         64 hexadecimal digits
                     "packages": ["requests"],
                     "requires": ["certifi", "idna", …]}, …}}

   "editable": true stands in the place of "record"; "pth" and "contested" are
   there where there are any.  It is read as strictly as a policy: whoever has
   merged two of them by hand, and wrongly, is told where.

   All texts stay in the buffer that the JSON parser filled, and the lists are
   slices of one pool.  Nothing changes afterwards.  Called by policy_setup.c
   when a policy has been read, and for the command by _importpolicy. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawCalloc calloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_distribution.h"  // _PyDistribution_Normalise()
#include "pycore_policy_limits.h"
#include "pycore_policy_lock.h"
#include "pycore_policy_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef const _PyPolicyJsonNode *Node;

struct _PyPolicyLock {
    char *strings;
    const char **pool;
    _PyPolicyLockEntry *entries;
    uint32_t n;
};

typedef struct {
    _PyPolicyJson doc;
    _PyPolicyLock *lock;
    uint32_t n_pool;
    _PyPolicyJsonError *error;
} Loader;


/* --- Errors ------------------------------------------------------------- */

#ifdef __GNUC__
__attribute__((format(printf, 4, 5)))
#endif
static int
fail(Loader *l, Node at, const char *code, const char *format, ...)
{
    va_list args;
    l->error->line = (int)at->line;
    l->error->column = (int)at->column;
    snprintf(l->error->code, sizeof(l->error->code), "%s", code);
    va_start(args, format);
    vsnprintf(l->error->what, sizeof(l->error->what), format, args);
    va_end(args);
    return -1;
}

static int
fail_type(Loader *l, Node key, Node value, const char *write)
{
    char quoted[_PyPolicy_MAX_QUOTED];
    return fail(l, value, "bad-type", "the value of %s is %s; write %s",
                _PyPolicyText_Quote(quoted, sizeof(quoted), key->text,
                                    key->count),
                _PyPolicyJson_KindName(value->kind), write);
}

static int
fail_key(Loader *l, Node key, const char *const *names)
{
    char quoted[_PyPolicy_MAX_QUOTED];
    const char *near = _PyPolicyText_Nearest(key->text, names);
    _PyPolicyText_Quote(quoted, sizeof(quoted), key->text, key->count);
    return near != NULL
        ? fail(l, key, "unknown-key", "a lock has no %s here; did you mean "
               "\"%s\"?", quoted, near)
        : fail(l, key, "unknown-key", "a lock has no %s here; remove it",
               quoted);
}


/* --- One distribution --------------------------------------------------- */

enum { VERSION, RECORD, EDITABLE, PACKAGES, PTH, CONTESTED, REQUIRES };

static const char *const members[] = {
    "version", "record", "editable", "packages", "pth", "contested",
    "requires", NULL,
};

static int
index_of(const char *const *names, Node key)
{
    int i = 0;
    while (names[i] != NULL && strcmp(names[i], key->text) != 0) {
        i++;
    }
    return names[i] != NULL ? i : -1;
}

static int
read_text(Loader *l, Node key, Node value, const char **text)
{
    if (value->kind != _PyPolicyJson_STRING) {
        return fail_type(l, key, value, "a string");
    }
    if (value->count == 0) {
        return fail(l, value, "empty-name", "an empty string stands here");
    }
    *text = value->text;
    return 0;
}

static int
read_names(Loader *l, Node key, Node value, _PyPolicyLockNames *names)
{
    if (value->kind != _PyPolicyJson_ARRAY) {
        return fail_type(l, key, value, "a list of strings");
    }
    const char **pool = l->lock->pool + l->n_pool;
    Node item = _PyPolicyJson_First(value);
    for (uint32_t i = 0; i < value->count; i++) {
        if (item->kind != _PyPolicyJson_STRING || item->count == 0) {
            return fail(l, item, "bad-type", "the list holds %s; write "
                        "names", item->kind == _PyPolicyJson_STRING
                        ? "an empty string"
                        : _PyPolicyJson_KindName(item->kind));
        }
        pool[i] = item->text;
        item = _PyPolicyJson_Next(&l->doc, item);
    }
    *names = (_PyPolicyLockNames){pool, value->count};
    l->n_pool += value->count;
    return 0;
}

static int
read_digest(Loader *l, Node key, Node value, const char **record)
{
    if (value->kind != _PyPolicyJson_STRING
        || value->count != _PyPolicyLock_DIGEST - 1
        || strspn(value->text, "0123456789abcdef") != value->count)
    {
        return fail_type(l, key, value, "the 64 hexadecimal digits of a "
                         "SHA-256");
    }
    *record = value->text;
    return 0;
}

static int
read_member(Loader *l, _PyPolicyLockEntry *entry, int which, Node key,
            Node value)
{
    switch (which) {
        case VERSION:
            return read_text(l, key, value, &entry->version);
        case RECORD:
            return read_digest(l, key, value, &entry->record);
        case EDITABLE:
            return value->kind == _PyPolicyJson_TRUE
                   ? 0 : fail_type(l, key, value, "true, or nothing");
        case PACKAGES:
            return read_names(l, key, value, &entry->packages);
        case PTH:
            return read_names(l, key, value, &entry->pth);
        case CONTESTED:
            return read_names(l, key, value, &entry->contested);
        default:
            return read_names(l, key, value, &entry->requires);
    }
}

/* An entry without its digest would lock nothing, and one that says both is
   half of two. */
static int
check_entry(Loader *l, Node key, uint32_t seen)
{
    if ((seen >> RECORD & 1) == (seen >> EDITABLE & 1)) {
        return fail(l, key, "missing-key", "%s has %s \"record\" %s "
                    "\"editable\"", key->text,
                    seen >> RECORD & 1 ? "both" : "neither",
                    seen >> RECORD & 1 ? "and" : "nor");
    }
    static const int needed[] = {VERSION, PACKAGES, REQUIRES};
    for (int i = 0; i < 3; i++) {
        if (!(seen >> needed[i] & 1)) {
            return fail(l, key, "missing-key", "%s has no \"%s\"",
                        key->text, members[needed[i]]);
        }
    }
    return 0;
}

static int
read_entry(Loader *l, Node key, Node value, _PyPolicyLockEntry *entry)
{
    char name[_PyPolicy_MAX_NAME];
    if (value->kind != _PyPolicyJson_OBJECT) {
        return fail_type(l, key, value, "an object");
    }
    if (!_PyDistribution_Normalise(key->text, key->count, name, sizeof(name))
        || strcmp(name, key->text) != 0)
    {
        return fail(l, key, "bad-name", "this is no distribution's name in "
                    "normal form (lower case, with \"-\")");
    }
    uint32_t seen = 0;
    *entry = (_PyPolicyLockEntry){.name = key->text};
    Node member = _PyPolicyJson_First(value);
    for (uint32_t i = 0; i < value->count; i++) {
        Node content = _PyPolicyJson_Next(&l->doc, member);
        int which = index_of(members, member);
        if (which < 0) {
            return fail_key(l, member, members);
        }
        if (read_member(l, entry, which, member, content) < 0) {
            return -1;
        }
        seen |= 1u << which;
        member = _PyPolicyJson_Next(&l->doc, content);
    }
    return check_entry(l, key, seen);
}


/* --- All of them -------------------------------------------------------- */

static int
by_name(const void *left, const void *right)
{
    const _PyPolicyLockEntry *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static int
read_distributions(Loader *l, Node key, Node value)
{
    _PyPolicyLock *lock = l->lock;
    if (value->kind != _PyPolicyJson_OBJECT) {
        return fail_type(l, key, value, "an object");
    }
    lock->entries = PyMem_RawCalloc(value->count + 1, sizeof(*lock->entries));
    if (lock->entries == NULL) {
        return -1;
    }
    bool sorted = true;
    Node name = _PyPolicyJson_First(value);
    for (uint32_t i = 0; i < value->count; i++) {
        Node entry = _PyPolicyJson_Next(&l->doc, name);
        if (read_entry(l, name, entry, &lock->entries[i]) < 0) {
            return -1;
        }
        lock->n++;
        sorted &= i == 0 || by_name(&lock->entries[i - 1],
                                    &lock->entries[i]) < 0;
        name = _PyPolicyJson_Next(&l->doc, entry);
    }
    if (!sorted) {
        qsort(lock->entries, lock->n, sizeof(*lock->entries), by_name);
    }
    return 0;
}

static int
read_document(Loader *l)
{
    static const char *const keys[] = {
        "$version", "$comment", "distributions", NULL,
    };
    Node root = l->doc.nodes, key = _PyPolicyJson_First(root);
    uint32_t seen = 0;
    if (root->kind != _PyPolicyJson_OBJECT) {
        return fail(l, root, "bad-type", "a lock is an object, not %s",
                    _PyPolicyJson_KindName(root->kind));
    }
    for (uint32_t i = 0; i < root->count; i++) {
        Node value = _PyPolicyJson_Next(&l->doc, key);
        int which = index_of(keys, key);
        if (which < 0) {
            return fail_key(l, key, keys);
        }
        if (which == 0 && (value->kind != _PyPolicyJson_NUMBER
                           || strcmp(value->text, "1") != 0))
        {
            return fail(l, value, "unknown-version", "this interpreter knows "
                        "version 1 of locks alone");
        }
        if (which == 2 && read_distributions(l, key, value) < 0) {
            return -1;
        }
        seen |= 1u << which;
        key = _PyPolicyJson_Next(&l->doc, value);
    }
    for (int i = 0; i < 3; i += 2) {
        if (!(seen >> i & 1)) {
            return fail(l, root, "missing-key", "the lock has no \"%s\"",
                        keys[i]);
        }
    }
    return 0;
}

_PyPolicyLock *
_PyPolicyLock_Parse(const char *text, size_t len, _PyPolicyJsonError *error)
{
    Loader l = {.error = error};
    if (_PyPolicyJson_Parse(&l.doc, text, len, error) < 0) {
        return NULL;
    }
    int result = -1;
    l.lock = PyMem_RawCalloc(1, sizeof(*l.lock));
    if (l.lock != NULL) {
        l.lock->pool = PyMem_RawCalloc(l.doc.n_nodes, sizeof(char *));
        l.lock->strings = l.doc.strings;
        l.doc.strings = NULL;
        result = l.lock->pool != NULL ? read_document(&l) : -1;
    }
    _PyPolicyJson_Clear(&l.doc);
    if (result < 0) {
        _PyPolicyLock_Free(l.lock);
        return NULL;
    }
    return l.lock;
}

void
_PyPolicyLock_Free(_PyPolicyLock *lock)
{
    if (lock != NULL) {
        PyMem_RawFree(lock->strings);
        PyMem_RawFree(lock->pool);
        PyMem_RawFree(lock->entries);
        PyMem_RawFree(lock);
    }
}

const _PyPolicyLockEntry *
_PyPolicyLock_Entries(const _PyPolicyLock *lock, uint32_t *n)
{
    *n = lock->n;
    return lock->entries;
}

const _PyPolicyLockEntry *
_PyPolicyLock_Find(const _PyPolicyLock *lock, const char *name)
{
    _PyPolicyLockEntry key = {.name = name};
    return bsearch(&key, lock->entries, lock->n, sizeof(key), by_name);
}
