/* Which principals are there, and which sets of them?

   A code object has room for 32 bits and a frame walk has time for one load
   and a comparison.  So principals are interned, and so are sets of them: a
   set id in a code object says everything, joining two sets is a look-up,
   and "have I seen exactly this group acting before?" is a comparison of
   two integers.

   Both tables only grow.  An entry is complete before its id leaves the
   lock, and is never moved: entries live in blocks, so a reader needs
   neither the lock nor the GIL.  They belong to the process, not to an
   interpreter, because code, threads and policies cross interpreters; the
   lock is there for interpreters with a GIL of their own.

   Called by: principal_file.c (a file is classified), principal_code.c
   (code is made), policy_stack.c (a walk joins what it meets). */

#include "Python.h"
#include "pycore_principal.h"
#include "pycore_pymem.h"         // _PyMem_RawStrdup()

#include <string.h>

int _PyPolicy_Active = 0;
int _PyPolicy_Judges = 0;
int _PyPrincipal_Alone = 0;

#define BLOCK 256
#define MAX_BLOCKS ((_PyPrincipal_SET + 1) / BLOCK)
#define JOIN_BITS 8

enum { NAMES, SETS };         /* principal 0: "<unknown>" */

typedef struct {
    size_t n;
    uint32_t members[];
} set_entry;

typedef struct {
    uint32_t *slots;            /* 0: empty, else index + 1 */
    size_t size;                /* a power of two, or 0 */
    size_t used;
} index_table;

static struct {
    PyMutex mutex;
    uint32_t n_names, n_sets;
    index_table by_name, by_members;
    /* (a, b) -> union, written and read without the lock: an entry is one
       word of three 21-bit ids, so that it is whole or absent. */
    uint64_t joins[1 << JOIN_BITS];
    /* Last, since most of its pages are never touched. */
    void **blocks[MAX_BLOCKS][2];       /* NAMES and SETS */
} registry;

/* --- Tables ------------------------------------------------------------- */

static uint64_t
hash_bytes(const void *data, size_t n)
{
    /* FNV-1a.  Names come from installed files; whoever can choose a
       million of them can also fill the disk. */
    const unsigned char *p = data;
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * 1099511628211u;
    }
    return h ^ (h >> 29);
}

static int
index_reserve(index_table *t, uint64_t (*hash_of)(uint32_t))
{
    if ((t->used + 1) * 2 <= t->size) {
        return 0;
    }
    size_t size = t->size ? t->size * 2 : 64;
    uint32_t *slots = PyMem_RawCalloc(size, sizeof(uint32_t));
    if (slots == NULL) {
        return -1;
    }
    for (size_t i = 0; i < t->size; i++) {
        if (t->slots[i]) {
            size_t at = hash_of(t->slots[i] - 1) & (size - 1);
            while (slots[at]) {
                at = (at + 1) & (size - 1);
            }
            slots[at] = t->slots[i];
        }
    }
    PyMem_RawFree(t->slots);
    t->slots = slots;
    t->size = size;
    return 0;
}

static const char *
name_at(uint32_t i)
{
    return registry.blocks[i / BLOCK][NAMES][i % BLOCK];
}

static const set_entry *
set_at(uint32_t i)
{
    return registry.blocks[i / BLOCK][SETS][i % BLOCK];
}

static uint64_t
hash_name(uint32_t i)
{
    return hash_bytes(name_at(i), strlen(name_at(i)));
}

static uint64_t
hash_set(uint32_t i)
{
    const set_entry *set = set_at(i);
    return hash_bytes(set->members, set->n * sizeof(uint32_t));
}

/* Make sure that there is room for name or set number i: allocate its
   block. */
static int
block_reserve(int kind, uint32_t i)
{
    if (i / BLOCK >= MAX_BLOCKS) {
        return -1;
    }
    void ***block = &registry.blocks[i / BLOCK][kind];
    if (*block == NULL) {
        *block = PyMem_RawCalloc(BLOCK, sizeof(void *));
    }
    return *block == NULL ? -1 : 0;
}

/* --- Interning, with the lock held -------------------------------------- */

static int64_t
intern_name(const char *name)
{
    if (index_reserve(&registry.by_name, hash_name) < 0
        || block_reserve(NAMES, registry.n_names) < 0)
    {
        return -1;
    }
    index_table *t = &registry.by_name;
    size_t at = hash_bytes(name, strlen(name)) & (t->size - 1);
    for (; t->slots[at]; at = (at + 1) & (t->size - 1)) {
        if (strcmp(name_at(t->slots[at] - 1), name) == 0) {
            return t->slots[at] - 1;
        }
    }
    char *copy = _PyMem_RawStrdup(name);
    if (copy == NULL) {
        return -1;
    }
    uint32_t i = registry.n_names;
    registry.blocks[i / BLOCK][NAMES][i % BLOCK] = copy;
    t->slots[at] = i + 1;
    t->used++;
    _Py_atomic_store_uint32_release(&registry.n_names, i + 1);
    return i;
}

static int64_t
intern_set(const uint32_t *members, size_t n)
{
    if (index_reserve(&registry.by_members, hash_set) < 0
        || block_reserve(SETS, registry.n_sets) < 0)
    {
        return -1;
    }
    index_table *t = &registry.by_members;
    size_t bytes = n * sizeof(uint32_t);
    size_t at = hash_bytes(members, bytes) & (t->size - 1);
    for (; t->slots[at]; at = (at + 1) & (t->size - 1)) {
        const set_entry *set = set_at(t->slots[at] - 1);
        if (set->n == n && memcmp(set->members, members, bytes) == 0) {
            return t->slots[at] - 1;
        }
    }
    set_entry *set = PyMem_RawMalloc(sizeof(set_entry) + bytes);
    if (set == NULL) {
        return -1;
    }
    set->n = n;
    memcpy(set->members, members, bytes);
    uint32_t i = registry.n_sets;
    registry.blocks[i / BLOCK][SETS][i % BLOCK] = set;
    t->slots[at] = i + 1;
    t->used++;
    _Py_atomic_store_uint32_release(&registry.n_sets, i + 1);
    return i;
}

/* The three ids that mean something special exist before any other. */
bool
_PyPrincipal_HaveNames(void)
{
    return _Py_atomic_load_uint32_relaxed(&registry.n_names) > 1;
}

static int
registry_begin(void)
{
    if (registry.n_sets >= _PyPrincipal_FIRST) {
        return 0;
    }
    if (block_reserve(SETS, 0) < 0 || intern_name("<unknown>") != 0) {
        return -1;
    }
    while (registry.n_sets < _PyPrincipal_UNKNOWN) {
        /* STDLIB and APPLICATION hold nobody; they are not in the index,
           where they would be the same set. */
        static set_entry empty = {0};
        registry.blocks[0][SETS][registry.n_sets++] = &empty;
    }
    uint32_t unknown = 0;
    return intern_set(&unknown, 1) == _PyPrincipal_UNKNOWN ? 0 : -1;
}

/* --- The interface ------------------------------------------------------ */

void
_PyPrincipal_EndAlone(void)
{
    if (_Py_atomic_load_int_relaxed(&_PyPrincipal_Alone)) {
        _Py_atomic_store_int(&_PyPrincipal_Alone, 0);
    }
}

uint32_t
_PyPrincipal_Named(const char *name)
{
    int64_t set = -1;
    PyMutex_Lock(&registry.mutex);
    if (registry_begin() == 0) {
        int64_t i = intern_name(name);
        if (i >= 0) {
            uint32_t member = (uint32_t)i;
            set = intern_set(&member, 1);
        }
    }
    PyMutex_Unlock(&registry.mutex);
    return set < 0 ? _PyPrincipal_UNKNOWN : (uint32_t)set;
}

/* Where a pair is kept.  Ids are small and neighbours, so they are spread. */
static inline uint64_t *
place_of(uint32_t a, uint32_t b)
{
    uint32_t hash = a * 0x9E3779B1u ^ b * 0x85EBCA6Bu;
    return &registry.joins[hash >> (32 - JOIN_BITS)];
}

static inline uint64_t
pair_of(uint32_t a, uint32_t b)
{
    return (uint64_t)a << 42 | (uint64_t)b << 21;
}

static Py_NO_INLINE uint32_t
join_slowly(uint32_t a, uint32_t b)
{
    int64_t joined = -1;
    PyMutex_Lock(&registry.mutex);
    if (registry_begin() < 0) {
        goto done;
    }
    const set_entry *x = set_at(a), *y = set_at(b);
    uint32_t *members = PyMem_RawMalloc((x->n + y->n) * sizeof(uint32_t));
    if (members == NULL) {
        goto done;
    }
    size_t n = 0, i = 0, j = 0;
    while (i < x->n || j < y->n) {
        if (j == y->n || (i < x->n && x->members[i] < y->members[j])) {
            members[n++] = x->members[i++];
        }
        else {
            if (i < x->n && x->members[i] == y->members[j]) {
                i++;
            }
            members[n++] = y->members[j++];
        }
    }
    joined = intern_set(members, n);
    PyMem_RawFree(members);
done:
    PyMutex_Unlock(&registry.mutex);
    if (joined < 0) {
        return _PyPrincipal_UNKNOWN;
    }
    _Py_atomic_store_uint64_relaxed(place_of(a, b),
                                    pair_of(a, b) | (uint64_t)joined);
    return (uint32_t)joined;
}

uint32_t
_PyPrincipal_Join(uint32_t a, uint32_t b)
{
    if (a == b || b < _PyPrincipal_UNKNOWN) {
        return a > b ? a : b;
    }
    if (a < _PyPrincipal_UNKNOWN) {
        return b;
    }
    uint64_t found = _Py_atomic_load_uint64_relaxed(place_of(a, b));
    return (found ^ pair_of(a, b)) <= _PyPrincipal_SET
           ? (uint32_t)(found & _PyPrincipal_SET) : join_slowly(a, b);
}

size_t
_PyPrincipal_Members(uint32_t set, const uint32_t **members)
{
    if (set < _PyPrincipal_UNKNOWN) {
        *members = NULL;
        return 0;
    }
    if (set >= _Py_atomic_load_uint32_acquire(&registry.n_sets)) {
        /* UNKNOWN is handed out even when the tables could not begin. */
        static const uint32_t unknown = 0;
        *members = &unknown;
        return 1;
    }
    const set_entry *entry = set_at(set);
    *members = entry->members;
    return entry->n;
}

const char *
_PyPrincipal_Name(uint32_t principal)
{
    return principal == 0 ? "<unknown>" : name_at(principal);
}
