/* Who was acting when this was registered? */

#ifndef Py_INTERNAL_POLICY_CAPTURE_H
#define Py_INTERNAL_POLICY_CAPTURE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_mark.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"

/* --- Seams: what upstream's code calls ---------------------------------- */

/* A bracket around a deferred call: `set` is who acts at its base, and
   nobody below.  Needs Leave on every way out. */
PyAPI_FUNC(void) _PyPrincipal_EnterBase(PyThreadState *tstate,
                                        _PyPolicyMark *mark, uint32_t set);
PyAPI_FUNC(void) _PyPrincipal_Leave(PyThreadState *tstate,
                                    _PyPolicyMark *mark);

/* Everybody who acts here and now, to be kept with what is deferred. */
PyAPI_FUNC(uint32_t) _PyPrincipal_Acting(void);

static inline uint32_t
_PyPrincipal_DeferredBy(void)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_Acting() : _PyPrincipal_STDLIB;
}

/* importdl.c: the file that an extension module is judged by and loaded from:
   the one that is given, in a directory without links, since those could be
   turned in between.  A new reference, or NULL with an exception. */
extern PyObject *_PyPrincipal_PlacedFile(PyObject *filename);

static inline PyObject *
_PyPrincipal_ExtensionFile(PyObject *filename)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_PlacedFile(filename)
                            : Py_NewRef(filename);
}

/* import.c: may an extension module of that name be had from that file?
   -1 with ImportDenied set when not. */
extern int _PyPolicyGate_JudgeExtension(PyThreadState *tstate,
                                        PyObject *name, PyObject *filename);

static inline int
_PyPolicyGate_Extension(PyThreadState *tstate, PyObject *name,
                        PyObject *filename)
{
    return _PyPolicy_IsActive()
        ? _PyPolicyGate_JudgeExtension(tstate, name, filename) : 0;
}

/* import.c: brackets around the initialisation of an extension module, in
   its two phases.  Leaving fails, with an exception, where no policy could be
   enforced with the module; LeaveExtension() steals `made`, which may be
   NULL, and returns it or NULL. */
extern void _PyPrincipal_EnterExtension(PyThreadState *tstate,
                                        _PyPolicyMark *mark,
                                        PyObject *filename);
extern PyObject *_PyPrincipal_LeaveExtension(PyThreadState *tstate,
                                             _PyPolicyMark *mark,
                                             PyObject *made);
extern void _PyPrincipal_EnterDefinition(PyThreadState *tstate,
                                         _PyPolicyMark *mark,
                                         const void *def);
extern int _PyPrincipal_LeaveDefinition(PyThreadState *tstate,
                                        _PyPolicyMark *mark, PyObject *module,
                                        int result);

/* The bottom of a thread's stack is marked while it runs: pystate.c for the
   main program, _threadmodule.c for threads. */
extern void _PyPrincipal_SetRunningMain(PyThreadState *tstate, bool running);
extern void _PyPrincipal_EnterThread(PyThreadState *tstate,
                                     _PyPolicyMark *mark);
extern void _PyPrincipal_LeaveThread(PyThreadState *tstate,
                                     _PyPolicyMark *mark);

/* pystate.c: somebody else evaluates frames, and may make them. */
extern void _PyPrincipal_EvaluatorSet(PyInterpreterState *interp);

/* pystate.c, new_threadstate(). */
extern void _PyPrincipal_InheritBase(PyThreadState *created);

static inline void
_PyPrincipal_NewThread(PyThreadState *created)
{
    if (_PyPolicy_Judges) {
        _PyPrincipal_InheritBase(created);
    }
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_CAPTURE_H */
