/* How does code get from a file into the interpreter with its owner's mark?

   One function reads the file, here, in C: the import system's Python half
   asks for the code and gets it whole, marked with the principal that the
   file's place names.  Nothing that Python code can replace (a loader's
   get_data, open, marshal.loads, the cache's location) has a say in what is
   read, so there is no way to hand over bytes of one's own and have them
   marked as somebody else's.  Calling it directly gains nothing: what it
   returns is the genuine code of that file, and using it in one's own way
   makes it joint (principal_code.c).

   The compiled file is believed under the same conditions as ever, but only
   where the interpreter itself would have put it when it started.  Anywhere
   else (sys.pycache_prefix was changed) the source is compiled again. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_interp.h"
#include "pycore_pyhash.h"        // _Py_KeyedHash()
#include "pycore_policy_gate.h"
#include "pycore_principal.h"
#include "pycore_principal_load.h"
#include "pycore_principal_read.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include "marshal.h"              // PyMarshal_ReadObjectFromString()

#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath()

extern const char *_PySys_ImplCacheTag;

#define PYC_HEADER 16

/* --- Marks -------------------------------------------------------------- */

/* Making code runs other code (warnings are shown, hooks are called), so the
   tree is marked when it is complete and not while it is made. */
void
_PyPrincipal_MarkTree(PyCodeObject *code, uint32_t id)
{
    code->_co_principal = id;
    PyObject *consts = code->co_consts;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(consts); i++) {
        PyObject *nested = PyTuple_GET_ITEM(consts, i);
        if (PyCode_Check(nested)) {
            _PyPrincipal_MarkTree((PyCodeObject *)nested, id);
        }
    }
}

static void
rename_tree(PyCodeObject *code, PyObject *old, PyObject *path)
{
    if (!PyUnicode_Check(code->co_filename)
        || PyUnicode_Compare(code->co_filename, old) != 0)
    {
        return;
    }
    Py_SETREF(code->co_filename, Py_NewRef(path));
    PyObject *consts = code->co_consts;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(consts); i++) {
        PyObject *nested = PyTuple_GET_ITEM(consts, i);
        if (PyCode_Check(nested)) {
            rename_tree((PyCodeObject *)nested, old, path);
        }
    }
}

static void
finish(PyCodeObject *code, uint32_t set)
{
    if (set >= _PyPrincipal_FIRST) {
        _PyPrincipal_NoteImports(set, code);
    }
    code->_co_principal = set | _PyPrincipal_BODY;
}

PyObject *
_PyPrincipal_Unmarshal(const char *data, Py_ssize_t size, uint32_t set)
{
    /* Audit hooks are told, and may run code of their own; so here too the
       tree is marked when it is there. */
    _PyThreadStateImpl *ts = (_PyThreadStateImpl *)_PyThreadState_GET();
    uint32_t outer = ts->policy.marshalling;
    ts->policy.marshalling = 1;
    PyObject *code = PyMarshal_ReadObjectFromString(data, size);
    ts->policy.marshalling = outer;
    if (code != NULL && PyCode_Check(code)) {
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
    _PyThreadStateImpl *ts = (_PyThreadStateImpl *)_PyThreadState_GET();
    uint32_t outer = ts->policy.marshalling;
    ts->policy.marshalling = 1;
    PyObject *code = Py_CompileStringObject(text, path, Py_file_input,
                                            &flags, -1);
    ts->policy.marshalling = outer;
    if (code != NULL) {
        _PyPrincipal_MarkTree((PyCodeObject *)code, set);
        finish((PyCodeObject *)code, set);
    }
    return code;
}

/* --- Compiled files ----------------------------------------------------- */

/* Where the interpreter, as it was started, keeps the compiled file: below
   the source's directory (*below is set), or below sys.pycache_prefix as it
   was then.  NULL with an exception set, or None when it keeps none. */
static PyObject *
own_cache_path(PyObject *path, bool *below)
{
    const PyConfig *config = _Py_GetConfig();
    Py_ssize_t len = PyUnicode_GET_LENGTH(path);
    Py_ssize_t slash = PyUnicode_FindChar(path, '/', 0, len, -1);
    *below = config->pycache_prefix == NULL;
    if (_PySys_ImplCacheTag == NULL || slash < 0) {
        Py_RETURN_NONE;
    }
    Py_ssize_t dot = PyUnicode_FindChar(path, '.', slash + 1, len, -1);
    PyObject *parent = PyUnicode_Substring(path, 0, slash);
    PyObject *stem = PyUnicode_Substring(path, slash + 1,
                                         dot > slash ? dot : len);
    PyObject *level = config->optimization_level > 0
        ? PyUnicode_FromFormat(".opt-%d", config->optimization_level)
        : PyUnicode_FromString("");
    PyObject *prefix = config->pycache_prefix != NULL
        ? PyUnicode_FromWideChar(config->pycache_prefix, -1)
        : Py_NewRef(Py_None);
    PyObject *result = NULL;
    if (parent && stem && level && prefix) {
        result = *below
            ? PyUnicode_FromFormat("%U/__pycache__/%U.%s%U.pyc", parent,
                                   stem, _PySys_ImplCacheTag, level)
            : PyUnicode_FromFormat("%U%U/%U.%s%U.pyc", prefix, parent, stem,
                                   _PySys_ImplCacheTag, level);
    }
    Py_XDECREF(parent);
    Py_XDECREF(stem);
    Py_XDECREF(level);
    Py_XDECREF(prefix);
    return result;
}

/* bytes, or NULL: without an exception when there is no such file. */
static PyObject *
read_cache(const _PyPrincipalDir *dir, PyObject *own, bool below)
{
    PyObject *encoded, *data = NULL;
    if (!PyUnicode_FSConverter(own, &encoded)) {
        return NULL;
    }
    const char *text = PyBytes_AS_STRING(encoded);
    if (below) {
        /* Relative to the directory that is open. */
        text += dir->base - PyBytes_AS_STRING(dir->encoded);
    }
    data = _PyPrincipalRead_File(dir, text, own, NULL);
    Py_DECREF(encoded);
    if (data == NULL && PyErr_ExceptionMatches(PyExc_OSError)) {
        PyErr_Clear();
    }
    return data;
}

static uint32_t
get_le32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return u[0] | u[1] << 8 | u[2] << 16 | (uint32_t)u[3] << 24;
}

static void
put_le32(char *p, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        p[i] = (char)(value >> 8 * i);
    }
}

static uint64_t
source_hash(PyObject *source)
{
    return _Py_KeyedHash((uint64_t)PyImport_GetMagicNumber(),
                         PyBytes_AS_STRING(source),
                         PyBytes_GET_SIZE(source));
}

typedef struct {
    PyObject *loader;           /* that importlib made for it */
    PyObject *name;             /* of the module, for errors */
    PyObject *path;             /* of the source */
    _PyPrincipalDir dir;        /* its directory */
    struct stat st;             /* of the source */
    PyObject *source;           /* bytes, when it has been read */
    uint32_t set;
    int hash_based;             /* the compiled file was: keep to it */
    int checked;
} load_state;

static int
need_source(load_state *load)
{
    if (load->source == NULL) {
        load->source = _PyPrincipalRead_File(&load->dir, NULL, load->path,
                                             &load->st);
    }
    return load->source == NULL ? -1 : 0;
}

/* PEP 552: 1 when the header says that the file matches its source, 0 when
   not, -1 with an exception set. */
static int
is_fresh(load_state *load, const char *data, Py_ssize_t size,
         const char *check)
{
    if (size < PYC_HEADER
        || get_le32(data) != (uint32_t)PyImport_GetMagicNumber())
    {
        return 0;
    }
    uint32_t flags = get_le32(data + 4);
    if (flags & ~(uint32_t)3) {
        return 0;
    }
    if (!(flags & 1)) {
        return get_le32(data + 8) == (uint32_t)load->st.st_mtime
               && get_le32(data + 12) == (uint32_t)load->st.st_size;
    }
    load->hash_based = 1;
    load->checked = (flags & 2) != 0;
    if (strcmp(check, "never") == 0
        || (!load->checked && strcmp(check, "always") != 0))
    {
        return 1;
    }
    if (need_source(load) < 0) {
        return -1;
    }
    uint64_t hash = source_hash(load->source);
    return get_le32(data + 8) == (uint32_t)hash
           && get_le32(data + 12) == (uint32_t)(hash >> 32);
}

static void
set_import_error(const char *format, PyObject *name, PyObject *path)
{
    PyObject *message = PyUnicode_FromFormat(format, path);
    if (message != NULL) {
        PyErr_SetImportError(message, name, path);
        Py_DECREF(message);
    }
}

PyObject *
_PyPrincipal_CodeOfPyc(PyObject *data, PyObject *name, PyObject *from,
                       PyObject *path, uint32_t set)
{
    if (PyBytes_GET_SIZE(data) < PYC_HEADER
        || get_le32(PyBytes_AS_STRING(data))
           != (uint32_t)PyImport_GetMagicNumber())
    {
        set_import_error("bad magic number in %R", name, from);
        return NULL;
    }
    PyObject *code = _PyPrincipal_Unmarshal(
        PyBytes_AS_STRING(data) + PYC_HEADER,
        PyBytes_GET_SIZE(data) - PYC_HEADER, set);
    if (code != NULL && !PyCode_Check(code)) {
        Py_CLEAR(code);
        set_import_error("Non-code object in %R", name, from);
    }
    if (code != NULL) {
        if (path != NULL) {
            PyObject *old = Py_NewRef(((PyCodeObject *)code)->co_filename);
            if (PyUnicode_Compare(old, path) != 0) {
                rename_tree((PyCodeObject *)code, old, path);
            }
            Py_DECREF(old);
        }
        finish((PyCodeObject *)code, set);
    }
    return code;
}

/* The code of a compiled file that is to be believed; NULL without an
   exception when the source has to be compiled. */
static PyObject *
load_cached(load_state *load, PyObject *cache, const char *check)
{
    bool below;
    PyObject *own = own_cache_path(load->path, &below);
    if (own == NULL) {
        return NULL;
    }
    PyObject *data = NULL, *code = NULL;
    if (PyUnicode_Check(own) && PyUnicode_Compare(own, cache) == 0) {
        data = read_cache(&load->dir, own, below);
    }
    if (data != NULL) {
        int fresh = is_fresh(load, PyBytes_AS_STRING(data),
                             PyBytes_GET_SIZE(data), check);
        if (fresh > 0) {
            code = _PyPrincipal_CodeOfPyc(data, load->name, own, load->path,
                                          load->set);
        }
    }
    Py_DECREF(own);
    Py_XDECREF(data);
    return code;
}

/* What the compiled file should hold. */
static PyObject *
pyc_of_code(const load_state *load, PyObject *code)
{
    _PyThreadStateImpl *ts = (_PyThreadStateImpl *)_PyThreadState_GET();
    uint32_t outer = ts->policy.marshalling;
    ts->policy.marshalling = 1;
    PyObject *body = PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION);
    ts->policy.marshalling = outer;
    if (body == NULL) {
        return NULL;
    }
    Py_ssize_t n = PyBytes_GET_SIZE(body);
    PyObject *data = PyBytes_FromStringAndSize(NULL, PYC_HEADER + n);
    if (data != NULL) {
        char *p = PyBytes_AS_STRING(data);
        put_le32(p, (uint32_t)PyImport_GetMagicNumber());
        put_le32(p + 4, load->hash_based | load->checked << 1);
        if (load->hash_based) {
            uint64_t hash = source_hash(load->source);
            put_le32(p + 8, (uint32_t)hash);
            put_le32(p + 12, (uint32_t)(hash >> 32));
        }
        else {
            put_le32(p + 8, (uint32_t)load->st.st_mtime);
            put_le32(p + 12, (uint32_t)PyBytes_GET_SIZE(load->source));
        }
        memcpy(p + PYC_HEADER, PyBytes_AS_STRING(body), n);
    }
    Py_DECREF(body);
    return data;
}

/* --- What the import system calls --------------------------------------- */

/* Frees the name. */
static int
judge_place(char *canonical)
{
    int result = 0;
    if (canonical != NULL && *canonical != '\0') {
        result = _PyPolicyGate_JudgeModuleName(_PyThreadState_GET(),
                                               canonical);
    }
    PyMem_RawFree(canonical);
    return result;
}

/* Open the file's directory.  Whose is it, and may a module of this file's
   own name be had at all?  A copy of a restricted module under another name
   is still that module. */
static int
begin(load_state *load)
{
    char *canonical = NULL;
    if (_PyPrincipalRead_Open(&load->dir, load->path) < 0) {
        return -1;
    }
    load->set = _PyPrincipal_OfFile(PyBytes_AS_STRING(load->dir.encoded),
                                    &load->dir.st, &canonical);
    int result = judge_place(canonical);
    char target[PATH_MAX];
    if (result == 0 && _PyPrincipalRead_IsLink(&load->dir)
        && realpath(PyBytes_AS_STRING(load->dir.encoded), target) != NULL)
    {
        /* It belongs to whoever put the link there, but what it leads to is
           still the other module. */
        (void)_PyPrincipal_OfFile(target, NULL, &canonical);
        result = judge_place(canonical);
    }
    return result;
}

static void
end(load_state *load)
{
    _PyPrincipalRead_Close(&load->dir);
    Py_CLEAR(load->source);
}

PyObject *
_PyPolicyGate_HasPolicy(PyObject *Py_UNUSED(module), PyObject *Py_UNUSED(a))
{
    return PyBool_FromLong(_PyPolicy_Active);
}

static PyObject *
load_sourceless(load_state *load)
{
    PyObject *code = NULL;
    PyObject *data = _PyPrincipalRead_File(&load->dir, NULL, load->path,
                                           NULL);
    if (data != NULL && PyBytes_GET_SIZE(data) < PYC_HEADER) {
        PyErr_Format(PyExc_EOFError, "reached EOF while reading %R",
                     load->path);
    }
    else if (data != NULL) {
        code = _PyPrincipal_CodeOfPyc(data, load->name, load->path, NULL,
                                      load->set);
    }
    Py_XDECREF(data);
    return code;
}

/* Where importlib would have the compiled file; None when nowhere. */
static PyObject *
ask_cache_path(PyObject *cache_from_source, PyObject *path)
{
    PyObject *cache = PyObject_CallOneArg(cache_from_source, path);
    if (cache == NULL && PyErr_ExceptionMatches(PyExc_NotImplementedError)) {
        PyErr_Clear();
        cache = Py_NewRef(Py_None);
    }
    return cache;
}

/* Writing is left to the import system: it puts the file where it would put
   it without a policy, and nothing is believed of it but what lies in the
   place that is our own. */
static int
write_cache(load_state *load, PyObject *cache, PyObject *code)
{
    PyObject *flag = PySys_GetObject("dont_write_bytecode");
    int not = flag != NULL ? PyObject_IsTrue(flag) : 0;
    if (not != 0) {
        return not < 0 ? -1 : 0;
    }
    PyObject *data = pyc_of_code(load, code);
    if (data == NULL) {
        return -1;
    }
    _PyThreadStateImpl *ts = (_PyThreadStateImpl *)_PyThreadState_GET();
    uint32_t outer = ts->policy.caching;
    ts->policy.caching = 1;
    PyObject *result = PyObject_CallMethod(load->loader, "_cache_bytecode",
                                           "OOO", load->path, cache, data);
    ts->policy.caching = outer;
    Py_DECREF(data);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

/* The compiled file if it is to be believed, else the source. */
static PyObject *
load_source(load_state *load, PyObject *imp, PyObject *cache)
{
    PyObject *code = NULL, *check = NULL;
    if (cache != Py_None
        && _PyPrincipalRead_Stat(&load->dir, &load->st) == 0)
    {
        /* Tests, and nobody else, change it while running. */
        check = PyObject_GetAttrString(imp, "check_hash_based_pycs");
        const char *text = check && PyUnicode_Check(check)
                           ? PyUnicode_AsUTF8(check) : NULL;
        code = text ? load_cached(load, cache, text) : NULL;
        Py_XDECREF(check);
        if (code != NULL || PyErr_Occurred()) {
            return code;
        }
    }
    if (need_source(load) < 0) {
        return NULL;
    }
    code = _PyPrincipal_CompileSource(load->source, load->path, load->set);
    if (code != NULL && cache != Py_None && check != NULL
        && write_cache(load, cache, code) < 0)
    {
        Py_CLEAR(code);
    }
    return code;
}

/* load_code(loader, name, path, cache_from_source) -> code.  With None for
   the last the file is compiled and has no source. */
PyObject *
_PyPrincipal_LoadCode(PyObject *imp, PyObject *args)
{
    PyObject *locate, *code = NULL;
    load_state load = {.dir.fd = -1};
    if (!PyArg_ParseTuple(args, "OOUO:load_code", &load.loader, &load.name,
                          &load.path, &locate))
    {
        return NULL;
    }
    PyObject *cache = locate == Py_None ? Py_NewRef(Py_None)
                                        : ask_cache_path(locate, load.path);
    if (cache != NULL && begin(&load) == 0) {
        code = locate == Py_None ? load_sourceless(&load)
                                 : load_source(&load, imp, cache);
    }
    end(&load);
    Py_XDECREF(cache);
    return code;
}
