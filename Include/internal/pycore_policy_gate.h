/* Import or event x stack x policy: a verdict.

   The seams are at the end: what upstream's code calls.  Each is one load
   and one branch when no policy is in force. */

#ifndef Py_INTERNAL_POLICY_GATE_H
#define Py_INTERNAL_POLICY_GATE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy.h"
#include "pycore_interp.h"        // PyInterpreterState.policy
#include "pycore_policy_access.h" // _PyPolicyAccess_Changes
#include "pycore_policy_events.h" // _PyPolicyEvents_Slot()
#include "pycore_policy_limits.h"
#include "pycore_principal.h"
#include "pycore_runtime.h"       // _PyRuntime
#include "pydtrace.h"             // PyDTrace_AUDIT_ENABLED()

/* What would be said if exactly this principal ("__main__": the
   application) imported that module: 1 allowed, 0 refused, -1 with an
   exception set.  *policy and *rule: the first that refuses, or, allowed,
   the last that speaks of the module (NULL when none does).  *why: the
   granted ancestor on whose grant it rides, "" when it has its own, NULL
   when it is refused or free. */
extern int _PyPolicyGate_Query(const char *principal, const char *module,
                               const _PyPolicy **policy,
                               const _PyPolicyRule **rule,
                               const char **why);

/* Bytes in a module's name; no key is longer. */
#define _PyPolicyGate_MAX_MODULE _PyPolicy_MAX_NAME

/* What is in force has changed: no event is known to be free. */
extern void _PyPolicyGate_Forget(void);

/* Does a policy only log?  Then what it says has to be heard each time. */
extern bool _PyPolicyGate_OnlyLogs(void);

/* The module keys alone, for a seam that judges everything else about the
   event itself.  `event` stays where it is.  0; or -1 with an exception. */
extern int _PyPolicyGate_JudgeKeys(PyThreadState *tstate, const char *event,
                                   _PyPolicyCapability capability);

/* The interpreter ends: let go of the code that is remembered. */
extern void _PyPolicyGate_ForgetCode(PyInterpreterState *interp);

/* Addresses of literals that name events which no policy restricts. */
extern const char *_PyPolicyGate_FreeEvents[_PyPolicyEvents_LITERALS];

/* Is somebody listening to events? */
static inline bool
_PyPolicyGate_HasHooks(const PyInterpreterState *interp)
{
    return _PyRuntime.audit_hooks.head != NULL || interp->audit_hooks != NULL
           || PyDTrace_AUDIT_ENABLED();
}

/* sysmodule.c: raise an event that has been judged, to the hooks alone. */
extern int _PyPolicyGate_AuditJudged(PyThreadState *tstate, const char *event,
                                     const char *format, ...);

/* The same for an event on which time must not be lost: most often there are
   none. */
#define _PyPolicyGate_Tell(TSTATE, ...) \
    (_PyPolicyGate_HasHooks((TSTATE)->interp) \
     ? _PyPolicyGate_AuditJudged((TSTATE), __VA_ARGS__) : 0)

/* --- Seams: what upstream's code calls ----------------------------------

   All return 0 when allowed and -1 with an exception set when not. */

/* 1: allowed, and the library asks (pycore_policy_library.h). */
extern int _PyPolicyGate_JudgeImport(PyThreadState *tstate, PyObject *name);
extern int _PyPolicyGate_JudgeModuleName(PyThreadState *tstate,
                                         const char *name);
extern int _PyPolicyGate_JudgeFrom(PyThreadState *tstate, PyObject *module);
extern int _PyPolicyGate_JudgeEvent(PyThreadState *tstate, const char *event,
                                    const char *format, va_list *arguments);
extern int _PyPolicyGate_JudgeEventNamed(PyThreadState *tstate,
                                         PyObject *name, const char *event,
                                         PyObject *arguments);

/* A guarded builtin ("builtins.open") is about to be called; for
   policy_builtin.c. */
extern int _PyPolicyGate_JudgeBuiltin(PyThreadState *tstate,
                                      const char *name);

/* pystate.c, interpreter_clear(); and PyThreadState_Clear(), when nothing of
   the thread's own is left but its memory. */
extern void _PyPolicyGate_Clear(PyInterpreterState *interp);
extern void _PyPolicyGate_ThreadCleared(PyThreadState *tstate);

/* sysmodule.c, _PySys_ClearAuditHooks(): does not return when a security
   manager is in force and this is not the runtime's own end. */
extern void _PyPolicyGate_HooksCleared(PyThreadState *tstate);

/* pythonrun.c: a line that was to be read at a prompt has raised an exception.
   May none be read?  Then it has been said, and the exception is dropped. */
extern bool _PyPolicyGate_EndsPrompt(PyThreadState *tstate,
                                     PyObject *filename);

/* A module of that absolute name is about to be handed out, or loaded.
   `name` is a str (or of a subclass). */
static inline int
_PyPolicyGate_Import(PyThreadState *tstate, PyObject *name)
{
    return _PyPolicy_IsActive() ? _PyPolicyGate_JudgeImport(tstate, name) : 0;
}

/* `from m import x` found this value: is it a module that may be had? */
static inline int
_PyPolicyGate_From(PyThreadState *tstate, PyObject *value)
{
    /* Instances of most types cannot have attributes of their own. */
    return _PyPolicy_IsActive() && value != NULL
           && Py_TYPE(value)->tp_dictoffset != 0 && PyModule_Check(value)
           ? _PyPolicyGate_JudgeFrom(tstate, value) : 0;
}

/* Is it known that nobody judges the event of that name, which is a literal?
   Its address is remembered. */
static inline bool
_PyPolicyGate_IsFree(const char *event)
{
    int judges = _PyPolicy_Judges;
    return judges == 0
           || (judges == _PyPolicy_JUDGES
               && _Py_atomic_load_ptr_relaxed(
                      &_PyPolicyGate_FreeEvents[_PyPolicyEvents_Slot(event)])
                  == event);
}

/* An audit event whose name is a literal. */
static inline int
_PyPolicyGate_Event(PyThreadState *tstate, const char *event,
                    const char *format, va_list *arguments)
{
    return _PyPolicyGate_IsFree(event) ? 0
           : _PyPolicyGate_JudgeEvent(tstate, event, format, arguments);
}

/* Where the name of an event is kept, by its address. */
static inline size_t
_PyPolicyGate_PlaceOf(PyObject *name)
{
    return (uintptr_t)name >> 4 & (_PyPolicy_FREE_EVENTS - 1);
}

/* The same for the name that Python code gives, which may be any object. */
static inline bool
_PyPolicyGate_IsFreeName(PyThreadState *tstate, PyObject *event)
{
    int judges = _PyPolicy_Judges;
    const struct _PyPolicyInterp *known = &tstate->interp->policy;
    return judges == 0
           || (judges == _PyPolicy_JUDGES
               && known->free_events[_PyPolicyGate_PlaceOf(event)] == event
               && known->free_events_of == _Py_atomic_load_int_relaxed(
                      &_PyPolicyAccess_Changes));
}

/* An audit event whose name may be anywhere in memory, with the tuple of its
   arguments (NULL: none).  `name`: the str whose characters it is, or NULL. */
static inline int
_PyPolicyGate_EventNamed(PyThreadState *tstate, PyObject *name,
                         const char *event, PyObject *arguments)
{
    return _PyPolicy_Judges
        ? _PyPolicyGate_JudgeEventNamed(tstate, name, event, arguments) : 0;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_GATE_H */
