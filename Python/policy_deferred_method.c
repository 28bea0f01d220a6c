/* How is a method of the standard library wrapped?

   Under a policy some methods written in Python are exchanged for functions
   in C (policy_deferred_lib.c, policy_built.c).  A C function does not bind to
   instances, and what makes it bind, an instancemethod, makes a new object
   for each call.  So there is a type for it: like a function it is called
   with the instance before its arguments, and the interpreter, which knows
   that of a type that says so, binds nothing.

   To the eye it is the method: it has its attributes, says that it is a
   function if that is one (inspect, pydoc and unittest.mock ask for it), is
   pickled by its name, and __wrapped__ is the method itself.  A class or
   static method stays one, of such an object.  Its type cannot be
   instantiated, so nobody binds another function with it.  To C code it is no
   function, since PyFunction_Check() looks at the type itself. */

#include "Python.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_deferred.h"
#include "pycore_pystate.h"       // _PyInterpreterState_GET()
#include "pycore_runtime.h"       // _Py_ID()
#include "pycore_typeobject.h"    // _PyType_LookupRef()

#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *function;         /* in C, with what it is bound to */
    PyObject *original;
    vectorcallfunc vectorcall;
} Method;

static PyObject *
method_vectorcall(PyObject *self, PyObject *const *args, size_t nargsf,
                  PyObject *names)
{
    PyObject *function = ((Method *)self)->function;
    if (function == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "method has been cleared");
        return NULL;
    }
    if (!(PyCFunction_GET_FLAGS(function) & METH_FASTCALL)) {
        return PyObject_Vectorcall(function, args, nargsf, names);
    }
    PyCFunctionFastWithKeywords call =
        (PyCFunctionFastWithKeywords)(void (*)(void))
        PyCFunction_GET_FUNCTION(function);
    return call(PyCFunction_GET_SELF(function), args,
                PyVectorcall_NARGS(nargsf), names);
}

static int
method_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(((Method *)self)->function);
    Py_VISIT(((Method *)self)->original);
    return 0;
}

static int
method_clear(PyObject *self)
{
    Py_CLEAR(((Method *)self)->function);
    Py_CLEAR(((Method *)self)->original);
    return 0;
}

static void
method_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    (void)method_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *
method_get(PyObject *self, PyObject *object, PyObject *Py_UNUSED(type))
{
    return object == NULL ? Py_NewRef(self) : PyMethod_New(self, object);
}

static PyObject *
method_getattro(PyObject *self, PyObject *name)
{
    PyObject *original = ((Method *)self)->original;
    /* The type has one, too. */
    if (original != NULL && PyUnicode_EqualToUTF8(name, "__module__")) {
        return PyObject_GetAttr(original, name);
    }
    PyObject *value = PyObject_GenericGetAttr(self, name);
    if (value == NULL && original != NULL
        && PyErr_ExceptionMatches(PyExc_AttributeError))
    {
        PyErr_Clear();
        value = PyObject_GetAttr(original, name);
    }
    return value;
}

static PyObject *
method_repr(PyObject *self)
{
    PyObject *original = ((Method *)self)->original;
    return original ? PyObject_Repr(original)
                    : PyUnicode_FromString("<method>");
}

static PyObject *
method_doc(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *original = ((Method *)self)->original;
    return original ? PyObject_GetAttrString(original, "__doc__")
                    : Py_NewRef(Py_None);
}

static PyObject *
method_class(PyObject *self, void *Py_UNUSED(closure))
{
    PyObject *original = ((Method *)self)->original;
    return original != NULL && PyFunction_Check(original)
           ? Py_NewRef(&PyFunction_Type) : Py_NewRef(Py_TYPE(self));
}

static PyObject *
method_reduce(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    return PyObject_GetAttr(self, &_Py_ID(__qualname__));
}

static PyMethodDef method_methods[] = {
    {"__reduce__", method_reduce, METH_NOARGS, NULL},
    {NULL}
};

static PyGetSetDef method_getset[] = {
    {"__class__", method_class, NULL, NULL, NULL},
    {"__doc__", method_doc, NULL, NULL, NULL},
    {NULL}
};

static PyMemberDef method_members[] = {
    {"__wrapped__", _Py_T_OBJECT, offsetof(Method, original), Py_READONLY},
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Method, vectorcall),
     Py_READONLY},
    {NULL}
};

static PyType_Slot method_slots[] = {
    {Py_tp_dealloc, method_dealloc},
    {Py_tp_traverse, method_traverse},
    {Py_tp_clear, method_clear},
    {Py_tp_repr, method_repr},
    {Py_tp_getattro, method_getattro},
    {Py_tp_descr_get, method_get},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_methods, method_methods},
    {Py_tp_members, method_members},
    {Py_tp_getset, method_getset},
    {0, NULL}
};

static PyType_Spec method_spec = {
    .name = "importpolicy.method",
    .basicsize = sizeof(Method),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC
             | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR
             | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = method_slots,
};

/* Types differ between interpreters, this function does not. */
bool
_PyPolicyMethod_Check(PyObject *object)
{
    return Py_TYPE(object)->tp_dealloc == method_dealloc;
}

PyObject *
_PyPolicyMethod_Original(PyObject *method)
{
    return ((Method *)method)->original;
}

static PyTypeObject *
method_type(void)
{
    struct _PyPolicyInterp *state = &_PyInterpreterState_GET()->policy;
    if (state->method_type == NULL) {
        PyObject *type = PyType_FromSpec(&method_spec);
        if (state->method_type == NULL) {
            state->method_type = type;
        }
        else {
            Py_XDECREF(type);
        }
    }
    return (PyTypeObject *)state->method_type;
}

PyObject *
_PyPolicyMethod_New(PyMethodDef *def, PyObject *bound, PyObject *original)
{
    PyTypeObject *type = method_type();
    PyObject *function = type ? PyCFunction_New(def, bound) : NULL;
    Method *method = function ? PyObject_GC_New(Method, type) : NULL;
    if (method == NULL) {
        Py_XDECREF(function);
        return NULL;
    }
    method->function = function;
    method->original = Py_NewRef(original);
    method->vectorcall = method_vectorcall;
    PyObject_GC_Track(method);
    return (PyObject *)method;
}

/* What a class calls so, or inherits: the function itself.  *kind: of what it
   is inside, a class or static method; NULL: it is a plain one.  NULL without
   an exception: there is none. */
static PyObject *
find_function(PyTypeObject *cls, PyObject *name, PyTypeObject **kind)
{
    PyObject *found = _PyType_LookupRef(cls, name);
    *kind = NULL;
    if (found != NULL && (Py_IS_TYPE(found, &PyClassMethod_Type)
                          || Py_IS_TYPE(found, &PyStaticMethod_Type)))
    {
        *kind = Py_TYPE(found);
        Py_SETREF(found, PyObject_GetAttrString(found, "__func__"));
    }
    return found;
}

int
_PyPolicyMethod_Exchange(PyTypeObject *cls, PyMethodDef *def,
                         const char *name, PyObject *first, PyObject *second)
{
    int result = -1;
    PyTypeObject *kind;
    PyObject *bound = NULL, *method = NULL, *original = NULL;
    PyObject *key = PyUnicode_InternFromString(name);
    if (key == NULL) {
        return -1;
    }
    original = find_function(cls, key, &kind);
    if (original == NULL) {
        result = PyErr_Occurred() ? -1 : 0;
        goto done;
    }
    bound = PyTuple_Pack(second ? 3 : 2, original, first, second);
    method = bound ? _PyPolicyMethod_New(def, bound, original) : NULL;
    if (method != NULL && kind != NULL) {
        Py_SETREF(method, PyObject_CallOneArg((PyObject *)kind, method));
    }
    if (method != NULL) {
        result = PyObject_SetAttr((PyObject *)cls, key, method);
    }
done:
    Py_DECREF(key);
    Py_XDECREF(original);
    Py_XDECREF(bound);
    Py_XDECREF(method);
    return result;
}
