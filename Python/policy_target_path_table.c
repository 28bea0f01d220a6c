/* Is this path, or a directory above it, in the table?

   The table is asked once for each component of the path, so that ten
   thousand entries cost what one costs.

   Called by policy_target_path.c; pure, and compiled alone for tests. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#endif
#include "pycore_policy_target_path.h"

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

static uint64_t
hash_path(const char *path, size_t len)
{
    const char *part = path, *end = path + len;
    uint64_t hash = 0;
    while (part < end) {
        size_t n = _PyPolicyPath_Component(part, end);
        hash = hash_component(hash, part, n);
        part += n;
    }
    return hash;
}

static _PyPolicyPathEntry *
slot_of(const _PyPolicyPathTable *table, const char *path, size_t len,
        uint64_t hash)
{
    size_t i = (size_t)hash;
    for (;;) {
        _PyPolicyPathEntry *slot = &table->slots[i & (table->n_slots - 1)];
        if (slot->path == NULL
            || (slot->hash == hash && slot->len == len
                && memcmp(slot->path, path, len) == 0))
        {
            return slot;
        }
        i++;
    }
}

/* --- Making it ----------------------------------------------------------- */

int
_PyPolicyPathTable_Init(_PyPolicyPathTable *table, size_t n)
{
    if (n == 0) {
        return 0;
    }
    size_t size = 4;
    while (size < 2 * n) {
        size *= 2;
    }
    table->slots = PyMem_RawCalloc(size, sizeof(_PyPolicyPathEntry));
    table->n_slots = table->slots != NULL ? size : 0;
    return table->slots != NULL ? 0 : -1;
}

void
_PyPolicyPathTable_Clear(_PyPolicyPathTable *table)
{
    PyMem_RawFree(table->slots);
}

void
_PyPolicyPathTable_Add(_PyPolicyPathTable *table, const char *path,
                       size_t len)
{
    if (len == 0) {
        table->everything = true;
        return;
    }
    uint64_t hash = hash_path(path, len);
    *slot_of(table, path, len, hash) = (_PyPolicyPathEntry){path, len, hash};
    table->n_used++;
    table->lengths |= (uint64_t)1 << len % 64;
}

void
_PyPolicyPathTable_AddAbove(_PyPolicyPathTable *table, const char *path,
                            size_t len)
{
    while (len > 0) {
        while (path[--len] != '/') {
        }
        _PyPolicyPathTable_Add(table, path, len);
    }
}

/* --- Asking it ----------------------------------------------------------- */

static const _PyPolicyPathEntry *
find_of_few(const _PyPolicyPathTable *table, const char *path, size_t len)
{
    for (size_t i = 0; i < table->n_slots; i++) {
        const _PyPolicyPathEntry *entry = &table->slots[i];
        if (entry->path != NULL
            && _PyPolicyPath_IsBelow(path, len, entry->path, entry->len))
        {
            return entry;
        }
    }
    return NULL;
}

const _PyPolicyPathEntry *
_PyPolicyPathTable_Find(const _PyPolicyPathTable *table, const char *path,
                        size_t len)
{
    if (table->n_slots <= FEW) {
        return find_of_few(table, path, len);
    }
    const char *part = path, *end = path + len;
    uint64_t hash = 0;
    while (part < end) {
        size_t n = _PyPolicyPath_Component(part, end);
        hash = hash_component(hash, part, n);
        part += n;
        size_t so_far = (size_t)(part - path);
        if (table->lengths >> so_far % 64 & 1) {
            _PyPolicyPathEntry *slot = slot_of(table, path, so_far, hash);
            if (slot->path != NULL) {
                return slot;
            }
        }
    }
    return NULL;
}

bool
_PyPolicyPathTable_Holds(const _PyPolicyPathTable *table, const char *path,
                         size_t len)
{
    return table->everything
           || _PyPolicyPathTable_Find(table, path, len) != NULL;
}

bool
_PyPolicyPathTable_Has(const _PyPolicyPathTable *table, const char *path,
                       size_t len)
{
    if (len == 1) {
        return table->everything;
    }
    return table->n_slots > 0
           && slot_of(table, path, len, hash_path(path, len))->path != NULL;
}

bool
_PyPolicyPathTable_Reaches(const _PyPolicyPathTable *table, const char *dir,
                           size_t len)
{
    for (size_t i = 0; i < table->n_slots; i++) {
        const _PyPolicyPathEntry *entry = &table->slots[i];
        if (entry->path != NULL
            && _PyPolicyPath_IsBelow(entry->path, entry->len, dir, len))
        {
            return true;
        }
    }
    return false;
}
