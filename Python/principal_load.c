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
#include "pycore_fileutils.h"     // _Py_open(), _Py_fstat()
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_interp.h"
#include "pycore_pyhash.h"        // _Py_KeyedHash()
#include "pycore_policy_gate.h"
#include "pycore_principal.h"
#include "pycore_principal_load.h"
#include "pycore_principal_zip.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include "marshal.h"              // PyMarshal_ReadObjectFromString()

#include <fcntl.h>                // O_RDONLY
#include <limits.h>               // PATH_MAX

extern const char *_PySys_ImplCacheTag;

#define PYC_HEADER 16

/* --- Files -------------------------------------------------------------- */

static PyObject *
read_fd(int fd, size_t size)
{
    PyObject *data = PyBytes_FromStringAndSize(NULL, size + 1);
    size_t n = 0;
    while (data != NULL) {
        if (n == (size_t)PyBytes_GET_SIZE(data)
            && _PyBytes_Resize(&data, n + n / 2 + 512) < 0)
        {
            break;
        }
        Py_ssize_t got = _Py_read(fd, PyBytes_AS_STRING(data) + n,
                                  PyBytes_GET_SIZE(data) - n);
        if (got < 0) {
            Py_CLEAR(data);
        }
        else if (got == 0) {
            (void)_PyBytes_Resize(&data, n);
            break;
        }
        else {
            n += got;
        }
    }
    return data;
}

/* An embedder's open_code hook sees, and may replace, what is executed. */
static PyObject *
read_hooked(PyObject *path)
{
    PyObject *file = PyFile_OpenCodeObject(path);
    if (file == NULL) {
        return NULL;
    }
    PyObject *data = PyObject_CallMethod(file, "read", NULL);
    PyObject *closed = PyObject_CallMethod(file, "close", NULL);
    Py_DECREF(file);
    if (closed == NULL || (data != NULL && !PyBytes_CheckExact(data))) {
        Py_CLEAR(data);
    }
    Py_XDECREF(closed);
    return data;
}

/* bytes, or NULL with OSError set; *st may be NULL. */
static PyObject *
read_file(PyObject *path, struct _Py_stat_struct *st)
{
    struct _Py_stat_struct ours;
    PyObject *encoded = NULL, *data = NULL;
    int fd = -1;
    if (!PyUnicode_FSConverter(path, &encoded)) {
        return NULL;
    }
    fd = _Py_open(PyBytes_AS_STRING(encoded), O_RDONLY);
    st = st != NULL ? st : &ours;
    if (fd < 0 || _Py_fstat(fd, st) < 0) {
        goto done;
    }
    if (_PyRuntime.open_code_hook != NULL) {
        data = read_hooked(path);
    }
    else {
        data = read_fd(fd, (size_t)st->st_size);
    }
done:
    if (fd >= 0) {
        close(fd);
    }
    Py_XDECREF(encoded);
    return data;
}

/* --- Marks -------------------------------------------------------------- */

/* Compiling runs other code (warnings are shown, hooks are called), so the
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
    /* Unmarshalling runs no code of anybody's: marks are made on the way. */
    _PyThreadStateImpl *ts = (_PyThreadStateImpl *)_PyThreadState_GET();
    uint32_t outer = ts->policy.loading;
    ts->policy.loading = set + 1;
    PyObject *code = PyMarshal_ReadObjectFromString(data, size);
    ts->policy.loading = outer;
    return code;
}

static PyObject *
compile_source(PyObject *source, PyObject *path, uint32_t set)
{
    const char *text = PyBytes_AS_STRING(source);
    if (strlen(text) != (size_t)PyBytes_GET_SIZE(source)) {
        PyErr_SetString(PyExc_SyntaxError,
                        "source code string cannot contain null bytes");
        return NULL;
    }
    PyCompilerFlags flags = _PyCompilerFlags_INIT;
    flags.cf_flags = PyCF_SOURCE_IS_UTF8;
    PyObject *code = Py_CompileStringObject(text, path, Py_file_input,
                                            &flags, -1);
    if (code != NULL) {
        mark_tree((PyCodeObject *)code, set);
        finish((PyCodeObject *)code, set);
    }
    return code;
}

/* --- Compiled files ----------------------------------------------------- */

/* Where the interpreter, as it was started, keeps the compiled file; NULL
   with an exception set, or None when it keeps none. */
static PyObject *
own_cache_path(PyObject *path)
{
    const PyConfig *config = _Py_GetConfig();
    Py_ssize_t len = PyUnicode_GET_LENGTH(path);
    Py_ssize_t slash = PyUnicode_FindChar(path, '/', 0, len, -1);
    if (_PySys_ImplCacheTag == NULL || slash < 0) {
        Py_RETURN_NONE;
    }
    Py_ssize_t dot = PyUnicode_FindChar(path, '.', slash + 1, len, -1);
    PyObject *dir = PyUnicode_Substring(path, 0, slash);
    PyObject *stem = PyUnicode_Substring(path, slash + 1,
                                         dot > slash ? dot : len);
    PyObject *level = config->optimization_level > 0
        ? PyUnicode_FromFormat(".opt-%d", config->optimization_level)
        : PyUnicode_FromString("");
    PyObject *prefix = config->pycache_prefix != NULL
        ? PyUnicode_FromWideChar(config->pycache_prefix, -1)
        : Py_NewRef(Py_None);
    PyObject *result = NULL;
    if (dir && stem && level && prefix) {
        result = prefix == Py_None
            ? PyUnicode_FromFormat("%U/__pycache__/%U.%s%U.pyc", dir, stem,
                                   _PySys_ImplCacheTag, level)
            : PyUnicode_FromFormat("%U%U/%U.%s%U.pyc", prefix, dir, stem,
                                   _PySys_ImplCacheTag, level);
    }
    Py_XDECREF(dir);
    Py_XDECREF(stem);
    Py_XDECREF(level);
    Py_XDECREF(prefix);
    return result;
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
    PyObject *path;             /* of the source */
    struct _Py_stat_struct st;  /* of the source */
    PyObject *source;           /* bytes, when it has been read */
    uint32_t set;
    int hash_based;             /* the compiled file was: keep to it */
    int checked;
} load_state;

static int
need_source(load_state *load)
{
    if (load->source == NULL) {
        load->source = read_file(load->path, &load->st);
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

static PyObject *
code_of_pyc(PyObject *data, PyObject *name, PyObject *path, uint32_t set)
{
    PyObject *code = _PyPrincipal_Unmarshal(
        PyBytes_AS_STRING(data) + PYC_HEADER,
        PyBytes_GET_SIZE(data) - PYC_HEADER, set);
    if (code != NULL && !PyCode_Check(code)) {
        Py_CLEAR(code);
        PyErr_Format(PyExc_ImportError, "Non-code object in %R", name);
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
    PyObject *own = own_cache_path(load->path);
    if (own == NULL) {
        return NULL;
    }
    PyObject *data = NULL, *code = NULL;
    if (PyUnicode_Check(own) && PyUnicode_Compare(own, cache) == 0) {
        data = read_file(own, NULL);
        if (data == NULL && PyErr_ExceptionMatches(PyExc_OSError)) {
            PyErr_Clear();
        }
    }
    if (data != NULL) {
        int fresh = is_fresh(load, PyBytes_AS_STRING(data),
                             PyBytes_GET_SIZE(data), check);
        if (fresh > 0) {
            code = code_of_pyc(data, own, load->path, load->set);
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
    PyObject *body = PyMarshal_WriteObjectToString(code, Py_MARSHAL_VERSION);
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

/* Whose is it, and may a module of this file's own name be had at all?  A
   copy of a restricted module under another name is still that module. */
static int
whose_file(PyObject *path, uint32_t *set)
{
    PyObject *encoded = NULL;
    char *canonical = NULL;
    if (!PyUnicode_FSConverter(path, &encoded)) {
        return -1;
    }
    *set = _PyPrincipal_OfFile(PyBytes_AS_STRING(encoded), &canonical);
    Py_DECREF(encoded);
    int result = 0;
    if (canonical != NULL && *canonical != '\0') {
        result = _PyPolicyGate_JudgeModuleName(_PyThreadState_GET(),
                                               canonical);
    }
    PyMem_RawFree(canonical);
    return result;
}

static int
is_path(PyObject *object)
{
    return PyUnicode_CheckExact(object)
           && PyUnicode_FindChar(object, 0, 0,
                                 PyUnicode_GET_LENGTH(object), 1) == -1;
}

/* load_code(path, cache, check, write) -> None, or (code, pyc or None).
   With cache == path the file is compiled and has no source. */
PyObject *
_PyPrincipal_LoadCode(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *path, *cache, *code = NULL, *result = NULL;
    const char *check;
    int write;
    if (!_PyPolicy_Active) {
        Py_RETURN_NONE;
    }
    if (!PyArg_ParseTuple(args, "OOsp:load_code", &path, &cache, &check,
                          &write))
    {
        return NULL;
    }
    if (!is_path(path)) {
        /* What no file system has cannot be read either. */
        Py_RETURN_NONE;
    }
    load_state load = {.path = path};
    if (whose_file(path, &load.set) < 0) {
        return NULL;
    }
    if (PyUnicode_Check(cache) && PyUnicode_Compare(path, cache) == 0) {
        PyObject *data = read_file(path, NULL);
        if (data != NULL && PyBytes_GET_SIZE(data) >= PYC_HEADER) {
            code = code_of_pyc(data, path, NULL, load.set);
        }
        Py_XDECREF(data);
        goto done;
    }
    if (cache != Py_None) {
        struct stat st;
        int known = _Py_stat(path, &st);
        if (known == -2) {
            return NULL;
        }
        if (known == 0) {
            load.st.st_mtime = st.st_mtime;
            load.st.st_size = st.st_size;
            code = load_cached(&load, cache, check);
            if (code == NULL && PyErr_Occurred()) {
                goto done;
            }
        }
    }
    if (code == NULL) {
        if (need_source(&load) < 0) {
            goto done;
        }
        code = compile_source(load.source, path, load.set);
        if (code != NULL && write && cache != Py_None) {
            PyObject *data = pyc_of_code(&load, code);
            result = data ? PyTuple_Pack(2, code, data) : NULL;
            Py_XDECREF(data);
            Py_CLEAR(code);
        }
    }
done:
    Py_XDECREF(load.source);
    if (code != NULL) {
        result = PyTuple_Pack(2, code, Py_None);
        Py_DECREF(code);
    }
    if (result == NULL && !PyErr_Occurred()) {
        PyErr_Format(PyExc_EOFError, "reached EOF while reading %R", path);
    }
    return result;
}

/* load_zip_code(archive, member, path) -> None, or the code.  Compiled
   members with a source beside them are made from the source. */
PyObject *
_PyPrincipal_LoadZipCode(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *path, *source = NULL, *code = NULL;
    PyObject *archive = NULL, *member = NULL;
    unsigned char *data = NULL;
    size_t size;
    if (!_PyPolicy_Active) {
        Py_RETURN_NONE;
    }
    if (!PyArg_ParseTuple(args, "O&O&U:load_zip_code",
                          PyUnicode_FSConverter, &archive,
                          PyUnicode_FSConverter, &member, &path))
    {
        return NULL;
    }
    char name[PATH_MAX];
    size_t n = PyBytes_GET_SIZE(member);
    if (n >= sizeof(name)) {
        PyErr_SetString(PyExc_ImportError, "the archive member's name is "
                        "too long");
        goto done;
    }
    memcpy(name, PyBytes_AS_STRING(member), n + 1);
    bool compiled = n > 4 && strcmp(name + n - 4, ".pyc") == 0;
    if (compiled) {
        name[n - 1] = '\0';
    }
    _PyPrincipalZip_Status status = _PyPrincipalZip_Read(
        PyBytes_AS_STRING(archive), name, NULL, NULL, &data, &size, NULL);
    if (compiled && status == _PyPrincipalZip_NO_MEMBER) {
        status = _PyPrincipalZip_Read(
            PyBytes_AS_STRING(archive), PyBytes_AS_STRING(member), NULL,
            NULL, &data, &size, NULL);
    }
    else {
        compiled = false;
    }
    if (status != _PyPrincipalZip_OK) {
        PyErr_Format(PyExc_ImportError, "%U in %s: %s", path,
                     PyBytes_AS_STRING(archive),
                     _PyPrincipalZip_Message(status));
        goto done;
    }
    uint32_t set = _PyPrincipal_OfArchive(PyBytes_AS_STRING(archive), name);
    source = PyBytes_FromStringAndSize((char *)data, size);
    if (source == NULL) {
        goto done;
    }
    if (!compiled) {
        code = compile_source(source, path, set);
    }
    else if (size >= PYC_HEADER && get_le32((char *)data)
                                   == (uint32_t)PyImport_GetMagicNumber())
    {
        code = code_of_pyc(source, path, path, set);
    }
    else {
        PyErr_Format(PyExc_ImportError, "bad magic number in %U", path);
    }
done:
    PyMem_RawFree(data);
    Py_XDECREF(source);
    Py_XDECREF(archive);
    Py_XDECREF(member);
    return code;
}

/* Is `line` really a line of that file? */
static bool
has_line(PyObject *content, PyObject *line)
{
    Py_ssize_t n;
    const char *text = PyUnicode_AsUTF8AndSize(line, &n);
    const char *p = PyBytes_AS_STRING(content);
    const char *end = p + PyBytes_GET_SIZE(content);
    if (text == NULL) {
        PyErr_Clear();
        return false;
    }
    if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        p += 3;
    }
    while (p < end) {
        const char *stop = p;
        while (stop < end && *stop != '\n' && *stop != '\r') {
            stop++;
        }
        if (stop - p == n && memcmp(p, text, n) == 0) {
            return true;
        }
        p = stop + 1;
    }
    return false;
}

/* load_pth_line(path, line) -> line, or under a policy its code, which
   belongs to that file.  A line that is not in it belongs to nobody. */
PyObject *
_PyPrincipal_LoadPthLine(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *path, *line;
    if (!PyArg_ParseTuple(args, "UU:load_pth_line", &path, &line)) {
        return NULL;
    }
    if (!_PyPolicy_Active) {
        return Py_NewRef(line);
    }
    uint32_t set = _PyPrincipal_UNKNOWN;
    PyObject *encoded = NULL, *code = NULL;
    PyObject *content = read_file(path, NULL);
    if (content == NULL || !PyUnicode_FSConverter(path, &encoded)) {
        goto done;
    }
    if (has_line(content, line)) {
        set = _PyPrincipal_OfPth(PyBytes_AS_STRING(encoded));
    }
    const char *text = PyUnicode_AsUTF8(line);
    PyObject *name = PyUnicode_FromString("<string>");
    if (text != NULL && name != NULL) {
        PyCompilerFlags flags = _PyCompilerFlags_INIT;
        flags.cf_flags = PyCF_SOURCE_IS_UTF8 | PyCF_IGNORE_COOKIE;
        code = Py_CompileStringObject(text, name, Py_file_input, &flags, -1);
    }
    Py_XDECREF(name);
    if (code != NULL) {
        mark_tree((PyCodeObject *)code, set);
    }
done:
    Py_XDECREF(content);
    Py_XDECREF(encoded);
    return code;
}

/* --- Frozen modules ----------------------------------------------------- */

void
_PyPrincipal_MarkFrozen(PyObject *code, PyObject *name)
{
    if (!_PyPolicy_Active || code == NULL || !PyCode_Check(code)) {
        return;
    }
    bool imports = PyUnicode_CheckExact(name)
        && (_PyUnicode_EqualToASCIIString(name, "_frozen_importlib_external")
            || _PyUnicode_EqualToASCIIString(name, "zipimport"));
    mark_tree((PyCodeObject *)code,
              imports ? _PyPrincipal_IMPORT : _PyPrincipal_STDLIB);
    ((PyCodeObject *)code)->_co_principal = _PyPrincipal_BODY;
}

/* The import system's own functions were made before there was a policy. */
static void
mark_import_function(PyObject *object)
{
    if (PyFunction_Check(object)) {
        PyCodeObject *code =
            (PyCodeObject *)((PyFunctionObject *)object)->func_code;
        mark_tree(code, _PyPrincipal_IMPORT);
    }
    else if (Py_IS_TYPE(object, &PyStaticMethod_Type)
             || Py_IS_TYPE(object, &PyClassMethod_Type))
    {
        PyObject *inner = PyObject_GetAttrString(object, "__func__");
        if (inner != NULL) {
            mark_import_function(inner);
            Py_DECREF(inner);
        }
        PyErr_Clear();
    }
}

void
_PyPrincipal_MarkImportSystem(PyObject *module)
{
    PyObject *dict = PyModule_GetDict(module), *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &key, &value)) {
        mark_import_function(value);
        if (PyType_Check(value)) {
            PyObject *name, *member;
            Py_ssize_t i = 0;
            PyObject *members = ((PyTypeObject *)value)->tp_dict;
            while (members && PyDict_Next(members, &i, &name, &member)) {
                mark_import_function(member);
            }
        }
    }
}
