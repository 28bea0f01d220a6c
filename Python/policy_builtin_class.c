/* Who may call a builtin class, through whatever reference?

   A call of a class is a call of the class object itself: `str(x)`,
   `map(str, xs)`, a reference that somebody kept, `type.__call__(str, x)`,
   and, since it is the same by another name, `str.__new__(str, x)`.  A
   subclass is another class, and what makes instances without calling
   (literals, displays, f-strings, methods, the C API's constructors) is no
   call.  Neither is a class statement, though it calls its metaclass, which
   most often is `type`: `__build_class__` stands for it, and can be guarded
   for itself.

   These calls end at three places, and a guard stands at each:

     the class's own tp_vectorcall, which every call that passes arguments as
       an array looks up in the class object; it is never inherited;
     type's tp_call, where the other calls go, and its descriptor `__call__`;
     tp_new_wrapper(), which is `__new__` of every class written in C, and
       what does the same in the module _pickle.

   Three instructions are specialised for `str`, `tuple` and `type`, and call
   nothing.  So the specialiser asks, and leaves the instruction as it is: it
   is the only one that pays anything, and it is rarely there.  What it had
   specialised before policies were read is importlib's.

   Some classes the interpreter itself calls, in no way that differs from any
   other call, so they are not guarded: those of exceptions, to report what
   failed; `super` for each class that is made; `object` for a pattern that
   is a mapping.

   All this happens at start, before any user code; without such a key in a
   policy nothing is touched. */

#include "Python.h"
#include "pycore_policy_builtin.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tuple.h"         // _PyTuple_FromArray()
#include "pycore_typeobject.h"    // _PyType_GetDict()

#include <stdio.h>
#include <string.h>

int _PyPolicy_ClassesGuarded = 0;

/* There are some 30 classes among the builtins that are no exceptions. */
#define MAX_CLASSES 64

typedef struct {
    char what[40];              /* "builtins.str" */
    PyTypeObject *type;         /* static: one for all interpreters */
    vectorcallfunc original;    /* its tp_vectorcall, or NULL */
} Class;

/* Written at start, before any user code. */
static struct {
    Class table[MAX_CLASSES];
    unsigned n;
    ternaryfunc type_call;      /* tp_call of type, as it was */
} classes;

static const Class *
find(const PyTypeObject *type)
{
    for (unsigned i = 0; i < classes.n; i++) {
        if (classes.table[i].type == type) {
            return &classes.table[i];
        }
    }
    return NULL;
}

static int
judge(const Class *c)
{
    return c == NULL ? 0 : _PyPolicyBuiltin_Judge(_PyThreadState_GET(),
                                                  c->what, NULL);
}

/* --- The guards --------------------------------------------------------- */

/* The tp_call of type. */
static PyObject *
guarded_call(PyObject *type, PyObject *args, PyObject *kwargs)
{
    return judge(find((PyTypeObject *)type)) < 0 ? NULL
           : classes.type_call(type, args, kwargs);
}

static PyObject *
call_with_tuple(PyObject *type, PyObject *const *args, Py_ssize_t n,
                PyObject *kwnames)
{
    PyObject *kwargs = NULL, *result = NULL;
    PyObject *tuple = _PyTuple_FromArray(args, n);
    if (tuple == NULL) {
        return NULL;
    }
    if (kwnames != NULL && PyTuple_GET_SIZE(kwnames) > 0) {
        kwargs = _PyStack_AsDict(args + n, kwnames);
        if (kwargs == NULL) {
            goto done;
        }
    }
    result = classes.type_call(type, tuple, kwargs);
done:
    Py_DECREF(tuple);
    Py_XDECREF(kwargs);
    return result;
}

/* The tp_vectorcall of each guarded class.  That of type hands calls that make
   a class on to its tp_call, which has been judged for by then. */
static PyObject *
guarded_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf,
                   PyObject *kwnames)
{
    const Class *c = find((PyTypeObject *)type);
    Py_ssize_t n = PyVectorcall_NARGS(nargsf);
    if (judge(c) < 0) {
        return NULL;
    }
    if (c->original == NULL
        || (type == (PyObject *)&PyType_Type && n != 1))
    {
        return call_with_tuple(type, args, n, kwnames);
    }
    return c->original(type, args, nargsf, kwnames);
}

PyObject *
_PyPolicyBuiltin_MakeClass(PyObject *const *args, PyObject *kwargs)
{
    PyObject *type = (PyObject *)&PyType_Type;
    if (find(&PyType_Type) == NULL) {
        return PyObject_VectorcallDict(type, args, 3, kwargs);
    }
    PyObject *tuple = _PyTuple_FromArray(args, 3);
    PyObject *result = tuple ? classes.type_call(type, tuple, kwargs) : NULL;
    Py_XDECREF(tuple);
    return result;
}

int
_PyPolicyBuiltin_JudgeNew(PyTypeObject *type)
{
    return judge(find(type));
}

bool
_PyPolicyBuiltin_IsClass(const PyTypeObject *type)
{
    return find(type) != NULL;
}

/* --- Guarding ----------------------------------------------------------- */

/* Each interpreter has its own descriptor `__call__`.  One that is made later
   is made of what tp_call is by then. */
static int
guard_type_call(void)
{
    if (PyType_Type.tp_call != guarded_call) {
        classes.type_call = PyType_Type.tp_call;
        PyType_Type.tp_call = guarded_call;
    }
    PyObject *dict = _PyType_GetDict(&PyType_Type), *descriptor;
    if (dict == NULL
        || PyDict_GetItemStringRef(dict, "__call__", &descriptor) <= 0)
    {
        return -1;
    }
    int result = -1;
    if (Py_IS_TYPE(descriptor, &PyWrapperDescr_Type)) {
        ((PyWrapperDescrObject *)descriptor)->d_wrapped = guarded_call;
        result = 0;
    }
    Py_DECREF(descriptor);
    return result;
}

const char *
_PyPolicyBuiltin_WhyNotClass(const PyTypeObject *type)
{
    if (PyType_IsSubtype((PyTypeObject *)type,
                         (PyTypeObject *)PyExc_BaseException))
    {
        return "an exception, which the interpreter itself calls to report "
               "what failed";
    }
    if (type == &PySuper_Type || type == &PyBaseObject_Type) {
        return "a class that the interpreter itself calls to execute other "
               "statements";
    }
    if (!(type->tp_flags & _Py_TPFLAGS_STATIC_BUILTIN)
        || !Py_IS_TYPE(type, &PyType_Type))
    {
        return "a class that is not the interpreter's own";
    }
    return NULL;
}

int
_PyPolicyBuiltin_GuardClass(PyTypeObject *type, const char *what)
{
    if (guard_type_call() < 0) {
        goto error;
    }
    if (find(type) != NULL) {
        return 0;
    }
    Class *c = &classes.table[classes.n];
    if (classes.n == MAX_CLASSES || strlen(what) >= sizeof(c->what)) {
        goto error;
    }
    strcpy(c->what, what);
    c->type = type;
    c->original = type->tp_vectorcall;
    classes.n++;
    type->tp_vectorcall = guarded_vectorcall;
    _PyPolicy_ClassesGuarded = 1;
    return 0;

error:
    if (!PyErr_Occurred()) {
        PyErr_Format(PyExc_SystemError, "%s cannot be guarded", what);
    }
    return -1;
}
