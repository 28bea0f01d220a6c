/* Has whoever acts been granted this file before?

   Each thread remembers below which directories everything was granted
   lately, to whom and for what: directories that a list names, or, where all
   is granted, all of them.  What lies below one of them is not judged again.
   Whether the path is what it says is no part of it: it is compared as it is
   written, and the system finds the links when it is opened
   (policy_file_open.c).

   What was granted holds for one state of what is in force.  What is not a
   grant (what all may read), what a policy only logs, and what a security
   manager judges is not remembered.

   Threads share nothing.  A directory is compared where the list has it,
   which lives as long as the process.

   Called by policy_file_open.c. */

#include "Python.h"
#include "pycore_policy_file.h"
#include "pycore_policy_setup.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <string.h>

/* Is it the directory, or below it, by components that are all plain? */
static Py_NO_INLINE bool
is_below(const struct _PyPolicyKnownFiles *known, const char *path)
{
    size_t len = strlen(path), above = known->len;
    return len >= above && memcmp(path, known->path, above) == 0
           && (len == above
               || _PyPolicyFile_IsClean(path + above, len - above));
}

static inline uint32_t
access_of(uint32_t event, bool writes)
{
    return event * 2 + writes;
}

static inline _PyPolicyFileKnown
known_for(const struct _PyPolicyThread *thread, uint32_t set, uint32_t inner,
          uint32_t access, const char *path)
{
    int changes = _Py_atomic_load_int_relaxed(&_PyPolicyAccess_Changes);
    for (size_t i = 0; i < _PyPolicy_KNOWN_FILES; i++) {
        const struct _PyPolicyKnownFiles *known = &thread->files[i];
        if (known->access != access || known->set != 1 + set
            || known->inner != inner || known->changes != changes)
        {
            continue;
        }
        if (known->len == 0) {
            return _PyPolicyFile_WHOLE;
        }
        if (is_below(known, path)) {
            return _PyPolicyFile_GRANTED;
        }
    }
    return _PyPolicyFile_UNKNOWN;
}

_PyPolicyFileKnown
_PyPolicyFile_Known(PyThreadState *tstate, const _PyPolicyActing *acting,
                    uint32_t event, const char *path, bool reads, bool writes)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    _PyPolicyFileKnown known = _PyPolicyFile_WHOLE;
    uint32_t set = acting->set, inner = acting->inner;
    if (acting->interpreter) {
        return _PyPolicyFile_UNKNOWN;
    }
    if (reads) {
        known = known_for(thread, set, inner, access_of(event, false), path);
    }
    if (writes && known != _PyPolicyFile_UNKNOWN) {
        _PyPolicyFileKnown written =
            known_for(thread, set, inner, access_of(event, true), path);
        known = written < known ? written : known;
    }
    return known;
}

void
_PyPolicyFile_Remember(PyThreadState *tstate, const _PyPolicyActing *acting,
                       uint32_t event, bool writes, const char *path,
                       size_t len, int changes)
{
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    if (!_PyPolicySetup_Started() || acting->interpreter) {
        return;
    }
    struct _PyPolicyKnownFiles *known =
        &thread->files[thread->next_files++ % _PyPolicy_KNOWN_FILES];
    *known = (struct _PyPolicyKnownFiles){
        .set = 1 + acting->set, .inner = acting->inner, .changes = changes,
        .access = access_of(event, writes), .path = path, .len = len,
    };
}
