/* Who acts when a file is asked to write what somebody has left in it?

   A text file hands on what was written to it before to whatever it was made
   with, by calling write(): when it is flushed, by whoever writes next, or at
   the end.  print() and the loggers call write() of whatever stands in
   sys.stdout or is somebody's stream.  With a C function in that place (exec,
   os.system) a text becomes a command, and no frame shows whose.

   So whoever made a file acts in what it hands on, beside whoever has it do
   so; and where write() is no method of the object that is asked, but
   something that was put there, nobody known acts in it, as in whatever is
   found (_PyPrincipal_EnterFound()).  Methods of the object itself answer for
   what they do.

   Called by: upstream's textio.c, bufferedio.c and fileobject.c, and
   policy_deferred_lib.c for logging. */

#include "Python.h"
#include "pycore_policy_deferred.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

bool
_PyPolicyWritten_IsOwn(PyObject *method, PyObject *file)
{
    return (PyMethod_Check(method) && PyMethod_GET_SELF(method) == file)
           || (PyCFunction_Check(method)
               && PyCFunction_GET_SELF(method) == file);
}

PyObject *
_PyPrincipal_WriteWith(PyObject *method, PyObject *file, PyObject *data,
                       uint32_t built_by)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark built, found = {.stop = false};
    _PyPrincipal_EnterBuilt(tstate, &built, built_by);
    if (!_PyPolicyWritten_IsOwn(method, file)) {
        _PyPrincipal_EnterFound(tstate, &found, method, NULL);
    }
    PyObject *result = PyObject_CallOneArg(method, data);
    _PyPrincipal_Leave(tstate, &found);
    _PyPrincipal_LeaveBuilt(tstate, &built, built_by);
    return result;
}

PyObject *
_PyPrincipal_Write(PyObject *file, PyObject *name, PyObject *data,
                   uint32_t built_by)
{
    PyObject *method = PyObject_GetAttr(file, name), *result = NULL;
    if (method != NULL) {
        result = _PyPrincipal_WriteWith(method, file, data, built_by);
        Py_DECREF(method);
    }
    return result;
}
