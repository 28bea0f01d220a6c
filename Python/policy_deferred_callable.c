/* Does a call of it show for whom it runs, and what takes its place if not?

   A function of Python has a frame, which is its owner's.  A C function has
   none, and one of the standard library shows nobody.  Such a one, kept by
   whoever builds something of it, becomes a deferred call in which the builder
   acts too; found where anybody may have put it, it is called for nobody
   known.

   Called by: upstream's C code, wherever a callable is kept or found. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_deferred.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <string.h>

/* legacy_tracing.c: calls trace functions, through call_trampoline(). */
extern PyTypeObject _PyLegacyEventHandler_Type;

/* --- What is kept ------------------------------------------------------- */

/* Types of the core reach nothing when they are called. */
static bool
is_harmless(PyObject *func)
{
    return func == Py_None
           || (PyType_Check(func)
               && (((PyTypeObject *)func)->tp_flags
                   & _Py_TPFLAGS_STATIC_BUILTIN));
}

/* Does the set act in it already? */
static bool
is_built_by(PyObject *func, uint32_t set)
{
    if (PyMethod_Check(func)) {
        func = PyMethod_GET_FUNCTION(func);
    }
    return _PyPolicyDeferred_Check(func)
           && ((_PyPolicyDeferred *)func)->kind == _PyPolicyDeferred_ADDED
           && ((_PyPolicyDeferred *)func)->set == set;
}

/* Of a function of Python, or of one that is bound or wrapped; else
   nobody's. */
static uint32_t
owner_of(PyObject *callable)
{
    if (PyMethod_Check(callable)) {
        callable = PyMethod_GET_FUNCTION(callable);
    }
    if (_PyPolicyMethod_Check(callable)) {
        callable = _PyPolicyMethod_Original(callable);
    }
    if (callable == NULL || !PyFunction_Check(callable)) {
        return _PyPrincipal_STDLIB;
    }
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(callable);
    return code->_co_principal & _PyPrincipal_SET;
}

bool
_PyPolicyDeferred_ShowsItself(PyObject *callable)
{
    return owner_of(callable) != _PyPrincipal_STDLIB;
}

uint32_t
_PyPolicyDeferred_AuthorOf(PyObject *callable)
{
    uint32_t set = _PyPolicyDeferred_Check(callable)
                   ? ((_PyPolicyDeferred *)callable)->set
                   : owner_of(callable);
    return set < _PyPrincipal_UNKNOWN ? _PyPrincipal_STDLIB : set;
}

bool
_PyPolicyDeferred_ActsFor(PyObject *callable, uint32_t set)
{
    uint32_t owner = owner_of(callable);
    return owner == _PyPrincipal_APPLICATION || owner == set
           || is_harmless(callable) || is_built_by(callable, set);
}

/* Does a call of it show everybody who is building here?  A function does when
   the code that builds is its owner's, as a generator of his would; and one of
   the application's, which answers for what it is called with. */
static bool
shows_builder(PyObject *func)
{
    uint32_t owner = owner_of(func);
    if (owner == _PyPrincipal_STDLIB) {
        return false;
    }
    return owner <= _PyPrincipal_APPLICATION
           || owner == _PyPolicyStack_Innermost(_PyThreadState_GET())
           || _PyPrincipal_Join(owner, _PyPrincipal_Builder()) == owner;
}

PyObject *
_PyPrincipal_MakeBuilt(PyObject *func)
{
    if (is_harmless(func) || shows_builder(func)) {
        return Py_NewRef(func);
    }
    uint32_t set = _PyPrincipal_Builder();
    if (set == _PyPrincipal_STDLIB || is_built_by(func, set)) {
        return Py_NewRef(func);
    }
    PyObject *made = _PyPolicyDeferred_NewAdded(set, func);
    if (made == NULL) {
        PyErr_Clear();
        return Py_NewRef(Py_None);
    }
    return made;
}

PyObject *
_PyPrincipal_MakeRegistered(PyObject *func)
{
    PyObject *made = _PyPrincipal_MakeBuilt(func);
    if (made != func || _PyPolicyDeferred_IsSafe(func)) {
        return made;
    }
    Py_DECREF(made);
    return _PyPolicyDeferred_NewAdded(_PyPrincipal_STDLIB, func);
}

PyObject *
_PyPrincipal_MakeBuiltOfFound(PyObject *func)
{
    return _PyPolicyDeferred_IsSafe(func) ? _PyPrincipal_MakeBuilt(func)
                                          : Py_NewRef(func);
}

/* --- What is found ------------------------------------------------------ */

/* The name of the C module that the function is of, which no Python code can
   change; "": none. */
static const char *
module_of(PyObject *callable)
{
    PyObject *self = PyCFunction_CheckExact(callable)
                     ? PyCFunction_GET_SELF(callable) : NULL;
    PyModuleDef *def = self != NULL && PyModule_Check(self)
                       ? PyModule_GetDef(self) : NULL;
    return def != NULL ? def->m_name : "";
}

static bool
is_called(PyObject *function, const char *name)
{
    return strcmp(((PyCFunctionObject *)function)->m_ml->ml_name, name) == 0;
}

/* The interpreter's own hooks. */
static bool
is_default_hook(PyObject *callable)
{
    const char *module = module_of(callable);
    return strcmp(module, "sys") == 0
           ? (is_called(callable, "excepthook")
              || is_called(callable, "unraisablehook")
              || is_called(callable, "breakpointhook")
              || is_called(callable, "displayhook"))
           : (strcmp(module, "_thread") == 0
              && is_called(callable, "_excepthook"));
}

/* Is it that function of builtins, which is met for the first time? */
static bool
is_builtin(PyObject *func, const char *name, const PyMethodDef **known)
{
    if (_Py_atomic_load_ptr_relaxed(known) != NULL || !is_called(func, name)
        || strcmp(module_of(func), "builtins") != 0)
    {
        return false;
    }
    _Py_atomic_store_ptr_relaxed(known, ((PyCFunctionObject *)func)->m_ml);
    return true;
}

bool
_PyPolicyDeferred_OnlyGives(PyObject *func, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) != 1 || PyDict_GET_SIZE(kwargs) != 0
        || !PyCFunction_CheckExact(func))
    {
        return false;
    }
    /* How a function is defined is static data, which tells as much as the
       names in it and is compared faster. */
    struct _PyPolicyInterp *state = &_PyInterpreterState_GET()->policy;
    const PyMethodDef *def = ((PyCFunctionObject *)func)->m_ml;
    return def == _Py_atomic_load_ptr_relaxed(&state->getattr)
           || def == _Py_atomic_load_ptr_relaxed(&state->next)
           || is_builtin(func, "getattr", &state->getattr)
           || is_builtin(func, "next", &state->next);
}

bool
_PyPolicyDeferred_IsSafe(PyObject *callable)
{
    if (_PyPolicyDeferred_Check(callable)
        || _PyPolicyDeferred_ShowsItself(callable))
    {
        return true;
    }
    if (PyFunction_Check(callable) || PyMethod_Check(callable)) {
        return false;           /* the library's, as most are */
    }
    return is_harmless(callable)
           || is_default_hook(callable)
           || Py_IS_TYPE(callable, &_PyLegacyEventHandler_Type);
}

/* A function of the library's, by that name or one that begins so? */
static bool
is_of_library(PyObject *callable, const char *name, size_t n)
{
    if (!_PyPrincipal_IsTransparent(callable)) {
        return false;
    }
    PyObject *own = ((PyCodeObject *)PyFunction_GET_CODE(callable))->co_name;
    return PyUnicode_IS_COMPACT_ASCII(own)
           && strncmp((const char *)PyUnicode_1BYTE_DATA(own), name, n) == 0;
}

void
_PyPrincipal_EnterOwnGetattr(_PyPolicyMark *mark, PyObject *callable,
                             PyObject *dict)
{
    static const char name[] = "__getattr__";
    if (!_PyPolicyDeferred_IsSafe(callable)
        && !(is_of_library(callable, name, sizeof(name))
             && PyFunction_GET_GLOBALS(callable) == dict))
    {
        _PyPrincipal_EnterNobody(mark);
    }
}

/* breakpoint() begins the library's debuggers anyhow. */
void
_PyPrincipal_EnterDebugger(_PyPolicyMark *mark, PyObject *hook)
{
    static const char name[] = "set_trace";
    if (!_PyPolicyDeferred_IsSafe(hook)
        && !is_of_library(hook, name, sizeof(name)))
    {
        _PyPrincipal_EnterNobody(mark);
    }
}

/* The library's reducers are named so. */
static bool
is_reducer(PyObject *callable)
{
    static const char *const names[] = {
        "reduce_", "_reduce", "pickle_", "_pickle",
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(names); i++) {
        if (is_of_library(callable, names[i], strlen(names[i]))) {
            return true;
        }
    }
    return false;
}

void
_PyPrincipal_EnterReducer(_PyPolicyMark *mark, PyObject *callable)
{
    mark->set = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive() && !_PyPolicyDeferred_IsSafe(callable)
        && !is_reducer(callable))
    {
        _PyPrincipal_EnterNobody(mark);
    }
}

void
_PyPrincipal_EnterFound(PyThreadState *tstate, _PyPolicyMark *mark,
                        PyObject *callable, const PyMethodDef *trusted)
{
    mark->stop = false;
    if (_PyPolicy_Active && !_PyPolicyDeferred_IsSafe(callable)
        && !(trusted != NULL && PyCFunction_CheckExact(callable)
             && ((PyCFunctionObject *)callable)->m_ml == trusted))
    {
        _PyPolicyMark_Push(tstate, mark, _PyPrincipal_UNKNOWN, true);
    }
}

PyObject *
_PyPrincipal_CallOneFound(PyObject *callable, PyObject *arg)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark mark;
    _PyPrincipal_EnterFound(tstate, &mark, callable, NULL);
    PyObject *result = PyObject_CallOneArg(callable, arg);
    _PyPrincipal_Leave(tstate, &mark);
    return result;
}
