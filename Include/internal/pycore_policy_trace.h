/* For whom does a trace function run? */

#ifndef Py_INTERNAL_POLICY_TRACE_H
#define Py_INTERNAL_POLICY_TRACE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_deferred.h"

/* --- Seams: what upstream's code calls ---------------------------------- */

/* legacy_tracing.c: whoever is acting registers a trace or profile function
   for that thread, and may; NULL takes one away. */
extern void _PyPrincipal_NoteTracers(PyThreadState *tstate);

static inline void
_PyPrincipal_Traces(PyThreadState *tstate, Py_tracefunc function)
{
    if (_PyPolicy_Active && function != NULL) {
        _PyPrincipal_NoteTracers(tstate);
    }
}

/* sysmodule.c: a bracket around the call of a trace or profile function.
   Needs _PyPrincipal_Leave(). */
extern void _PyPrincipal_EnterTrace(PyThreadState *tstate,
                                    _PyPolicyMark *mark, PyObject *function);

/* sysmodule.c: what a trace function returned, for its frame to keep.  Steals
   the reference, and gives a new one. */
extern PyObject *_PyPrincipal_MakeNextTrace(PyThreadState *tstate,
                                            PyObject *function);

static inline PyObject *
_PyPrincipal_NextTrace(PyThreadState *tstate, PyObject *function)
{
    return _PyPolicy_Active ? _PyPrincipal_MakeNextTrace(tstate, function)
                            : function;
}

#ifdef __cplusplus
}
#endif
#endif   /* !Py_INTERNAL_POLICY_TRACE_H */
