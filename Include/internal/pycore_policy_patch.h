/* Whose is what is being changed? */

#ifndef Py_INTERNAL_POLICY_PATCH_H
#define Py_INTERNAL_POLICY_PATCH_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_access.h"

/* From now on attributes of modules and classes are judged when they are set
   or deleted: to be called once some policy restricts `patch`.  May be called
   again. */
extern void _PyPolicyPatch_Install(void);

/* object.__setattr__ and object.__delattr__, as the interpreter raises them
   for __code__, __defaults__, __class__, __bases__ and the like: judge what
   `args` (the event's tuple) changes, unless it is one's own.  0 or -1. */
extern int _PyPolicyPatch_JudgeEvent(PyThreadState *tstate,
                                     const _PyPolicyEvent *event,
                                     PyObject *args);

/* The genuine body of a module, whose set that is, is about to run in this
   dictionary. */
extern void _PyPolicyPatch_BodyRuns(PyObject *dict, uint32_t set);

/* The interpreter ends: let go of the code that is remembered. */
extern void _PyPolicyPatch_ForgetCode(PyInterpreterState *interp);

/* --- Seams: what upstream's code calls ---------------------------------- */

/* moduleobject.c: a new module has this (new) dictionary. */
extern void _PyPrincipal_NoteModule(PyObject *dict);

static inline void
_PyPrincipal_NewModule(PyObject *dict)
{
    if (_PyPolicy_IsActive()) {
        _PyPrincipal_NoteModule(dict);
    }
}

/* import.c: an extension module has been made by this set. */
extern void _PyPolicyPatch_ExtensionMade(PyObject *module, uint32_t set);

/* typeobject.c: who makes this class now? */
extern uint32_t _PyPrincipal_NoteClass(PyTypeObject *type);

static inline uint32_t
_PyPrincipal_OfNewClass(PyTypeObject *type)
{
    return _PyPolicy_IsActive() ? _PyPrincipal_NoteClass(type)
                                : _PyPrincipal_STDLIB;
}

/* typeobject.c: a class is made ready.  Those that C code makes, be it from a
   specification or by itself (as pybind11 does), have no dictionary before;
   those of class statements have one, and their maker. */
extern void _PyPrincipal_NoteReady(PyTypeObject *type);

static inline void
_PyPrincipal_ReadyClass(PyTypeObject *type)
{
    if (_PyPolicy_IsActive()) {
        _PyPrincipal_NoteReady(type);
    }
}

/* typeobject.c: object.__setattr__() or, without a value, __delattr__() is
   called.  0 or -1. */
extern int _PyPolicyGate_JudgeModule(PyObject *module, PyObject *name,
                                     PyObject *value);

static inline int
_PyPolicyGate_SetOnModule(PyObject *object, PyObject *name, PyObject *value)
{
    return _PyPolicy_IsActive() && _PyPolicyGate_Restricts(_PyPolicy_PATCH)
           && PyModule_Check(object)
           ? _PyPolicyGate_JudgeModule(object, name, value) : 0;
}

/* frameobject.c: a local variable of a running function of that code is
   changed from outside.  0 or -1. */
extern int _PyPolicyGate_JudgeLocals(PyCodeObject *code);

static inline int
_PyPolicyGate_FrameLocals(PyCodeObject *code)
{
    return _PyPolicy_IsActive() && _PyPolicyGate_Restricts(_PyPolicy_PATCH)
           ? _PyPolicyGate_JudgeLocals(code) : 0;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_PATCH_H */
