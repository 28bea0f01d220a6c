/* How does a callable act for whoever deferred it?

   What is registered to run later is often a C function, or a partial of
   one: it has no frame, so the stack does not show who wanted it.  A
   deferred call is a C object that holds the function, what it was to be
   called with, and by order of whom.  It is made where the call is deferred
   and takes the function's place there; nothing in it can be changed from
   Python, so there is nothing to flip between a check and its use.

   Anybody may call one, and may find one where it is kept.  So it acts for
   its set alone only when it is called with exactly what was registered;
   then it does what was ordered, no matter who pulls the trigger.  Called
   with anything else it runs, but for nobody known.

   To the eye it is the function: it compares equal to it, is printed like
   it, has its attributes, and __wrapped__ is the function itself.

   Called by: policy_deferred_lib.c (classes of the standard library) and
   upstream's C code (futures, weak references, at-fork handlers, codecs). */

#include "Python.h"
#include "pycore_call.h"          // _PyObject_VectorcallTstate()
#include "pycore_import.h"        // _PyImport_GetModuleAttrString()
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_beyond.h"
#include "pycore_policy_deferred.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_runtime.h"       // _Py_ID()

#include <stddef.h>

static void deferred_dealloc(PyObject *self);

/* Types differ between interpreters, this function does not; and the type
   cannot be subclassed. */
bool
_PyPolicyDeferred_Check(PyObject *object)
{
    return Py_TYPE(object)->tp_dealloc == deferred_dealloc;
}

/* --- Calling ------------------------------------------------------------ */

/* Is it called with exactly what was registered?  *whole: with nothing, for
   it holds the arguments itself. */
static bool
is_as_ordered(_PyPolicyDeferred *d, PyObject *const *args, Py_ssize_t n,
              PyObject *kwnames, bool *whole)
{
    Py_ssize_t n_names = kwnames ? PyTuple_GET_SIZE(kwnames) : 0;
    *whole = false;
    if (d->kind == _PyPolicyDeferred_OWNED) {
        return n == 1 && n_names == 0 && args[0] == d->owner;
    }
    if (n == 0 && n_names == 0) {
        *whole = true;
        return true;
    }
    if (n != (d->args ? PyTuple_GET_SIZE(d->args) : 0)
        || n_names != (d->kwargs ? PyDict_GET_SIZE(d->kwargs) : 0))
    {
        return false;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        if (args[i] != PyTuple_GET_ITEM(d->args, i)) {
            return false;
        }
    }
    PyObject *key, *value;
    Py_ssize_t at = 0, i = 0;
    while (i < n_names && PyDict_Next(d->kwargs, &at, &key, &value)) {
        if (PyTuple_GET_ITEM(kwnames, i) != key || args[n + i] != value) {
            return false;
        }
        i++;
    }
    return true;
}

static bool
is_spent(_PyPolicyDeferred *d)
{
    uint8_t fresh = 0;
    return d->once
           && !_Py_atomic_compare_exchange_uint8(&d->spent, &fresh, 1);
}

static PyObject *
deferred_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf,
                    PyObject *kwnames)
{
    _PyPolicyDeferred *d = (_PyPolicyDeferred *)self;
    PyThreadState *tstate = _PyThreadState_GET();
    uint32_t set = d->set;
    bool whole = false, stop = true;
    switch (d->kind) {
        case _PyPolicyDeferred_NOBODY:
            set = _PyPrincipal_UNKNOWN;
            break;
        case _PyPolicyDeferred_ADDED:
            stop = false;
            break;
        default:
            if (!is_as_ordered(d, args, PyVectorcall_NARGS(nargsf), kwnames,
                               &whole)
                || is_spent(d))
            {
                set = _PyPrincipal_UNKNOWN;
                stop = false;
            }
            stop &= d->kind != _PyPolicyDeferred_BESIDE;
    }
    if (d->func == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "deferred call has been cleared");
        return NULL;
    }
    PyObject *func = Py_NewRef(d->func), *result;
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, set, stop);
    if (whole && (d->args != NULL || d->kwargs != NULL)) {
        PyObject *own = d->args ? Py_NewRef(d->args) : PyTuple_New(0);
        PyObject *named = Py_XNewRef(d->kwargs);
        result = own ? PyObject_Call(func, own, named) : NULL;
        Py_XDECREF(own);
        Py_XDECREF(named);
    }
    else {
        result = _PyObject_VectorcallTstate(tstate, func, args, nargsf,
                                            kwnames);
    }
    _PyPolicyMark_Pop(tstate, &mark);
    Py_DECREF(func);
    return result;
}

/* --- The object --------------------------------------------------------- */

static int
deferred_traverse(PyObject *self, visitproc visit, void *arg)
{
    _PyPolicyDeferred *d = (_PyPolicyDeferred *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(d->func);
    Py_VISIT(d->args);
    Py_VISIT(d->kwargs);
    Py_VISIT(d->context);
    Py_VISIT(d->loop);
    return 0;
}

static int
deferred_clear(PyObject *self)
{
    _PyPolicyDeferred *d = (_PyPolicyDeferred *)self;
    Py_CLEAR(d->func);
    Py_CLEAR(d->args);
    Py_CLEAR(d->kwargs);
    Py_CLEAR(d->context);
    Py_CLEAR(d->loop);
    return 0;
}

static void
deferred_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    if (((_PyPolicyDeferred *)self)->weakrefs != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    (void)deferred_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

PyObject *
_PyPolicyDeferred_Unwrapped(PyObject *object)
{
    if (_PyPolicyDeferred_Check(object)
        && ((_PyPolicyDeferred *)object)->func != NULL)
    {
        return ((_PyPolicyDeferred *)object)->func;
    }
    return object;
}

static PyObject *
deferred_repr(PyObject *self)
{
    PyObject *func = _PyPolicyDeferred_Unwrapped(self);
    return func == self ? PyUnicode_FromString("<deferred call>")
                        : PyObject_Repr(func);
}

static Py_hash_t
deferred_hash(PyObject *self)
{
    PyObject *func = _PyPolicyDeferred_Unwrapped(self);
    return func == self ? PyObject_GenericHash(self) : PyObject_Hash(func);
}

static PyObject *
deferred_compare(PyObject *self, PyObject *other, int op)
{
    PyObject *a = _PyPolicyDeferred_Unwrapped(self);
    PyObject *b = _PyPolicyDeferred_Unwrapped(other);
    if ((op != Py_EQ && op != Py_NE) || a == self) {
        Py_RETURN_NOTIMPLEMENTED;
    }
    return PyObject_RichCompare(a, b, op);
}

static PyObject *
deferred_getattro(PyObject *self, PyObject *name)
{
    PyObject *func = _PyPolicyDeferred_Unwrapped(self);
    if (func != self && PyCallable_Check(func) && !PyType_Check(func)
        && PyUnicode_Check(name)
        && _PyUnicode_Equal(name, &_Py_ID(__class__)))
    {
        /* inspect asks what it is; C code looks at the type itself. */
        return PyObject_GetAttr(func, name);
    }
    PyObject *value = PyObject_GenericGetAttr(self, name);
    if (value == NULL && func != self
        && PyErr_ExceptionMatches(PyExc_AttributeError)
        /* What is bound is this object, or nothing. */
        && !(PyUnicode_Check(name)
             && _PyUnicode_Equal(name, &_Py_ID(__get__))))
    {
        PyErr_Clear();
        value = PyObject_GetAttr(func, name);
    }
    return value;
}

static int
deferred_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyObject *func = _PyPolicyDeferred_Unwrapped(self);
    return func == self ? PyObject_GenericSetAttr(self, name, value)
                        : PyObject_SetAttr(func, name, value);
}

/* Copied and pickled, it is the function: operator.getitem((func,), 0). */
static PyObject *
deferred_reduce(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    PyObject *func = _PyPolicyDeferred_Unwrapped(self);
    PyObject *getitem = _PyImport_GetModuleAttrString("operator", "getitem");
    return getitem == NULL ? NULL
           : Py_BuildValue("N((O)i)", getitem, func, 0);
}

static PyMethodDef deferred_methods[] = {
    {"__reduce__", deferred_reduce, METH_NOARGS, NULL},
    {NULL}
};

static PyMemberDef deferred_members[] = {
    {"__wrapped__", _Py_T_OBJECT, offsetof(_PyPolicyDeferred, func),
     Py_READONLY},
    {"__vectorcalloffset__", Py_T_PYSSIZET,
     offsetof(_PyPolicyDeferred, vectorcall), Py_READONLY},
    {"__weaklistoffset__", Py_T_PYSSIZET,
     offsetof(_PyPolicyDeferred, weakrefs), Py_READONLY},
    {NULL}
};

static PyType_Slot deferred_slots[] = {
    {Py_tp_dealloc, deferred_dealloc},
    {Py_tp_traverse, deferred_traverse},
    {Py_tp_clear, deferred_clear},
    {Py_tp_repr, deferred_repr},
    {Py_tp_hash, deferred_hash},
    {Py_tp_richcompare, deferred_compare},
    {Py_tp_getattro, deferred_getattro},
    {Py_tp_setattro, deferred_setattro},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_members, deferred_members},
    {Py_tp_methods, deferred_methods},
    {0, NULL}
};

static PyType_Spec deferred_spec = {
    .name = "importpolicy.deferred",
    .basicsize = sizeof(_PyPolicyDeferred),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC
             | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_IMMUTABLETYPE
             | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = deferred_slots,
};

static PyTypeObject *
deferred_type(void)
{
    struct _PyPolicyInterp *state = &_PyInterpreterState_GET()->policy;
    if (state->deferred_type == NULL) {
        PyObject *type = PyType_FromSpec(&deferred_spec);
        if (state->deferred_type == NULL) {
            state->deferred_type = type;
        }
        else {
            Py_XDECREF(type);
        }
    }
    return (PyTypeObject *)state->deferred_type;
}

static PyObject *
new_for(uint32_t set, _PyPolicyDeferredKind kind, bool once, PyObject *func,
        PyObject *args, PyObject *kwargs, const void *owner)
{
    PyTypeObject *type = deferred_type();
    if (type == NULL) {
        return NULL;
    }
    PyObject *named = NULL;
    if (kwargs != NULL && PyDict_GET_SIZE(kwargs) > 0) {
        named = PyDict_Copy(kwargs);
        if (named == NULL) {
            return NULL;
        }
    }
    _PyPolicyDeferred *d = PyObject_GC_New(_PyPolicyDeferred, type);
    if (d == NULL) {
        Py_XDECREF(named);
        return NULL;
    }
    d->set = set;
    d->kind = (uint8_t)kind;
    d->once = once;
    d->spent = 0;
    d->owner = owner;
    d->func = Py_NewRef(func);
    d->args = Py_XNewRef(args);
    d->kwargs = named;
    d->context = NULL;
    d->loop = NULL;
    d->weakrefs = NULL;
    d->vectorcall = deferred_vectorcall;
    PyObject_GC_Track(d);
    return (PyObject *)d;
}

PyObject *
_PyPolicyDeferred_New(_PyPolicyDeferredKind kind, bool once, PyObject *func,
                      PyObject *args, PyObject *kwargs, const void *owner)
{
    uint32_t set = kind == _PyPolicyDeferred_NOBODY ? _PyPrincipal_UNKNOWN
                                                    : _PyPrincipal_Acting();
    return new_for(set, kind, once, func, args, kwargs, owner);
}

PyObject *
_PyPolicyDeferred_NewAdded(uint32_t set, PyObject *func)
{
    return new_for(set, _PyPolicyDeferred_ADDED, false, func, NULL, NULL,
                   NULL);
}

/* --- Seams -------------------------------------------------------------- */

PyObject *
_PyPrincipal_MakeOwned(PyObject *func, PyObject *owner)
{
    return _PyPolicyDeferred_New(_PyPolicyDeferred_OWNED, true, func, NULL,
                                 NULL, owner);
}

/* Is it how the weak containers of the standard library, or the import system,
   forget what is gone?  Each entry brings one of these, and it does nothing
   else. */
static bool
forgets_entry(PyObject *callback)
{
    if (!_PyPrincipal_IsTransparent(callback)) {
        return false;
    }
    PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(callback);
    if (!(code->co_flags & CO_NESTED)) {
        return false;
    }
    PyObject *name = code->co_name;
    if (code->_co_principal & _PyPrincipal_IMPORT) {
        return _PyUnicode_EqualToASCIIString(name, "cb")
               || _PyUnicode_EqualToASCIIString(name, "remove");
    }
    return _PyUnicode_EqualToASCIIString(name, "_remove")
           ? _PyPolicyStack_IsOfFile(code, "/_weakrefset.py")
           : _PyUnicode_EqualToASCIIString(name, "remove")
             && _PyPolicyStack_IsOfFile(code, "/weakref.py");
}

PyObject *
_PyPrincipal_MakeWeak(PyWeakReference *reference)
{
    PyObject *object = (PyObject *)reference;
    /* Nobody can put one into a reference that is there.  So what the
       application and the standard library register needs nothing, unless it
       is asked who stands beyond the application. */
    if (reference == NULL || reference->wr_callback == NULL
        || _PyPolicyDeferred_IsEarly()
        || (!_PyPolicyBeyond_Wanted && forgets_entry(reference->wr_callback)))
    {
        return object;
    }
    uint32_t set = _PyPrincipal_Acting();
    if (set < _PyPrincipal_UNKNOWN && !_PyPolicyBeyond_Wanted) {
        return object;
    }
    PyObject *made = new_for(set, _PyPolicyDeferred_OWNED, false,
                             reference->wr_callback, NULL, NULL, object);
    if (made == NULL) {
        Py_DECREF(object);
        return NULL;
    }
    Py_SETREF(reference->wr_callback, made);
    return object;
}

PyObject *
_PyPrincipal_MakeWhole(PyObject *func)
{
    return _PyPolicyDeferred_New(_PyPolicyDeferred_WHOLE, false, func, NULL,
                                 NULL, NULL);
}

PyObject *
_PyPrincipal_MakeAdded(PyObject *func)
{
    uint32_t set = _PyPrincipal_Acting();
    return set < _PyPrincipal_UNKNOWN ? Py_NewRef(func)
        : _PyPolicyDeferred_NewAdded(set, func);
}
