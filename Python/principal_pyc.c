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
#include "pycore_sysmodule.h"     // _PySys_GetAttr()
#include "pycore_tstate.h"        // _PyThreadStateImpl
#include "pycore_unicodeobject.h" // _PyUnicode_EqualToASCIIString()

#include "marshal.h"              // PyMarshal_WriteObjectToString()

#include <fcntl.h>                // AT_SYMLINK_NOFOLLOW

extern const char *_PySys_ImplCacheTag;

#define PYC_HEADER 16

/* Is it below the source's directory, or below sys.pycache_prefix as it was
   when the interpreter was started? */
static bool
is_below(void)
{
    return _Py_GetConfig()->pycache_prefix == NULL;
}

/* PREFIX PARENT /__pycache__/ STEM . TAG LEVEL .pyc */
static int
write_cache_path(_PyUnicodeWriter *w, PyObject *path, Py_ssize_t slash)
{
    const PyConfig *config = _Py_GetConfig();
    Py_ssize_t len = PyUnicode_GET_LENGTH(path);
    Py_ssize_t dot = PyUnicode_FindChar(path, '.', slash + 1, len, -1);
    if (!is_below()) {
        PyObject *prefix = PyUnicode_FromWideChar(config->pycache_prefix, -1);
        int result = prefix ? _PyUnicodeWriter_WriteStr(w, prefix) : -1;
        Py_XDECREF(prefix);
        if (result < 0) {
            return -1;
        }
    }
    char level[24] = ".pyc";
    if (config->optimization_level > 0) {
        PyOS_snprintf(level, sizeof(level), ".opt-%d.pyc",
                      config->optimization_level);
    }
    return _PyUnicodeWriter_WriteSubstring(w, path, 0, slash + 1) < 0
           || (is_below()
               && _PyUnicodeWriter_WriteASCIIString(w, "__pycache__/",
                                                    -1) < 0)
           || _PyUnicodeWriter_WriteSubstring(w, path, slash + 1,
                                              dot > slash ? dot : len) < 0
           || _PyUnicodeWriter_WriteChar(w, '.') < 0
           || _PyUnicodeWriter_WriteASCIIString(w, _PySys_ImplCacheTag,
                                                -1) < 0
           || _PyUnicodeWriter_WriteASCIIString(w, level, -1) < 0 ? -1 : 0;
}

/* Where the interpreter, as it was started, keeps the compiled file. */
PyObject *
_PyPrincipalPyc_OwnPath(PyObject *path)
{
    Py_ssize_t slash = PyUnicode_FindChar(path, '/', 0,
                                          PyUnicode_GET_LENGTH(path), -1);
    if (_PySys_ImplCacheTag == NULL || slash < 0) {
        Py_RETURN_NONE;
    }
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    writer.min_length = PyUnicode_GET_LENGTH(path) + 40;
    writer.overallocate = 1;
    if (write_cache_path(&writer, path, slash) < 0) {
        _PyUnicodeWriter_Dealloc(&writer);
        return NULL;
    }
    return _PyUnicodeWriter_Finish(&writer);
}

/* A name that is looked up for each module, made once for each interpreter.
   Borrowed; NULL with an exception set. */
static PyObject *
name_at(PyInterpreterState *interp, int i)
{
    static const char names[_PyPolicy_LOAD_NAMES][16] = {
        "pycache_prefix", "implementation", "cache_tag",
    };
    PyObject **slot = &interp->policy.load_names[i];
    PyObject *name = _Py_atomic_load_ptr(slot), *first = NULL;
    if (name == NULL) {
        name = PyUnicode_InternFromString(names[i]);
        if (name != NULL
            && !_Py_atomic_compare_exchange_ptr(slot, &first, name))
        {
            Py_SETREF(name, first);
        }
    }
    return name;
}

/* sys.NAME, borrowed; NULL: there is none. */
static PyObject *
sys_attribute(PyThreadState *tstate, int i)
{
    PyObject *name = name_at(tstate->interp, i);
    return name != NULL ? _PySys_GetAttr(tstate, name) : NULL;
}

/* Is sys.implementation.cache_tag as the interpreter has made it? */
static bool
has_usual_tag(PyThreadState *tstate)
{
    PyObject *implementation = sys_attribute(tstate, 1), *tag = NULL;
    PyObject *name = name_at(tstate->interp, 2);
    bool usual = implementation != NULL && name != NULL
        && PyObject_GetOptionalAttr(implementation, name, &tag) > 0
        && PyUnicode_Check(tag) && _PySys_ImplCacheTag != NULL
        && _PyUnicode_EqualToASCIIString(tag, _PySys_ImplCacheTag);
    Py_XDECREF(tag);
    return usual;
}

bool
_PyPrincipalPyc_IsUsual(PyObject *cache_from_source)
{
    PyThreadState *tstate = _PyThreadState_GET();
    if (!PyFunction_Check(cache_from_source)) {
        return false;
    }
    PyCodeObject *code =
        (PyCodeObject *)PyFunction_GET_CODE(cache_from_source);
    bool usual = (code->_co_principal & _PyPrincipal_IMPORT)
        && _PyUnicode_EqualToASCIIString(code->co_name, "cache_from_source")
        && is_below() && sys_attribute(tstate, 0) == Py_None
        && has_usual_tag(tstate);
    PyErr_Clear();
    return usual;
}

/* bytes, or NULL: without an exception when there is no such file. */
static PyObject *
read_cache(const _PyPrincipalDir *dir, PyObject *own)
{
    PyObject *encoded, *data = NULL;
    if (_PyPrincipalRead_Encode(own, &encoded) < 0) {
        return NULL;
    }
    const char *text = PyBytes_AS_STRING(encoded);
    if (is_below()) {
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

/* importlib has it, as an attribute of a module; asking takes longer than all
   else that is read of a header.  So it is asked once, which is before any
   code of a dependency runs. */
uint32_t
_PyPrincipalPyc_Magic(void)
{
    static uint32_t magic;
    uint32_t known = _Py_atomic_load_uint32_relaxed(&magic);
    if (known == 0) {
        long number = PyImport_GetMagicNumber();
        if (number <= 0) {
            PyErr_Clear();
            return 0;
        }
        known = (uint32_t)number;
        _Py_atomic_store_uint32_relaxed(&magic, known);
    }
    return known;
}

/* Is it the header of one of this build's? */
static bool
is_header(const char *data, Py_ssize_t size)
{
    uint32_t magic = _PyPrincipalPyc_Magic();
    return size >= PYC_HEADER && magic != 0 && get_le32(data) == magic;
}

static uint64_t
source_hash(PyObject *source)
{
    return _Py_KeyedHash((uint64_t)_PyPrincipalPyc_Magic(),
                         PyBytes_AS_STRING(source),
                         PyBytes_GET_SIZE(source));
}

/* Whatever it says, must the file's own hash match?  1 or 0, or -1 with an
   exception set.  Tests, and nobody else, change _imp's attribute. */
static int
must_check(const _PyPrincipalLoad *load)
{
    PyObject *check = PyObject_GetAttrString(load->imp,
                                             "check_hash_based_pycs");
    int result = -1;
    if (check != NULL && PyUnicode_Check(check)) {
        result = !_PyUnicode_EqualToASCIIString(check, "never")
                 && (load->checked
                     || _PyUnicode_EqualToASCIIString(check, "always"));
    }
    Py_XDECREF(check);
    return result;
}

/* PEP 552: 1 when the header says that the file matches its source, 0 when
   not, -1 with an exception set. */
static int
is_fresh(_PyPrincipalLoad *load, const char *data, Py_ssize_t size)
{
    if (!is_header(data, size)) {
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
    int check = must_check(load);
    if (check <= 0) {
        return check < 0 ? -1 : 1;
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
    if (!is_header(PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data))) {
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

/* Is `cache` the interpreter's own place? */
static bool
is_own_cache(const _PyPrincipalLoad *load)
{
    if (load->is_usual) {
        return true;
    }
    PyObject *own = _PyPrincipalPyc_OwnPath(load->path);
    bool result = own != NULL && PyUnicode_Check(own)
                  && PyUnicode_Check(load->cache)
                  && PyUnicode_Compare(own, load->cache) == 0;
    PyErr_Clear();
    Py_XDECREF(own);
    return result;
}

PyObject *
_PyPrincipalPyc_Load(_PyPrincipalLoad *load)
{
    PyObject *code = NULL;
    PyObject *data = is_own_cache(load) ? read_cache(&load->dir, load->cache)
                                        : NULL;
    if (data != NULL
        && is_fresh(load, PyBytes_AS_STRING(data),
                    PyBytes_GET_SIZE(data)) > 0)
    {
        code = _PyPrincipal_CodeOfPyc(data, load->name, load->cache,
                                      load->path, load->set);
    }
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
        put_le32(p, _PyPrincipalPyc_Magic());
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

/* And is it no link that leads away from it? */
static bool
is_own_place(const _PyPrincipalLoad *load)
{
    struct stat st;
    return is_own_cache(load)
           && (!is_below() || fstatat(load->dir.fd, "__pycache__", &st,
                                      AT_SYMLINK_NOFOLLOW) < 0
               || S_ISDIR(st.st_mode));
}

/* Writing is left to the import system: it puts the file where it would put
   it without a policy, and nothing is believed of it but what lies in the
   place that is our own.  To put it elsewhere (sys.pycache_prefix was
   changed, or somebody calls this function himself) needs a grant. */
int
_PyPrincipalPyc_Write(_PyPrincipalLoad *load, PyObject *code)
{
    PyObject *data = pyc_of_code(load, code);
    if (data == NULL) {
        return -1;
    }
    _PyThreadStateImpl *ts = (_PyThreadStateImpl *)_PyThreadState_GET();
    uint32_t outer = ts->policy.caching;
    ts->policy.caching = is_own_place(load);
    PyObject *result = PyObject_CallMethod(load->loader, "_cache_bytecode",
                                           "OOO", load->path, load->cache,
                                           data);
    ts->policy.caching = outer;
    Py_DECREF(data);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}
