/* How does a handle of asyncio run?

   Handle objects have fields that programs look at, so these stay as they
   are, and are what is run.  Beside them, in a slot that only this file
   writes, is a deferred call that holds the callback, its arguments and its
   context, and says for whom.  Where the fields do not say the same any more,
   or the slot holds what is another handle's, they are run for nobody known;
   so are steps of tasks, which know themselves who acts, and have nothing
   there.

   Called by: Lib/asyncio/events.py, through policy_deferred_lib.c, and
   upstream's _asynciomodule.c, whose objects tell a loop of errors, too. */

#include "Python.h"
#include "pycore_critical_section.h"
#include "pycore_policy_deferred.h"
#include "pycore_policy_plain.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_typeobject.h"    // _PyType_GetDict(), _PyType_LookupRef()

#include <stddef.h>               // offsetof()
#include <string.h>

/* What the wrappers of policy_deferred_lib.c are bound to. */
enum { ORIGINAL, CLASS, PLACES };

/* Where instances of the class keep their fields. */
enum {
    CALLBACK, ARGS, CONTEXT, LOOP, TRACEBACK, CANCELLED, REPR, CAPTURED,
    N_PLACES
};

static const char *const NAMES[N_PLACES] = {
    "_callback", "_args", "_context", "_loop", "_source_traceback",
    "_cancelled", "_repr", "_captured",
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
    PyObject *value;
    Py_BEGIN_CRITICAL_SECTION(self);    /* another thread may set it */
    value = Py_XNewRef(*slot_of(self, places, which));
    Py_END_CRITICAL_SECTION();
    return value;
}

/* `value` is stolen. */
static inline void
set_field(PyObject *self, const Py_ssize_t *places, int which, PyObject *value)
{
    PyObject *before;
    Py_BEGIN_CRITICAL_SECTION(self);
    before = *slot_of(self, places, which);
    *slot_of(self, places, which) = value;
    Py_END_CRITICAL_SECTION();
    Py_XDECREF(before);
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

/* What a handle's fields say is to be run.  New references. */
typedef struct {
    PyObject *func, *args, *context, *loop;
} Order;

static void
drop(Order *order)
{
    Py_XDECREF(order->func);
    Py_XDECREF(order->args);
    Py_XDECREF(order->context);
    Py_XDECREF(order->loop);
}

/* Returns whether there is an order. */
static bool
take(Order *order, PyObject *self, const Py_ssize_t *places)
{
    *order = (Order){
        .func = field(self, places, CALLBACK),
        .args = field(self, places, ARGS),
        .context = field(self, places, CONTEXT),
        .loop = field(self, places, LOOP),
    };
    if (order->func != NULL && order->args != NULL && order->context != NULL
        && order->loop != NULL && PyTuple_CheckExact(order->args))
    {
        return true;
    }
    drop(order);
    return false;
}

/* An argument of __init__(), borrowed; NULL: it was not given. */
static PyObject *
given(PyObject *const *args, Py_ssize_t n, PyObject *names, Py_ssize_t at,
      const char *name)
{
    Py_ssize_t n_names = names != NULL ? PyTuple_GET_SIZE(names) : 0;
    for (Py_ssize_t i = 0; at >= n && i < n_names; i++) {
        if (_PyUnicode_EqualToASCIIString(PyTuple_GET_ITEM(names, i), name)) {
            return args[n + i];
        }
    }
    return at < n ? args[at] : NULL;
}

/* Is that what the handle was made with?  The loop is asked whether it debugs
   before the handle is there, and may have filled it otherwise. */
static bool
is_as_given(const Order *order, PyObject *const *args, Py_ssize_t n,
            PyObject *names)
{
    PyObject *context = given(args, n, names, 4, "context");
    return order->func == given(args, n, names, 1, "callback")
           && order->args == given(args, n, names, 2, "args")
           && order->loop == given(args, n, names, 3, "loop")
           && (context == NULL || context == Py_None
               ? PyContext_CheckExact(order->context)
               : order->context == context);
}

static int
remember(PyObject *bound, PyObject *const *args, Py_ssize_t n,
         PyObject *names)
{
    PyObject *self = args[0];
    const Py_ssize_t *places = find_places(self, bound);
    Order order;
    if (places == NULL || !take(&order, self, places)) {
        return 0;
    }
    if (!is_as_given(&order, args, n, names)) {
        drop(&order);
        return 0;               /* it runs for nobody known */
    }
    PyObject *call = NULL;
    bool step = is_step(order.func, order.args);
    if (!step) {
        call = _PyPolicyDeferred_New(_PyPolicyDeferred_WHOLE, false,
                                     order.func, order.args, NULL, self);
    }
    if (call != NULL) {
        ((_PyPolicyDeferred *)call)->context = Py_NewRef(order.context);
        ((_PyPolicyDeferred *)call)->loop = Py_NewRef(order.loop);
    }
    if (call != NULL || step) {
        set_field(self, places, CAPTURED, call);
    }
    drop(&order);
    return call != NULL || step ? 0 : -1;
}

/* What the class's own __init__() does, without the call of it that loops
   would make otherwise: with a callback, its arguments, the loop and a
   context, for a handle of that class and none of its subclasses.  Returns 1;
   0: it is not called so, or is to note the stack, because the loop debugs;
   -1: an exception is set. */
static int
fill(PyObject *bound, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    PyObject *cls = PyTuple_GET_ITEM(bound, CLASS);
    const Py_ssize_t *places =
        n == 5 && names == NULL && Py_IS_TYPE(args[0], (PyTypeObject *)cls)
        ? find_places(args[0], bound) : NULL;
    if (places == NULL) {
        return 0;
    }
    PyObject *self = args[0], *callback = args[1], *arguments = args[2];
    PyObject *loop = args[3];
    PyObject *context = args[4] != Py_None ? Py_NewRef(args[4])
                                           : PyContext_CopyCurrent();
    if (context == NULL) {
        return -1;
    }
    set_field(self, places, CONTEXT, context);
    set_field(self, places, LOOP, Py_NewRef(loop));
    set_field(self, places, CALLBACK, Py_NewRef(callback));
    set_field(self, places, ARGS, Py_NewRef(arguments));
    set_field(self, places, CANCELLED, Py_NewRef(Py_False));
    set_field(self, places, REPR, Py_NewRef(Py_None));
    PyObject *debug = PyObject_CallMethodNoArgs(loop, &_Py_ID(get_debug));
    int debugs = debug != NULL ? PyObject_IsTrue(debug) : -1;
    Py_XDECREF(debug);
    if (debugs == 0) {
        set_field(self, places, TRACEBACK, Py_NewRef(Py_None));
    }
    return debugs < 0 ? -1 : !debugs;
}

PyObject *
_PyPolicyHandle_Init(PyObject *bound, PyObject *const *args, Py_ssize_t n,
                     PyObject *names)
{
    int filled = fill(bound, args, n, names);
    PyObject *result =
        filled > 0 ? Py_NewRef(Py_None)
        : filled < 0 ? NULL
        : PyObject_Vectorcall(PyTuple_GET_ITEM(bound, ORIGINAL), args, n,
                              names);
    if (result != NULL && n > 0 && remember(bound, args, n, names) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

/* For whom does the order run? */
static uint32_t
set_of(const Order *order, PyObject *self, const Py_ssize_t *places)
{
    PyObject *call = field(self, places, CAPTURED);
    uint32_t set = _PyPrincipal_UNKNOWN;
    if (call != NULL && _PyPolicyDeferred_Check(call)) {
        const _PyPolicyDeferred *d = (_PyPolicyDeferred *)call;
        if (d->owner == self && d->func == order->func
            && d->args == order->args && d->context == order->context
            && d->loop == order->loop)
        {
            set = d->set;
        }
    }
    Py_XDECREF(call);
    return set;
}

static PyObject *
call_in_context(const Order *order)
{
    if (PyContext_CheckExact(order->context)) {
        if (PyContext_Enter(order->context) < 0) {
            return NULL;
        }
        PyObject *result = PyObject_Vectorcall(
            order->func, &PyTuple_GET_ITEM(order->args, 0),
            PyTuple_GET_SIZE(order->args), NULL);
        if (PyContext_Exit(order->context) < 0) {
            Py_CLEAR(result);
        }
        return result;
    }
    PyObject *run = PyObject_GetAttrString(order->context, "run");
    PyObject *first = PyTuple_Pack(1, order->func), *all = NULL;
    PyObject *result = NULL;
    if (run != NULL && first != NULL) {
        all = PySequence_Concat(first, order->args);
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

/* What a loop's error is told to, one after the other. */
static const char *const HOOKS[] = {
    "call_exception_handler", "default_exception_handler",
    "_exception_handler",
};

static bool
is_hook(PyObject *name)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(HOOKS); i++) {
        if (_PyUnicode_EqualToASCIIString(name, HOOKS[i])) {
            return true;
        }
    }
    return false;
}

/* Has its class something else there than methods, or keys that could put it
   there when they are asked? */
static bool
has_other_hooks(PyTypeObject *type)
{
    if (!_PyPolicy_HasPlainBases(type)) {
        return true;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(HOOKS); i++) {
        PyObject *name = PyUnicode_InternFromString(HOOKS[i]);
        PyObject *hook = name ? _PyType_LookupRef(type, name) : NULL;
        bool other = name == NULL
                     || (hook != NULL && !(Py_TYPE(hook)->tp_flags
                                           & Py_TPFLAGS_METHOD_DESCRIPTOR));
        Py_XDECREF(name);
        Py_XDECREF(hook);
        if (other) {
            PyErr_Clear();
            return true;
        }
    }
    return false;
}

/* Has somebody hung a callable on the loop that would not show itself? */
static bool
is_tampered_with(PyObject *loop)
{
    if (has_other_hooks(Py_TYPE(loop))) {
        return true;
    }
    if (Py_TYPE(loop)->tp_dictoffset == 0
        && !(Py_TYPE(loop)->tp_flags & Py_TPFLAGS_MANAGED_DICT))
    {
        return false;
    }
    PyObject *dict = PyObject_GenericGetDict(loop, NULL), *key, *value;
    bool found = false;
    Py_ssize_t at = 0;
    if (dict == NULL) {
        PyErr_Clear();
        return true;
    }
    Py_BEGIN_CRITICAL_SECTION(dict);
    while (!found && PyDict_Next(dict, &at, &key, &value)) {
        if (!PyUnicode_CheckExact(key)) {
            found = true;
            continue;
        }
        Py_INCREF(key);         /* keys of a class may compare themselves */
        Py_INCREF(value);
        PyObject *method = _PyType_LookupRef(Py_TYPE(loop), key);
        found = ((method != NULL && PyCallable_Check(method)) || is_hook(key))
                && value != Py_None && !_PyPolicyDeferred_ShowsItself(value);
        Py_XDECREF(method);
        Py_DECREF(value);
        Py_DECREF(key);
    }
    Py_END_CRITICAL_SECTION();
    Py_DECREF(dict);
    return found;
}

/* Who acts in what it is told of an error, beside whoever tells it?  A class
   that says by a function what it has may say something else each time. */
static uint32_t
set_of_loop(PyObject *loop)
{
    return is_tampered_with(loop) ? _PyPrincipal_UNKNOWN
           : Py_TYPE(loop)->tp_getattro != PyObject_GenericGetAttr
           ? _PyPolicyMade_MakersOf(Py_TYPE(loop), NULL) : _PyPrincipal_STDLIB;
}

void
_PyPrincipal_EnterLoop(_PyPolicyMark *mark, PyObject *loop)
{
    mark->set = _PyPrincipal_STDLIB;
    if (_PyPolicy_IsActive()) {
        mark->set = set_of_loop(loop);
        _PyPrincipal_EnterBuilt(_PyThreadState_GET(), mark, mark->set);
    }
}

static PyObject *
describe(const Order *order)
{
    PyObject *helpers = PyImport_ImportModule("asyncio.format_helpers");
    PyObject *function = NULL, *debug = NULL, *named = NULL, *args = NULL;
    PyObject *text = NULL, *message = NULL;
    if (helpers != NULL) {
        function = PyObject_GetAttrString(helpers, "_format_callback_source");
    }
    debug = PyObject_CallMethod(order->loop, "get_debug", NULL);
    if (function != NULL && debug != NULL) {
        named = Py_BuildValue("{sO}", "debug", debug);
        args = PyTuple_Pack(2, order->func, order->args);
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

/* What is told to the loop. */
static PyObject *
context_of(PyObject *self, const Py_ssize_t *places, const Order *order,
           PyObject *exception)
{
    PyObject *traceback = field(self, places, TRACEBACK), *context = NULL;
    PyObject *message = describe(order);
    if (message != NULL) {
        context = Py_BuildValue("{sOsOsO}", "message", message, "exception",
                                exception, "handle", self);
    }
    if (context != NULL && traceback != NULL && traceback != Py_None
        && PyDict_SetItemString(context, "source_traceback", traceback) < 0)
    {
        Py_CLEAR(context);
    }
    Py_XDECREF(traceback);
    Py_XDECREF(message);
    return context;
}

/* Hand the exception that is set to the loop's handler.  What is described on
   the way may hang something else on the loop, so the handler is looked at
   when it has been got. */
static PyObject *
report(PyObject *self, const Py_ssize_t *places, const Order *order)
{
    if (PyErr_ExceptionMatches(PyExc_SystemExit)
        || PyErr_ExceptionMatches(PyExc_KeyboardInterrupt))
    {
        return NULL;
    }
    PyObject *exception = PyErr_GetRaisedException();
    PyObject *loop = order->loop, *handler = NULL, *result = NULL;
    PyObject *name = PyUnicode_InternFromString(HOOKS[0]);
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, set_of_loop(loop), false);
    PyObject *context = context_of(self, places, order, exception);
    if (context != NULL && name != NULL) {
        handler = PyObject_GetAttr(loop, name);
    }
    _PyPolicyMark_Pop(tstate, &mark);
    if (handler != NULL) {
        bool shown = _PyPolicyDeferred_ShowsItself(handler)
                     || _PyPolicyWritten_IsOwn(handler, loop, name);
        uint32_t set = shown ? set_of_loop(loop) : _PyPrincipal_UNKNOWN;
        _PyPolicyMark_Push(tstate, &mark, set, false);
        result = PyObject_CallOneArg(handler, context);
        _PyPolicyMark_Pop(tstate, &mark);
    }
    Py_XDECREF(exception);
    Py_XDECREF(name);
    Py_XDECREF(context);
    Py_XDECREF(handler);
    return result;
}

PyObject *
_PyPolicyHandle_Run(PyObject *bound, PyObject *const *args, Py_ssize_t n,
                    PyObject *names)
{
    PyThreadState *tstate = _PyThreadState_GET();
    PyObject *self = n == 1 ? args[0] : NULL, *result;
    const Py_ssize_t *places = self != NULL ? find_places(self, bound) : NULL;
    Order order;
    bool taken = places != NULL && take(&order, self, places);
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark,
                       taken ? set_of(&order, self, places)
                             : _PyPrincipal_UNKNOWN, true);
    if (!taken) {
        result = PyObject_Vectorcall(PyTuple_GET_ITEM(bound, ORIGINAL), args,
                                     n, names);
    }
    else {
        result = call_in_context(&order);
        if (result == NULL) {
            result = report(self, places, &order);
        }
        if (result != NULL) {
            Py_SETREF(result, Py_NewRef(Py_None));
        }
        drop(&order);
    }
    _PyPolicyMark_Pop(tstate, &mark);
    return result;
}
