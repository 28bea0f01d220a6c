#ifndef Py_INTERNAL_POLICY_LOCK_FIND_H
#define Py_INTERNAL_POLICY_LOCK_FIND_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_find.h"
#include "pycore_policy_lock.h"
#include "pycore_policy_read.h"

/* Read the lock that lies beside a policy: 1, 0 (there is none), or -1, said.
   With 1 its text has been added to the content, *file holds it, and *name,
   PyMem_RawFree's, is what to call it. */
extern int _PyPolicyLock_ReadBeside(const _PyPolicySource *source,
                                    _PyPolicyContent *content,
                                    _PyPolicyFile *file, char **name);

/* Put it in force; takes over the text, which is NULL then.  0, or -1,
   said. */
extern int _PyPolicyLock_Take(_PyPolicyFile *file, const char *name);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_LOCK_FIND_H
