/* Who acts when a file is asked to write what somebody has left in it?

   A text file hands on what was written to it before to whatever it was made
   with, by calling write(): when it is flushed, by whoever writes next, or at
   the end.  print() calls write() of whatever stands in sys.stdout.  With a C
   function in that place (exec, os.system) a text becomes a command, and no
   frame shows whose.

   So whoever made a file acts in what it hands on, beside whoever has it do
   so; and where write() is no method of the object that is asked, but
   something that was put there, nobody known acts in it, as in whatever is
   found (_PyPrincipal_EnterFound()).  Methods of the object itself answer for
   what they do.

   Loggers are seen to where the stack is walked (policy_stack_found.c).

   A filter of warnings is asked for match() in the same way.

   Called by: upstream's textio.c, bufferedio.c, fileobject.c, _csv.c,
   _pickle.c and _warnings.c. */

#include "Python.h"
#include "pycore_global_strings.h"    // _Py_ID()
#include "pycore_policy_deferred.h"
#include "pycore_policy_plain.h"
#include "pycore_policy_stack_found.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_typeobject.h"    // _PyType_LookupRef()

bool
_PyPolicyWritten_IsOwn(PyObject *method, PyObject *file, PyObject *name)
{
    if (PyCFunction_Check(method)) {
        return PyCFunction_GET_SELF(method) == file
               && PyUnicode_EqualToUTF8(
                   name, ((PyCFunctionObject *)method)->m_ml->ml_name);
    }
    if (!PyMethod_Check(method) || PyMethod_GET_SELF(method) != file) {
        return false;
    }
    PyObject *func = PyMethod_GET_FUNCTION(method);
    PyObject *found = _PyType_LookupRef(Py_TYPE(file), name);
    bool own = PyFunction_Check(func) || _PyPolicyDeferred_Check(func)
               || func == found;
    Py_XDECREF(found);
    return own;
}

/* The same before it is got, without making a bound method: yes means that it
   would be one of its class.  No look-up runs code, so the next one finds what
   this one does; but where another thread can run, it is got. */
#ifndef Py_GIL_DISABLED
static bool
has_own(PyObject *file, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(file);
    if (type->tp_getattro != PyObject_GenericGetAttr
        || (type->tp_flags & Py_TPFLAGS_MANAGED_DICT)
        || !_PyPolicy_HasNoneItself(file, name))
    {
        return false;
    }
    if (type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE) {
        return true;            /* what it has is as it was made in C */
    }
    if (!_PyPolicy_HasPlainBases(type)) {
        return false;
    }
    PyObject *found = _PyType_LookupRef(type, name);
    bool own = found != NULL && _PyPolicyStack_IsMethodBy(found, name);
    Py_XDECREF(found);
    return own;
}
#else
static PyObject *
own_method(PyObject *file, PyObject *name)
{
    PyObject *method = NULL;
    if (Py_TYPE(file)->tp_getattro != PyObject_GenericGetAttr
        || !_PyObject_GetMethod(file, name, &method)
        || !_PyPolicyStack_IsMethodBy(method, name))
    {
        Py_CLEAR(method);
        PyErr_Clear();
    }
    return method;
}
#endif

static PyObject *
call_got(PyObject *method, PyObject *file, PyObject *name, PyObject *data,
         uint32_t built_by)
{
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark built, found = {.stop = false};
    _PyPrincipal_EnterBuilt(tstate, &built, built_by);
    if (!_PyPolicyWritten_IsOwn(method, file, name)) {
        _PyPrincipal_EnterFound(tstate, &found, method, NULL);
    }
    PyObject *result = PyObject_CallOneArg(method, data);
    _PyPrincipal_Leave(tstate, &found);
    _PyPrincipal_LeaveBuilt(tstate, &built, built_by);
    return result;
}

PyObject *
_PyPrincipal_WriteWith(PyObject *method, PyObject *file, PyObject *data)
{
    return call_got(method, file, &_Py_ID(write), data, _PyPrincipal_STDLIB);
}

PyObject *
_PyPrincipal_MakeWriter(PyObject *method, PyObject *file)
{
    if (!PyCallable_Check(method)
        || _PyPolicyWritten_IsOwn(method, file, &_Py_ID(write))
        || _PyPolicyDeferred_IsSafe(method))
    {
        return method;
    }
    PyObject *made = _PyPolicyDeferred_New(_PyPolicyDeferred_NOBODY, false,
                                           method, NULL, NULL, NULL);
    Py_DECREF(method);
    return made;
}

PyObject *
_PyPrincipal_Write(PyObject *file, PyObject *name, PyObject *data,
                   uint32_t built_by)
{
    PyObject *method, *result = NULL;
#ifdef Py_GIL_DISABLED
    PyObject *own = own_method(file, name);
#else
    bool own = has_own(file, name);
#endif
    if (own) {
        PyThreadState *tstate = _PyThreadState_GET();
        _PyPolicyMark built;
        _PyPrincipal_EnterBuilt(tstate, &built, built_by);
#ifdef Py_GIL_DISABLED
        result = PyObject_CallFunctionObjArgs(own, file, data, NULL);
        Py_DECREF(own);
#else
        result = PyObject_CallMethodOneArg(file, name, data);
#endif
        _PyPrincipal_LeaveBuilt(tstate, &built, built_by);
        return result;
    }
    method = PyObject_GetAttr(file, name);
    if (method != NULL) {
        result = call_got(method, file, name, data, built_by);
        Py_DECREF(method);
    }
    return result;
}
