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
   - a handler of logging calls what it finds in its stream, and those who
     walk the stack are told to look at it (policy_stack_found.c);
   - a handle of asyncio keeps its fields, which people look at.  What runs
     is what the deferred call beside them holds, if they still say the same.

   It is the class statement that has it done, known by its code: whatever
   stands in its module meanwhile, or is in sys.modules, changes nothing.

   Called by: upstream's bltinmodule.c, __build_class__(). */

#include "Python.h"
#include "pycore_policy_deferred.h"
#include "pycore_policy_stack_found.h"
#include "pycore_policy_stack_innermost.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include <string.h>

/* A wrapper is bound to the method that it wraps, to the class, and to what
   it knows of it. */
enum { ORIGINAL, CLASS, KNOWN };

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
defer_attribute(PyObject *self, PyObject *name, _PyPolicyDeferredKind kind,
                bool once, PyObject *args, PyObject *kwargs)
{
    PyObject *func = PyObject_GetAttr(self, name);
    if (func == NULL || func == Py_None) {
        Py_XDECREF(func);
        return func == NULL ? -1 : 0;
    }
    int result = -1;
    PyObject *made = _PyPolicyDeferred_New(kind, once, func, args, kwargs,
                                           NULL);
    if (made != NULL) {
        result = PyObject_SetAttr(self, name, made);
        Py_DECREF(made);
    }
    Py_DECREF(func);
    return result;
}

/* The same where the arguments are attributes of the object as well. */
int
_PyPolicyDeferred_With(PyObject *self, PyObject *names,
                       _PyPolicyDeferredKind kind, bool once)
{
    PyObject *kwargs = NULL, *tuple = NULL;
    int result = -1;
    PyObject *args = PyObject_GetAttr(self, PyTuple_GET_ITEM(names, 1));
    if (args == NULL) {
        return -1;
    }
    if (PyTuple_GET_SIZE(names) > 2) {
        kwargs = PyObject_GetAttr(self, PyTuple_GET_ITEM(names, 2));
        if (kwargs == NULL) {
            goto done;
        }
    }
    tuple = PySequence_Tuple(args);
    if (tuple != NULL) {
        result = defer_attribute(self, PyTuple_GET_ITEM(names, 0), kind,
                                 once, tuple,
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

static PyObject *
make_executor(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyObject *result = PyObject_Call(original_of(bound), args, kwargs);
    if (result != NULL && PyTuple_GET_SIZE(args) > 0
        && _PyPolicyDeferred_With(PyTuple_GET_ITEM(args, 0),
                                  PyTuple_GET_ITEM(bound, KNOWN),
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
        || _PyPolicyDeferred_With(info, PyTuple_GET_ITEM(bound, KNOWN),
                                  _PyPolicyDeferred_WHOLE, true) < 0)
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
        && _PyPolicyDeferred_With(PyTuple_GET_ITEM(args, 0),
                                  PyTuple_GET_ITEM(bound, KNOWN),
                                  _PyPolicyDeferred_WHOLE, true) < 0)
    {
        Py_CLEAR(result);
    }
    return result;
}

/* --- Installing --------------------------------------------------------- */

static PyMethodDef WRAPPERS[] = {
#define WRAP(name, function) BY(METH_VARARGS, name, function)
#define FAST(name, function) BY(METH_FASTCALL, name, function)
#define BY(how, name, function) \
    {name, _PyCFunction_CAST(function), how | METH_KEYWORDS, NULL}
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
    WRAP("__init__", _PyPolicyThread_Init),
    FAST("run", _PyPolicyThread_RunTimer),
    WRAP("__init__", _PyPolicyPool_Init),
    WRAP("apply_async", _PyPolicyPool_Apply),
    WRAP("_map_async", _PyPolicyPool_Map),
    WRAP("imap", _PyPolicyPool_IterMap),
    WRAP("imap_unordered", _PyPolicyPool_IterMap),
    WRAP("Process", _PyPolicyPool_Process),
    FAST("_run_once", run_for_nobody),
    FAST("callback", push_callback),
    FAST("__init__", _PyPolicyHandle_Init),
    FAST("_run", _PyPolicyHandle_Run),
#undef BY
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

/* Where objects of some of these classes keep what they will call, and its
   arguments. */
static const char ATTRIBUTES[][4][20] = {
    {"ThreadPoolExecutor", "_initializer", "_initargs", ""},
    {"finalize", "func", "args", "kwargs"},
    {"Finalize", "_callback", "_args", "_kwargs"},
    {"Thread", "_target", "_args", "_kwargs"},
    {"Timer", "function", "args", "kwargs"},
};

/* What a wrapper knows of its class: the names of those attributes, interned;
   or where its instances keep their fields. */
static PyObject *
known_of(PyObject *cls)
{
    for (size_t i = 0; i < Py_ARRAY_LENGTH(ATTRIBUTES); i++) {
        const char (*row)[20] = ATTRIBUTES[i];
        if (strcmp(row[0], ((PyTypeObject *)cls)->tp_name) != 0) {
            continue;
        }
        Py_ssize_t n = row[3][0] != '\0' ? 3 : 2;
        PyObject *names = PyTuple_New(n);
        for (Py_ssize_t j = 0; names != NULL && j < n; j++) {
            PyObject *name = PyUnicode_InternFromString(row[1 + j]);
            if (name == NULL) {
                Py_CLEAR(names);
                break;
            }
            PyTuple_SET_ITEM(names, j, name);
        }
        return names;
    }
    return _PyPolicyHandle_Places(cls);
}

static int
wrap_method(PyObject *cls, PyMethodDef *def)
{
    PyObject *known = known_of(cls);
    if (known == NULL) {
        return -1;
    }
    int result = _PyPolicyMethod_Exchange((PyTypeObject *)cls, def,
                                          def->ml_name, cls, known);
    Py_DECREF(known);
    return result;
}

static int
look_for_found(PyObject *cls, const char *method)
{
    PyObject *func = PyObject_GetAttrString(cls, method);
    if (func == NULL) {
        return -1;
    }
    _PyPolicyStack_LookForFound(func);
    Py_DECREF(func);
    return 0;
}

static int
wrap_class(PyObject *cls)
{
    const char *name = ((PyTypeObject *)cls)->tp_name;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(WRAPPERS); i++) {
        if (strcmp(CLASSES[i], name) == 0
            && wrap_method(cls, &WRAPPERS[i]) < 0)
        {
            return -1;
        }
    }
    if (strcmp(name, "StreamHandler") == 0
        && look_for_found(cls, "emit") < 0)
    {
        return -1;
    }
    return _PyPolicyBuilt_Wrap(cls);
}

/* Where the classes are that have their methods wrapped. */
static const struct {
    char file[32], cls[24];     /* arrays need no relocation at start-up */
} DEFINED[] = {
    {"/argparse.py", "_ActionsContainer"},
    {"/asyncio/base_events.py", "BaseEventLoop"},
    {"/asyncio/events.py", "Handle"},
    {"/asyncio/futures.py", "Future"},
    {"/concurrent/futures/_base.py", "Future"},
    {"/concurrent/futures/thread.py", "_WorkItem"},
    {"/concurrent/futures/thread.py", "ThreadPoolExecutor"},
    {"/contextlib.py", "_BaseExitStack"},
    {"/contextlib.py", "AsyncExitStack"},
    {"/functools.py", "partialmethod"},
    {"/functools.py", "singledispatchmethod"},
    {"/functools.py", "cached_property"},
    {"/json/encoder.py", "JSONEncoder"},
    {"/logging/__init__.py", "StreamHandler"},
    {"/multiprocessing/pool.py", "ThreadPool"},
    {"/multiprocessing/process.py", "BaseProcess"},
    {"/multiprocessing/util.py", "Finalize"},
    {"/pickle.py", "_Pickler"},
    {"/pickle.py", "_Unpickler"},
    {"/sched.py", "scheduler"},
    {"/threading.py", "Thread"},
    {"/threading.py", "Timer"},
    {"/types.py", "DynamicClassAttribute"},
    {"/unittest/case.py", "TestCase"},
    {"/weakref.py", "finalize"},
};

/* None of them is in a module that the interpreter carries with it, and those
   are most that a start defines. */
static bool
is_frozen(PyCodeObject *code)
{
    return PyUnicode_GET_LENGTH(code->co_filename) > 0
           && PyUnicode_READ_CHAR(code->co_filename, 0) == '<';
}

static bool
is_to_be_wrapped(PyCodeObject *code)
{
    if ((code->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB
        || PyUnicode_GET_LENGTH(code->co_qualname) == 0 || is_frozen(code))
    {
        return false;
    }
    Py_UCS4 first = PyUnicode_READ_CHAR(code->co_qualname, 0);
    for (size_t i = 0; i < Py_ARRAY_LENGTH(DEFINED); i++) {
        if ((unsigned char)DEFINED[i].cls[0] == first
            && _PyUnicode_EqualToASCIIString(code->co_qualname,
                                             DEFINED[i].cls)
            && _PyPolicyStack_IsOfFile(code, DEFINED[i].file))
        {
            return true;
        }
    }
    return false;
}

PyObject *
_PyPolicyDeferred_Defined(PyObject *body, PyObject *cls)
{
    if (PyType_Check(cls)
        && is_to_be_wrapped((PyCodeObject *)PyFunction_GET_CODE(body))
        && wrap_class(cls) < 0)
    {
        Py_CLEAR(cls);
    }
    return cls;
}
