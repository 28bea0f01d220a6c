/* Which environment variables does whoever is acting see?

   Under a policy `posix.environ` is not a dict but an object of the type
   below.  It holds the dict, which nothing else refers to: the object is not
   tracked by the collector, has no attribute or method that hands it out, and
   neither has the dict, whose keys and values are exact bytes, ever been
   tracked.  Every way to look asks first who is acting.

   Above it `os.environ` and `os.environb` are two more objects of that type,
   which convert and, when written to, also set the variable in the process,
   as the class of the standard library does that they stand for.  That class
   could not be used: it is Python, and a decoder hung on its instance would
   be handed whatever the application reads.

   What is written by somebody who was not granted the name is kept in a table
   of his own, by the innermost set, from which he reads it back.  The table
   answers only where the real variable is not his: a library that is granted
   a name sees the real one, whatever it was made to write while a stranger
   called it.

   A read is refused by answering that there is no such variable.  That is
   logged when there is one.  Copies and iterations leave out what may not be
   seen; they are logged as one access to "*".  Whoever goes through the names
   alone will ask for those that he wants: that is logged only where no entry
   says what he is granted.  A body of the standard library
   may look up what it likes while it is loaded, but what it copies is there
   for everybody (wsgiref.handlers has such a copy): only what all may see.

   policy_child.c asks here what a program inherits. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_environ.h"
#include "pycore_policy_gate.h"     // _PyPolicyGate_OnlyLogs()
#include "pycore_policy_setup.h"  // _PyPolicySetup_IsOwnVariable()
#include "pycore_policy_stack.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <string.h>

/* --- Names -------------------------------------------------------------- */

/* Readable to all, sorted, besides LC_*: locale, terminal, time zone, home,
   search path, temporary directory. */
static const char PUBLIC[][21] = {
    "CLICOLOR", "CLICOLOR_FORCE", "COLORFGBG", "COLORTERM", "COLUMNS",
    "FORCE_COLOR", "HOME", "LANG", "LANGUAGE", "LINES", "NO_COLOR", "PATH",
    "PYTHON_COLORS", "TEMP", "TERM", "TERMINFO", "TERMINFO_DIRS",
    "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TMP", "TMPDIR", "TZ", "TZDIR",
};

static bool
is_public(const char *name)
{
    if (strncmp(name, "LC_", 3) == 0) {
        return true;
    }
    size_t low = 0, high = Py_ARRAY_LENGTH(PUBLIC);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, PUBLIC[middle]);
        if (order == 0) {
            return true;
        }
        if (order < 0) {
            high = middle;
        }
        else {
            low = middle + 1;
        }
    }
    return false;
}

bool
_PyPolicyEnviron_IsPublic(const char *name)
{
    return is_public(name);
}

bool
_PyPolicyEnviron_IsLoaders(const char *name, size_t len)
{
    /* OpenSSL's configuration names libraries, as does iconv()'s. */
    static const char *const PREFIXES[] = {
        "LD_", "DYLD_", "PYTHON", "_PYTHON", "OPENSSL_CONF", "OPENSSL_ENGINES",
        "OPENSSL_MODULES", "GCONV_PATH", "BASH_ENV", "BASH_FUNC_",
    };
    for (size_t i = 0; i < Py_ARRAY_LENGTH(PREFIXES); i++) {
        if (len > 0 && name[0] == PREFIXES[i][0]) {
            size_t n = strlen(PREFIXES[i]);
            if (len >= n && strncmp(name, PREFIXES[i], n) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* --- Who looks ---------------------------------------------------------- */

/* The same for all names that one call looks at. */
typedef struct {
    PyThreadState *tstate;
    int all;                    /* 1: may see everything, 0: nothing that is
                                   not public, -1: it depends on the name */
    bool has_owner;
    uint32_t owner;             /* see owner_of() */
} Viewer;

static Viewer
viewer_now(void)
{
    Viewer viewer = {.tstate = _PyThreadState_GET(), .all = 1};
    if (_PyPolicyGate_Restricts(_PyPolicy_ENV)) {
        viewer.all = _PyPolicyGate_AllowsAll(viewer.tstate, _PyPolicy_ENV,
                                             NULL);
    }
    return viewer;
}

/* Whose table: the innermost principal's; where no frame says, that of all
   who act, and the application's when nobody does. */
static uint32_t
owner_of(Viewer *viewer)
{
    if (!viewer->has_owner) {
        _PyPolicyActing acting = _PyPolicyStack_Acting(viewer->tstate);
        viewer->owner = acting.inner != _PyPrincipal_STDLIB ? acting.inner
                        : _PyPolicyBeyond_Strip(acting.set);
        viewer->has_owner = true;
    }
    return viewer->owner;
}

static bool
ask_all(Viewer *viewer, bool names)
{
    _PyPolicyAccess access = {
        .capability = _PyPolicy_ENV,
        .target = {.text = "*", .len = 1, .looks = names, .port = -1},
    };
    return _PyPolicyGate_Allows(viewer->tstate, &access, true) == 1;
}

static bool
ask(Viewer *viewer, _PyPolicyCapability capability, const char *event,
    const char *name, bool log)
{
    _PyPolicyAccess access = {
        .capability = capability,
        .event = event,
        .target = {.text = name, .len = strlen(name), .port = -1},
    };
    return _PyPolicyGate_Allows(viewer->tstate, &access, log) == 1;
}

static bool
may_see(Viewer *viewer, const char *name, bool log)
{
    if (viewer->all == 1 || is_public(name)) {
        return true;
    }
    return (viewer->all < 0 || log)
           && ask(viewer, _PyPolicy_ENV, NULL, name, log);
}

/* Does a change reach the process? */
static bool
is_real(Viewer *viewer, const char *event, const char *name, bool log)
{
    if (_PyPolicySetup_IsOwnVariable(name)) {
        return false;
    }
    if (_PyPolicyGate_Restricts(_PyPolicy_ENV)
        && !ask(viewer, _PyPolicy_ENV, event, name, log))
    {
        return false;
    }
    return !_PyPolicyGate_Restricts(_PyPolicy_FFI)
           || !_PyPolicyEnviron_IsLoaders(name, strlen(name))
           || ask(viewer, _PyPolicy_FFI, NULL, name, log);
}

/* --- What answers instead of the real variables ------------------------- */

/* A dict of bytes to bytes, or to None where the variable is removed. */
static PyObject *
all_own(Viewer *viewer)
{
    PyObject *result = _PyPolicyEnviron_HasOwn()
        ? _PyPolicyEnviron_AllOwn(owner_of(viewer)) : PyDict_New();
    PyObject *names = result != NULL ? PyDict_Keys(result) : NULL;
    int failed = names == NULL;
    for (Py_ssize_t i = 0; !failed && i < PyList_GET_SIZE(names); i++) {
        PyObject *name = PyList_GET_ITEM(names, i);
        if (is_real(viewer, NULL, PyBytes_AS_STRING(name), false)) {
            failed = PyDict_DelItem(result, name) < 0;
        }
    }
    if (failed) {
        Py_CLEAR(result);
    }
    Py_XDECREF(names);
    return result;
}

/* --- Looking ------------------------------------------------------------ */

int
_PyPolicyEnviron_Find(PyObject *real, PyObject *name, PyObject **value)
{
    const char *text = PyBytes_AS_STRING(name);
    Viewer viewer = {0};
    if (_PyPolicyEnviron_HasOwn()) {
        viewer = viewer_now();
        int found = _PyPolicyEnviron_GetOwn(owner_of(&viewer), text, value);
        if (found < 0) {
            return -1;
        }
        if (found && !is_real(&viewer, NULL, text, false)) {
            return *value != NULL;
        }
        Py_CLEAR(*value);
    }
    int found = PyDict_GetItemRef(real, name, value);
    if (found <= 0 || !_PyPolicyGate_Restricts(_PyPolicy_ENV)) {
        return found;
    }
    /* One question is cheaper than whether the name matters first. */
    viewer.tstate = _PyThreadState_GET();
    viewer.all = -1;
    if (!may_see(&viewer, text, true)) {
        Py_CLEAR(*value);
        found = 0;
    }
    return found;
}

/* What is left of `all`, which is nobody else's.  `names_only`: it is
   asked for these. */
static int
hide(Viewer *viewer, PyObject *all, bool names_only)
{
    PyObject *names = viewer->all == 1 ? NULL : PyDict_Keys(all);
    if (names == NULL) {
        return viewer->all == 1 ? 0 : -1;
    }
    /* Where nothing is hidden because nothing is refused, somebody who learns
       from the log has to be told all the same. */
    bool hidden = PyList_GET_SIZE(names) > 0 && _PyPolicyGate_OnlyLogs();
    int failed = 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(names) && !failed; i++) {
        PyObject *name = PyList_GET_ITEM(names, i);
        if (!may_see(viewer, PyBytes_AS_STRING(name), false)) {
            hidden = true;
            failed = PyDict_DelItem(all, name) < 0;
        }
    }
    Py_DECREF(names);
    if (hidden && !failed) {
        (void)ask_all(viewer, names_only);
    }
    return failed ? -1 : 0;
}

static int
add_own(Viewer *viewer, PyObject *all)
{
    PyObject *mine = all_own(viewer), *name, *value;
    Py_ssize_t pos = 0;
    int result = mine == NULL ? -1 : 0;
    while (result == 0 && PyDict_Next(mine, &pos, &name, &value)) {
        result = value != Py_None ? PyDict_SetItem(all, name, value)
                                  : PyDict_Pop(all, name, NULL);
        result = result < 0 ? -1 : 0;
    }
    Py_XDECREF(mine);
    return result;
}

PyObject *
_PyPolicyEnviron_Visible(PyObject *real, bool names_only)
{
    Viewer viewer = viewer_now();
    if (_PyPolicyGate_Restricts(_PyPolicy_ENV)
        && _PyPolicyStack_Acting(viewer.tstate).stdlib_body)
    {
        viewer.all = 0;
    }
    PyObject *all = PyDict_Copy(real);
    if (all != NULL
        && (hide(&viewer, all, names_only) < 0 || add_own(&viewer, all) < 0))
    {
        Py_CLEAR(all);
    }
    return all;
}

/* --- Writing ------------------------------------------------------------ */

static const char *
event_of(PyObject *value)
{
    return value != NULL ? "os.putenv" : "os.unsetenv";
}

static int
write_own(Viewer *viewer, PyObject *name, PyObject *value)
{
    return _PyPolicyEnviron_SetOwn(
        owner_of(viewer), PyBytes_AS_STRING(name),
        value != NULL ? PyBytes_AS_STRING(value) : NULL);
}

/* What cannot be a variable is refused as posixmodule.c does. */
static int
check_text(PyObject *name, PyObject *value)
{
    const char *text = PyBytes_AS_STRING(name);
    if (strlen(text) != (size_t)PyBytes_GET_SIZE(name)
        || (value != NULL && strlen(PyBytes_AS_STRING(value))
                             != (size_t)PyBytes_GET_SIZE(value)))
    {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        return -1;
    }
    if (value != NULL && strchr(text, '=') != NULL) {
        PyErr_SetString(PyExc_ValueError, "illegal environment variable name");
        return -1;
    }
    if (*text == '\0' || strchr(text, '=') != NULL) {
        errno = EINVAL;
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    return 0;
}

/* Raise the event for what is_real() has judged: the module keys are left,
   the managers, and the hooks. */
static int
raise_event(PyThreadState *tstate, PyObject *name, PyObject *value)
{
    const char *event = event_of(value);
    if (_PyPolicy_Judges != _PyPolicy_JUDGES) {
        return value != NULL ? PySys_Audit(event, "OO", name, value)
                             : PySys_Audit(event, "(O)", name);
    }
    if (_PyPolicyGate_JudgeKeys(tstate, event, _PyPolicy_ENV) < 0) {
        return -1;
    }
    return value != NULL
        ? _PyPolicyGate_Tell(tstate, event, "OO", name, value)
        : _PyPolicyGate_Tell(tstate, event, "(O)", name);
}

static int
write_process(PyThreadState *tstate, PyObject *name, PyObject *value)
{
    const char *text = PyBytes_AS_STRING(name);
    if (raise_event(tstate, name, value) < 0) {
        return -1;
    }
    if ((value != NULL ? setenv(text, PyBytes_AS_STRING(value), 1)
                       : unsetenv(text)) != 0)
    {
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    return 0;
}

int
_PyPolicyEnviron_Write(PyObject *real, PyObject *name, PyObject *value,
                       bool process)
{
    Viewer viewer = {.tstate = _PyThreadState_GET()};
    if (check_text(name, value) < 0) {
        return -1;
    }
    if (is_real(&viewer, event_of(value), PyBytes_AS_STRING(name), true)) {
        if (process && write_process(viewer.tstate, name, value) < 0) {
            return -1;
        }
        return value == NULL ? PyDict_Pop(real, name, NULL)
                             : PyDict_SetItem(real, name, value) < 0 ? -1 : 1;
    }
    PyObject *old = NULL;
    int found = value != NULL ? 1 : _PyPolicyEnviron_Find(real, name, &old);
    Py_XDECREF(old);
    return found > 0 && write_own(&viewer, name, value) < 0 ? -1 : found;
}

int
_PyPolicyEnviron_KeepOwn(PyObject *name, PyObject *value)
{
    Viewer viewer = {.tstate = _PyThreadState_GET()};
    const char *text = PyBytes_AS_STRING(name);
    if (*text == '\0' || strchr(text, '=') != NULL
        || is_real(&viewer, event_of(value), text, true))
    {
        return 0;
    }
    return write_own(&viewer, name, value) < 0 ? -1 : 1;
}

/* --- What is inherited -------------------------------------------------- */

/* May this entry of the process's environment be seen, and is it not
   replaced?  -1: short of memory. */
static int
is_inherited(Viewer *viewer, PyObject *mine, const char *entry)
{
    size_t len = strcspn(entry, "=");
    if (viewer->all == 1 && PyDict_GET_SIZE(mine) == 0) {
        return 1;
    }
    PyObject *name = PyBytes_FromStringAndSize(entry, (Py_ssize_t)len);
    if (name == NULL) {
        return -1;
    }
    int result = PyDict_Contains(mine, name);
    if (result == 0) {
        result = may_see(viewer, PyBytes_AS_STRING(name), false);
    }
    else if (result > 0) {
        result = 0;
    }
    Py_DECREF(name);
    return result;
}

/* Behind the pointers: the texts of own variables. */
static void
append_own(PyObject *mine, char **result, size_t n, char *text)
{
    PyObject *name, *value;
    Py_ssize_t pos = 0;
    while (PyDict_Next(mine, &pos, &name, &value)) {
        if (value != Py_None) {
            result[n++] = text;
            text += sprintf(text, "%s=%s", PyBytes_AS_STRING(name),
                            PyBytes_AS_STRING(value)) + 1;
        }
    }
    result[n] = NULL;
}

char **
_PyPolicyEnviron_Inherited(char *const *from, size_t room)
{
    Viewer viewer = viewer_now();
    PyObject *mine = all_own(&viewer), *name, *value;
    char **result = NULL;
    size_t n = room + 1, bytes = 0;
    if (mine == NULL) {
        return NULL;
    }
    for (size_t i = 0; from != NULL && from[i] != NULL; i++) {
        n++;
    }
    for (Py_ssize_t pos = 0; PyDict_Next(mine, &pos, &name, &value); ) {
        n++;
        bytes += PyBytes_GET_SIZE(name) + 2;
        bytes += value != Py_None ? PyBytes_GET_SIZE(value) : 0;
    }
    result = PyMem_RawMalloc(n * sizeof(char *) + bytes);
    if (result == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    size_t out = room;
    for (size_t i = 0; from != NULL && from[i] != NULL; i++) {
        int keep = is_inherited(&viewer, mine, from[i]);
        if (keep < 0) {
            PyMem_RawFree(result);
            result = NULL;
            goto done;
        }
        if (keep) {
            result[out++] = from[i];
        }
    }
    append_own(mine, result, out, (char *)(result + n));
done:
    Py_DECREF(mine);
    return result;
}
