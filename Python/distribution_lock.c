/* Who owns what and requires whom, as a lock says it?

   With a policy.lock.json in force nobody asks the installed metadata: what
   somebody has looked at is what counts.  The lock has what METADATA and
   RECORD would have told, so it is put together by the same code: each entry
   becomes an info without a directory, its packages claims, and what it
   requires are requirements, with their extras and markers.

   principal_file.c makes this snapshot in the place of the other one. */

#include "pycore_distribution_impl.h"
#include "pycore_policy_lock.h"

#include <string.h>

static int
add_entry(_PyDistReader *reader, const _PyPolicyLockEntry *entry)
{
    int index = (int)reader->infos.n;
    _PyDistInfo *info = _PyDistArray_Append(&reader->infos, sizeof(*info));
    if (info == NULL) {
        return -1;
    }
    info->name = entry->name;
    info->version = entry->version;
    info->directory = "";
    info->requires = (const char **)entry->requires.names;
    info->n_requires = entry->requires.n;
    info->first_claim = reader->claims.n;
    info->n_claims = entry->packages.n;
    for (uint32_t i = 0; i < entry->packages.n; i++) {
        const char *name = entry->packages.names[i];
        if (_PyDistReader_Claim(reader, index, name, strlen(name)) < 0) {
            return -1;
        }
    }
    return 0;
}

_PyDistributions *
_PyDistributions_OfLock(const _PyPolicyLock *lock,
                        const char *python_version_full)
{
    _PyMarkerEnvironment env;
    _PyDistributions *map = PyMem_RawCalloc(1, sizeof(*map));
    if (map == NULL) {
        return NULL;
    }
    _PyDistReader reader = {.keep = &map->arena};
    _PyMarkerEnvironment_Init(&env, python_version_full);
    uint32_t n;
    const _PyPolicyLockEntry *entries = _PyPolicyLock_Entries(lock, &n);
    int result = 0;
    for (uint32_t i = 0; i < n && result == 0; i++) {
        result = add_entry(&reader, &entries[i]);
    }
    if (result == 0) {
        result = _PyDistributions_Complete(map, &reader, &env);
    }
    return _PyDistReader_Finish(map, &reader, result);
}
