/* Is what a function calls just now what an object's class says?

   A log handler calls write() of whatever is its stream, and so do hundreds of
   functions of the standard library with sys.stderr, or with a file that they
   are given.  What an object has there itself, or a property gives, may be a
   function of C (exec, os.system) or one of the standard library, which no
   frame shows to be somebody's; so nobody known acts in it, as in whatever is
   found.  Methods of the object's class answer for what they do.

   To ask that of each line that is logged would cost more than to log nothing.
   It need not be known before somebody has to be judged, and then it can be
   seen: the function stands at its call.  What it calls is the function of
   the frame above, or lies with its arguments where the call found them.
   There pointers are compared, and nothing is looked into, for a call that
   is over leaves there what it may have been the last to hold.

   Handlers of logs are told to be looked at so, whatever they call; other code
   of the standard library where it calls something by the name write()
   (policy_stack_called.c), or what it finds in tables
   (policy_stack_callers.c).

   Called by: those who walk the stack (policy_stack*.c), and
   policy_written.c. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_opcode_metadata.h"
#include "pycore_policy_deferred_method.h"
#include "pycore_policy_plain.h"
#include "pycore_policy_stack_found.h"
#include "pycore_policy_stack_innermost.h"
#include "pycore_runtime.h"       // _Py_ID()
#include "pycore_typeobject.h"    // _PyType_LookupRef()
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include <string.h>

bool
_PyPolicyStack_IsMethodBy(PyObject *method, PyObject *name)
{
    return PyFunction_Check(method)
           || (Py_IS_TYPE(method, &PyMethodDescr_Type)
               && PyUnicode_EqualToUTF8(
                   name, ((PyMethodDescrObject *)method)->d_method->ml_name));
}

void
_PyPolicyStack_LookForFound(PyObject *func)
{
    if (func != NULL && PyFunction_Check(func)) {
        PyCodeObject *code = (PyCodeObject *)PyFunction_GET_CODE(func);
        if ((code->_co_principal & ~_PyPrincipal_LOOKS)
            == _PyPrincipal_STDLIB)
        {
            (void)_Py_atomic_or_uint32(&code->_co_principal,
                                       _PyPrincipal_FOUND);
        }
    }
}

static PyObject *
local_named(const _PyInterpreterFrame *f, const char *name)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    for (int i = 0; i < code->co_nlocalsplus; i++) {
        if (_PyUnicode_EqualToASCIIString(
                PyTuple_GET_ITEM(code->co_localsplusnames, i), name))
        {
            return f->localsplus[i];
        }
    }
    return NULL;
}

/* Is `called` a method of the object's class by a name that is in the code?
   The pointer itself is all that counts. */
static bool
is_method_of(const PyObject *called, PyObject *object, PyCodeObject *code)
{
    bool is = false;
    for (Py_ssize_t i = 0; !is && i < PyTuple_GET_SIZE(code->co_names); i++) {
        PyObject *name = PyTuple_GET_ITEM(code->co_names, i);
        PyObject *method = _PyType_LookupRef(Py_TYPE(object), name);
        is = method != NULL && method == called
             && _PyPolicyStack_IsMethodBy(method, name);
        Py_XDECREF(method);
    }
    return is;
}

/* Is that called, with `first` as its first argument, by the frame? */
static bool
is_method(const _PyInterpreterFrame *f, const PyObject *called,
          const PyObject *first)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    PyObject *self = code->co_nlocalsplus > 0 ? f->localsplus[0] : NULL;
    PyObject *stream = local_named(f, "stream");
    PyObject *object = first == NULL ? NULL : first == stream ? stream
                       : first == self ? self : NULL;
    if (object == NULL) {
        return false;
    }
    PyObject *raised = PyErr_GetRaisedException();
    bool is = is_method_of(called, object, code);
    PyErr_SetRaisedException(raised);
    return is;
}

static const _PyInterpreterFrame *
frame_above(PyThreadState *tstate, const _PyInterpreterFrame *f)
{
    const _PyInterpreterFrame *above = NULL, *other = tstate->current_frame;
    for (; other != NULL && other != f; other = other->previous) {
        above = other;
    }
    return above;
}

/* A call leads to a frame right above where the interpreter calls a function
   of Python itself; else to C, and what is called lies at the bottom of the
   frame's own stack. */
static bool
is_own(PyThreadState *tstate, const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    const _PyInterpreterFrame *above = frame_above(tstate, f);
    if (above != NULL && above->owner == FRAME_OWNED_BY_THREAD) {
        PyCodeObject *called = (PyCodeObject *)above->f_executable;
        return (called->_co_principal & _PyPrincipal_SET)
                   != _PyPrincipal_STDLIB
               || (called->co_nlocalsplus > 0
                   && is_method(f, above->f_funcobj, above->localsplus[0]));
    }
    int at = (int)(f->instr_ptr - _PyCode_CODE(code));
    PyObject *const *stack = &f->localsplus[code->co_nlocalsplus];
    return at >= 0 && _Py_GetBaseOpcode(code, at) == CALL
           && is_method(f, stack[0], stack[1]);
}

/* Does a function run there that a file of C's own calls to be written to? */
static bool
is_behind_file(const _PyInterpreterFrame *f)
{
    PyObject *name = ((PyCodeObject *)f->f_executable)->co_name;
    return _PyUnicode_EqualToASCIIString(name, "write")
           || _PyUnicode_EqualToASCIIString(name, "encode");
}

/* Is it a method of the class of its first argument, by that name, or one that
   the class's own calls, of a class that it derives from? */
static bool
is_method_named(const _PyInterpreterFrame *f, PyObject *name)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    PyObject *self = code->co_nlocalsplus > 0 ? f->localsplus[0] : NULL;
    if (self == NULL) {
        return false;
    }
    PyObject *raised = PyErr_GetRaisedException();
    PyObject *mro = _PyType_GetMRO(Py_TYPE(self));
    Py_ssize_t n = mro != NULL ? PyTuple_GET_SIZE(mro) : 0;
    bool is = false;
    for (Py_ssize_t i = 0; !is && i < n; i++) {
        PyObject *dict = _PyType_GetDict(
            (PyTypeObject *)PyTuple_GET_ITEM(mro, i));
        /* Others are not asked, for that would run code. */
        PyObject *found = dict != NULL && _PyPolicy_IsPlain(dict)
                          ? PyDict_GetItemWithError(dict, name) : NULL;
        is = found != NULL
             && (_PyPolicyMethod_Check(found) ? _PyPolicyMethod_Original(found)
                                              : found) == f->f_funcobj;
    }
    Py_XDECREF(mro);
    PyErr_Clear();
    PyErr_SetRaisedException(raised);
    return is;
}

/* Does it show itself, or is it write() of the object's class? */
static bool
is_method_frame(const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    if ((code->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB) {
        return true;
    }
    return is_method_named(f, &_Py_ID(write));
}

/* The frame of the code that the call led to; NULL: it is C code itself that
   runs.  *by_c: called by that.  *marked: a mark says who acts. */
static const _PyInterpreterFrame *
called_by(PyThreadState *tstate, const _PyInterpreterFrame *f, bool *by_c,
          bool *marked)
{
    const _PyInterpreterFrame *above = frame_above(tstate, f);
    *by_c = *marked = false;
    while (above != NULL && above->owner == FRAME_OWNED_BY_CSTACK && !*marked)
    {
        *marked = _PyPolicyMark_Of(above) != NULL;
        *by_c = true;
        above = frame_above(tstate, above);
    }
    return above;
}

/* Is what the function calls no write(), or one that can be told to be an
   object's own?  A file of C's own does nothing that is judged when it is
   written to, but what Python code behind it does. */
static bool
is_written(PyThreadState *tstate, const _PyInterpreterFrame *f)
{
    if (!_PyPolicyStack_CallsBy(f, &_Py_ID(write))) {
        return true;
    }
    bool by_c, marked;
    const _PyInterpreterFrame *above = called_by(tstate, f, &by_c, &marked);
    return marked
           || (above != NULL
               && (by_c ? is_behind_file(above) : is_method_frame(above)));
}

/* Is it how an object of C's own copies itself, as os.environ and code do? */
static bool
is_own_copier(const _PyInterpreterFrame *f)
{
    PyObject *copier = local_named(f, "copier"), *object = local_named(f, "x");
    const char *name = NULL;
    if (copier == NULL && object == NULL) {
        copier = local_named(f, "func");        /* in copy.replace() */
        object = local_named(f, "obj");
    }
    if (copier != NULL && object != NULL) {
        if (PyCFunction_Check(copier)
            && PyCFunction_GET_SELF(copier) == object)
        {
            name = ((PyCFunctionObject *)copier)->m_ml->ml_name;
        }
        else if (Py_IS_TYPE(copier, &PyMethodDescr_Type)
                 && PyObject_TypeCheck(object, PyDescr_TYPE(copier)))
        {
            name = ((PyMethodDescrObject *)copier)->d_method->ml_name;
        }
    }
    return name != NULL && (strcmp(name, "__copy__") == 0
                            || strcmp(name, "__deepcopy__") == 0
                            || strcmp(name, "__replace__") == 0);
}

/* Does a warning show itself there, as a function of C has it do?  Some that
   are looked at give one (re.sub(), of how it is called). */
static bool
is_warning(const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return _PyUnicode_EqualToASCIIString(code->co_name, "_showwarnmsg")
           && _PyPolicyStack_IsOfFile(code, "/warnings.py");
}

/* shutil's functions that look for a format do what is judged themselves, too.
   What they have found they call with **. */
static bool
is_of_archives(const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return _PyPolicyStack_IsOfFile(code, "/shutil.py");
}

static bool
is_archiver(PyThreadState *tstate, const _PyInterpreterFrame *f)
{
    bool by_c, marked;
    const _PyInterpreterFrame *above = called_by(tstate, f, &by_c, &marked);
    if (marked || above == NULL) {
        return marked;
    }
    PyCodeObject *called = (PyCodeObject *)above->f_executable;
    if ((called->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB) {
        return true;
    }
    if (!is_of_archives(above) || !PyUnicode_IS_COMPACT_ASCII(called->co_name))
    {
        return false;
    }
    const char *name = (const char *)PyUnicode_1BYTE_DATA(called->co_name);
    return strncmp(name, "_make_", 6) == 0
           || strncmp(name, "_unpack_", 8) == 0;
}

/* Does it call whatever it was made with, as closures that stand beside it do,
   too? */
static bool
calls_given(const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return _PyPolicyStack_IsOfFile(code, "/contextlib.py")
           || _PyPolicyStack_IsOfFile(code, "/functools.py");
}

/* contextmanager() wants a generator, which knows itself who had it made.
   (What makes one again, to decorate a function, was found.) */
static bool
makes_generator(const _PyInterpreterFrame *f, PyCodeObject *called)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return (called->co_flags & (CO_GENERATOR | CO_ASYNC_GENERATOR))
           && _PyUnicode_EqualToASCIIString(code->co_name, "__init__")
           && _PyPolicyStack_IsOfFile(code, "/contextlib.py");
}

/* The two that run what is deferred. */
static bool
runs_deferred(const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return _PyPolicyStack_IsOfFile(code, "/concurrent/futures/thread.py")
           || _PyPolicyStack_IsOfFile(code, "/multiprocessing/util.py");
}

/* Functions that do more than to call what somebody has set, or what a class
   gives: where, by what name they do that (none: with * or **), and what
   method of the class is meant. */
static const char SET[][4][28] = {
    {"/_threading_local.py", "_patch", "", "__init__"},
    {"/argparse.py", "_get_value", "type_func", ""},
    {"/contextlib.py", "enter_async_context", "_enter", "__aenter__"},
    {"/contextlib.py", "enter_context", "_enter", "__enter__"},
    {"/copy.py", "replace", "", "__replace__"},
    {"/logging/handlers.py", "rotate", "rotator", ""},
    {"/typing.py", "_no_init_or_replace_init", "", "__init__"},
    {"/unittest/async_case.py", "_callMaybeAsync", "", ""},
    {"/unittest/async_case.py", "enterAsyncContext", "enter", "__aenter__"},
    {"/unittest/case.py", "_callCleanup", "", ""},
    {"/unittest/case.py", "_enter_context", "enter", "__enter__"},
    {"/unittest/case.py", "doClassCleanups", "", ""},
    {"/unittest/case.py", "doModuleCleanups", "", ""},
};

/* Which of them is it?  NULL: none. */
static const char (*
set_by(const _PyInterpreterFrame *f))[28]
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    PyObject *name = code->co_name;
    Py_UCS4 first = PyUnicode_GET_LENGTH(name) > 0
                    ? PyUnicode_READ_CHAR(name, 0) : 0;
    for (size_t i = 0; i < Py_ARRAY_LENGTH(SET); i++) {
        if (first == (Py_UCS4)SET[i][1][0]      /* as few have */
            && _PyUnicode_EqualToASCIIString(name, SET[i][1])
            && _PyPolicyStack_IsOfFile(code, SET[i][0]))
        {
            return SET[i];
        }
    }
    return NULL;
}

/* Does it do something else just now? */
static bool
does_more(const _PyInterpreterFrame *f, const char (*set)[28], int opcode)
{
    if (set[2][0] == '\0') {
        return opcode != CALL_FUNCTION_EX;
    }
    PyObject *name = PyUnicode_InternFromString(set[2]);
    bool more = name != NULL && !_PyPolicyStack_CallsBy(f, name);
    PyErr_Clear();
    Py_XDECREF(name);
    return more;
}

/* Is what it calls the method that is meant?  What is registered there is
   marked, no matter what stands beside it. */
static bool
is_method_meant(const _PyInterpreterFrame *above, const char (*set)[28])
{
    PyObject *name = set[3][0] != '\0' ? PyUnicode_InternFromString(set[3])
                                       : NULL;
    bool is = name != NULL && is_method_named(above, name);
    PyErr_Clear();
    Py_XDECREF(name);
    return is;
}

/* linecache asks whatever code says is its loader, which may be told which
   file to read, too. */
static bool
asks_loader(const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    return _PyPolicyStack_IsOfFile(code, "/linecache.py");
}

/* The import system calls its own functions and classes, and methods of
   finders and loaders.  What C code calls may be what that imports.  (Where
   somebody else evaluates frames, all calls lead through C.) */
static bool
is_import_shown(PyThreadState *tstate, const _PyInterpreterFrame *f)
{
    bool by_c, marked;
    const _PyInterpreterFrame *above = called_by(tstate, f, &by_c, &marked);
    if (marked || above == NULL) {
        return marked;
    }
    PyCodeObject *called = (PyCodeObject *)above->f_executable;
    bool own = called->_co_principal & _PyPrincipal_IMPORT;
    if ((called->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB) {
        return true;
    }
    return by_c && !tstate->interp->policy.foreign_frames
        ? own && _PyUnicode_EqualToASCIIString(called->co_name, "__init__")
        : own || is_method_named(above, called->co_name);
}

/* Does what the function calls show whose it is, or is it a function beside
   it, or a method of an object?  (A class, and an object that is called, have
   others of their own.) */
static bool
is_shown(PyThreadState *tstate, const _PyInterpreterFrame *f)
{
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    int at = (int)(f->instr_ptr - _PyCode_CODE(code));
    int opcode = at < 0 ? NOP : _Py_GetBaseOpcode(code, at);
    bool calls = opcode == CALL || opcode == CALL_KW
                 || opcode == CALL_FUNCTION_EX;
    if (code->_co_principal & _PyPrincipal_IMPORT) {
        return !calls || is_import_shown(tstate, f);
    }
    if (runs_deferred(f)) {
        return false;
    }
    if (!calls) {
        return true;
    }
    if (is_of_archives(f)) {
        return opcode != CALL_FUNCTION_EX || is_archiver(tstate, f);
    }
    const char (*set)[28] = set_by(f);
    if (set != NULL && does_more(f, set, opcode)) {
        return true;
    }
    bool by_c, marked;
    const _PyInterpreterFrame *above = called_by(tstate, f, &by_c, &marked);
    while (above != NULL && !marked && above->f_globals == f->f_globals
           && set == NULL && calls_given(f))
    {
        above = called_by(tstate, above, &by_c, &marked);
    }
    if (marked || above == NULL) {
        return marked || is_own_copier(f);
    }
    PyCodeObject *called = (PyCodeObject *)above->f_executable;
    PyObject *name = called->co_name;
    if ((called->_co_principal & _PyPrincipal_SET) != _PyPrincipal_STDLIB) {
        return true;
    }
    if (asks_loader(f)) {
        return false;
    }
    if (set != NULL) {
        return is_method_meant(above, set);
    }
    return above->f_globals == f->f_globals
           || (by_c && is_warning(above))
           || makes_generator(f, called)
           || (!_PyUnicode_EqualToASCIIString(name, "__init__")
               && !_PyUnicode_EqualToASCIIString(name, "__new__")
               && !_PyUnicode_EqualToASCIIString(name, "__call__")
               && is_method_named(above, name));
}

/* What kind of function is it?  Most that are loaded are never asked. */
static uint32_t
tell(PyCodeObject *code)
{
    uint32_t looks = 0;
    if (_PyPolicyStack_Writes(code)) {
        looks |= _PyPrincipal_WRITES;
    }
    if (_PyPolicyStack_CallsFound(code)) {
        looks |= _PyPrincipal_CALLS;
    }
    (void)_Py_atomic_or_uint32(&code->_co_principal, looks);
    (void)_Py_atomic_and_uint32(&code->_co_principal, ~_PyPrincipal_UNTOLD);
    return code->_co_principal;
}

const _PyPolicyMark _PyPolicyStack_Shows = {
    .set = _PyPrincipal_UNKNOWN, .stop = true,
};

const _PyPolicyMark *
_PyPolicyStack_FoundByLookedAt(PyThreadState *tstate,
                               const _PyInterpreterFrame *f)
{
    static const _PyPolicyMark nobody = {
        .set = _PyPrincipal_UNKNOWN, .stop = true,
    };
    PyCodeObject *code = (PyCodeObject *)f->f_executable;
    uint32_t id = code->_co_principal;
    if (id & _PyPrincipal_UNTOLD) {
        id = tell(code);
    }
    if ((id & _PyPrincipal_CALLS) && !is_shown(tstate, f)) {
        return asks_loader(f) ? &_PyPolicyStack_Shows : &nobody;
    }
    return ((id & _PyPrincipal_FOUND) && !is_own(tstate, f))
           || ((id & _PyPrincipal_WRITES) && !is_written(tstate, f))
           ? &nobody : NULL;
}
