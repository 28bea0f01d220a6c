/* Who builds what will run without a frame of its builder?

   Whoever is acting, here and now: for a callable (policy_deferred_callable.c)
   and for a generator or a coroutine, which has a place for its builder's
   number.  Nobody need be remembered where only the application and the
   standard library act, nor where the builder is on the stack whenever it
   runs, which is usual for coroutines.

   Called by: upstream's genobject.c, _functoolsmodule.c and wherever a
   callable is kept. */

#include "Python.h"
#include "pycore_code.h"          // _Py_GetBaseOpcode()
#include "pycore_frame.h"         // _PyInterpreterFrame
#include "pycore_opcode_metadata.h"
#include "pycore_policy_deferred.h"
#include "pycore_policy_setup.h"  // _PyPolicySetup_Started()
#include "pycore_pystate.h"       // _PyThreadState_GET()

bool
_PyPolicyDeferred_IsEarly(void)
{
    return _Py_atomic_load_int_relaxed(&_PyPrincipal_Alone)
           || (!_PyPrincipal_HaveNames() && !_PyPolicySetup_Started());
}

uint32_t
_PyPrincipal_Builder(void)
{
    /* What bodies of the standard library build is its own, no matter who
       imports them first. */
    if (_PyPolicyDeferred_IsEarly()) {
        return _PyPrincipal_STDLIB;
    }
    bool stdlib_body;
    uint32_t set = _PyPolicyStack_Set(_PyThreadState_GET(), &stdlib_body);
    return stdlib_body || set < _PyPrincipal_UNKNOWN ? _PyPrincipal_STDLIB
                                                     : set;
}

/* What _Py_GetBaseOpcode() says, where nobody monitors the code and it is not
   compiled further. */
static inline int
opcode_at(PyCodeObject *code, int at)
{
    int opcode = _PyOpcode_Deopt[_PyCode_CODE(code)[at].op.code];
    return opcode == ENTER_EXECUTOR || opcode >= MIN_INSTRUMENTED_OPCODE
           ? _Py_GetBaseOpcode(code, at) : opcode;
}

/* Is it an instruction that loads None?  It need not be an instruction that
   stands there: what one before it remembers may look like any, also like one
   that is monitored, where nothing is. */
static bool
loads_none(PyCodeObject *code, int at)
{
    _Py_CODEUNIT unit = _PyCode_CODE(code)[at];
    int opcode = unit.op.code;
    const _PyCoMonitoringData *monitored = code->_co_monitoring;
    if (monitored != NULL) {
        const _PyCoLineInstrumentationData *lines = monitored->lines;
        if (opcode == INSTRUMENTED_LINE && lines != NULL) {
            opcode = lines->data[at * lines->bytes_per_entry];
        }
        if (opcode == INSTRUMENTED_INSTRUCTION
            && monitored->per_instruction_opcodes != NULL)
        {
            opcode = monitored->per_instruction_opcodes[at];
        }
    }
    return opcode == LOAD_CONST
           && unit.op.arg < PyTuple_GET_SIZE(code->co_consts)
           && PyTuple_GET_ITEM(code->co_consts, unit.op.arg) == Py_None;
}

/* Is it how an `async with` statement calls what the class of its object has
   for it?  At its end it does so with three of None, the first of which stands
   where another call has an object, or nothing.  (Through C, all of them.) */
static bool
is_with(PyCodeObject *code, int at, int opcode)
{
    return opcode == BEFORE_ASYNC_WITH || opcode == WITH_EXCEPT_START
           || (opcode == CALL && _PyCode_CODE(code)[at].op.arg == 2 && at >= 3
               && loads_none(code, at - 1) && loads_none(code, at - 2)
               && loads_none(code, at - 3));
}

/* Is a coroutine awaited by the statement that makes it?  Then whoever calls
   its function is on the stack whenever it runs, unless he takes it out of
   what awaits it.  The frame that does so; NULL: none.  `with`: or by the
   statement that calls it by the name of a special method, which it does
   through C.  Such a statement looks for the method, too, and a property that
   it meets may make a coroutine of somebody's; of the library's functions a
   property knows who made it. */
static const _PyInterpreterFrame *
awaiting_at_once(const _PyInterpreterFrame *caller, bool with)
{
    bool through_c = with && caller != NULL
                     && caller->owner == FRAME_OWNED_BY_CSTACK
                     && _PyPolicyMark_Of(caller) == NULL;
    caller = through_c ? caller->previous : caller;
    if (caller == NULL || caller->owner == FRAME_OWNED_BY_CSTACK) {
        return NULL;
    }
    PyCodeObject *code = (PyCodeObject *)caller->f_executable;
    int at = (int)(caller->instr_ptr - _PyCode_CODE(code));
    int opcode = at < 0 ? NOP : opcode_at(code, at);
    if (through_c ? !is_with(code, at, opcode)
                  : opcode != CALL && opcode != CALL_KW
                    && opcode != CALL_FUNCTION_EX)
    {
        return NULL;
    }
    return opcode_at(code, at + 1 + _PyOpcode_Caches[opcode])
           == GET_AWAITABLE ? caller : NULL;
}

/* Who is to be remembered of those who await it?  Neither a walk nor another
   set is needed: the code that does so, and whoever built what awaits.  They
   are met where it runs anyhow, and still are where somebody has taken it out
   (_PyPrincipal_TakenOut(), the collector, a profile function). */
static uint32_t
set_awaiting(const _PyInterpreterFrame *frame, uint32_t owner)
{
    uint32_t set = ((PyCodeObject *)frame->f_executable)->_co_principal
                   & _PyPrincipal_SET;
    uint32_t builder = frame->owner == FRAME_OWNED_BY_GENERATOR
        ? _PyFrame_GetGenerator((_PyInterpreterFrame *)frame)->_gi_principal
        : _PyPrincipal_STDLIB;
    if (set < _PyPrincipal_UNKNOWN || set == owner) {
        return builder;
    }
    return builder == _PyPrincipal_STDLIB || builder == set
           ? set : _PyPrincipal_Join(set, builder);
}

uint32_t
_PyPrincipal_GeneratorBuilder(PyFunctionObject *func)
{
    uint32_t owner = ((PyCodeObject *)func->func_code)->_co_principal
                     & _PyPrincipal_SET;
    PyThreadState *tstate = _PyThreadState_GET();
    const _PyInterpreterFrame *frame = tstate->current_frame;
    const _PyInterpreterFrame *awaiting =
        awaiting_at_once(frame->previous, owner == _PyPrincipal_STDLIB);
    if (awaiting != NULL) {
        return set_awaiting(awaiting, owner);
    }
    if (_PyPolicyDeferred_IsEarly()) {
        return _PyPrincipal_STDLIB;
    }
    bool stdlib_body;
    uint32_t set = frame->f_funcobj == (PyObject *)func
                   ? _PyPolicyStack_SetBelow(tstate, &stdlib_body)
                   : _PyPolicyStack_Set(tstate, &stdlib_body);
    if (set < _PyPrincipal_UNKNOWN || set == owner) {
        return _PyPrincipal_STDLIB;
    }
    if (owner == _PyPrincipal_STDLIB) {
        return stdlib_body ? _PyPrincipal_STDLIB : set;
    }
    set = _PyPrincipal_Join(set, owner);
    return set == owner ? _PyPrincipal_STDLIB : set;
}

void
_PyPrincipal_MarkTakenOut(PyGenObject *outer, PyObject *inner)
{
    if (!PyGen_Check(inner) && !PyCoro_CheckExact(inner)
        && !PyAsyncGen_CheckExact(inner))
    {
        return;
    }
    PyGenObject *taken = (PyGenObject *)inner;
    PyCodeObject *code = _PyFrame_GetCode(
        (_PyInterpreterFrame *)outer->gi_iframe);
    uint32_t set = _PyPrincipal_Join(code->_co_principal & _PyPrincipal_SET,
                                     outer->_gi_principal);
    if (set >= _PyPrincipal_UNKNOWN) {
        taken->_gi_principal = _PyPrincipal_Join(taken->_gi_principal, set);
    }
}

uint32_t
_PyPrincipal_Rebuilt(uint32_t set)
{
    uint32_t now = _PyPrincipal_BuiltBy();
    return now == _PyPrincipal_STDLIB ? set : _PyPrincipal_Join(set, now);
}
