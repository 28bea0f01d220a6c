/* What does this operation reach, and may it?

   For code of ours that knows an operation better than its audit event does:
   it says which capability is used on which target, and is told yes or no by
   the same judgement as every import and event. */

#ifndef Py_INTERNAL_POLICY_ACCESS_H
#define Py_INTERNAL_POLICY_ACCESS_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_events.h"
#include "pycore_policy_stack.h"  // _PyPolicyActing
#include "pycore_policy_target.h"
#include "pycore_principal.h"     // _PyPolicy_Active

#include <stdarg.h>

typedef struct _PyPolicyAccess {
    _PyPolicyCapability capability;
    const char *event;          /* the audit event that it is part of */
    bool never;                 /* no dependency may, whatever is granted */
    bool again;                 /* it was judged for its event already: what
                                   a policy only logs has been logged */
    _PyPolicyTarget target;     /* target.package is filled by the gate */
} _PyPolicyAccess;

/* Bit 1 << capability: some policy in force, or something dropped or
   permitted, speaks of it.  While the bit is clear, nothing need be asked. */
PyAPI_DATA(uint32_t) _PyPolicy_Restricted;

static inline bool
_PyPolicyGate_Restricts(_PyPolicyCapability capability)
{
    return (_PyPolicy_Restricted >> capability) & 1;
}

/* Judge it for whoever is acting.  0 allowed; -1 with AccessDenied (or
   MemoryError) set, logged and said. */
extern int _PyPolicyGate_Access(PyThreadState *tstate,
                                const _PyPolicyAccess *access);

/* The same, where the access is part of an import: what is raised is
   ImportDenied. */
extern int _PyPolicyGate_ImportAccess(PyThreadState *tstate,
                                      const _PyPolicyAccess *access);

/* The same question, but nothing is raised: 1 or 0.  With `log`, a no is
   logged (once for each principal and target). */
extern int _PyPolicyGate_Allows(PyThreadState *tstate,
                                const _PyPolicyAccess *access, bool log);

/* Do the policies grant it, those in audit mode too (1), or is there one that
   does not (0)?  For callers that would ask again in another way. */
extern int _PyPolicyGate_Covers(PyThreadState *tstate,
                                const _PyPolicyAccess *access);

/* May whoever is acting use the capability on everything (1), on nothing
   (0), or does it depend on the target (-1)?  Cheap: for callers that spare
   themselves finding out what the target is. */
extern int _PyPolicyGate_AllowsAll(PyThreadState *tstate,
                                   _PyPolicyCapability capability,
                                   const char *event);

/* The first for an acting set that the caller knows already, and of which he
   knows that it is judged (policy_exempt.c). */
extern int _PyPolicyGate_AccessOf(PyThreadState *tstate,
                                  const _PyPolicyAccess *access,
                                  const _PyPolicyActing *acting);

/* All three for such a set, and to the policies alone. */
extern int _PyPolicyGate_AccessBy(PyThreadState *tstate,
                                  const _PyPolicyAccess *access,
                                  const _PyPolicyActing *acting);
extern int _PyPolicyGate_AllowsTo(PyThreadState *tstate,
                                  const _PyPolicyAccess *access,
                                  const _PyPolicyActing *acting, bool log);
extern int _PyPolicyGate_AllowsAllTo(_PyPolicyCapability capability,
                                     const char *event,
                                     const _PyPolicyActing *acting);

/* policy_setup.c, when the policies are frozen, and whoever changes what is
   in force: reckon what is restricted at all. */
extern void _PyPolicyAccess_Begin(void);

/* The same, and forget all answers that were remembered. */
extern void _PyPolicyAccess_Changed(void);

/* A permit is in the table: has anything changed with it? */
extern void _PyPolicyAccess_PermitMade(void);

/* How often something has.  An answer holds for the number that was read
   before it was found, whoever remembers it. */
extern int _PyPolicyAccess_Changes;

/* For those who remember an answer without the number: may it be written
   now?  Then nothing changes before the end. */
extern bool _PyPolicyAccess_BeginKeeping(int then);
extern void _PyPolicyAccess_EndKeeping(void);

/* A security manager wants to be asked about what these (bits) reach. */
extern void _PyPolicyAccess_Restrict(uint32_t capabilities);

/* Is it the name of one of the interpreter's own test modules, which reach
   everything that native code does? */
extern bool _PyPolicyAccess_IsInternal(const char *module);

/* Does a module key speak of the event? */
extern bool _PyPolicyAccess_HasRule(const char *event);

/* The event's row when some policy restricts it, else NULL.  `literal`: its
   name stays where it is. */
extern const _PyPolicyEvent *_PyPolicyAccess_IsRestricted(const char *event,
                                                          bool literal);

/* May whoever acts raise it for anything? */
extern bool _PyPolicyAccess_IsFree(const _PyPolicyEvent *row,
                                   const char *event,
                                   const _PyPolicyActing *acting);

/* Judge an event whose row the function above gave.  Its arguments are in
   `arguments`, as `format` says, or in `tuple`, or not known (NULL). */
extern int _PyPolicyAccess_JudgeEvent(PyThreadState *tstate,
                                      const _PyPolicyEvent *row,
                                      const char *event,
                                      const _PyPolicyActing *acting,
                                      const char *format, va_list *arguments,
                                      PyObject *tuple);

/* --- What an audit event reaches ----------------------------------------

   `args` is the event's tuple of arguments.  Each judges every target that
   it finds in them, for the acting set; what it cannot read is judged as a
   target that no list holds.  0 or -1. */

extern int _PyPolicyFile_JudgeEvent(PyThreadState *tstate,
                                    const _PyPolicyEvent *event,
                                    const _PyPolicyActing *acting,
                                    PyObject *args);
extern int _PyPolicyNet_JudgeEvent(PyThreadState *tstate,
                                   const _PyPolicyEvent *event,
                                   const _PyPolicyActing *acting,
                                   PyObject *args);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_ACCESS_H */
