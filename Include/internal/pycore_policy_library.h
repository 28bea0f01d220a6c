/* What does the standard library ask the policy? */

#ifndef Py_INTERNAL_POLICY_LIBRARY_H
#define Py_INTERNAL_POLICY_LIBRARY_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_interp.h"        // _PyInterpreterState_GetFinalizing()
#include "pycore_principal.h"     // _PyPolicy_Active

#include <stdbool.h>

extern bool _PyPolicyLibrary_IsName(PyObject *name);

/* Is it the statement `import _imp` that imports a module of that name, and of
   the standard library's code?  Without a policy all code is taken for it. */
extern bool _PyPolicyLibrary_Asks(PyThreadState *tstate, PyObject *name);

/* ceval.c and import.c: does it ask, where the statement may be given
   something else, or nothing?  And without a policy when the interpreter is
   ending, and nothing can be imported any more. */
static inline bool
_PyPolicyGate_ImportsChecks(PyThreadState *tstate, PyObject *name)
{
    return (_PyPolicy_Active
            || _PyInterpreterState_GetFinalizing(tstate->interp) != NULL)
           && _PyPolicyLibrary_Asks(tstate, name);
}

/* The same where builtins.__import__ is somebody's own, without a policy, too:
   code is then known to be the library's by its file.  Such a function need
   not see what upstream's code does not import. */
extern bool _PyPolicyGate_ImportsShipped(PyThreadState *tstate,
                                         PyObject *name);

/* What it gives then: a new reference, or NULL with an exception set. */
extern PyObject *_PyPolicyGate_Checks(void);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_LIBRARY_H */
