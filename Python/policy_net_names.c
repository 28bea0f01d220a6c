/* Which names gave this address?

   A policy names hosts, connect() gets an address.  What the resolver said
   while a policy is in force is written down here: a grant of a name covers
   the addresses that asking for it gave, to whomever, and an exclusion of the
   name excludes them.  Only the name that was asked for counts: what an
   answer says about itself (canonical names, the name of an address) is the
   word of whoever wrote that answer.

   Pairs are kept as long as the process lives, in the order in which they
   came; when there are too many, the oldest is forgotten, and its name has
   to be resolved again.  One table for the process, for addresses are
   objects that interpreters hand to each other; under a mutex, and answers
   are copies, so that nothing is used that was forgotten meanwhile. */

#include "Python.h"
#include "pycore_policy_net.h"
#include "pycore_pyhash.h"        // _Py_HashBytes()

#include <string.h>

typedef struct {
    char *name;
    uint32_t next;                /* 1 + index in the bucket; 0 at its end */
    uint8_t len;
    uint8_t address[16];
} Pair;

static struct {
    PyMutex mutex;
    Pair *pairs;
    uint32_t *buckets;            /* as many as pairs are allocated */
    uint32_t n, allocated;
    uint32_t oldest;              /* once there are as many as may be */
} memory;

uint32_t _PyPolicyNet_Names = 0;  /* read without the mutex as well */


/* --- Under the mutex ---------------------------------------------------- */

static uint32_t *
bucket_of(const uint8_t *address, int len)
{
    uint64_t hash = (uint64_t)_Py_HashBytes(address, len);
    return &memory.buckets[(hash ^ hash >> 32) & (memory.allocated - 1)];
}

static bool
is_of(const Pair *pair, const uint8_t *address, int len)
{
    return pair->len == len && memcmp(pair->address, address, len) == 0;
}

/* Room for one more.  false when memory is short. */
static bool
grow(void)
{
    uint32_t allocated = memory.allocated ? memory.allocated * 2 : 64;
    if (memory.n < memory.allocated) {
        return true;
    }
    Pair *pairs = PyMem_RawRealloc(memory.pairs, allocated * sizeof(Pair));
    if (pairs == NULL) {
        return false;
    }
    memory.pairs = pairs;
    uint32_t *buckets = PyMem_RawCalloc(allocated, sizeof(uint32_t));
    if (buckets == NULL) {
        return false;
    }
    PyMem_RawFree(memory.buckets);
    memory.buckets = buckets;
    memory.allocated = allocated;
    for (uint32_t i = 0; i < memory.n; i++) {
        uint32_t *bucket = bucket_of(pairs[i].address, pairs[i].len);
        pairs[i].next = *bucket;
        *bucket = i + 1;
    }
    return true;
}

/* Take the oldest out of its bucket.  Returns its place. */
static uint32_t
forget_oldest(void)
{
    uint32_t place = memory.oldest;
    Pair *pair = &memory.pairs[place];
    uint32_t *link = bucket_of(pair->address, pair->len);
    while (*link != place + 1) {
        link = &memory.pairs[*link - 1].next;
    }
    *link = pair->next;
    PyMem_RawFree(pair->name);
    memory.oldest = (place + 1) % _PyPolicyNet_MAX_PAIRS;
    return place;
}

static bool
is_known(const char *name, const uint8_t *address, int len)
{
    uint32_t i = memory.n > 0 ? *bucket_of(address, len) : 0;
    for (; i != 0; i = memory.pairs[i - 1].next) {
        const Pair *pair = &memory.pairs[i - 1];
        if (is_of(pair, address, len) && strcmp(pair->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void
add(char *name, const uint8_t *address, int len)
{
    uint32_t place = memory.n < _PyPolicyNet_MAX_PAIRS ? memory.n++
                                                       : forget_oldest();
    Pair *pair = &memory.pairs[place];
    uint32_t *bucket = bucket_of(address, len);
    pair->name = name;
    pair->len = (uint8_t)len;
    memcpy(pair->address, address, len);
    pair->next = *bucket;
    *bucket = place + 1;
    _Py_atomic_add_uint32(&_PyPolicyNet_Names, 1);
}


/* --- Writing down and looking up ----------------------------------------- */

void
_PyPolicyNet_Remember(const char *name, const uint8_t *address, int len)
{
    size_t size = strlen(name) + 1;
    PyMutex_Lock(&memory.mutex);
    if (!is_known(name, address, len)
        && (memory.n == _PyPolicyNet_MAX_PAIRS || grow()))
    {
        char *copy = PyMem_RawMalloc(size);
        if (copy != NULL) {
            memcpy(copy, name, size);
            add(copy, address, len);
        }
    }
    PyMutex_Unlock(&memory.mutex);
}

/* Count the names, and their bytes; with `to`, also copy them there, behind
   the pointers to them. */
static size_t
collect(const uint8_t *address, int len, size_t *n, const char **to)
{
    size_t bytes = 0, count = 0;
    char *text = to != NULL ? (char *)(to + *n) : NULL;
    uint32_t i = memory.n > 0 ? *bucket_of(address, len) : 0;
    for (; i != 0; i = memory.pairs[i - 1].next) {
        const Pair *pair = &memory.pairs[i - 1];
        if (is_of(pair, address, len)) {
            size_t size = strlen(pair->name) + 1;
            if (to != NULL) {
                to[count] = memcpy(text + bytes, pair->name, size);
            }
            bytes += size;
            count++;
        }
    }
    *n = count;
    return bytes;
}

int
_PyPolicyNet_Recall(const uint8_t *address, int len, _PyPolicyNetNames *names)
{
    int result = 0;
    names->names = NULL;
    PyMutex_Lock(&memory.mutex);
    size_t bytes = collect(address, len, &names->n, NULL);
    if (names->n > 0) {
        names->names = PyMem_RawMalloc(names->n * sizeof(char *) + bytes);
        if (names->names == NULL) {
            result = -1;
        }
        else {
            (void)collect(address, len, &names->n, names->names);
        }
    }
    PyMutex_Unlock(&memory.mutex);
    return result;
}

void
_PyPolicyNet_Release(_PyPolicyNetNames *names)
{
    PyMem_RawFree((void *)names->names);
    names->names = NULL;
    names->n = 0;
}
