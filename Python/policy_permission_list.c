/* Which targets does this entry list?

   A list in a policy is text.  Each is compiled (policy_target.c) when it is
   first needed, once in the process, and kept: the records of all principals
   that it speaks of share it. */

#include "Python.h"
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_events.h"
#include "pycore_policy_file.h"   // _PyPolicyFile_Places()
#include "pycore_policy_permission_look.h"

#include <string.h>

#define BUCKETS 256

typedef struct Compiled {
    struct Compiled *next;
    const _PyPolicyGrant *grant;
    _PyPolicyTargets *targets;
} Compiled;

static struct {
    PyMutex mutex;
    Compiled *buckets[BUCKETS];
} lists;

/* Accesses are resolved, so targets that lead through links have to be. */
static _PyPolicyTargets *
compile_paths(_PyPolicyCapability capability, const _PyPolicyGrant *grant,
              const _PyPolicyPlace *places, size_t n_places)
{
    _PyPolicyTargets *targets = NULL;
    char **more;
    size_t n = grant->n_targets, n_more;
    if (_PyPolicyFile_Spellings(grant->targets, n, &more, &n_more) < 0) {
        return NULL;
    }
    const char **all = PyMem_RawMalloc((n + n_more + 1) * sizeof(*all));
    if (all != NULL) {
        for (size_t i = 0; i < n; i++) {
            all[i] = grant->targets[i];
        }
        for (size_t i = 0; i < n_more; i++) {
            all[n + i] = more[i];
        }
        targets = _PyPolicyTargets_Compile(capability, all, n + n_more,
                                           places, n_places);
    }
    PyMem_RawFree(all);
    _PyPolicyFile_FreeSpellings(more, n_more);
    return targets;
}

static _PyPolicyTargets *
compile(const _PyPolicyGrant *grant)
{
    const _PyPolicyPlace *places;
    size_t n = _PyPolicyFile_Places(&places);
    _PyPolicyCapability capability = grant->capability;
    if (capability == _PyPolicy_NO_CAPABILITY) {
        /* An event by its name: its targets are its capability's. */
        const _PyPolicyEvent *event = _PyPolicyEvents_Find(grant->what);
        capability = event ? event->capability : _PyPolicy_SYS;
    }
    if (capability != _PyPolicy_READ && capability != _PyPolicy_WRITE) {
        return _PyPolicyTargets_Compile(capability, grant->targets,
                                        grant->n_targets, places, n);
    }
    return compile_paths(capability, grant, places, n);
}

/* The mutex is held. */
static const _PyPolicyTargets *
find_or_compile(const _PyPolicyGrant *grant)
{
    uintptr_t n = (uintptr_t)grant;
    Compiled **bucket = &lists.buckets[(n >> 4 ^ n >> 14) % BUCKETS];
    Compiled *c = *bucket;
    for (; c != NULL; c = c->next) {
        if (c->grant == grant) {
            return c->targets;
        }
    }
    c = PyMem_RawMalloc(sizeof(*c));
    _PyPolicyTargets *targets = c ? compile(grant) : NULL;
    if (targets == NULL) {
        PyMem_RawFree(c);
        return NULL;
    }
    *c = (Compiled){*bucket, grant, targets};
    *bucket = c;
    return targets;
}

const _PyPolicyTargets *
_PyPolicyPermission_Compiled(const _PyPolicyGrant *grant)
{
    if (grant->kind != _PyPolicyGrant_TARGETS) {
        return NULL;            /* everything */
    }
    PyMutex_Lock(&lists.mutex);
    const _PyPolicyTargets *targets = find_or_compile(grant);
    PyMutex_Unlock(&lists.mutex);
    return targets;
}
