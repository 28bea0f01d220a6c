/* How does a handle of asyncio run?

   Handle objects have fields that programs look at, so these stay as they
   are.  Beside them, in a slot that only this file writes, is a deferred call
   that holds the callback, its arguments and its context.  Running the handle
   runs that one, and not the fields; when they do not say the same any more,
   or the slot holds what is another handle's, the fields are run, for nobody
   known.

   Called by: Lib/asyncio/events.py, through policy_deferred_lib.c. */

#include "Python.h"
#include "pycore_policy_deferred.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_typeobject.h"    // _PyType_GetDict(), _PyType_Lookup()

#include <stddef.h>               // offsetof()
#include <string.h>

/* What the wrappers of policy_deferred_lib.c are bound to. */
enum { ORIGINAL, CLASS, PLACES };

/* Where instances of the class keep their fields. */
enum { CALLBACK, ARGS, CONTEXT, LOOP, TRACEBACK, CAPTURED, N_PLACES };

static const char *const NAMES[N_PLACES] = {
    "_callback", "_args", "_context", "_loop", "_source_traceback",
    "_captured",
};

/* The class's own descriptors are asked, once. */
static Py_ssize_t
place_of(PyTypeObject *type, const char *name)
{
    PyObject *dict = _PyType_GetDict(type);
    PyObject *descriptor = dict ? PyDict_GetItemString(dict, name) : NULL;
    if (descriptor == NULL || !Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
        return -1;
    }
    PyMemberDef *member = ((PyMemberDescrObject *)descriptor)->d_member;
    return member->type == Py_T_OBJECT_EX ? member->offset : -1;
}

PyObject *
_PyPolicyHandle_Places(PyObject *cls)
{
    Py_ssize_t places[N_PLACES];
    for (int i = 0; i < N_PLACES; i++) {
        places[i] = place_of((PyTypeObject *)cls, NAMES[i]);
        if (places[i] < 0) {
            Py_RETURN_NONE;
        }
    }
    return PyBytes_FromStringAndSize((char *)places, sizeof(places));
}

/* Those of an instance, borrowed; NULL: it is none of the class. */
static inline const Py_ssize_t *
find_places(PyObject *self, PyObject *bound)
{
    static_assert(offsetof(PyBytesObject, ob_sval) % sizeof(Py_ssize_t) == 0,
                  "the bytes may be read as numbers");
    PyTypeObject *cls = (PyTypeObject *)PyTuple_GET_ITEM(bound, CLASS);
    PyObject *known = PyTuple_GET_ITEM(bound, PLACES);
    return PyObject_TypeCheck(self, cls) && PyBytes_CheckExact(known)
           ? (const Py_ssize_t *)PyBytes_AS_STRING(known) : NULL;
}

static inline PyObject **
slot_of(PyObject *self, const Py_ssize_t *places, int which)
{
    return (PyObject **)((char *)self + places[which]);
}

/* A new reference, or NULL. */
static inline PyObject *
field(PyObject *self, const Py_ssize_t *places, int which)
{
    return Py_XNewRef(*slot_of(self, places, which));
}

static bool
is_of_c(PyObject *object, const char *type)
{
    return (Py_TYPE(object)->tp_flags & Py_TPFLAGS_IMMUTABLETYPE)
           && strcmp(Py_TYPE(object)->tp_name, type) == 0;
}

/* Does it go on with a task, and nothing else?  Who acts in that is known to
   the task. */
static bool
is_step(PyObject *callback, PyObject *args)
{
    if (is_of_c(callback, "_asyncio.TaskStepMethWrapper")) {
        return true;
    }
    if (!PyCFunction_CheckExact(callback) || PyTuple_GET_SIZE(args) != 1
        || strcmp(((PyCFunctionObject *)callback)->m_ml->ml_name,
                  "task_wakeup") != 0)
    {
        return false;
    }
    PyObject *awaited = PyTuple_GET_ITEM(args, 0);
    return is_of_c(awaited, "_asyncio.Future")
           || is_of_c(awaited, "_asyncio.Task");
}

static int
remember(PyObject *self, PyObject *bound)
{
    const Py_ssize_t *places = find_places(self, bound);
    if (places == NULL) {
        return 0;
    }
    PyObject *callback = field(self, places, CALLBACK);
    PyObject *args = field(self, places, ARGS);
    PyObject *context = field(self, places, CONTEXT);
    PyObject *loop = field(self, places, LOOP);
    int result = 0;
    if (callback != NULL && args != NULL && context != NULL && loop != NULL
        && PyTuple_CheckExact(args))
    {
        PyObject *call = _PyPolicyDeferred_New(
            is_step(callback, args) ? _PyPolicyDeferred_NOBODY
                                    : _PyPolicyDeferred_WHOLE,
            false, callback, args, NULL, self);
        if (call == NULL) {
            result = -1;
        }
        else {
            ((_PyPolicyDeferred *)call)->context = Py_NewRef(context);
            ((_PyPolicyDeferred *)call)->loop = Py_NewRef(loop);
            Py_XSETREF(*slot_of(self, places, CAPTURED), call);
        }
    }
    Py_XDECREF(callback);
    Py_XDECREF(args);
    Py_XDECREF(context);
    Py_XDECREF(loop);
    return result;
}

PyObject *
_PyPolicyHandle_Init(PyObject *bound, PyObject *const *args, Py_ssize_t n,
                     PyObject *names)
{
    PyObject *result = PyObject_Vectorcall(PyTuple_GET_ITEM(bound, ORIGINAL),
                                           args, n, names);
    if (result != NULL && n > 0 && remember(args[0], bound) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

/* What the handle was made to run, if its fields still say so. */
static _PyPolicyDeferred *
order_of(PyObject *self, PyObject *bound)
{
    const Py_ssize_t *places = find_places(self, bound);
    PyObject *call = places != NULL ? field(self, places, CAPTURED) : NULL;
    if (call == NULL || !_PyPolicyDeferred_Check(call)) {
        Py_XDECREF(call);
        return NULL;
    }
    _PyPolicyDeferred *d = (_PyPolicyDeferred *)call;
    if (d->owner == self && d->func != NULL && d->args != NULL
        && d->context != NULL && d->loop != NULL
        && *slot_of(self, places, CALLBACK) == d->func
        && *slot_of(self, places, ARGS) == d->args
        && *slot_of(self, places, CONTEXT) == d->context
        && *slot_of(self, places, LOOP) == d->loop)
    {
        return d;
    }
    Py_DECREF(call);
    return NULL;
}

static PyObject *
call_in_context(_PyPolicyDeferred *d)
{
    if (PyContext_CheckExact(d->context)) {
        if (PyContext_Enter(d->context) < 0) {
            return NULL;
        }
        PyObject *result = PyObject_Vectorcall(
            d->func, &PyTuple_GET_ITEM(d->args, 0),
            PyTuple_GET_SIZE(d->args), NULL);
        if (PyContext_Exit(d->context) < 0) {
            Py_CLEAR(result);
        }
        return result;
    }
    PyObject *run = PyObject_GetAttrString(d->context, "run");
    PyObject *first = PyTuple_Pack(1, d->func), *all = NULL, *result = NULL;
    if (run != NULL && first != NULL) {
        all = PySequence_Concat(first, d->args);
    }
    if (all != NULL) {
        result = PyObject_Call(run, all, NULL);
    }
    Py_XDECREF(run);
    Py_XDECREF(first);
    Py_XDECREF(all);
    return result;
}

/* --- When it fails ------------------------------------------------------ */

/* Has somebody hung a callable on the loop that would not show itself? */
static bool
is_tampered_with(PyObject *loop)
{
    PyObject *dict = PyObject_GenericGetDict(loop, NULL), *key, *value;
    bool found = false;
    Py_ssize_t at = 0;
    if (dict == NULL) {
        PyErr_Clear();
        return true;
    }
    while (!found && PyDict_Next(dict, &at, &key, &value)) {
        if (!PyUnicode_CheckExact(key)) {
            found = true;
            continue;
        }
        PyObject *method = _PyType_Lookup(Py_TYPE(loop), key);
        bool is_hook = (method != NULL && PyCallable_Check(method))
                       || _PyUnicode_EqualToASCIIString(key,
                                                        "_exception_handler");
        found = is_hook && value != Py_None
                && !_PyPolicyDeferred_ShowsItself(value);
    }
    Py_DECREF(dict);
    return found;
}

static PyObject *
describe(_PyPolicyDeferred *d, PyObject *loop)
{
    PyObject *helpers = PyImport_ImportModule("asyncio.format_helpers");
    PyObject *function = NULL, *debug = NULL, *named = NULL, *args = NULL;
    PyObject *text = NULL, *message = NULL;
    if (helpers != NULL) {
        function = PyObject_GetAttrString(helpers, "_format_callback_source");
    }
    debug = PyObject_CallMethod(loop, "get_debug", NULL);
    if (function != NULL && debug != NULL) {
        named = Py_BuildValue("{sO}", "debug", debug);
        args = PyTuple_Pack(2, d->func, d->args);
    }
    if (named != NULL && args != NULL) {
        text = PyObject_Call(function, args, named);
    }
    if (text != NULL) {
        message = PyUnicode_FromFormat("Exception in callback %S", text);
    }
    Py_XDECREF(helpers);
    Py_XDECREF(function);
    Py_XDECREF(debug);
    Py_XDECREF(named);
    Py_XDECREF(args);
    Py_XDECREF(text);
    return message;
}

/* Hand the exception that is set to the loop's handler. */
static PyObject *
report(PyObject *self, PyObject *bound, _PyPolicyDeferred *d)
{
    if (PyErr_ExceptionMatches(PyExc_SystemExit)
        || PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
    {
        return NULL;
    }
    PyObject *exception = PyErr_GetRaisedException();
    PyObject *loop = d->loop, *context = NULL;
    const Py_ssize_t *places = find_places(self, bound);
    PyObject *traceback = places != NULL ? field(self, places, TRACEBACK)
                                         : NULL;
    PyObject *message = NULL, *result = NULL;
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, is_tampered_with(loop)
                       ? _PyPrincipal_UNKNOWN : _PyPrincipal_STDLIB, false);
    message = describe(d, loop);
    if (message != NULL) {
        context = Py_BuildValue("{sOsOsO}", "message", message, "exception",
                                exception, "handle", self);
    }
    if (context != NULL && traceback != NULL && traceback != Py_None
        && PyDict_SetItemString(context, "source_traceback", traceback) < 0)
    {
        Py_CLEAR(context);
    }
    if (context != NULL) {
        result = PyObject_CallMethod(loop, "call_exception_handler", "O",
                                     context);
    }
    _PyPolicyMark_Pop(tstate, &mark);
    Py_XDECREF(exception);
    Py_XDECREF(traceback);
    Py_XDECREF(message);
    Py_XDECREF(context);
    return result;
}

PyObject *
_PyPolicyHandle_Run(PyObject *bound, PyObject *const *args, Py_ssize_t n,
                    PyObject *names)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject *result;
    _PyPolicyMark mark;
    _PyPolicyDeferred *d = n == 1 ? order_of(args[0], bound) : NULL;
    _PyPolicyMark_Push(tstate, &mark,
                       d == NULL ? _PyPrincipal_UNKNOWN : d->set, true);
    if (d == NULL) {
        result = PyObject_Vectorcall(PyTuple_GET_ITEM(bound, ORIGINAL), args,
                                     n, names);
    }
    else {
        result = call_in_context(d);
        if (result == NULL) {
            result = report(args[0], bound, d);
        }
        if (result != NULL) {
            Py_SETREF(result, Py_NewRef(Py_None));
        }
    }
    _PyPolicyMark_Pop(tstate, &mark);
    Py_XDECREF((PyObject *)d);
    return result;
}
