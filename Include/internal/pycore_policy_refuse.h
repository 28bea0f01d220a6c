/* Refusals of the gate: see Python/policy_refuse.c. */

#ifndef Py_INTERNAL_POLICY_REFUSE_H
#define Py_INTERNAL_POLICY_REFUSE_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_denial.h"
#include "pycore_policy_verdict.h"

/* The denial of `what` (a module or an event; NULL: the capability of the
   question's access) to `who`, the first of those who act that is not
   covered.  The names in it are borrowed. */
extern void _PyPolicyRefuse_Fill(_PyPolicyDenial *denial,
                                 PyThreadState *tstate, const char *what,
                                 const _PyPolicyQuestion *question,
                                 const _PyPolicyActing *acting,
                                 const char *who, _PyPolicyKind kind);

/* Log it, and raise: -1 with an exception set, or 0 where the policy only
   audits. */
extern int _PyPolicyRefuse_Report(PyThreadState *tstate, const char *what,
                                  const _PyPolicyQuestion *question,
                                  const _PyPolicyActing *acting,
                                  const char *who, _PyPolicyKind kind);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_REFUSE_H */
