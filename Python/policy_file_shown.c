/* May lines of a file be shown to everybody, which the application reads?

   What a traceback shows of source is read by whoever shows it, and kept in
   linecache, where everybody finds it.  But what file code is from, it says
   itself: a stranger raises an exception in code that is from a file of the
   application's secrets, and the application reads that for him as soon as it
   logs the exception.

   So what linecache has opened for the application is looked at before it is
   read.  Source that all may read, and the application's own, is shown; other
   files are read for nobody known.  A dependency that shows an exception has
   been judged when the file was opened.

   The same goes for the files that mimetypes reads for the application, if
   somebody else has put their names into its list: what is in them stands in
   tables that everybody finds, too.

   Called by: Lib/linecache.py and Lib/mimetypes.py, through _imp. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_file.h"
#include "pycore_policy_mark.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

/* _imp.judge_shown(fd) */
PyObject *
_PyPolicyFile_JudgeShown(PyObject *Py_UNUSED(module), PyObject *object)
{
    PyThreadState *tstate = _PyThreadState_GET();
    int fd = PyLong_AsInt(object);
    if (fd == -1 && PyErr_Occurred()) {
        return NULL;
    }
    _PyPolicyActing acting = _PyPolicyStack_Acting(tstate);
    if (_PyPolicyNarrow_Strip(acting.set) > _PyPrincipal_APPLICATION) {
        Py_RETURN_NONE;
    }
    _PyPolicyFilePath path;
    _PyPolicyFile_Resolve(fd, NULL, true, &path);
    if (path.kind == _PyPolicyFile_NAMED
        && (_PyPolicyFile_IsPublic(path.text, path.len)
            || _PyPolicyFile_IsSource(path.text, path.len)))
    {
        Py_RETURN_NONE;
    }
    _PyPolicyAccess access = {
        .capability = _PyPolicy_READ,
        .event = "open",
        .target = {.text = path.text, .len = path.len, .port = -1},
    };
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, _PyPrincipal_UNKNOWN, true);
    int result = _PyPolicyGate_Access(tstate, &access);
    _PyPolicyMark_Pop(tstate, &mark);
    if (result < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}
