/* An operation for which CPython raises no audit event: does anybody care?

   One load and one branch when nobody does.  Extension modules of the
   standard library include this, those with the limited API too. */

#ifndef Py_INTERNAL_POLICY_ADDED_H
#define Py_INTERNAL_POLICY_ADDED_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pycore_policy_event_ids.h"

#include <stdint.h>

/* By _PyPolicyAdded: why the event is raised; 0: it is not. */
#define _PyPolicyAdded_RESTRICTED 1     /* a policy speaks of it */
#define _PyPolicyAdded_HOOKED 2         /* a policy is in force, and a hook */
PyAPI_DATA(volatile uint8_t) _PyPolicy_AddedWanted[_PyPolicyAdded_N];

/* Raise an event of Tools/importpolicy/events.txt, whose name is written with
   "_" for what is no letter or digit.  The rest is as for PySys_Audit(): 0, or
   -1 with an exception set.  Without a policy nothing is raised. */
#define _PyPolicyGate_Added(EVENT, ...) \
    (_PyPolicy_AddedWanted[_PyPolicyAdded_ ## EVENT] \
     ? PySys_Audit(_PyPolicyAddedName_ ## EVENT, __VA_ARGS__) : 0)

/* sysmodule.c: there is an audit hook more. */
extern void _PyPolicyGate_HookAdded(void);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_ADDED_H */
