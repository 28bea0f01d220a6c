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
#include "pycore_policy_gate.h"   // _PyPolicyGate_Changes
#include "pycore_policy_setup.h"
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <string.h>

/* Is it the directory, or below it, by components that are all plain? */
static bool
is_below(const struct _PyPolicyKnownFiles *known, const char *path,
         size_t len)
{
    const char *rest = path + known->len;
    return len >= known->len && memcmp(path, known->path, known->len) == 0
           && (len == known->len
               || _PyPolicyFile_IsClean(rest, len - known->len));
}

static _PyPolicyFileKnown
known_for(const struct _PyPolicyThread *thread,
          const struct _PyPolicyKnownFiles *wanted, const char *path)
{
    for (size_t i = 0; i < _PyPolicy_KNOWN_FILES; i++) {
        const struct _PyPolicyKnownFiles *known = &thread->files[i];
        if (known->set != wanted->set || known->inner != wanted->inner
            || known->access != wanted->access
            || known->changes != wanted->changes)
        {
            continue;
        }
        if (known->len == 0) {
            return _PyPolicyFile_WHOLE;
        }
        if (is_below(known, path, strlen(path))) {
            return _PyPolicyFile_GRANTED;
        }
    }
    return _PyPolicyFile_UNKNOWN;
}

static struct _PyPolicyKnownFiles
entry_of(const _PyPolicyActing *acting, uint32_t event, bool writes,
         int changes)
{
    return (struct _PyPolicyKnownFiles){
        .set = 1 + acting->set, .inner = acting->inner, .changes = changes,
        .access = event * 2 + writes,
    };
}

_PyPolicyFileKnown
_PyPolicyFile_Known(PyThreadState *tstate, const _PyPolicyActing *acting,
                    uint32_t event, const char *path, bool reads, bool writes)
{
    const struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    _PyPolicyFileKnown known = _PyPolicyFile_WHOLE;
    struct _PyPolicyKnownFiles wanted = entry_of(
        acting, event, false,
        _Py_atomic_load_int_relaxed(&_PyPolicyGate_Changes));
    if (acting->interpreter) {
        return _PyPolicyFile_UNKNOWN;
    }
    if (reads) {
        known = known_for(thread, &wanted, path);
    }
    if (writes && known != _PyPolicyFile_UNKNOWN) {
        wanted.access++;
        _PyPolicyFileKnown written = known_for(thread, &wanted, path);
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
    *known = entry_of(acting, event, writes, changes);
    known->path = path;
    known->len = len;
}
