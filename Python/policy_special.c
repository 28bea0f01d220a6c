/* Who has put there what the interpreter calls by a special name?

   x < y calls what x's class has as __lt__, with y.  A function of Python
   shows whose it is, or is a copy that does (policy_built.c), and a method of
   C's does there what its name says.  What else may stand there shows nobody:
   a function of C, bound or not, a class, an object that can be called, a
   method under another name.  Where it becomes an attribute of a class it is
   built, therefore, by whoever has it become one.

   A property, or another descriptor, gives what is called when it is asked,
   and its own function is over by then.  What it gives is called for those who
   made the object's class, and the descriptor, too.

   Called by: policy_built.c for what becomes an attribute; upstream's
   typeobject.c where it looks for a special method. */

#include "Python.h"
#include "pycore_descrobject.h"   // _PyMethodWrapper_Type
#include "pycore_policy_deferred.h"
#include "pycore_principal.h"
#include "pycore_runtime.h"       // _Py_ID()

#include <string.h>

/* (A key that is not exactly a str may say that it is any name.) */
static bool
is_special(PyObject *name)
{
    if (!PyUnicode_CheckExact(name)) {
        return true;
    }
    Py_ssize_t n = PyUnicode_GET_LENGTH(name);
    return n > 4 && PyUnicode_READ_CHAR(name, 0) == '_'
           && PyUnicode_READ_CHAR(name, 1) == '_'
           && PyUnicode_READ_CHAR(name, n - 1) == '_'
           && PyUnicode_READ_CHAR(name, n - 2) == '_';
}

/* Does the interpreter itself know the name, and not as that of a class?
   (Libraries have special names of their own, for classes, too.) */
static bool
is_called(PyObject *name)
{
    static const char *const others[] = {
        "__class__", "__orig_class__", "__origin__",
    };
    if (!PyUnicode_CheckExact(name)) {
        return true;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(others); i++) {
        if (_PyUnicode_EqualToASCIIString(name, others[i])) {
            return false;
        }
    }
    PyObject *known = PyUnicode_FromObject(name);
    if (known == NULL) {
        PyErr_Clear();
        return true;
    }
    PyUnicode_InternInPlace(&known);
    bool is = PyUnicode_CHECK_INTERNED(known)
              == SSTATE_INTERNED_IMMORTAL_STATIC;
    Py_DECREF(known);
    return is;
}

/* A function of C's that binds, under a name that is not its own?  Those of
   the core reach nothing, but that a class is called. */
static bool
is_method_by_another_name(PyObject *name, PyObject *value)
{
    if (!Py_IS_TYPE(value, &PyMethodDescr_Type)
        && !Py_IS_TYPE(value, &PyWrapperDescr_Type))
    {
        return false;
    }
    PyObject *own = PyDescr_NAME(value);
    return ((PyDescr_TYPE(value)->tp_flags & _Py_TPFLAGS_STATIC_BUILTIN) == 0
            || _PyUnicode_Equal(own, &_Py_ID(__call__)))
           && !(PyUnicode_CheckExact(name) && _PyUnicode_Equal(own, name));
}

/* What a type of C's has as its __new__() is one of any class, and that looks
   whether it has been left there.  By another name it is a function of C as
   any other is. */
static bool
is_new_of_c(PyObject *name, PyObject *value)
{
    return PyUnicode_CheckExact(name)
           && _PyUnicode_EqualToASCIIString(name, "__new__")
           && PyCFunction_Check(value)
           && strcmp(((PyCFunctionObject *)value)->m_ml->ml_name,
                     "__new__") == 0;
}

static bool
is_bound(PyObject *value)
{
    return PyCFunction_Check(value) || PyMethod_Check(value)
           || _PyPolicyMethod_Check(value)
           || Py_IS_TYPE(value, &_PyMethodWrapper_Type);
}

/* Is it a function of Python's, or what is neither called nor asked for what
   is?  Most attributes are. */
static bool
shows_itself(PyObject *value)
{
    return PyFunction_Check(value)
           || (Py_TYPE(value)->tp_call == NULL
               && Py_TYPE(value)->tp_descr_get == NULL);
}

PyObject *
_PyPolicySpecial_Attribute(PyObject *name, PyObject *value)
{
    if (shows_itself(value) || !is_special(name) || is_new_of_c(name, value)) {
        return Py_NewRef(value);
    }
    if (is_bound(value)
        || (Py_TYPE(value)->tp_descr_get == NULL && PyCallable_Check(value)
            && is_called(name)))
    {
        return _PyPrincipal_MakeBuilt(value);
    }
    if (!is_method_by_another_name(name, value)) {
        return Py_NewRef(value);
    }
    PyObject *built = _PyPrincipal_MakeBuilt(value);
    if (built != value) {
        Py_SETREF(built, PyInstanceMethod_New(built));
    }
    return built;
}

/* --- What a descriptor gives -------------------------------------------- */

/* Of the library's own descriptors, one that has a getter may have got another
   one since. */
static uint32_t
maker_of(PyObject *descriptor)
{
    uint32_t set = _PyPolicyMade_MakersOf(Py_TYPE(descriptor), NULL);
    bool own = Py_IS_TYPE(descriptor, &PyProperty_Type);
    if (!own && (set >= _PyPrincipal_UNKNOWN
                 || (Py_TYPE(descriptor)->tp_flags
                     & Py_TPFLAGS_IMMUTABLETYPE)))
    {
        return set;
    }
    PyObject *getter;
    if (PyObject_GetOptionalAttrString(descriptor, "fget", &getter) < 0) {
        PyErr_Clear();
        return _PyPrincipal_UNKNOWN;
    }
    if (getter == NULL) {
        return own ? _PyPrincipal_UNKNOWN : set;
    }
    set = own || _PyPolicyDeferred_IsSafe(getter)
          ? _PyPolicyDeferred_AuthorOf(getter) : _PyPrincipal_UNKNOWN;
    Py_DECREF(getter);
    return set;
}

/* Does it only give attributes of an object, or what an iterator gives?
   No Python code makes a type that is immutable. */
static bool
only_gives(PyObject *got)
{
    if (!(Py_TYPE(got)->tp_flags & Py_TPFLAGS_IMMUTABLETYPE)
        || strcmp(Py_TYPE(got)->tp_name, "functools.partial") != 0)
    {
        return false;
    }
    const _PyPolicyPartial *partial = (const _PyPolicyPartial *)got;
    return _PyPolicyDeferred_OnlyGives(partial->func, partial->args,
                                       partial->kwargs);
}

/* `got`, which is taken, becomes what is called for them, too. */
static PyObject *
call_for(uint32_t set, PyObject *got)
{
    if (set >= _PyPrincipal_UNKNOWN
        && !_PyPolicyDeferred_ActsFor(got, set))
    {
        Py_SETREF(got, _PyPolicyDeferred_NewAdded(set, got));
    }
    return got;
}

static PyObject *
call_unbound(PyTypeObject *type, PyObject *found)
{
    Py_INCREF(found);
    return !PyCallable_Check(found) || _PyPolicyDeferred_Check(found)
           ? found : call_for(_PyPolicyMade_MakersOf(type, NULL), found);
}

PyObject *
_PyPrincipal_GetToCall(PyObject *found, PyObject *self, PyObject *type)
{
    descrgetfunc get = Py_TYPE(found)->tp_descr_get;
    if (get == NULL) {
        return call_unbound((PyTypeObject *)type, found);
    }
    Py_INCREF(type);            /* it may give the object another class */
    PyObject *got = get(found, self, type);
    if (got != NULL && !Py_IS_TYPE(found, &PyInstanceMethod_Type)
        && !_PyPolicyDeferred_Check(got) && !only_gives(got))
    {
        got = call_for(_PyPrincipal_Join(
            _PyPolicyMade_MakersOf((PyTypeObject *)type, NULL),
            maker_of(found)), got);
    }
    Py_DECREF(type);
    return got;
}
