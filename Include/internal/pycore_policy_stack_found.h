/* Is what a function calls just now what an object's class says? */

#ifndef Py_INTERNAL_POLICY_STACK_FOUND_H
#define Py_INTERNAL_POLICY_STACK_FOUND_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_policy_mark.h"
#include "pycore_principal.h"     // _PyPrincipal_FOUND

#include <stdbool.h>

/* Is this method of a class's own one that looks for it under that name?
   A function of C that is a method by another name was put there. */
extern bool _PyPolicyStack_IsMethodBy(PyObject *method, PyObject *name);

/* From now on nobody known acts in what the function calls, unless that shows
   itself, or is a method of the object that the function is called with, or of
   its local variable `stream`.  Only functions of the standard library heed
   it; of others it changes nothing. */
extern void _PyPolicyStack_LookForFound(PyObject *func);

/* Does the code call something by the name write()?  Of the standard library's
   that does, nobody known acts in what is found there, either. */
extern bool _PyPolicyStack_Writes(PyCodeObject *code);

/* Is the code that of a function of the standard library that calls what it
   finds in tables?  `code` is the genuine loader's. */
extern bool _PyPolicyStack_CallsFound(PyCodeObject *code);

/* Does the function of this frame call just now what it has by that name, an
   interned one? */
extern bool _PyPolicyStack_CallsBy(const _PyInterpreterFrame *frame,
                                   PyObject *name);

/* The mark that stands, as it were, above the frame of such a function, which
   the thread is executing; NULL: none does.  (LookedAt: its code has one of
   _PyPrincipal_LOOKS.) */
extern const _PyPolicyMark *_PyPolicyStack_FoundByLookedAt(
    PyThreadState *tstate, const _PyInterpreterFrame *frame);

static inline const _PyPolicyMark *
_PyPolicyStack_FoundBy(PyThreadState *tstate, const _PyInterpreterFrame *frame)
{
    const PyCodeObject *code = (const PyCodeObject *)frame->f_executable;
    return (code->_co_principal & _PyPrincipal_LOOKS)
           ? _PyPolicyStack_FoundByLookedAt(tstate, frame) : NULL;
}

/* The one of them that stands above linecache's. */
extern const _PyPolicyMark _PyPolicyStack_Shows;

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_STACK_FOUND_H */
