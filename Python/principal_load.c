/* How does code get from a file into the interpreter with its owner's mark?

   One function reads the file, here, in C: the import system's Python half
   asks for the code and gets it whole, marked with the principal that the
   file's place names.  Nothing that Python code can replace (a loader's
   get_data, open, marshal.loads, the cache's location) has a say in what is
   read, so there is no way to hand over bytes of one's own and have them
   marked as somebody else's.  Calling it directly gains nothing: what it
   returns is the genuine code of that file, and using it in one's own way
   makes it joint (principal_code.c).

   Which compiled file is believed in the source's place tell principal_pyc.c
   and, for dependencies that may not use native code or are locked,
   principal_cache.c.  A locked source is compiled when its hash is the locked
   one; another one is code that only lies there. */

#include "Python.h"
#include "pycore_interp.h"
#include "pycore_modsupport.h"    // _PyArg_CheckPositional()
#include "pycore_policy_access.h"
#include "pycore_policy_gate.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_stack.h"  // _PyPolicyStack_ImportSystem()
#include "pycore_principal.h"
#include "pycore_principal_cache.h"
#include "pycore_principal_directory.h"
#include "pycore_principal_load.h"
#include "pycore_principal_loader.h"
#include "pycore_principal_read.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_secman.h"        // _PySecman_BelievesCompiled()
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include "marshal.h"              // PyMarshal_ReadObjectFromString()

#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath()

#define PYC_HEADER 16

/* --- Marks -------------------------------------------------------------- */

const struct _PyInterpreterFrame *
_PyPrincipal_StartMarshal(void)
{
    PyThreadState *tstate = _PyThreadState_GET();
    struct _PyPolicyThread *thread = &((_PyThreadStateImpl *)tstate)->policy;
    const struct _PyInterpreterFrame *outer = thread->marshalling;
    thread->marshalling = _PyPolicyStack_ImportSystem(tstate, NULL)
                          ? tstate->current_frame : NULL;
    return outer;
}

void
_PyPrincipal_StopMarshal(const struct _PyInterpreterFrame *outer)
{
    ((_PyThreadStateImpl *)_PyThreadState_GET())->policy.marshalling = outer;
}

/* Making code runs other code (warnings are shown, hooks are called), so the
   tree is marked when it is complete and not while it is made. */
static void
mark_tree(PyCodeObject *code, uint32_t id)
{
    code->_co_principal = id;
    PyObject *consts = code->co_consts;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(consts); i++) {
        PyObject *nested = PyTuple_GET_ITEM(consts, i);
        if (PyCode_Check(nested)) {
            mark_tree((PyCodeObject *)nested, id);
        }
    }
}

void
_PyPrincipal_MarkTree(PyCodeObject *code, uint32_t id)
{
    _PyPrincipal_Appears(id & _PyPrincipal_SET);
    mark_tree(code, (id & _PyPrincipal_SET) == _PyPrincipal_STDLIB
                    ? id | _PyPrincipal_UNTOLD : id);
}

void
_PyPrincipal_Finish(PyCodeObject *code, uint32_t set)
{
    if (set >= _PyPrincipal_FIRST) {
        _PyPrincipal_NoteImports(set, code);
    }
    code->_co_principal = set | _PyPrincipal_BODY;
}

/* As whoever the file belongs to, and nobody else: it is not the importer's
   doing that there is no source. */
static bool
ask_about_pyc(uint32_t set, const char *module, bool raise)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (set == _PyPrincipal_STDLIB || !_PyPolicyGate_Restricts(_PyPolicy_FFI))
    {
        return true;
    }
    module = module != NULL ? module : "";
    _PyPolicyAccess access = {
        .capability = _PyPolicy_FFI,
        .event = "marshal.loads",
        .target = {.text = module, .len = strlen(module), .port = -1},
    };
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, set, true);
    bool may = raise ? _PyPolicyGate_Access(tstate, &access) == 0
                     : _PyPolicyGate_Allows(tstate, &access, false) == 1;
    _PyPolicyMark_Pop(tstate, &mark);
    return may;
}

bool
_PyPrincipal_BelievesPyc(uint32_t set, const char *module)
{
    return set == _PyPrincipal_APPLICATION
           || ask_about_pyc(set, module, false);
}

int
_PyPrincipal_JudgePyc(uint32_t set, const char *module)
{
    return ask_about_pyc(set, module, true) ? 0 : -1;
}

PyObject *
_PyPrincipal_Unmarshal(const char *data, Py_ssize_t size, uint32_t set)
{
    /* Audit hooks are told, and may run code of their own; so here too the
       tree is marked when it is there.  As long as nobody else is, all that
       is made has been marked as the standard library's (principal_code.c). */
    PyThreadState *tstate = _PyThreadState_GET();
    const struct _PyInterpreterFrame *outer = _PyPrincipal_StartMarshal();
    PyObject *code = PyMarshal_ReadObjectFromString(data, size);
    bool marked = set == _PyPrincipal_STDLIB
        && ((_PyThreadStateImpl *)tstate)->policy.marshalling != NULL
        && _PyPolicyStack_IsAlone(tstate);
    _PyPrincipal_StopMarshal(outer);
    if (code != NULL && PyCode_Check(code) && !marked) {
        _PyPrincipal_MarkTree((PyCodeObject *)code, set);
    }
    return code;
}

PyObject *
_PyPrincipal_CompileSource(PyObject *source, PyObject *path, uint32_t set)
{
    const char *text = PyBytes_AS_STRING(source);
    if (strlen(text) != (size_t)PyBytes_GET_SIZE(source)) {
        PyErr_SetString(PyExc_SyntaxError,
                        "source code string cannot contain null bytes");
        return NULL;
    }
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    flags.cf_flags = PyCF_SOURCE_IS_UTF8;
    const struct _PyInterpreterFrame *outer = _PyPrincipal_StartMarshal();
    PyObject *code = Py_CompileStringObject(text, path, Py_file_input,
                                            &flags, -1);
    _PyPrincipal_StopMarshal(outer);
    if (code != NULL) {
        _PyPrincipal_MarkTree((PyCodeObject *)code, set);
        _PyPrincipal_Finish((PyCodeObject *)code, set);
    }
    return code;
}

/* --- What the import system calls --------------------------------------- */

int
_PyPrincipalLoad_NeedSource(_PyPrincipalLoad *load)
{
    if (load->source == NULL) {
        load->source = _PyPrincipalRead_File(&load->dir, NULL, load->path,
                                             &load->st);
    }
    return load->source == NULL ? -1 : 0;
}

static int
judge_place(const char *canonical)
{
    if (canonical == NULL || *canonical == '\0') {
        return 0;
    }
    return _PyPolicyGate_JudgeModuleName(_PyThreadState_GET(), canonical);
}

uint32_t
_PyPrincipalLoad_Chosen(uint32_t set)
{
    uint32_t acting = _PyPolicyStack_Acting(_PyThreadState_GET()).set;
    return set == _PyPrincipal_APPLICATION && acting > set ? acting : set;
}

/* Would an import look for a module there? */
static bool
is_module_file(const char *path)
{
    const char *suffix = strrchr(path, '.');
    return suffix != NULL && _PyPrincipalPlace_IsModuleSuffix(suffix);
}

/* Open the file's directory.  Whose is it, and may a module of this file's
   own name be had at all?  A copy of a restricted module under another name
   is still that module. */
static int
begin(_PyPrincipalLoad *load)
{
    if (_PyPrincipalRead_Open(&load->dir, load->path) < 0) {
        return -1;
    }
    load->set = _PyPrincipal_OfFile(PyBytes_AS_STRING(load->dir.encoded),
                                    &load->dir.st, &load->canonical);
    if (!is_module_file(PyBytes_AS_STRING(load->dir.encoded))) {
        load->set = _PyPrincipalLoad_Chosen(load->set);
    }
    if (_PyPolicyLock_InForce && load->set >= _PyPrincipal_FIRST) {
        (void)_PyPrincipal_PinOf(PyBytes_AS_STRING(load->dir.encoded),
                                 &load->dir.st, load->pin);
    }
    int result = judge_place(load->canonical);
    char target[PATH_MAX];
    if (result == 0 && _PyPrincipalRead_IsLink(&load->dir)
        && realpath(PyBytes_AS_STRING(load->dir.encoded), target) != NULL)
    {
        /* It belongs to whoever put the link there, but what it leads to is
           still the other module. */
        char *canonical = NULL;
        (void)_PyPrincipal_OfFile(target, NULL, &canonical);
        result = judge_place(canonical);
        PyMem_RawFree(canonical);
    }
    return result;
}

static void
end(_PyPrincipalLoad *load)
{
    _PyPrincipalRead_Close(&load->dir);
    PyMem_RawFree(load->canonical);
    Py_CLEAR(load->source);
    Py_CLEAR(load->cache);
}

PyObject *
_PyPolicyGate_HasPolicy(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(a))
{
    return PyBool_FromLong(_PyPolicy_Active);
}

/* Is this what the lock says, as far as it says anything? */
static void
check_pin(_PyPrincipalLoad *load, PyObject *content)
{
    if (load->pin[0] != '\0'
        && !_PyPolicyLock_IsPinned(PyBytes_AS_STRING(content),
                                   (size_t)PyBytes_GET_SIZE(content),
                                   load->pin))
    {
        load->pin[0] = '\0';
        load->set = _PyPrincipal_NotAsLocked(
            PyBytes_AS_STRING(load->dir.encoded), &load->dir.st);
    }
}

static PyObject *
load_sourceless(_PyPrincipalLoad *load)
{
    PyObject *code = NULL;
    if (_PyPrincipal_JudgePyc(load->set, load->canonical) < 0) {
        return NULL;
    }
    if (!_PySecman_BelievesCompiled(_PyThreadState_GET(), load->path)
        && _PySecman_JudgeEvent(_PyThreadState_GET(), "marshal.loads", false,
                                NULL, NULL, load->path) < 0)
    {
        return NULL;
    }
    PyObject *data = _PyPrincipalRead_File(&load->dir, NULL, load->path,
                                           NULL);
    if (data != NULL && PyBytes_GET_SIZE(data) < PYC_HEADER) {
        PyErr_Format(PyExc_EOFError, "reached EOF while reading %R",
                     load->path);
    }
    else if (data != NULL) {
        uint32_t set = load->set;
        check_pin(load, data);
        code = load->set != set
               && _PyPrincipal_JudgePyc(load->set, load->canonical) < 0
            ? NULL : _PyPrincipal_CodeOfPyc(data, load->name, load->path, NULL,
                                      load->set);
    }
    Py_XDECREF(data);
    return code;
}

/* Where would importlib have the compiled file?  Usually that is where the
   interpreter itself would, which is worked out when it is needed. */
static int
find_cache(_PyPrincipalLoad *load, PyObject *cache_from_source)
{
    PyObject *path = load->path;
    load->is_usual = _PyPrincipalPyc_IsUsual(cache_from_source)
        && PyUnicode_FindChar(path, '/', 0, PyUnicode_GET_LENGTH(path),
                              -1) >= 0;
    if (load->is_usual) {
        return 0;
    }
    load->cache = PyObject_CallOneArg(cache_from_source, path);
    if (load->cache == NULL
        && PyErr_ExceptionMatches(PyExc_NotImplementedError))
    {
        PyErr_Clear();
        load->cache = Py_NewRef(Py_None);
    }
    return load->cache == NULL ? -1 : 0;
}

int
_PyPrincipalLoad_NeedCache(_PyPrincipalLoad *load)
{
    if (load->cache == NULL) {
        load->cache = _PyPrincipalPyc_OwnPath(load->path);
    }
    return load->cache == NULL ? -1 : 0;
}

static PyObject *
compile_source(_PyPrincipalLoad *load)
{
    if (_PyPrincipalLoad_NeedSource(load) < 0) {
        return NULL;
    }
    check_pin(load, load->source);
    return _PyPrincipal_CompileSource(load->source, load->path, load->set);
}

/* 1: sys.dont_write_bytecode is false; -1: an exception is set. */
static int
may_write(void)
{
    PyObject *flag = PySys_GetObject("dont_write_bytecode");
    int not = flag != NULL ? PyObject_IsTrue(flag) : 0;
    return not < 0 ? -1 : !not;
}

/* What lies beside the source is not believed. */
static PyObject *
load_own(_PyPrincipalLoad *load)
{
    PyObject *code = _PyPrincipalCache_Load(load);
    if (code != NULL || PyErr_Occurred()) {
        return code;
    }
    code = compile_source(load);
    int write = code != NULL ? may_write() : 0;
    if (write < 0
        || (write > 0 && _PyPrincipalCache_Write(load, code) < 0))
    {
        Py_CLEAR(code);
    }
    return code;
}

static PyObject *
load_shipped(_PyPrincipalLoad *load)
{
    PyObject *code = _PyPrincipalLoad_NeedCache(load) == 0
                     ? _PyPrincipalPyc_Load(load) : NULL;
    if (code != NULL || PyErr_Occurred()) {
        return code;
    }
    code = compile_source(load);
    int write = code != NULL ? may_write() : 0;
    if (write < 0
        || (write > 0 && _PyPrincipalPyc_Write(load, code) < 0))
    {
        Py_CLEAR(code);
    }
    return code;
}

/* 1: as far as managers go, what lies there may be believed; -1: an exception
   is set. */
static int
believe_managers(_PyPrincipalLoad *load)
{
    if (!(_PyPolicy_Judges & _PyPolicy_MANAGES)) {
        return 1;
    }
    return _PyPrincipalLoad_NeedCache(load) < 0 ? -1
        : _PySecman_BelievesCompiled(_PyThreadState_GET(), load->cache);
}

/* A compiled file if there is one to be believed, else the source. */
static PyObject *
load_source(_PyPrincipalLoad *load)
{
    if (load->cache == Py_None
        || _PyPrincipalRead_Stat(&load->dir, &load->st) < 0)
    {
        return compile_source(load);
    }
    int believed = believe_managers(load);
    if (believed <= 0) {
        return believed < 0 ? NULL : compile_source(load);
    }
    return load->pin[0] == '\0'
           && _PyPrincipal_BelievesPyc(load->set, load->canonical)
           ? load_shipped(load) : load_own(load);
}

/* args: loader, name, path, cache_from_source */
static PyObject *
load_code(PyObject *imp, PyObject *const *args)
{
    PyObject *code = NULL;
    _PyPrincipalLoad load = {
        .imp = imp, .loader = args[0], .name = args[1], .path = args[2],
        .dir.fd = -1,
    };
    if (!PyUnicode_Check(load.path)) {
        PyErr_Format(PyExc_TypeError,
                     "get_code() argument 3 must be str, not %.200s",
                     Py_TYPE(load.path)->tp_name);
        return NULL;
    }
    bool sourceless = args[3] == Py_None;
    if ((sourceless || find_cache(&load, args[3]) == 0)
        && begin(&load) == 0)
    {
        code = sourceless ? load_sourceless(&load) : load_source(&load);
    }
    end(&load);
    return code;
}

static PyObject *
raise_again(PyObject *exception, PyObject *Py_UNUSED(ignored))
{
    PyErr_SetRaisedException(Py_NewRef(exception));
    return NULL;
}

/* A module that is there for its importer alone is none of its errors':
   importlib leaves out of a traceback what ends in this function. */
static void
raise_with_frames_removed(void)
{
    static PyMethodDef method = {"get_code", raise_again, METH_NOARGS, NULL};
    PyObject *exception = PyErr_GetRaisedException();
    PyObject *raise = PyCFunction_New(&method, exception);
    PyObject *result = raise == NULL ? NULL : PyObject_CallMethod(
        _PyInterpreterState_GET()->imports.importlib,
        "_call_with_frames_removed", "O", raise);
    if (result != NULL) {       /* somebody has put another one there */
        Py_DECREF(result);
        PyErr_SetRaisedException(Py_NewRef(exception));
    }
    Py_XDECREF(raise);
    Py_DECREF(exception);
}

/* What a loader that is not the import system's own finds beside a source,
   nobody has written for certain. */
static PyObject *
leave_to_loader(PyObject *locate)
{
    if (locate != Py_None && _PyPolicy_Active
        && (_PyPolicyGate_Restricts(_PyPolicy_FFI)
            || _PyPrincipal_AnyLoaders()))
    {
        PyErr_SetNone(PyExc_NotImplementedError);
        return NULL;
    }
    Py_RETURN_NONE;
}

/* get_code(loader, name, path, cache_from_source, own) -> the code; with None
   for the fourth the file is compiled and has no source.
   get_code(archive, member, path) -> that of a member of an archive.  None
   where the caller is to read it: nothing judges, or the loader is not of the
   import system's `own` class, which may not look for compiled files
   (NotImplementedError) where they are not to be believed.

   A security manager alone wants to know what the import system does by
   itself, too. */
PyObject *
_PyPrincipal_GetCode(PyObject *imp, PyObject *const *args, Py_ssize_t n)
{
    if (!_PyPolicy_Judges) {
        Py_RETURN_NONE;
    }
    if (n == 3) {
        return _PyPolicy_Active
            ? _PyPrincipal_LoadZipCode(args[0], args[1], args[2])
            : Py_NewRef(Py_None);
    }
    if (!_PyArg_CheckPositional("get_code", n, 5, 5)) {
        return NULL;
    }
    if ((PyObject *)Py_TYPE(args[0]) != args[4]) {
        return leave_to_loader(args[3]);
    }
    PyInterpreterState *interp = _PyInterpreterState_GET();
    if (!_PyPolicy_Active && !interp->policy.import_system
        && _PyPrincipal_MarkImportSystem(interp->imports.importlib) < 0)
    {
        return NULL;
    }
    PyObject *code = load_code(imp, args);
    if (code == NULL) {
        raise_with_frames_removed();
    }
    return code;
}
