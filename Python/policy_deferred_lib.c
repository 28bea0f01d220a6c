/* Where does the standard library keep calls for later?

   In attributes of Python objects, which anybody can change.  So under a
   policy some of its classes have their methods wrapped, once, when they are
   defined:

   - what takes a callable puts a deferred call (policy_deferred.c) in its
     place: work items, initializers, callbacks of futures, finalizers, tasks
     of a pool of threads;
   - what runs whatever it finds there runs it for nobody known: workers, the
     event loop's turn, finalizers at exit.  Only the deferred calls in it
     know better.  So what was put there by hand, or exchanged, is refused
     wherever that matters;
   - a handle of asyncio keeps its fields, which people look at.  What runs
     is what the deferred call beside them holds, if they still say the same.

   To wrap a class gives nothing to whoever does it, for all that a wrapper
   writes down is who is acting.

   Called by: the standard library's modules, through _imp.capture_calls()
   and _imp.for_nobody(), when _imp.has_policy() says so. */

#include "Python.h"
#include "pycore_policy_deferred.h"
#include "pycore_principal_load.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_typeobject.h"    // _PyType_Lookup()

#include <string.h>

/* A wrapper is bound to the method that it wraps, to the class, and to what
   it knows of it. */
enum { ORIGINAL, CLASS, KNOWN, N_BOUND };

static PyObject *
original_of(PyObject *bound)
{
    return PyTuple_GET_ITEM(bound, ORIGINAL);
}

static PyObject *
run_for_nobody(PyObject *bound, PyObject *const *args, Py_ssize_t n,
               PyObject *names)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, _PyPrincipal_UNKNOWN, true);
    PyObject *result = PyObject_Vectorcall(original_of(bound), args, n,
                                           names);
    _PyPolicyMark_Pop(tstate, &mark);
    return result;
}

/* self.name = a deferred call of what it held before, with those arguments
   (which may be NULL); None stays. */
static int
defer_attribute(PyObject *self, const char *name, _PyPolicyDeferredKind kind,
                bool once, PyObject *args, PyObject *kwargs)
{
    PyObject *func = PyObject_GetAttrString(self, name);
    if (func == NULL || func == Py_None) {
        Py_XDECREF(func);
        return func == NULL ? -1 : 0;
    }
    int result = -1;
    PyObject *made = _PyPolicyDeferred_New(kind, once, func, args, kwargs,
                                           NULL);
    if (made != NULL) {
        result = PyObject_SetAttrString(self, name, made);
        Py_DECREF(made);
    }
    Py_DECREF(func);
    return result;
}

/* The same where the arguments are attributes of the object as well. */
int
_PyPolicyDeferred_With(PyObject *self, const char *const names[3],
                       _PyPolicyDeferredKind kind, bool once)
{
    PyObject *kwargs = NULL, *tuple = NULL;
    int result = -1;
    PyObject *args = PyObject_GetAttrString(self, names[1]);
    if (args == NULL) {
        return -1;
    }
    if (names[2] != NULL) {
        kwargs = PyObject_GetAttrString(self, names[2]);
        if (kwargs == NULL) {
            goto done;
        }
    }
    tuple = PySequence_Tuple(args);
    if (tuple != NULL) {
        result = defer_attribute(self, names[0], kind, once, tuple,
                                 kwargs && PyDict_CheckExact(kwargs)
                                 ? kwargs : NULL);
    }
done:
    Py_DECREF(args);
    Py_XDECREF(kwargs);
    Py_XDECREF(tuple);
    return result;
}

/* --- Executors ---------------------------------------------------------- */

/* _WorkItem(future, fn, args, kwargs) */
static PyObject *
make_work_item(PyObject *bound, PyObject *const *args, Py_ssize_t n,
               PyObject *names)
{
    if (n != 5 || names != NULL || !PyTuple_Check(args[3])
        || !PyDict_CheckExact(args[4]))
    {
        return PyObject_Vectorcall(original_of(bound), args, n, names);
    }
    PyObject *call = _PyPolicyDeferred_New(_PyPolicyDeferred_WHOLE, true,
                                           args[2], args[3], args[4], NULL);
    if (call == NULL) {
        return NULL;
    }
    /* The item shows its arguments as ever, and calls with them. */
    PyObject *stack[] = {args[0], args[1], call, args[3], args[4]};
    PyObject *result = PyObject_Vectorcall(original_of(bound), stack, 5,
                                           NULL);
    Py_DECREF(call);
    return result;
}

static const char *const INITIALIZER[] = {"_initializer", "_initargs", NULL};

static PyObject *
make_executor(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyObject *result = PyObject_Call(original_of(bound), args, kwargs);
    if (result != NULL && PyTuple_GET_SIZE(args) > 0
        && _PyPolicyDeferred_With(PyTuple_GET_ITEM(args, 0), INITIALIZER,
                                  _PyPolicyDeferred_WHOLE, false) < 0)
    {
        Py_CLEAR(result);
    }
    return result;
}

/* --- Futures ------------------------------------------------------------ */

/* add_done_callback(self, fn, context=...) */
static PyObject *
add_done_callback(PyObject *bound, PyObject *const *args, Py_ssize_t n,
                  PyObject *names)
{
    PyObject *stack[3], *call;
    Py_ssize_t n_names = names ? PyTuple_GET_SIZE(names) : 0;
    if (n != 2 || n_names > 1) {
        return PyObject_Vectorcall(original_of(bound), args, n, names);
    }
    stack[0] = args[0];
    stack[1] = call = _PyPrincipal_MakeOwned(args[1], args[0]);
    stack[2] = n_names ? args[2] : NULL;
    if (call == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_Vectorcall(original_of(bound), stack, 2,
                                           names);
    Py_DECREF(call);
    return result;
}

/* callback(self, callback, ...) of contextlib's stacks */
static PyObject *
push_callback(PyObject *bound, PyObject *const *args, Py_ssize_t n,
              PyObject *names)
{
    Py_ssize_t n_names = names ? PyTuple_GET_SIZE(names) : 0, i;
    PyObject **stack = n < 2 ? NULL
        : PyMem_New(PyObject *, (size_t)(n + n_names));
    if (stack == NULL) {
        return n < 2 ? PyObject_Vectorcall(original_of(bound), args, n, names)
                     : PyErr_NoMemory();
    }
    for (i = 0; i < n + n_names; i++) {
        stack[i] = args[i];
    }
    stack[1] = _PyPrincipal_Built(args[1]);
    PyObject *result = PyObject_Vectorcall(original_of(bound), stack, n,
                                           names);
    Py_DECREF(stack[1]);
    PyMem_Free(stack);
    return result;
}

/* --- Finalizers --------------------------------------------------------- */

static const char *const FINALIZER[] = {"func", "args", "kwargs"};
static const char *const MP_FINALIZER[] = {"_callback", "_args", "_kwargs"};

static PyObject *
make_finalizer(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyObject *result = PyObject_Call(original_of(bound), args, kwargs);
    if (result == NULL || PyTuple_GET_SIZE(args) == 0) {
        return result;
    }
    PyObject *self = PyTuple_GET_ITEM(args, 0), *info = NULL;
    PyObject *registry = PyObject_GetAttrString(self, "_registry");
    if (registry != NULL) {
        info = PyObject_GetItem(registry, self);
    }
    if (info == NULL
        || _PyPolicyDeferred_With(info, FINALIZER, _PyPolicyDeferred_WHOLE,
                                  true) < 0)
    {
        Py_CLEAR(result);
    }
    Py_XDECREF(registry);
    Py_XDECREF(info);
    return result;
}

/* multiprocessing.util.Finalize */
static PyObject *
make_mp_finalizer(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyObject *result = PyObject_Call(original_of(bound), args, kwargs);
    if (result != NULL && PyTuple_GET_SIZE(args) > 0
        && _PyPolicyDeferred_With(PyTuple_GET_ITEM(args, 0), MP_FINALIZER,
                                  _PyPolicyDeferred_WHOLE, true) < 0)
    {
        Py_CLEAR(result);
    }
    return result;
}

/* --- Pools of threads --------------------------------------------------- */

/* How the tasks of a pool call: the function gets the item, or what is in
   it. */
enum { ONE, STAR };

static PyObject *
defer_item(PyObject *func, PyObject *item, int how)
{
    PyObject *args = how == STAR ? PySequence_Tuple(item)
                                 : PyTuple_Pack(1, item);
    PyObject *call = NULL;
    if (args != NULL) {
        call = _PyPolicyDeferred_New(_PyPolicyDeferred_WHOLE, true, func,
                                     args, NULL, NULL);
        Py_DECREF(args);
    }
    return call;
}

static PyObject *
call_it(PyObject *Py_UNUSED(self), PyObject *call)
{
    return PyObject_CallNoArgs(call);
}

static PyMethodDef call_it_def = {"call", call_it, METH_O, NULL};

/* next(iterator) wherever that happens, for whoever gave it. */
static PyObject *
next_item(PyObject *bound, PyObject *Py_UNUSED(ignored))
{
    /* bound: (a deferred call of next(), the function) */
    PyObject *item = PyObject_CallNoArgs(PyTuple_GET_ITEM(bound, 0));
    PyObject *call = NULL;
    if (item != NULL) {
        call = defer_item(PyTuple_GET_ITEM(bound, 1), item, ONE);
        if (call != NULL) {
            /* The item is had in the pool's own thread; who gave the
               iterator gave the order. */
            ((_PyPolicyDeferred *)call)->set =
                ((_PyPolicyDeferred *)PyTuple_GET_ITEM(bound, 0))->set;
        }
        Py_DECREF(item);
    }
    return call;
}

static PyMethodDef next_item_def = {"next", next_item, METH_NOARGS, NULL};

/* An iterator of deferred calls: iter(next_item, <what never comes>). */
static PyObject *
defer_iterator(PyObject *func, PyObject *iterable)
{
    PyObject *next = NULL, *call = NULL, *bound = NULL, *result = NULL;
    PyObject *function = NULL;
    PyObject *iterator = PyObject_GetIter(iterable);
    if (iterator != NULL) {
        next = PyObject_GetAttrString(iterator, "__next__");
    }
    if (next != NULL) {
        call = _PyPolicyDeferred_New(_PyPolicyDeferred_WHOLE, false, next,
                                     NULL, NULL, NULL);
    }
    if (call != NULL) {
        bound = PyTuple_Pack(2, call, func);
    }
    if (bound != NULL) {
        function = PyCFunction_New(&next_item_def, bound);
    }
    if (function != NULL) {
        result = PyCallIter_New(function, Py_Ellipsis);
    }
    Py_XDECREF(iterator);
    Py_XDECREF(next);
    Py_XDECREF(call);
    Py_XDECREF(bound);
    Py_XDECREF(function);
    return result;
}

static PyObject *
defer_list(PyObject *func, PyObject *iterable, int how)
{
    PyObject *items = PySequence_List(iterable);
    if (items == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(items); i++) {
        PyObject *call = defer_item(func, PyList_GET_ITEM(items, i), how);
        if (call == NULL || PyList_SetItem(items, i, call) < 0) {
            Py_DECREF(items);
            return NULL;
        }
    }
    return items;
}

/* Call the original with some of its arguments exchanged (NULL: taken away;
   references are stolen). */
static PyObject *
call_with(PyObject *bound, PyObject *args, PyObject *kwargs,
          PyObject *func, PyObject *second)
{
    PyObject *result = NULL;
    PyObject *list = func && second ? PySequence_List(args) : NULL;
    if (list != NULL) {
        Py_INCREF(func);
        Py_INCREF(second);
        if (PyList_SetItem(list, 1, func) == 0
            && PyList_SetItem(list, 2, second) == 0)
        {
            PyObject *tuple = PyList_AsTuple(list);
            if (tuple != NULL) {
                result = PyObject_Call(original_of(bound), tuple, kwargs);
                Py_DECREF(tuple);
            }
        }
        Py_DECREF(list);
    }
    Py_XDECREF(func);
    Py_XDECREF(second);
    return result;
}

/* The arguments `names` of a call, by position or by name, at their places
   in a tuple of as many; what is not given is None. */
static PyObject *
arrange(PyObject *args, PyObject *kwargs, const char *const *names)
{
    Py_ssize_t n = 0, given = PyTuple_GET_SIZE(args);
    while (names[n] != NULL) {
        n++;
    }
    if (given > n) {
        PyErr_SetString(PyExc_TypeError, "too many arguments");
        return NULL;
    }
    Py_ssize_t found = 0;
    PyObject *arranged = PyTuple_New(n);
    for (Py_ssize_t i = 0; arranged != NULL && i < n; i++) {
        PyObject *value = i < given ? Py_NewRef(PyTuple_GET_ITEM(args, i))
                                    : NULL;
        if (i >= given && kwargs != NULL) {
            if (PyDict_GetItemStringRef(kwargs, names[i], &value) < 0) {
                Py_DECREF(arranged);
                return NULL;
            }
            found += value != NULL;
        }
        PyTuple_SET_ITEM(arranged, i, value ? value : Py_NewRef(Py_None));
    }
    if (arranged != NULL && kwargs != NULL
        && found != PyDict_GET_SIZE(kwargs))
    {
        PyErr_SetString(PyExc_TypeError, "unexpected keyword argument");
        Py_CLEAR(arranged);
    }
    return arranged;
}

/* apply_async(self, func, args=(), kwds={}, callback=None,
               error_callback=None) */
static PyObject *
pool_apply(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    const char *const NAMES[] = {
        "self", "func", "args", "kwds", "callback", "error_callback", NULL
    };
    PyObject *all = arrange(args, kwargs, NAMES), *result = NULL;
    PyObject *tuple = NULL, *call = NULL, *nothing = NULL, *none = NULL;
    if (all == NULL) {
        return NULL;
    }
    PyObject *given = PyTuple_GET_ITEM(all, 2);
    PyObject *named = PyTuple_GET_ITEM(all, 3);
    tuple = given == Py_None ? PyTuple_New(0) : PySequence_Tuple(given);
    none = tuple != NULL ? PyDict_New() : NULL;
    if (none != NULL && named != Py_None && PyDict_Update(none, named) < 0) {
        Py_CLEAR(none);
    }
    nothing = none != NULL ? PyTuple_New(0) : NULL;
    if (nothing != NULL) {
        call = _PyPolicyDeferred_New(_PyPolicyDeferred_WHOLE, true,
                                     PyTuple_GET_ITEM(all, 1), tuple, none,
                                     NULL);
        PyDict_Clear(none);
    }
    if (call != NULL) {
        PyObject *callbacks[2] = {NULL, NULL};
        for (int i = 0; i < 2; i++) {
            PyObject *callback = PyTuple_GET_ITEM(all, 4 + i);
            callbacks[i] = callback == Py_None ? Py_NewRef(callback)
                : _PyPolicyDeferred_New(_PyPolicyDeferred_ADDED, false,
                                        callback, NULL, NULL, NULL);
        }
        if (callbacks[0] != NULL && callbacks[1] != NULL) {
            PyObject *stack[] = {PyTuple_GET_ITEM(all, 0), call, nothing,
                                 none, callbacks[0], callbacks[1]};
            result = PyObject_Vectorcall(original_of(bound), stack, 6, NULL);
        }
        Py_XDECREF(callbacks[0]);
        Py_XDECREF(callbacks[1]);
    }
    Py_DECREF(all);
    Py_XDECREF(tuple);
    Py_XDECREF(call);
    Py_XDECREF(nothing);
    Py_XDECREF(none);
    return result;
}

/* _map_async(self, func, iterable, mapper, chunksize=None, callback=None,
              error_callback=None): the mapper is mapstar() or
   starmapstar(), and becomes the first. */
static PyObject *
pool_map(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    const char *const NAMES[] = {
        "self", "func", "iterable", "mapper", "chunksize", "callback",
        "error_callback", NULL
    };
    PyObject *all = arrange(args, kwargs, NAMES), *result = NULL;
    if (all == NULL) {
        return NULL;
    }
    PyObject *mapper = PyTuple_GET_ITEM(all, 3), *one = NULL;
    bool star = false;
    if (PyFunction_Check(mapper)) {
        star = _PyUnicode_EqualToASCIIString(
            ((PyFunctionObject *)mapper)->func_name, "starmapstar");
        if (PyDict_GetItemStringRef(PyFunction_GET_GLOBALS(mapper), "mapstar",
                                    &one) < 0)
        {
            Py_DECREF(all);
            return NULL;
        }
    }
    PyObject *list = defer_list(PyTuple_GET_ITEM(all, 1),
                                PyTuple_GET_ITEM(all, 2),
                                star ? STAR : ONE);
    PyObject *caller = list ? PyCFunction_New(&call_it_def, NULL) : NULL;
    PyObject *callbacks[2] = {NULL, NULL};
    for (int i = 0; caller != NULL && i < 2; i++) {
        PyObject *callback = PyTuple_GET_ITEM(all, 5 + i);
        callbacks[i] = callback == Py_None ? Py_NewRef(callback)
            : _PyPolicyDeferred_New(_PyPolicyDeferred_ADDED, false,
                                    callback, NULL, NULL, NULL);
    }
    if (callbacks[0] != NULL && callbacks[1] != NULL) {
        PyObject *stack[] = {PyTuple_GET_ITEM(all, 0), caller, list,
                             one ? one : mapper, PyTuple_GET_ITEM(all, 4),
                             callbacks[0], callbacks[1]};
        result = PyObject_Vectorcall(original_of(bound), stack, 7, NULL);
    }
    Py_DECREF(all);
    Py_XDECREF(one);
    Py_XDECREF(list);
    Py_XDECREF(caller);
    Py_XDECREF(callbacks[0]);
    Py_XDECREF(callbacks[1]);
    return result;
}

/* imap(self, func, iterable, chunksize=1), and unordered */
static PyObject *
pool_imap(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    if (PyTuple_GET_SIZE(args) < 3) {
        return PyObject_Call(original_of(bound), args, kwargs);
    }
    return call_with(bound, args, kwargs,
                     PyCFunction_New(&call_it_def, NULL),
                     defer_iterator(PyTuple_GET_ITEM(args, 1),
                                    PyTuple_GET_ITEM(args, 2)));
}

/* ThreadPool.Process(ctx, target=worker, args=(inqueue, outqueue,
   initializer, ...)) */
static PyObject *
pool_process(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyObject *target = NULL, *named = NULL, *call = NULL, *result = NULL;
    if (kwargs != NULL
        && PyDict_GetItemStringRef(kwargs, "target", &target) < 0)
    {
        return NULL;
    }
    if (target == NULL) {
        return PyObject_Call(original_of(bound), args, kwargs);
    }
    call = _PyPolicyDeferred_New(_PyPolicyDeferred_NOBODY, false, target,
                                 NULL, NULL, NULL);
    if (call != NULL) {
        named = PyDict_Copy(kwargs);
    }
    if (named != NULL && PyDict_SetItemString(named, "target", call) == 0) {
        result = PyObject_Call(original_of(bound), args, named);
    }
    Py_DECREF(target);
    Py_XDECREF(named);
    Py_XDECREF(call);
    return result;
}

/* ThreadPool(processes, initializer, initargs): they are kept, and passed to
   each thread. */
static PyObject *
make_pool(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    const char *const NAMES[] = {
        "self", "processes", "initializer", "initargs", NULL
    };
    PyObject *all = arrange(args, kwargs, NAMES), *result = NULL;
    if (all == NULL) {
        return NULL;
    }
    PyObject *initializer = PyTuple_GET_ITEM(all, 2);
    PyObject *given = PyTuple_GET_ITEM(all, 3);
    PyObject *nothing = PyTuple_New(0), *tuple = NULL, *call = NULL;
    if (initializer == Py_None || !PyCallable_Check(initializer)) {
        call = Py_NewRef(initializer);
    }
    else {
        tuple = given == Py_None ? PyTuple_New(0) : PySequence_Tuple(given);
        if (tuple != NULL) {
            call = _PyPolicyDeferred_New(_PyPolicyDeferred_WHOLE, false,
                                         initializer, tuple, NULL, NULL);
        }
    }
    if (call != NULL && nothing != NULL) {
        PyObject *stack[] = {PyTuple_GET_ITEM(all, 0),
                             PyTuple_GET_ITEM(all, 1), call, nothing};
        result = PyObject_Vectorcall(original_of(bound), stack, 4, NULL);
    }
    Py_DECREF(all);
    Py_XDECREF(nothing);
    Py_XDECREF(tuple);
    Py_XDECREF(call);
    return result;
}

/* --- Installing --------------------------------------------------------- */

static PyMethodDef WRAPPERS[] = {
#define WRAP(name, function) \
    {name, _PyCFunction_CAST(function), METH_VARARGS | METH_KEYWORDS, NULL}
#define FAST(name, function) \
    {name, _PyCFunction_CAST(function), METH_FASTCALL | METH_KEYWORDS, NULL}
    FAST("__init__", make_work_item),
    FAST("run", run_for_nobody),
    WRAP("__init__", make_executor),
    FAST("add_done_callback", add_done_callback),
    FAST("_invoke_callbacks", run_for_nobody),
    FAST("_Future__schedule_callbacks", run_for_nobody),
    WRAP("__init__", make_finalizer),
    FAST("__call__", run_for_nobody),
    FAST("_exitfunc", run_for_nobody),
    WRAP("__init__", make_mp_finalizer),
    FAST("__call__", run_for_nobody),
    WRAP("__init__", _PyPolicyThread_Init),
    FAST("run", _PyPolicyThread_Run),
    WRAP("__init__", _PyPolicyThread_InitTimer),
    FAST("run", _PyPolicyThread_RunTimer),
    WRAP("__init__", make_pool),
    WRAP("apply_async", pool_apply),
    WRAP("_map_async", pool_map),
    WRAP("imap", pool_imap),
    WRAP("imap_unordered", pool_imap),
    WRAP("Process", pool_process),
    FAST("_run_once", run_for_nobody),
    FAST("callback", push_callback),
    FAST("__init__", _PyPolicyHandle_Init),
    FAST("_run", _PyPolicyHandle_Run),
#undef FAST
#undef WRAP
};

/* Which of them for which class, in the same order. */
static const char CLASSES[Py_ARRAY_LENGTH(WRAPPERS)][24] = {
    "_WorkItem", "_WorkItem",
    "ThreadPoolExecutor",
    "Future", "Future", "Future",
    "finalize", "finalize", "finalize",
    "Finalize", "Finalize",
    "Thread", "Thread",
    "Timer", "Timer",
    "ThreadPool", "ThreadPool", "ThreadPool", "ThreadPool", "ThreadPool",
    "ThreadPool",
    "BaseEventLoop",
    "_BaseExitStack",
    "Handle", "Handle",
};

/* Methods that are called without an instance stay so. */
static bool
is_unbound(const char *name)
{
    return strcmp(name, "_exitfunc") == 0 || strcmp(name, "Process") == 0;
}

static int
wrap_method(PyObject *cls, PyMethodDef *def)
{
    PyObject *function = NULL, *method = NULL, *bound = NULL, *original;
    if (PyObject_GetOptionalAttrString(cls, def->ml_name, &original) <= 0) {
        return PyErr_Occurred() ? -1 : 0;
    }
    int result = -1;
    PyObject *known = _PyPolicyHandle_Places(cls);
    if (known != NULL) {
        bound = PyTuple_Pack(N_BOUND, original, cls, known);
        Py_DECREF(known);
    }
    if (bound != NULL) {
        function = PyCFunction_New(def, bound);
    }
    if (function != NULL) {
        /* A C function does not bind to instances by itself. */
        method = is_unbound(def->ml_name) ? Py_NewRef(function)
                                          : PyInstanceMethod_New(function);
    }
    if (method != NULL) {
        result = PyObject_SetAttrString(cls, def->ml_name, method);
    }
    Py_DECREF(original);
    Py_XDECREF(bound);
    Py_XDECREF(function);
    Py_XDECREF(method);
    return result;
}

/* _imp.capture_calls(cls): called once by the module that defines it. */
PyObject *
_PyPrincipal_CaptureCalls(PyObject *Py_UNUSED(module), PyObject *cls)
{
    if (!_PyPolicy_Active || !PyType_Check(cls)) {
        Py_RETURN_NONE;
    }
    const char *name = ((PyTypeObject *)cls)->tp_name;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(WRAPPERS); i++) {
        if (strcmp(CLASSES[i], name) == 0
            && wrap_method(cls, &WRAPPERS[i]) < 0)
        {
            return NULL;
        }
    }
    if (_PyPolicyBuilt_Wrap(cls) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* _imp.for_nobody(function): the same function, in which nobody known acts
   whoever calls it.  That takes away and never gives. */
PyObject *
_PyPrincipal_ForNobody(PyObject *Py_UNUSED(module), PyObject *func)
{
    return _PyPolicyDeferred_New(_PyPolicyDeferred_NOBODY, false, func, NULL,
                                 NULL, NULL);
}

/* _imp.as_found(function): the same where it was found, and not where it was
   registered: unless it shows itself, nobody known acts in it. */
PyObject *
_PyPrincipal_AsFound(PyObject *module, PyObject *func)
{
    return _PyPolicyDeferred_IsSafe(func) ? Py_NewRef(func)
                                          : _PyPrincipal_ForNobody(module,
                                                                   func);
}

/* _imp.acting(): a number that stands for all who are acting now. */
PyObject *
_PyPrincipal_ActingNow(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(a))
{
    return PyLong_FromUnsignedLong(_PyPrincipal_Acting());
}

/* _imp.deferred(function): for a list of what is to be called, with nothing,
   later: it acts for whoever is acting now. */
PyObject *
_PyPrincipal_Deferred(PyObject *Py_UNUSED(module), PyObject *func)
{
    return _PyPrincipal_MakeWhole(func);
}
