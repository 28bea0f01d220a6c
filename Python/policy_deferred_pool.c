/* How does a pool of threads call what it was told to?

   A ThreadPool has queues of tasks, (function, items), from which its threads
   take whatever they find.  What the application and others give it is made
   into deferred calls, one for each item, before it gets there; the threads
   run the rest for nobody known.  So the tasks that go through the queues are
   calls of a function that calls what it is given, and each item knows by
   whose order and with what.

   Here these are methods bound to (original method, class, ...), with which
   policy_deferred_lib.c wraps the class. */

#include "Python.h"
#include "pycore_policy_deferred.h"

static PyObject *
original_of(PyObject *bound)
{
    return PyTuple_GET_ITEM(bound, 0);
}


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
PyObject *
_PyPolicyPool_Apply(PyObject *bound, PyObject *args, PyObject *kwargs)
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
PyObject *
_PyPolicyPool_Map(PyObject *bound, PyObject *args, PyObject *kwargs)
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
PyObject *
_PyPolicyPool_IterMap(PyObject *bound, PyObject *args, PyObject *kwargs)
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
PyObject *
_PyPolicyPool_Process(PyObject *bound, PyObject *args, PyObject *kwargs)
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
PyObject *
_PyPolicyPool_Init(PyObject *bound, PyObject *args, PyObject *kwargs)
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
