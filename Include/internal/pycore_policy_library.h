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
#include "pycore_interp.h"        // _PyInterpreterState_GetFinalizing()
#include "pycore_principal.h"     // _PyPolicy_SELDOM()

#include <stdbool.h>

static inline bool
_PyPolicyLibrary_Owns(const PyCodeObject *code)
{
    return (code->_co_principal & _PyPrincipal_SET) == _PyPrincipal_STDLIB;
}

/* Is it `import _imp`, and not the import system's?  `frame` is the
   library's. */
extern bool _PyPolicyLibrary_Asks(const _PyInterpreterFrame *frame,
                                  PyObject *name);

/* ceval.c, import_name(): is the statement `import _imp`, of the standard
   library's code?  And of any code where there is no policy, and the
   interpreter is ending: nothing can be imported any more then. */
static inline bool
_PyPolicyGate_ImportsChecks(PyThreadState *tstate,
                            const _PyInterpreterFrame *frame, PyObject *name)
{
    return _PyPolicy_SELDOM(
               _PyPolicy_Active
               || _PyInterpreterState_GetFinalizing(tstate->interp) != NULL)
           && _PyPolicyLibrary_Owns((PyCodeObject *)frame->f_executable)
           && _PyPolicyLibrary_Asks(frame, name);
}

/* The same where builtins.__import__ is somebody's own, without a policy: code
   is then known to be the library's by its file.  Such a function need not
   see what upstream's code does not import. */
extern bool _PyPolicyGate_ImportsShipped(PyThreadState *tstate,
                                         const _PyInterpreterFrame *frame,
                                         PyObject *name);

/* What it gives then: a new reference, or NULL with an exception set. */
extern PyObject *_PyPolicyGate_Checks(void);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_LIBRARY_H */
