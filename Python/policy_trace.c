/* For whom does a trace function run?

   It runs on top of whatever is traced, which has not asked for it: a segment
   of its own, in which those act who called sys.settrace() or sys.setprofile()
   for this thread, on it or on another.  Most trace functions show themselves,
   by their code, and need nothing.  A debugger's is a method of the standard
   library's, and so are the commands that it reads: there the thread says who
   registered it.

   A frame has a trace function beside the thread's, which anybody may put
   there (`f_trace`), or which the last one returned.  It outlives the
   registration, so it has to show whoever put it there by itself: where it
   does not, it becomes a deferred call.

   Called by: upstream's legacy_tracing.c, sysmodule.c and frameobject.c. */

#include "Python.h"
#include "pycore_policy_capture.h"
#include "pycore_policy_deferred.h"
#include "pycore_policy_trace.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()
#include "pycore_tstate.h"        // _PyThreadStateImpl

static uint32_t
tracers(PyThreadState *tstate)
{
    uint32_t tracers = ((_PyThreadStateImpl *)tstate)->policy.tracers;
    return tracers == 0 ? _PyPrincipal_UNKNOWN : tracers - 1;
}

void
_PyPrincipal_NoteTracers(PyThreadState *tstate)
{
    uint32_t set = _PyPrincipal_Acting();
    if (tstate->c_tracefunc != NULL || tstate->c_profilefunc != NULL) {
        set = _PyPrincipal_Join(set, tracers(tstate));
    }
    ((_PyThreadStateImpl *)tstate)->policy.tracers = set + 1;
}

void
_PyPrincipal_EnterTrace(PyThreadState *tstate, _PyPolicyMark *mark,
                        PyObject *function)
{
    mark->stop = false;
    if (_PyPolicy_Active && !_PyPolicyDeferred_IsSafe(function)) {
        _PyPrincipal_EnterBase(tstate, mark, tracers(tstate));
    }
}

PyObject *
_PyPrincipal_MakeNextTrace(PyThreadState *tstate, PyObject *function)
{
    _PyPolicyMark mark;
    _PyPrincipal_EnterBase(tstate, &mark, tracers(tstate));
    Py_SETREF(function, _PyPrincipal_MakeBuilt(function));
    _PyPrincipal_Leave(tstate, &mark);
    return function;
}
