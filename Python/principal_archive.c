/* Whose is code that does not come from a module file of its own?

   A member of a zip archive is read here again, straight from the archive:
   what Python code remembers about it (zipimport's directory cache) has no
   say.  A line of a `.pth` file is looked up in the file before it counts as
   that file's.  Both end like every module file, in principal_load.c. */

#include "Python.h"
#include "pycore_policy_capture.h" // _PyPrincipal_Acting()
#include "pycore_policy_file.h"   // _PyPolicyFile_NoteArchive()
#include "pycore_policy_lock.h"
#include "pycore_principal.h"
#include "pycore_principal_load.h"
#include "pycore_principal_read.h"
#include "pycore_principal_zip.h"
#include "pycore_pymem.h"         // _PyMem_Strdup()
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <fcntl.h>                // _PyPrincipalZip_OPEN
#include <unistd.h>               // close()

/* The member's contents, out of the archive that lies in the directory that
   is open; NULL with an exception set. */
static PyObject *
read_member(const _PyPrincipalDir *dir, const char *member, PyObject *path)
{
    unsigned char *data = NULL;
    size_t size = 0;
    _PyPrincipalZip_Status status = _PyPrincipalZip_UNREADABLE;
    int fd = _PyPrincipalRead_OpenFile(dir, _PyPrincipalZip_OPEN);
    if (fd >= 0) {
        status = _PyPrincipalZip_ReadFrom(fd, member, NULL, NULL, &data,
                                          &size, NULL);
        close(fd);
    }
    if (status != _PyPrincipalZip_OK) {
        PyErr_Format(PyExc_ImportError, "%U in %U: %s", path, dir->path,
                     _PyPrincipalZip_Message(status));
        return NULL;
    }
    PyObject *result = PyBytes_FromStringAndSize((char *)data, size);
    PyMem_RawFree(data);
    return result;
}

/* The module's name that the member's place gives it. */
static int
name_of_member(const char *member, char name[_PyPolicyGate_MAX_MODULE + 1])
{
    size_t n = strlen(member);
    const char *base = strrchr(member, '/');
    base = base != NULL ? base + 1 : member;
    n -= strlen(base) - strcspn(base, ".");
    if (n > _PyPolicyGate_MAX_MODULE) {
        PyErr_SetString(PyExc_ImportError,
                        "the archive member's name is too long");
        return -1;
    }
    memcpy(name, member, n);
    name[n] = '\0';
    if (n > 9 && strcmp(name + n - 9, "/__init__") == 0) {
        name[n - 9] = '\0';
    }
    for (char *p = name; *p; p++) {
        *p = *p == '/' ? '.' : *p;
    }
    return 0;
}

/* zipimport takes the compiled member where there are both; one that is not
   to be believed gives way to its source. */
static PyObject *
load_compiled(const _PyPrincipalDir *dir, char *member, const char *module,
              PyObject *path, uint32_t set)
{
    PyObject *data, *code = NULL;
    if (!_PyPrincipal_BelievesPyc(set, module)) {
        size_t n = strlen(member);
        member[n - 1] = '\0';
        data = read_member(dir, member, path);
        member[n - 1] = 'c';
        if (data != NULL) {
            code = _PyPrincipal_CompileSource(data, path, set);
            Py_DECREF(data);
            return code;
        }
        if (!PyErr_ExceptionMatches(PyExc_ImportError)) {
            return NULL;
        }
        PyErr_Clear();
        if (_PyPrincipal_JudgePyc(set, module) < 0) {
            return NULL;
        }
    }
    data = read_member(dir, member, path);
    if (data != NULL) {
        code = _PyPrincipal_CodeOfPyc(data, Py_None, path, path, set);
        Py_DECREF(data);
    }
    return code;
}

static PyObject *
load_member(const _PyPrincipalDir *dir, char *member, const char *module,
            PyObject *path)
{
    size_t n = strlen(member);
    bool kept;
    uint32_t set = _PyPrincipal_OfArchive(PyBytes_AS_STRING(dir->encoded),
                                          &dir->st, member, &kept);
    if (kept) {
        set = _PyPrincipalLoad_Chosen(set);
    }
    if (n > 4 && strcmp(member + n - 4, ".pyc") == 0) {
        return load_compiled(dir, member, module, path, set);
    }
    PyObject *code = NULL, *data = read_member(dir, member, path);
    if (data != NULL) {
        code = _PyPrincipal_CompileSource(data, path, set);
        Py_DECREF(data);
    }
    return code;
}

/* Which member it is to be is the import system's choice; what it holds is
   read here.  A second copy of a restricted module, under whatever name it is
   loaded, is still that module: its place's name is judged. */
PyObject *
_PyPrincipal_LoadZipCode(PyObject *archive, PyObject *name, PyObject *path)
{
    PyObject *code = NULL, *encoded = NULL;
    char module_name[_PyPolicyGate_MAX_MODULE + 1];
    _PyPrincipalDir dir = {.fd = -1};
    if (!PyUnicode_Check(archive) || !PyUnicode_Check(path)) {
        PyErr_SetString(PyExc_TypeError, "an archive and a path must be str");
        return NULL;
    }
    if (!PyUnicode_FSConverter(name, &encoded)) {
        return NULL;
    }
    /* A copy: the bytes object may be shared. */
    char *member = _PyMem_Strdup(PyBytes_AS_STRING(encoded));
    if (member == NULL) {
        PyErr_NoMemory();
    }
    else if (name_of_member(member, module_name) == 0
             && _PyPolicyGate_JudgeModuleName(_PyThreadState_GET(),
                                              module_name) == 0
             && _PyPrincipalRead_Open(&dir, archive) == 0
             && _PyPrincipalRead_AuditArchive(&dir, archive) == 0)
    {
        code = load_member(&dir, member, module_name, path);
        if (code != NULL && _PyPrincipal_Acting() < _PyPrincipal_UNKNOWN) {
            _PyPolicyFile_NoteArchive(PyBytes_AS_STRING(dir.encoded));
        }
    }
    _PyPrincipalRead_Close(&dir);
    PyMem_Free(member);
    Py_DECREF(encoded);
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

/* load_pth_line(path, line) -> the line's code, which belongs to that file.
   A line that is not in it belongs to nobody. */
PyObject *
_PyPrincipal_LoadPthLine(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *path, *line;
    if (!PyArg_ParseTuple(args, "UU:load_pth_line", &path, &line)) {
        return NULL;
    }
    uint32_t set = _PyPrincipal_UNKNOWN;
    PyObject *code = NULL, *content = NULL;
    _PyPrincipalDir dir;
    if (_PyPrincipalRead_Open(&dir, path) == 0) {
        content = _PyPrincipalRead_File(&dir, NULL, path, NULL);
    }
    if (content == NULL) {
        goto done;
    }
    if (has_line(content, line)) {
        char pin[_PyPolicyLock_PIN];
        const char *file = PyBytes_AS_STRING(dir.encoded);
        set = _PyPrincipal_OfPth(file, &dir.st, pin);
        if (pin[0] != '\0'
            && !_PyPolicyLock_IsPinned(PyBytes_AS_STRING(content),
                                       (size_t)PyBytes_GET_SIZE(content),
                                       pin))
        {
            set = _PyPrincipal_NotAsLocked(file, &dir.st);
        }
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
        _PyPrincipal_MarkTree((PyCodeObject *)code, set);
    }
done:
    _PyPrincipalRead_Close(&dir);
    Py_XDECREF(content);
    return code;
}
