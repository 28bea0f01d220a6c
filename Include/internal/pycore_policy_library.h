/* What does the standard library ask the policy? */

#ifndef Py_INTERNAL_POLICY_LIBRARY_H
#define Py_INTERNAL_POLICY_LIBRARY_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_principal.h"     // _PyPolicy_IsActive()

#include <stdbool.h>

#include <stdbool.h>

extern bool _PyPolicyLibrary_IsName(PyObject *name);

/* Is it the statement `import _imp` that imports a module of that name, and of
   the standard library's code? */
extern bool _PyPolicyLibrary_Asks(PyThreadState *tstate, PyObject *name);

static inline bool
_PyPolicyGate_ImportsChecks(PyThreadState *tstate, PyObject *name)
{
    return _PyPolicy_IsActive() && _PyPolicyLibrary_Asks(tstate, name);
}

/* What it gives then: a new reference, or NULL with an exception set. */
extern PyObject *_PyPolicyGate_Checks(void);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_LIBRARY_H */
