/* What does the standard library ask the policy? */

#ifndef Py_INTERNAL_POLICY_LIBRARY_H
#define Py_INTERNAL_POLICY_LIBRARY_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_principal.h"     // _PyPolicy_IsActive()

#include <stdbool.h>

extern bool _PyPolicyLibrary_Asks(const _PyInterpreterFrame *frame,
                                  PyObject *name);

/* ceval.c, import_name(): is the statement `import _imp`, of the standard
   library's code? */
static inline bool
_PyPolicyGate_ImportsChecks(const _PyInterpreterFrame *frame, PyObject *name)
{
    return _PyPolicy_IsActive() && _PyPolicyLibrary_Asks(frame, name);
}

/* What it gives then: a new reference, or NULL with an exception set. */
extern PyObject *_PyPolicyGate_Checks(void);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_LIBRARY_H */
