/* What does this file hold, and where does it really lie?

   Whose a file is follows from its directory.  If the directory were named
   once to be classified and once more to be read, it could be another one
   the second time.  So it is opened first; what it is called is asked of the
   open directory, and the file is opened relative to it.

   Nothing here goes through Python objects that somebody may have replaced
   (io.open, os.stat).  Audit hooks see an "open" event for each file, as
   they do in the ordinary import system.

   Anybody may ask the import system for any file as if it were a module.  So
   it may read without a grant only what is one: a file with a module's name,
   in a place where code is expected.  Anything else is read by whoever asks.
   */

#include "Python.h"
#include "pycore_fileutils.h"     // _Py_read()
#include "pycore_principal.h"     // _PyPrincipal_IsPlaced()
#include "pycore_principal_read.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_runtime.h"       // _PyRuntime.open_code_hook
#include "pycore_tstate.h"        // _PyThreadStateImpl

#include <fcntl.h>                // openat()
#include <unistd.h>               // close()

#ifndef O_PATH
#  define O_PATH O_RDONLY
#endif

/* ASCII is itself in every encoding of file names; and while the interpreter
   starts, the C library is asked for each character of the others. */
int
_PyPrincipalRead_Encode(PyObject *path, PyObject **encoded)
{
    if (PyUnicode_CheckExact(path) && PyUnicode_IS_COMPACT_ASCII(path)) {
        const char *text = (const char *)PyUnicode_1BYTE_DATA(path);
        size_t len = (size_t)PyUnicode_GET_LENGTH(path);
        if (strlen(text) == len) {
            *encoded = PyBytes_FromStringAndSize(text, (Py_ssize_t)len);
            return *encoded != NULL ? 0 : -1;
        }
    }
    return PyUnicode_FSConverter(path, encoded) ? 0 : -1;
}

int
_PyPrincipalRead_Open(_PyPrincipalDir *dir, PyObject *path)
{
    *dir = (_PyPrincipalDir){.fd = -1, .path = path};
    if (_PyPrincipalRead_Encode(path, &dir->encoded) < 0) {
        return -1;
    }
    const char *text = PyBytes_AS_STRING(dir->encoded);
    const char *slash = strrchr(text, '/');
    dir->base = slash != NULL ? slash + 1 : text;
    PyObject *name = PyBytes_FromStringAndSize(
        slash != NULL ? text : "./", slash != NULL ? dir->base - text : 2);
    if (name == NULL) {
        return -1;
    }
    Py_BEGIN_ALLOW_THREADS
    dir->fd = open(PyBytes_AS_STRING(name),
                   O_PATH | O_DIRECTORY | O_CLOEXEC);
    Py_END_ALLOW_THREADS
    Py_DECREF(name);
    if (dir->fd < 0 || fstat(dir->fd, &dir->st) < 0) {
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, path);
        return -1;
    }
    return 0;
}

void
_PyPrincipalRead_Close(_PyPrincipalDir *dir)
{
    if (dir->fd >= 0) {
        close(dir->fd);
        dir->fd = -1;
    }
    Py_CLEAR(dir->encoded);
}

int
_PyPrincipalRead_Stat(const _PyPrincipalDir *dir, struct stat *st)
{
    return fstatat(dir->fd, dir->base, st, 0);
}

int
_PyPrincipalRead_OpenFile(const _PyPrincipalDir *dir, int flags)
{
    int fd;
    Py_BEGIN_ALLOW_THREADS
    fd = openat(dir->fd, dir->base, flags);
    Py_END_ALLOW_THREADS
    return fd;
}

bool
_PyPrincipalRead_IsLink(const _PyPrincipalDir *dir)
{
    char target[1];
    return readlinkat(dir->fd, dir->base, target, sizeof(target)) >= 0;
}

static PyObject *
read_all(int fd, size_t size)
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

/* --- Saying so ---------------------------------------------------------- */

/* What is being opened, while that is said: of one thread, within one call.
   The file's name is NULL for an archive, of which only modules are read. */
typedef struct {
    const _PyPrincipalDir *dir;
    const char *file;
    PyObject *name;             /* borrowed */
} opening;

static _Thread_local const opening *now;

/* A name that no module has is not the import system's to read, wherever the
   file lies: it would end up in an error's text. */
static bool
is_module(const char *file)
{
    static const char *const SUFFIXES[] = {".py", ".pyc", ".pyw"};
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; dot != NULL && i < Py_ARRAY_LENGTH(SUFFIXES); i++) {
        if (strcmp(dot, SUFFIXES[i]) == 0) {
            return true;
        }
    }
    return false;
}

int
_PyPrincipal_ReadsCode(PyObject *name)
{
    if (now == NULL || now->name != name) {
        return 0;               /* hooks may open files of their own */
    }
    return (now->file == NULL || is_module(now->file))
           && _PyPrincipal_IsPlaced(PyBytes_AS_STRING(now->dir->encoded),
                                    &now->dir->st) ? 1 : -1;
}

/* Hooks are told; whether the policy is asked tells policy_exempt.c. */
static int
audit_open(const _PyPrincipalDir *dir, const char *file, PyObject *name,
           int flags)
{
    opening what = {dir, file, name};
    const opening *outer = now;
    now = &what;
    int result = PySys_Audit("open", "OOi", name, Py_None, flags);
    now = outer;
    return result;
}

int
_PyPrincipalRead_AuditArchive(const _PyPrincipalDir *dir, PyObject *name)
{
    return audit_open(dir, NULL, name, O_RDONLY | O_CLOEXEC);
}

/* --- Reading ------------------------------------------------------------ */

PyObject *
_PyPrincipalRead_File(const _PyPrincipalDir *dir, const char *relative,
                      PyObject *name, struct stat *st)
{
    struct stat ours;
    PyObject *data = NULL;
    int fd, flags = O_RDONLY | O_CLOEXEC;
    const char *file = relative != NULL ? relative : dir->base;
    if (audit_open(dir, file, name, flags) < 0) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    fd = openat(dir->fd, file, flags);
    Py_END_ALLOW_THREADS
    st = st != NULL ? st : &ours;
    if (fd < 0 || fstat(fd, st) < 0) {
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
    }
    else if (S_ISDIR(st->st_mode)) {
        errno = EISDIR;
        PyErr_SetFromErrnoWithFilenameObject(PyExc_OSError, name);
    }
    else if (relative == NULL && _PyRuntime.open_code_hook != NULL) {
        data = read_hooked(name);
    }
    else {
        data = read_all(fd, (size_t)st->st_size);
    }
    if (fd >= 0) {
        close(fd);
    }
    return data;
}
