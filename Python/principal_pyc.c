/* Is this compiled file to be believed?

   Under the same conditions as ever, but only where the interpreter itself
   would have put it when it started.  Anywhere else (sys.pycache_prefix was
   changed) the source is compiled again.  Files of a dependency that may not
   use native code are not even looked for there: principal_cache.c has
   another place for them. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_interp.h"
#include "pycore_principal.h"
#include "pycore_principal_load.h"
#include "pycore_principal_pyc.h"
#include "pycore_pyhash.h"        // _Py_KeyedHash()
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include "marshal.h"              // PyMarshal_WriteObjectToString()

#include <fcntl.h>                // AT_SYMLINK_NOFOLLOW

extern const char *_PySys_ImplCacheTag;

#define PYC_HEADER 16

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

PyObject *
_PyPrincipalPyc_OwnPath(PyObject *path)
{
    bool below;
    return own_cache_path(path, &below);
}

bool
_PyPrincipalPyc_IsUsual(PyObject *cache_from_source)
{
    PyObject *prefix = PySys_GetObject("pycache_prefix"), *tag = NULL;
    PyObject *implementation = PySys_GetObject("implementation");
    if (prefix != Py_None || _Py_GetConfig()->pycache_prefix != NULL
        || implementation == NULL || !PyFunction_Check(cache_from_source))
    {
        return false;
    }
    PyCodeObject *code =
        (PyCodeObject *)PyFunction_GET_CODE(cache_from_source);
    if (!(code->_co_principal & _PyPrincipal_IMPORT)
        || !_PyUnicode_EqualToASCIIString(code->co_name, "cache_from_source"))
    {
        return false;
    }
    bool usual = PyObject_GetOptionalAttrString(implementation, "cache_tag",
                                                &tag) > 0
        && PyUnicode_Check(tag) && _PySys_ImplCacheTag != NULL
        && _PyUnicode_EqualToASCIIString(tag, _PySys_ImplCacheTag);
    Py_XDECREF(tag);
    PyErr_Clear();
    return usual;
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

/* PEP 552: 1 when the header says that the file matches its source, 0 when
   not, -1 with an exception set. */
static int
is_fresh(_PyPrincipalLoad *load, const char *data, Py_ssize_t size,
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
    if (_PyPrincipalLoad_NeedSource(load) < 0) {
        return -1;
    }
    uint64_t hash = source_hash(load->source);
    return get_le32(data + 8) == (uint32_t)hash
           && get_le32(data + 12) == (uint32_t)(hash >> 32);
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

void
_PyPrincipal_Rename(PyCodeObject *code, PyObject *path)
{
    PyObject *old = Py_NewRef(code->co_filename);
    if (PyUnicode_Compare(old, path) != 0) {
        rename_tree(code, old, path);
    }
    Py_DECREF(old);
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
            _PyPrincipal_Rename((PyCodeObject *)code, path);
        }
        _PyPrincipal_Finish((PyCodeObject *)code, set);
    }
    return code;
}

/* The code of a compiled file that is to be believed; NULL without an
   exception when the source has to be compiled. */
PyObject *
_PyPrincipalPyc_Load(_PyPrincipalLoad *load, PyObject *cache,
                     const char *check)
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

PyObject *
_PyPrincipal_Marshal(PyObject *code)
{
    const struct _PyInterpreterFrame *outer = _PyPrincipal_StartMarshal();
    PyObject *body = PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION);
    _PyPrincipal_StopMarshal(outer);
    return body;
}

/* What the compiled file should hold. */
static PyObject *
pyc_of_code(const _PyPrincipalLoad *load, PyObject *code)
{
    PyObject *body = _PyPrincipal_Marshal(code);
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

/* Is it the interpreter's own place for that file, and no link that leads
   away from it? */
static bool
is_own_place(const _PyPrincipalLoad *load, PyObject *cache)
{
    struct stat st;
    bool below;
    PyObject *own = own_cache_path(load->path, &below);
    bool result = own != NULL && PyUnicode_Check(own)
                  && PyUnicode_Check(cache)
                  && PyUnicode_Compare(own, cache) == 0;
    PyErr_Clear();
    Py_XDECREF(own);
    return result
           && (!below || fstatat(load->dir.fd, "__pycache__", &st,
                                 AT_SYMLINK_NOFOLLOW) < 0
               || S_ISDIR(st.st_mode));
}

/* Writing is left to the import system: it puts the file where it would put
   it without a policy, and nothing is believed of it but what lies in the
   place that is our own.  To put it elsewhere (sys.pycache_prefix was
   changed, or somebody calls this function himself) needs a grant. */
int
_PyPrincipalPyc_Write(_PyPrincipalLoad *load, PyObject *cache, PyObject *code)
{
    PyObject *data = pyc_of_code(load, code);
    if (data == NULL) {
        return -1;
    }
    _PyThreadStateImpl *ts = (_PyThreadStateImpl *)_PyThreadState_GET();
    uint32_t outer = ts->policy.caching;
    ts->policy.caching = is_own_place(load, cache);
    PyObject *result = PyObject_CallMethod(load->loader, "_cache_bytecode",
                                           "OOO", load->path, cache, data);
    ts->policy.caching = outer;
    Py_DECREF(data);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}
