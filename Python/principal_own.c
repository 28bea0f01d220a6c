/* What does the interpreter import, and make, in nobody's name?

   To show an exception it needs traceback and io, to keep what was typed it
   needs linecache.  Whoever raised the exception did not ask for them, and
   gets nothing by it: so a key for one of them says nothing about this, and
   tracebacks look the same under every policy.

   The import runs above a mark.  Only what the import system itself does
   directly above it is meant: as soon as other code runs (a finder, a loader,
   a function that somebody has put in the place of __import__) it is judged
   as that code's like anything else, and so is what the modules do later.

   The classes of syntax trees are made when something is compiled for the
   first time, and are the standard library's, whoever compiles. */

#include "Python.h"
#include "pycore_policy_mark.h"
#include "pycore_principal_load.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

PyObject *
_PyPrincipal_ImportOwn(const char *name)
{
    if (!_PyPolicy_Active) {
        return PyImport_ImportModule(name);
    }
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, _PyPrincipal_STDLIB, false);
    mark.own = true;
    PyObject *module = PyImport_ImportModule(name);
    _PyPolicyMark_Pop(tstate, &mark);
    return module;
}

int
_PyPrincipal_CallOnceOwn(_PyOnceFlag *flag, _Py_once_fn_t *fn, void *arg)
{
    if (_Py_atomic_load_uint8(&flag->v) == _Py_ONCE_INITIALIZED) {
        return 0;
    }
    PyThreadState *tstate = _PyThreadState_GET();
    _PyPolicyMark mark;
    _PyPolicyMark_Push(tstate, &mark, _PyPrincipal_STDLIB, true);
    mark.own = true;
    int result = _PyOnceFlag_CallOnce(flag, fn, arg);
    _PyPolicyMark_Pop(tstate, &mark);
    return result;
}
