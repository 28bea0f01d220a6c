/* Who may call a builtin, through whatever reference?

   References to a function cannot be counted: `io.open` is `builtins.open`,
   the standard library imported it by name, a dependency keeps it in a
   default argument, partial() and map() hold it, the interpreter's
   specialised instructions call what it points to.  All of them end at one
   place, the definition (PyMethodDef) from which the function object was
   made, of which there is one in the process.  So the definition is changed:
   its C function becomes one of the stubs below, which asks the gate and then
   calls the original as the definition said.  Name, documentation, signature,
   module, `__self__` and identity stay what they were, and no object exists
   from which the original could be had.  Whatever is made from the definition
   later (by a sub-interpreter, by a second `_io` module) is guarded from the
   start.

   Two things bypass a definition, and are dealt with: the function object
   keeps the C function that translates its calling convention, and len() and
   isinstance() have instructions of their own, which recognise the function
   object by a cached address.

   There is one stub for each function, because a definition's C function is
   told the arguments but not by whose definition it was called, and because
   two builtins with one stub would be equal to each other.

   Classes (`str`, `type`, `memoryview`, …) have no definition, and are guarded
   in another way, by policy_builtin_class.c.

   All this happens before any user code, and only where a policy has such a
   key: elsewhere builtins are as they ever were. */

#include "Python.h"
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_import.h"        // _PyImport_GetModuleAttrString()
#include "pycore_interp.h"        // PyInterpreterState.builtins
#include "pycore_policy.h"
#include "pycore_policy_builtin.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_read.h"   // _PyPolicyRead_Line()
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_policy_text.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl
#include "pycore_tuple.h"         // _PyTuple_FromArray()
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include <string.h>

#define PREFIX "builtins."
#define PREFIX_LEN (sizeof(PREFIX) - 1)

/* What the definitions were.  Written at start, before any user code. */
typedef struct {
    char what[40];              /* "builtins.open" */
    PyCFunction function;
    int flags;
} Original;

#define MAX_GUARDED 64

/* More than builtins has names. */
#define MAX_BUILTINS 256

/* Function pointers in and out of a definition. */
#define AS(type, function) ((type)(void (*)(void))(function))

static struct {
    Original table[MAX_GUARDED];
    unsigned n;
} originals;

static const char *
name_of(const Original *o)
{
    return o->what + PREFIX_LEN;
}

/* --- Calls that are nobody's -------------------------------------------- */

/* Does the code itself call a builtin of that name?  Then it is not some
   callable that it was given. */
static bool
mentions(PyCodeObject *code, const char *name)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_names); i++) {
        if (_PyUnicode_EqualToASCIIString(
                PyTuple_GET_ITEM(code->co_names, i), name))
        {
            return true;
        }
    }
    return false;
}

/* The code of a frame of the import system, or NULL. */
static PyCodeObject *
importlib_code(const _PyInterpreterFrame *f)
{
    if (f == NULL || f->owner == FRAME_OWNED_BY_CSTACK) {
        return NULL;
    }
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return code->_co_principal & _PyPrincipal_IMPORT ? code : NULL;
}

/* importlib imports for somebody whom the import itself is judged for; what
   it needs for that confers nothing.  It is not to be lent: it calls what
   others put in its way (finders, hooks), and compiles what they hand to it,
   so only its own calls count, and compile() and eval() not at all. */
static bool
is_importlibs(PyThreadState *tstate, const char *name, PyObject *first)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    PyCodeObject *code = importlib_code(f);
    if (code == NULL || strcmp(name, "compile") == 0
        || strcmp(name, "eval") == 0)
    {
        return false;
    }
    if (strcmp(name, "__import__") == 0) {
        return true;            /* a way of importing, as importlib is */
    }
    if (strcmp(name, "exec") == 0) {
        if (first == NULL || !PyCode_Check(first)) {
            return false;
        }
        if (_PyUnicode_EqualToASCIIString(code->co_name,
                                          "_call_with_frames_removed"))
        {
            code = importlib_code(f->previous);
        }
    }
    return code != NULL
           && (mentions(code, name)
               || (strcmp(name, "open") == 0 && mentions(code, "open_code")));
}

/* Modules of the standard library that make code for whoever calls them, of
   names and annotations; and runpy, which executes what was loaded. */
static bool
is_generators(PyThreadState *tstate, const char *name, PyObject *first)
{
    static const struct { const char *name, *files[2]; bool code; } ROWS[] = {
        {"eval", {"/collections/__init__.py"}, false},
        {"exec", {"/dataclasses.py"}, false},
        {"exec", {"/runpy.py"}, true},
        {"exec", {"frozen runpy>"}, true},
        {"compile", {"/typing.py"}, false},
    };
    const _PyInterpreterFrame *f = tstate->current_frame;
    if (f == NULL || f->owner == FRAME_OWNED_BY_CSTACK
        || !mentions((PyCodeObject *)f->f_executable, name))
    {
        return false;
    }
    for (size_t i = 0; i < Py_ARRAY_LENGTH(ROWS); i++) {
        if (strcmp(ROWS[i].name, name) == 0
            && (!ROWS[i].code || (first != NULL && PyCode_Check(first)))
            && _PyPolicyStack_StdlibFile(tstate, ROWS[i].files))
        {
            return true;
        }
    }
    return false;
}

/* Does the interpreter wrap a descriptor for itself, to read a script whose
   encoding is declared?  Then there is no code yet. */
static bool
is_interpreters(PyThreadState *tstate, const char *name, PyObject *first)
{
    const _PyInterpreterFrame *f = tstate->current_frame;
    while (f != NULL && f->owner == FRAME_OWNED_BY_CSTACK) {
        f = f->previous;
    }
    return f == NULL && strcmp(name, "open") == 0 && first != NULL
           && PyLong_CheckExact(first);
}

/* --- The stubs ---------------------------------------------------------- */

int
_PyPolicyBuiltin_Judge(PyThreadState *tstate, const char *what,
                       PyObject *first)
{
    struct _PyPolicyThread *thread =
        &((_PyThreadStateImpl *)tstate)->policy;
    const char *name = what + PREFIX_LEN;
    if (thread->own_call && strcmp(name, "__import__") == 0) {
        thread->own_call = 0;
        return 0;
    }
    if (_PyPolicyStack_IsOwn(tstate) || is_importlibs(tstate, name, first)
        || is_generators(tstate, name, first)
        || is_interpreters(tstate, name, first))
    {
        return 0;
    }
    return _PyPolicyGate_JudgeBuiltin(tstate, what);
}

static PyObject *
call_with_tuple(const Original *o, PyObject *self, PyObject *const *args,
                Py_ssize_t n, PyObject *kwnames)
{
    PyObject *tuple = _PyTuple_FromArray(args, n), *kwargs = NULL;
    PyObject *result = NULL;
    if (tuple == NULL) {
        return NULL;
    }
    if (!(o->flags & METH_KEYWORDS)) {
        result = o->function(self, tuple);
        goto done;
    }
    if (kwnames != NULL && PyTuple_GET_SIZE(kwnames) > 0) {
        kwargs = _PyStack_AsDict(args + n, kwnames);
        if (kwargs == NULL) {
            goto done;
        }
    }
    result = AS(PyCFunctionWithKeywords, o->function)(self, tuple, kwargs);
done:
    Py_DECREF(tuple);
    Py_XDECREF(kwargs);
    return result;
}

/* As methodobject.c would have called it, complaints included. */
static PyObject *
call_original(const Original *o, PyObject *self, PyObject *const *args,
              Py_ssize_t n, PyObject *kwnames)
{
    if (!(o->flags & METH_KEYWORDS) && kwnames != NULL
        && PyTuple_GET_SIZE(kwnames) > 0)
    {
        return PyErr_Format(PyExc_TypeError,
                            "%s() takes no keyword arguments", name_of(o));
    }
    switch (o->flags) {
        case METH_FASTCALL | METH_KEYWORDS:
            return AS(PyCFunctionFastWithKeywords, o->function)(
                self, args, n, kwnames);
        case METH_FASTCALL:
            return AS(PyCFunctionFast, o->function)(self, args, n);
        case METH_O:
            if (n != 1) {
                return PyErr_Format(PyExc_TypeError, "%s() takes exactly one "
                                    "argument (%zd given)", name_of(o), n);
            }
            return o->function(self, args[0]);
        case METH_NOARGS:
            if (n != 0) {
                return PyErr_Format(PyExc_TypeError, "%s() takes no arguments "
                                    "(%zd given)", name_of(o), n);
            }
            return o->function(self, NULL);
        default:
            return call_with_tuple(o, self, args, n, kwnames);
    }
}

/* Not repeated in each of the stubs: that would be 40 kilobytes. */
Py_NO_INLINE static PyObject *
call(unsigned i, PyObject *self, PyObject *const *args, Py_ssize_t n,
     PyObject *kwnames)
{
    const Original *o = &originals.table[i];
    if (_PyPolicyBuiltin_Judge(_PyThreadState_GET(), o->what,
                               n > 0 ? args[0] : NULL) < 0)
    {
        return NULL;
    }
    return call_original(o, self, args, n, kwnames);
}

/* Stubs 000 to 077; the numbers are octal, like the names. */
#define EIGHT(X, tens) \
    X(0##tens##0) X(0##tens##1) X(0##tens##2) X(0##tens##3) \
    X(0##tens##4) X(0##tens##5) X(0##tens##6) X(0##tens##7)
#define ALL(X) \
    EIGHT(X, 0) EIGHT(X, 1) EIGHT(X, 2) EIGHT(X, 3) \
    EIGHT(X, 4) EIGHT(X, 5) EIGHT(X, 6) EIGHT(X, 7)

#define STUB(i) \
    static PyObject * \
    stub_##i(PyObject *self, PyObject *const *args, Py_ssize_t n, \
             PyObject *kwnames) \
    { \
        return call(i, self, args, n, kwnames); \
    }
ALL(STUB)

/* Not a table: each of its addresses would be relocated at every start. */
#define CASE(i) case i: return stub_##i;
static PyCFunctionFastWithKeywords
stub_at(int i)
{
    static_assert(MAX_GUARDED == 0100, "a stub for each");
    switch (i) {
    ALL(CASE)
    default:
        Py_UNREACHABLE();
    }
}

/* --- Guarding ----------------------------------------------------------- */

static bool
is_known_convention(int flags)
{
    return flags == METH_O || flags == METH_NOARGS || flags == METH_FASTCALL
        || flags == (METH_FASTCALL | METH_KEYWORDS) || flags == METH_VARARGS
        || flags == (METH_VARARGS | METH_KEYWORDS);
}

static bool
is_guarded(const PyMethodDef *def)
{
    for (unsigned i = 0; i < originals.n; i++) {
        if (def->ml_meth == AS(PyCFunction, stub_at(i))) {
            return true;
        }
    }
    return false;
}

static int
guard_definition(PyMethodDef *def)
{
    if (is_guarded(def)) {
        return 0;
    }
    Original *o = &originals.table[originals.n];
    if (originals.n == MAX_GUARDED || !is_known_convention(def->ml_flags)
        || PREFIX_LEN + strlen(def->ml_name) >= sizeof(o->what))
    {
        PyErr_Format(PyExc_SystemError, "%s() cannot be guarded",
                     def->ml_name);
        return -1;
    }
    strcpy(o->what, PREFIX);
    strcat(o->what, def->ml_name);
    o->function = def->ml_meth;
    o->flags = def->ml_flags;
    def->ml_meth = AS(PyCFunction, stub_at(originals.n++));
    def->ml_flags = METH_FASTCALL | METH_KEYWORDS;
    return 0;
}

/* The object was made while its definition had another calling convention:
   give it what one has that is made now. */
static int
guard_function(PyInterpreterState *interp, PyObject *function)
{
    PyCFunctionObject *f = (PyCFunctionObject *)function;
    if (guard_definition(f->m_ml) < 0) {
        return -1;
    }
    PyObject *fresh = PyCFunction_NewEx(f->m_ml, NULL, NULL);
    if (fresh == NULL) {
        return -1;
    }
    f->vectorcall = ((PyCFunctionObject *)fresh)->vectorcall;
    Py_DECREF(fresh);
    if (interp->callable_cache.len == function) {
        interp->callable_cache.len = NULL;
    }
    if (interp->callable_cache.isinstance == function) {
        interp->callable_cache.isinstance = NULL;
    }
    return 0;
}

/* --- What a key names --------------------------------------------------- */

/* The builtin; NULL when there is none of that name, or with an exception
   set.  open() becomes a builtin a little later. */
static PyObject *
find(PyInterpreterState *interp, const char *name)
{
    if (strcmp(name, "open") == 0) {
        return _PyImport_GetModuleAttrString("_io", "open");
    }
    PyObject *key = PyUnicode_FromString(name), *value = NULL;
    if (key != NULL) {
        (void)PyDict_GetItemRef(interp->builtins, key, &value);
        Py_DECREF(key);
    }
    return value;
}

/* Why can it not be guarded ("no …", "a … that …")?  NULL: it can. */
static const char *
why_not(PyObject *found)
{
    return found == NULL ? "no builtin"
           : PyType_Check(found)
             ? _PyPolicyBuiltin_WhyNotClass((PyTypeObject *)found)
           : PyCFunction_CheckExact(found) ? NULL
           : "neither a function nor a class, and only calls can be "
             "restricted";
}

/* The builtin that was meant; NULL when nothing is near. */
static const char *
nearest(PyInterpreterState *interp, const char *name)
{
    const char *names[MAX_BUILTINS + 2] = {"open"};
    PyObject *key, *value;
    Py_ssize_t at = 0;
    size_t n = 1;
    while (n <= MAX_BUILTINS
           && PyDict_Next(interp->builtins, &at, &key, &value))
    {
        if (why_not(value) == NULL) {
            names[n++] = PyType_Check(value)
                ? ((PyTypeObject *)value)->tp_name
                : ((PyCFunctionObject *)value)->m_ml->ml_name;
        }
    }
    return _PyPolicyText_Nearest(name, names);
}

static int
complain(PyInterpreterState *interp, const _PyPolicyRule *rule,
         PyObject *found)
{
    const char *name = rule->key + PREFIX_LEN;
    char text[1024], file[512], key[128], advice[160];
    const char *policy = rule->filename;
    const char *meant = found == NULL ? nearest(interp, name) : NULL;
    _PyPolicyText_Escape(file, sizeof(file), policy, strlen(policy));
    _PyPolicyText_Quote(key, sizeof(key), rule->key, rule->key_len);
    snprintf(advice, sizeof(advice), "write a function or a class, like "
             "\"builtins.open\", \"builtins.eval\" or \"builtins.type\"");
    if (meant != NULL) {
        snprintf(advice, sizeof(advice), "did you mean \"builtins.%.60s\"?",
                 meant);
    }
    snprintf(text, sizeof(text), "%s:%d:%d: %s is %s; %s", file, rule->line,
             rule->column, key, why_not(found), advice);
    _PyPolicyRead_Line(text);
    return -1;
}

static int
guard_rule(PyInterpreterState *interp, const _PyPolicyRule *rule)
{
    PyObject *found = find(interp, rule->key + PREFIX_LEN);
    if (found == NULL && PyErr_Occurred()) {
        return -1;
    }
    int result = 0;
    if (why_not(found) != NULL) {
        result = complain(interp, rule, found);
    }
    else if (!rule->everyone) {
        result = PyType_Check(found)
            ? _PyPolicyBuiltin_GuardClass((PyTypeObject *)found, rule->key)
            : guard_function(interp, found);
    }
    Py_XDECREF(found);
    return result;
}

int
_PyPolicyBuiltin_Guard(PyThreadState *tstate)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    for (size_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < _PyPolicy_CountRules(policies[i]); k++) {
            const _PyPolicyRule *rule = _PyPolicy_Rule(policies[i], k);
            if (strncmp(rule->key, PREFIX, PREFIX_LEN) == 0
                && guard_rule(tstate->interp, rule) < 0)
            {
                return -1;
            }
        }
    }
    return 0;
}

/* --- The interpreter's own call ----------------------------------------- */

void
_PyPolicyBuiltin_NoteOwnImport(PyThreadState *tstate, PyObject *function)
{
    ((_PyThreadStateImpl *)tstate)->policy.own_call =
        function != NULL && function == tstate->interp->imports.import_func;
}
