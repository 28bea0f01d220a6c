/* Who may call a builtin, through whatever reference? */

#ifndef Py_INTERNAL_POLICY_BUILTIN_H
#define Py_INTERNAL_POLICY_BUILTIN_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_deferred.h" // _PyPolicyDeferred_Defined()
#include "pycore_principal.h"     // _PyPolicy_SELDOM()

#include <stdbool.h>

/* Start-up only (policy_setup.c), for each interpreter once its builtins
   exist: guard the builtins that the policies in force speak of.  Nothing
   is touched when they speak of none.

   -1 when a key names what cannot be guarded (one line on standard error has
   said so), or with an exception set. */
extern int _PyPolicyBuiltin_Guard(PyThreadState *tstate);

/* A call of a guarded builtin ("builtins.open"), with this first argument or
   NULL.  0, or -1 with an exception set. */
extern int _PyPolicyBuiltin_Judge(PyThreadState *tstate, const char *what,
                                  PyObject *first);

/* --- Classes (policy_builtin_class.c) ----------------------------------- */

/* Why can calls of this class not be guarded ("a class that …")?  NULL: they
   can. */
extern const char *_PyPolicyBuiltin_WhyNotClass(const PyTypeObject *type);

/* Start-up only, for each interpreter: guard it.  -1 with an exception. */
extern int _PyPolicyBuiltin_GuardClass(PyTypeObject *type, const char *what);

extern bool _PyPolicyBuiltin_IsClass(const PyTypeObject *type);
PyAPI_FUNC(int) _PyPolicyBuiltin_JudgeNew(PyTypeObject *type);

/* type(name, bases, namespace, **kwargs) that is nobody's call of `type`. */
extern PyObject *_PyPolicyBuiltin_MakeClass(PyObject *const *args,
                                            PyObject *kwargs);

/* Is any class guarded?  Set at start, before user code. */
PyAPI_DATA(int) _PyPolicy_ClassesGuarded;

/* --- Seams: what upstream's code calls ---------------------------------- */

/* specialize.c: must calls of the class stay calls? */
static inline bool
_PyPolicyGate_IsGuardedClass(const PyTypeObject *type)
{
    return _PyPolicy_SELDOM(_PyPolicy_ClassesGuarded)
           && _PyPolicyBuiltin_IsClass(type);
}

/* typeobject.c, tp_new_wrapper(), and _pickle.c, load_newobj(): the class's
   tp_new is about to be called, by somebody who asks for that. */
static inline int
_PyPolicyGate_New(PyTypeObject *type)
{
    return _PyPolicy_SELDOM(_PyPolicy_ClassesGuarded)
           ? _PyPolicyBuiltin_JudgeNew(type) : 0;
}

/* import.c, PyImport_Import(): the next call of __import__(), which is this
   object, is the interpreter's own; NULL: no longer. */
extern void _PyPolicyBuiltin_NoteOwnImport(PyThreadState *tstate,
                                           PyObject *function);

static inline void
_PyPolicyGate_OwnImport(PyThreadState *tstate, PyObject *function)
{
    if (_PyPolicy_IsActive()) {
        _PyPolicyBuiltin_NoteOwnImport(tstate, function);
    }
}

/* bltinmodule.c, __build_class__(): call the metaclass of a class statement
   with that body. */
static inline PyObject *
_PyPolicyGate_MakeClass(PyObject *body, PyObject *meta, PyObject *const *args,
                        PyObject *kwargs)
{
    PyObject *cls = _PyPolicy_SELDOM(_PyPolicy_ClassesGuarded)
                    && meta == (PyObject *)&PyType_Type
        ? _PyPolicyBuiltin_MakeClass(args, kwargs)
        : PyObject_VectorcallDict(meta, args, 3, kwargs);
    return _PyPolicy_IsActive() && cls != NULL
           ? _PyPolicyDeferred_Defined(body, cls) : cls;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_BUILTIN_H */
