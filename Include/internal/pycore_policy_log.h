/* What is left of a refusal when a library has swallowed its exception? */

#ifndef Py_INTERNAL_POLICY_LOG_H
#define Py_INTERNAL_POLICY_LOG_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_message.h"

/* Write the record where the policy's `$log` says and, for the first of its
   kind, one line on standard error.  The caller is attached to its thread
   state, which may be detached and attached again while a write waits; a
   pending exception and errno are kept.  Never fails: a log that cannot be
   written changes no verdict. */
extern void _PyPolicyLog_Denial(const _PyPolicyDenial *denial);

/* The same for what is not raised but hidden, once for each policy, principal,
   capability and target of an access. */
extern void _PyPolicyLog_Note(const _PyPolicyDenial *denial);

/* A security manager has refused the event: the same record, of the kind
   "manager" and without a policy, to the log of each policy in force. */
extern void _PyPolicyLog_Manager(PyThreadState *tstate, const char *event,
                                 const char *target, const char *reason);

/* --- What is in a record?  (policy_log_record.c) ------------------------ */

/* The record of a refusal, without the brace at its end, for more to be added
   to it; that of a refusal by a security manager, whose `target` may be NULL;
   and one more field. */
extern void _PyPolicyRecord_Add(_PyPolicyMessage *record,
                                const _PyPolicyDenial *denial);
extern void _PyPolicyRecord_AddManager(_PyPolicyMessage *record,
                                       const _PyPolicyDenial *denial,
                                       const char *target,
                                       const char *reason);
extern void _PyPolicyRecord_AddText(_PyPolicyMessage *record,
                                    const char *name, const char *value);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_LOG_H */
