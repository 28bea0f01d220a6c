/* An operation for which CPython raises no audit event: does anybody care?

   One load and one branch when nobody does.  Extension modules of the
   standard library include this, those with the limited API too. */

#ifndef Py_INTERNAL_POLICY_ADDED_H
#define Py_INTERNAL_POLICY_ADDED_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pycore_policy_event_ids.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>               // strspn()

/* By _PyPolicyAdded: why the event is raised; 0: it is not. */
#define _PyPolicyAdded_RESTRICTED 1     /* a policy speaks of it */
#define _PyPolicyAdded_HOOKED 2         /* a policy is in force, and a hook */
#define _PyPolicyAdded_MANAGED 4        /* a security manager is in force */
PyAPI_DATA(volatile uint8_t) _PyPolicy_AddedWanted[_PyPolicyAdded_N];

/* Need the event not be raised, because only policies want it, and whoever
   acts is known to be allowed whatever it reaches?  No when in doubt. */
PyAPI_FUNC(bool) _PyPolicyGate_IsKnownFree(_PyPolicyAdded id,
                                           const char *name);

/* Raise an event of Tools/importpolicy/events.txt, whose name is written with
   "_" for what is no letter or digit.  The rest is as for PySys_Audit(): 0, or
   -1 with an exception set.  Without a policy nothing is raised. */
#define _PyPolicyGate_Added(EVENT, ...) \
    (_PyPolicy_AddedWanted[_PyPolicyAdded_ ## EVENT] == 0 \
     || _PyPolicyGate_IsKnownFree(_PyPolicyAdded_ ## EVENT, \
                                  _PyPolicyAddedName_ ## EVENT) \
     ? 0 : PySys_Audit(_PyPolicyAddedName_ ## EVENT, __VA_ARGS__))

/* posixshmem.c: named memory is a file.  The C library takes leading slashes
   away and refuses others. */
static inline PyObject *
_PyPolicyAdded_MemoryPath(const char *name)
{
    return PyUnicode_FromFormat("/dev/shm/%s", name + strspn(name, "/"));
}

static inline int
_PyPolicyGate_SharedMemory(const char *name, int flags)
{
    if (!_PyPolicy_AddedWanted[_PyPolicyAdded__posixshmem_shm_open]) {
        return 0;
    }
    PyObject *path = _PyPolicyAdded_MemoryPath(name);
    int result = path == NULL ? -1
        : _PyPolicyGate_Added(_posixshmem_shm_open, "OOi", path, Py_None,
                              flags);
    Py_XDECREF(path);
    return result;
}

static inline int
_PyPolicyGate_UnlinkMemory(const char *name)
{
    if (!_PyPolicy_AddedWanted[_PyPolicyAdded__posixshmem_shm_unlink]) {
        return 0;
    }
    PyObject *path = _PyPolicyAdded_MemoryPath(name);
    int result = path == NULL ? -1
        : _PyPolicyGate_Added(_posixshmem_shm_unlink, "O", path);
    Py_XDECREF(path);
    return result;
}

/* sysmodule.c: there is an audit hook more. */
extern void _PyPolicyGate_HookAdded(void);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_ADDED_H */
