/* How does a thread call what it was told to?

   A Thread and a Timer keep a function and its arguments in attributes, until
   somebody starts them.  Whoever made the object acts in the call, beside
   whoever starts it: the function in it is exchanged for a deferred call of
   those arguments.  What was written over it by hand runs as nobody known,
   unless it shows whose it is.

   Here these are methods bound to (original method, class, ...), with which
   policy_deferred_lib.c wraps the classes. */

#include "Python.h"
#include "pycore_policy_deferred.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

/* What the wrappers are bound to: the names are those of the attributes that
   keep what is called, and its arguments. */
enum { ORIGINAL, CLASS, NAMES };

/* Whoever made it acts beside whoever starts it. */
PyObject *
_PyPolicyThread_Init(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyObject *result = PyObject_Call(PyTuple_GET_ITEM(bound, ORIGINAL), args,
                                     kwargs);
    if (result != NULL && PyTuple_GET_SIZE(args) > 0
        && _PyPolicyDeferred_With(PyTuple_GET_ITEM(args, 0),
                                  PyTuple_GET_ITEM(bound, NAMES),
                                  _PyPolicyDeferred_BESIDE, false) < 0)
    {
        Py_CLEAR(result);
    }
    return result;
}

/* Call what is found there, which is read once: what was exchanged, and does
   not show whose it is, is nobody's. */
static PyObject *
call_found(PyObject *self, PyObject *names)
{
    PyObject *given = NULL, *kwargs = NULL, *args = NULL, *result = NULL;
    PyObject *target = PyObject_GetAttr(self, PyTuple_GET_ITEM(names, 0));
    if (target != NULL) {
        given = PyObject_GetAttr(self, PyTuple_GET_ITEM(names, 1));
    }
    if (given != NULL) {
        kwargs = PyObject_GetAttr(self, PyTuple_GET_ITEM(names, 2));
    }
    if (kwargs != NULL) {
        args = PySequence_Tuple(given);
    }
    if (args != NULL) {
        PyThreadState *tstate = _PyThreadState_GET();
        _PyPolicyMark mark;
        _PyPrincipal_EnterFound(tstate, &mark, target, NULL);
        result = PyObject_Call(target, args, kwargs);
        _PyPrincipal_Leave(tstate, &mark);
    }
    Py_XDECREF(target);
    Py_XDECREF(given);
    Py_XDECREF(kwargs);
    Py_XDECREF(args);
    return result;
}

/* run(self) */
PyObject *
_PyPolicyThread_Run(PyObject *bound, PyObject *const *args, Py_ssize_t n,
                    PyObject *names)
{
    PyObject *known = PyTuple_GET_ITEM(bound, NAMES), *target = NULL;
    if (n != 1 || names != NULL
        || PyObject_GetOptionalAttr(args[0], PyTuple_GET_ITEM(known, 0),
                                    &target) < 0)
    {
        return PyErr_Occurred() ? NULL
            : PyObject_Vectorcall(PyTuple_GET_ITEM(bound, ORIGINAL), args, n,
                                  names);
    }
    bool is_none = target == NULL || target == Py_None;
    Py_XDECREF(target);
    if (is_none) {
        return PyObject_Vectorcall(PyTuple_GET_ITEM(bound, ORIGINAL), args, n,
                                   names);
    }
    PyObject *result = call_found(args[0], known);
    Py_XDECREF(result);
    PyObject *raised = PyErr_GetRaisedException();
    for (int i = 0; i < 3; i++) {
        if (PyObject_DelAttr(args[0], PyTuple_GET_ITEM(known, i)) < 0) {
            PyErr_Clear();
        }
    }
    PyErr_SetRaisedException(raised);
    return raised == NULL && result != NULL ? Py_NewRef(Py_None) : NULL;
}

PyObject *
_PyPolicyThread_RunTimer(PyObject *bound, PyObject *const *args, Py_ssize_t n,
                         PyObject *names)
{
    if (n != 1 || names != NULL) {
        return PyObject_Vectorcall(PyTuple_GET_ITEM(bound, ORIGINAL), args, n,
                                   names);
    }
    PyObject *finished = NULL, *waited = NULL, *result = NULL;
    PyObject *interval = PyObject_GetAttrString(args[0], "interval");
    if (interval != NULL) {
        finished = PyObject_GetAttrString(args[0], "finished");
    }
    if (finished != NULL) {
        waited = PyObject_CallMethod(finished, "wait", "O", interval);
    }
    if (waited != NULL) {
        int is_set = PyObject_IsTrue(waited);
        result = is_set < 0 ? NULL
                 : is_set ? Py_NewRef(Py_None)
                 : call_found(args[0], PyTuple_GET_ITEM(bound, NAMES));
    }
    if (result != NULL) {
        Py_SETREF(result, PyObject_CallMethod(finished, "set", NULL));
    }
    Py_XDECREF(interval);
    Py_XDECREF(finished);
    Py_XDECREF(waited);
    return result;
}
