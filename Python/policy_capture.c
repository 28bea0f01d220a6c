/* Who was acting when this was registered?

   A thread, a work item or a callback runs later, on a stack that does not
   show who wanted it.  So whoever was acting when it was made is written
   down there and then, the whole set, and becomes the base of the stack on
   which it runs:

   - a thread state remembers the set in which it was created (new_threadstate
     in pystate.c), which serves threads and sub-interpreters alike.  One
     that native code makes on a thread of its own has none;
   - an asyncio task remembers it in its C structure; each step runs above a
     mark with it;
   - handles and work items are Python objects.  A capsule that only C code
     can make holds what they were to call, and by order of whom.  To run one
     that is not what was captured any more (another callable, other
     arguments, a context or a future with a method hung on it) is nobody's
     order, and is refused wherever that matters;
   - an extension module's initialisation has no frame: a mark stands for the
     body of the module. */

#include "Python.h"
#include "pycore_capsule.h"       // _PyCapsule_SetTraverse()
#include "pycore_moduleobject.h"  // PyModuleObject.md_def
#include "pycore_policy_access.h"
#include "pycore_policy_capture.h"
#include "pycore_policy_gate.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl
#include "pycore_typeobject.h"    // _PyType_Lookup()

#define CAPTURED "importpolicy.captured"

uint32_t
_PyPrincipal_Acting(void)
{
    return _PyPolicyStack_Acting(_PyThreadState_GET()).set;
}

void
_PyPrincipal_InheritBase(PyThreadState *created)
{
    PyThreadState *creator = _PyThreadState_GET();
    if (creator == NULL) {
        /* Detached, but still this very thread's: its stack stands still. */
        creator = PyGILState_GetThisThreadState();
    }
    if (creator != NULL && creator != created) {
        _PyPolicyStack_SetBase(created, _PyPolicyStack_Acting(creator).set);
    }
}

/* The main thread's mark outlives every frame of C that could hold it. */
static _PyPolicyMark main_anchor;

void
_PyPrincipal_SetRunningMain(PyThreadState *tstate, bool running)
{
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    if (!_PyPolicy_Active || !_Py_IsMainInterpreter(tstate->interp)) {
        return;
    }
    if (running && tstate->current_frame == NULL) {
        _PyPolicyMark_PushAnchor(tstate, &main_anchor);
    }
    else if (!running && thread->anchored
             && tstate->current_frame == &main_anchor.frame)
    {
        _PyPolicyMark_PopAnchor(tstate, &main_anchor);
    }
}

void
_PyPrincipal_EnterThread(PyThreadState *tstate, _PyPolicyMark *mark)
{
    mark->anchor = false;
    if (_PyPolicy_Active) {
        _PyPolicyMark_PushAnchor(tstate, mark);
    }
}

void
_PyPrincipal_LeaveThread(PyThreadState *tstate, _PyPolicyMark *mark)
{
    if (mark->anchor) {
        _PyPolicyMark_PopAnchor(tstate, mark);
    }
}

/* --- Extension modules -------------------------------------------------- */

/* Module definitions of dependencies, and whose they are: a module is
   created by one call and executed by another, which knows its definition
   only. */
static struct {
    PyMutex mutex;
    struct { const void *def; uint32_t set; } *entries;
    size_t n;
} definitions;

static void
remember(const void *def, uint32_t set)
{
    PyMutex_Lock(&definitions.mutex);
    void *grown = PyMem_RawRealloc(
        definitions.entries,
        (definitions.n + 1) * sizeof(*definitions.entries));
    if (grown != NULL) {
        definitions.entries = grown;
        definitions.entries[definitions.n].def = def;
        definitions.entries[definitions.n++].set = set;
    }
    PyMutex_Unlock(&definitions.mutex);
}

static uint32_t
owner_of_definition(const void *def)
{
    uint32_t set = _PyPrincipal_STDLIB;
    PyMutex_Lock(&definitions.mutex);
    for (size_t i = definitions.n; i-- > 0; ) {
        if (definitions.entries[i].def == def) {
            set = definitions.entries[i].set;
            break;
        }
    }
    PyMutex_Unlock(&definitions.mutex);
    return set;
}

/* Whose file is it?  *canonical as for _PyPrincipal_OfFile(). */
static uint32_t
owner_of_file(PyObject *filename, char **canonical)
{
    PyObject *encoded = NULL;
    if (filename == NULL || !PyUnicode_FSConverter(filename, &encoded)) {
        PyErr_Clear();
        return _PyPrincipal_UNKNOWN;
    }
    uint32_t set = _PyPrincipal_OfFile(PyBytes_AS_STRING(encoded), NULL,
                                       canonical);
    Py_DECREF(encoded);
    return set;
}

/* Native code that is not the standard library's: `ffi`, by the module's name
   or its file's. */
static int
judge_native(PyThreadState *tstate, PyObject *name, PyObject *filename)
{
    if (!_PyPolicyGate_Restricts(_PyPolicy_FFI)) {
        return 0;
    }
    const char *file = PyUnicode_AsUTF8(filename);
    PyErr_Clear();
    _PyPolicyAccess access = {
        .capability = _PyPolicy_FFI, .event = "import",
        .target = {.text = "", .port = -1},
    };
    if (file != NULL) {
        access.target.text = file;
        access.target.len = strlen(file);
        if (_PyPolicyGate_Allows(tstate, &access, false)) {
            return 0;
        }
    }
    Py_ssize_t len;
    const char *text = PyUnicode_AsUTF8AndSize(name, &len);
    PyErr_Clear();
    access.target.text = text ? text : "";
    access.target.len = strlen(access.target.text);
    return _PyPolicyGate_ImportAccess(tstate, &access);
}

int
_PyPolicyGate_JudgeExtension(PyThreadState *tstate, PyObject *name,
                             PyObject *filename)
{
    char *canonical = NULL;
    uint32_t owner = owner_of_file(filename, &canonical);
    int result = owner == _PyPrincipal_STDLIB
                 ? 0 : judge_native(tstate, name, filename);
    if (result == 0 && canonical != NULL && *canonical != '\0') {
        result = _PyPolicyGate_JudgeModuleName(tstate, canonical);
    }
    PyMem_RawFree(canonical);
    return result == 0 ? _PyPolicyGate_JudgeImport(tstate, name) : -1;
}

void
_PyPrincipal_EnterExtension(PyThreadState *tstate, _PyPolicyMark *mark,
                            PyObject *filename)
{
    mark->stop = false;
    if (_PyPolicy_Active) {
        /* Above a module of the standard library its importer goes on
           acting; any other one acts for itself. */
        uint32_t set = owner_of_file(filename, NULL);
        if (set != _PyPrincipal_STDLIB) {
            _PyPolicyMark_Push(tstate, mark, set, true);
        }
    }
}

void
_PyPrincipal_LeaveExtension(PyThreadState *tstate, _PyPolicyMark *mark,
                            PyObject *made)
{
    if (mark->stop) {
        _PyPolicyMark_Pop(tstate, mark);
        if (made != NULL && PyModule_Check(made)
            && ((PyModuleObject *)made)->md_def != NULL)
        {
            remember(((PyModuleObject *)made)->md_def, mark->set);
        }
    }
}

void
_PyPrincipal_EnterDefinition(PyThreadState *tstate, _PyPolicyMark *mark,
                             const void *def)
{
    mark->stop = false;
    if (_PyPolicy_Active) {
        uint32_t set = owner_of_definition(def);
        if (set != _PyPrincipal_STDLIB) {
            _PyPolicyMark_Push(tstate, mark, set, true);
        }
    }
}

void
_PyPrincipal_EnterBase(PyThreadState *tstate, _PyPolicyMark *mark,
                       uint32_t set)
{
    mark->stop = false;
    if (_PyPolicy_Active) {
        _PyPolicyMark_Push(tstate, mark, set, true);
    }
}

void
_PyPrincipal_Leave(PyThreadState *tstate, _PyPolicyMark *mark)
{
    if (mark->stop) {
        _PyPolicyMark_Pop(tstate, mark);
    }
}

/* --- Deferred calls ----------------------------------------------------- */

typedef struct {
    uint32_t set;
    const void *owner;          /* the object that holds the capsule; only
                                   compared */
    Py_ssize_t n;
    struct {
        PyObject *value;        /* what the object's field held */
        PyTypeObject *type;     /* and what that was; borrowed */
    } fields[];
} captured;

static void
captured_free(PyObject *capsule)
{
    captured *c = PyCapsule_GetPointer(capsule, CAPTURED);
    for (Py_ssize_t i = 0; i < c->n; i++) {
        Py_XDECREF(c->fields[i].value);
    }
    PyMem_RawFree(c);
}

static int
captured_traverse(PyObject *capsule, visitproc visit, void *arg)
{
    captured *c = PyCapsule_GetPointer(capsule, CAPTURED);
    for (Py_ssize_t i = 0; i < c->n; i++) {
        Py_VISIT(c->fields[i].value);
    }
    return 0;
}

static int
captured_clear(PyObject *capsule)
{
    captured *c = PyCapsule_GetPointer(capsule, CAPTURED);
    for (Py_ssize_t i = 0; i < c->n; i++) {
        Py_CLEAR(c->fields[i].value);
    }
    return 0;
}

static PyObject *
capture(PyObject *self, PyObject *names)
{
    Py_ssize_t n = PyTuple_GET_SIZE(names);
    captured *c = PyMem_RawCalloc(1, sizeof(*c) + n * sizeof(c->fields[0]));
    if (c == NULL) {
        return PyErr_NoMemory();
    }
    c->n = n;
    c->owner = self;
    c->set = _PyPrincipal_Acting();
    PyObject *capsule = PyCapsule_New(c, CAPTURED, captured_free);
    if (capsule == NULL) {
        PyMem_RawFree(c);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *value = PyObject_GetAttr(self, PyTuple_GET_ITEM(names, i));
        if (value != NULL) {
            c->fields[i].type = Py_TYPE(value);
            if (PyDict_CheckExact(value)) {
                Py_SETREF(value, PyDict_Copy(value));
            }
        }
        c->fields[i].value = value;
        if (value == NULL) {
            Py_DECREF(capsule);
            return NULL;
        }
    }
    if (_PyCapsule_SetTraverse(capsule, captured_traverse,
                               captured_clear) < 0)
    {
        Py_DECREF(capsule);
        return NULL;
    }
    return capsule;
}

/* --- Is it still what was captured? ------------------------------------- */

/* The same object, or a dictionary with the same objects in it. */
static bool
is_same(PyObject *then, PyObject *now)
{
    if (then == now) {
        return true;
    }
    if (!PyDict_CheckExact(then) || !PyDict_CheckExact(now)
        || PyDict_GET_SIZE(then) != PyDict_GET_SIZE(now))
    {
        return false;
    }
    PyObject *k1, *v1, *k2, *v2;
    Py_ssize_t i = 0, j = 0;
    while (PyDict_Next(then, &i, &k1, &v1)) {
        if (!PyDict_Next(now, &j, &k2, &v2) || k1 != k2 || v1 != v2) {
            return false;
        }
    }
    return true;
}

/* Has somebody hung a callable on this one object, over a method that its
   class has (`future.set_result = …`)? */
static bool
has_method_hung_on(PyObject *object)
{
    if (PyFunction_Check(object) || PyType_Check(object)
        || !(Py_TYPE(object)->tp_flags & Py_TPFLAGS_HEAPTYPE))
    {
        return false;
    }
    PyObject *dict = PyObject_GenericGetDict(object, NULL);
    if (dict == NULL) {
        PyErr_Clear();
        return false;
    }
    bool found = false;
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (!found && PyDict_Next(dict, &at, &key, &value)) {
        PyObject *method = PyUnicode_CheckExact(key)
                           ? _PyType_Lookup(Py_TYPE(object), key) : NULL;
        found = method != NULL && Py_TYPE(method)->tp_descr_get != NULL
                && PyCallable_Check(method);
    }
    Py_DECREF(dict);
    return found;
}

/* Would `self.name` run somebody's code?  Only what the class itself, as it
   was wrapped, has there is asked. */
static bool
is_plain_field(PyObject *self, PyTypeObject *cls, PyObject *name)
{
    return _PyType_Lookup(Py_TYPE(self), name) == _PyType_Lookup(cls, name)
           && Py_TYPE(self)->tp_getattro == PyObject_GenericGetAttr;
}

/* By whose order does `self` run, as it stands now? */
static uint32_t
ordered_by(PyObject *self, PyTypeObject *cls, PyObject *names,
           PyObject *attribute)
{
    if (!PyObject_TypeCheck(self, cls)
        || !is_plain_field(self, cls, attribute))
    {
        return _PyPrincipal_UNKNOWN;
    }
    PyObject *capsule = PyObject_GetAttr(self, attribute);
    if (capsule == NULL || !PyCapsule_IsValid(capsule, CAPTURED)) {
        PyErr_Clear();
        Py_XDECREF(capsule);
        return _PyPrincipal_UNKNOWN;
    }
    captured *c = PyCapsule_GetPointer(capsule, CAPTURED);
    bool same = c->owner == self;
    for (Py_ssize_t i = 0; same && i < c->n; i++) {
        PyObject *name = PyTuple_GET_ITEM(names, i);
        PyObject *now = is_plain_field(self, cls, name)
                        ? PyObject_GetAttr(self, name) : NULL;
        same = now != NULL && c->fields[i].value != NULL
               && is_same(c->fields[i].value, now)
               && Py_TYPE(now) == c->fields[i].type
               && !has_method_hung_on(now);
        Py_XDECREF(now);
    }
    PyErr_Clear();
    uint32_t set = same ? c->set : _PyPrincipal_UNKNOWN;
    Py_DECREF(capsule);
    return set;
}

/* --- Wrappers that take the place of a class's two methods -------------- */

/* What both wrappers are bound to. */
enum { ORIGINAL, CLASS, FIELDS, ATTRIBUTE, N_BOUND };

static PyObject *
begin_captured(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyObject *original = PyTuple_GET_ITEM(bound, ORIGINAL);
    PyObject *result = PyObject_Call(original, args, kwargs);
    if (result == NULL || PyTuple_GET_SIZE(args) == 0) {
        return result;
    }
    PyObject *self = PyTuple_GET_ITEM(args, 0);
    PyObject *capsule = capture(self, PyTuple_GET_ITEM(bound, FIELDS));
    if (capsule == NULL
        || PyObject_SetAttr(self, PyTuple_GET_ITEM(bound, ATTRIBUTE),
                            capsule) < 0)
    {
        Py_CLEAR(result);
    }
    Py_XDECREF(capsule);
    return result;
}

static PyObject *
run_captured(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyThreadState *tstate = _PyThreadState_GET();
    uint32_t set = _PyPrincipal_UNKNOWN;
    if (PyTuple_GET_SIZE(args) > 0) {
        set = ordered_by(PyTuple_GET_ITEM(args, 0),
                         (PyTypeObject *)PyTuple_GET_ITEM(bound, CLASS),
                         PyTuple_GET_ITEM(bound, FIELDS),
                         PyTuple_GET_ITEM(bound, ATTRIBUTE));
    }
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, set, true);
    PyObject *result = PyObject_Call(PyTuple_GET_ITEM(bound, ORIGINAL), args,
                                     kwargs);
    _PyPolicyMark_Pop(tstate, &mark);
    return result;
}

static PyMethodDef begin_def = {
    "__init__", _PyCFunction_CAST(begin_captured),
    METH_VARARGS | METH_KEYWORDS, NULL
};
static PyMethodDef run_def = {
    "run", _PyCFunction_CAST(run_captured),
    METH_VARARGS | METH_KEYWORDS, NULL
};

/* Put a wrapper in the place of cls.name. */
static int
wrap_method(PyObject *cls, PyObject *name, PyMethodDef *def,
            PyObject *fields, PyObject *attribute)
{
    PyObject *function = NULL, *method = NULL, *bound = NULL;
    PyObject *original = PyObject_GetAttr(cls, name);
    if (original == NULL) {
        return -1;
    }
    int result = -1;
    bound = PyTuple_Pack(N_BOUND, original, cls, fields, attribute);
    if (bound != NULL) {
        function = PyCFunction_New(def, bound);
    }
    if (function != NULL) {
        /* A C function does not bind to instances by itself. */
        method = PyInstanceMethod_New(function);
    }
    if (method != NULL) {
        result = PyObject_SetAttr(cls, name, method);
    }
    Py_DECREF(original);
    Py_XDECREF(bound);
    Py_XDECREF(function);
    Py_XDECREF(method);
    return result;
}

/* Only the two modules that need it, while their genuine bodies run: for
   anybody else this would be a way to act as somebody else. */
static bool
is_called_by_owner(PyThreadState *tstate)
{
    static const char *const FILES[] = {
        "/asyncio/events.py", "/concurrent/futures/thread.py", NULL
    };
    const _PyInterpreterFrame *f = tstate->current_frame;
    if (f == NULL || f->owner == FRAME_OWNED_BY_CSTACK) {
        return false;
    }
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return code->_co_principal == _PyPrincipal_BODY
           && _PyPolicyStack_StdlibFile(tstate, FILES);
}

/* capture_calls(cls, run, fields, attribute): instances of `cls` remember in
   `attribute` who made them, and run(), under a policy, with that set as the
   base of its stack.  Called once, by the module that defines the class. */
PyObject *
_PyPrincipal_CaptureCalls(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *cls, *run, *fields, *attribute;
    if (!_PyPolicy_Active) {
        Py_RETURN_NONE;
    }
    if (!is_called_by_owner(_PyThreadState_GET())) {
        PyErr_SetString(PyExc_RuntimeError,
                        "capture_calls() is the standard library's own; under "
                        "an import policy its module cannot be reloaded");
        return NULL;
    }
    if (!PyArg_ParseTuple(args, "O!UO!U:capture_calls", &PyType_Type, &cls,
                          &run, &PyTuple_Type, &fields, &attribute))
    {
        return NULL;
    }
    PyObject *init = PyUnicode_FromString("__init__");
    if (init == NULL) {
        return NULL;
    }
    int result = wrap_method(cls, init, &begin_def, fields, attribute);
    if (result == 0) {
        result = wrap_method(cls, run, &run_def, fields, attribute);
    }
    Py_DECREF(init);
    if (result < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}
