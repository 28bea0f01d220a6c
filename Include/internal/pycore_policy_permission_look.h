/* What is found when a policy is looked at for one principal and one
   operation: the parts of policy_permission.c. */

#ifndef Py_INTERNAL_POLICY_PERMISSION_LOOK_H
#define Py_INTERNAL_POLICY_PERMISSION_LOOK_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_permission.h"

/* What is asked. */
typedef struct {
    const _PyPolicy *policy;
    const char *principal;
    _PyPolicyCapability capability;
    const char *event;          /* NULL when the policy does not name it */
    int changes;                /* that there had been when it was asked */
} _PyPolicyAsked;

typedef struct {
    _PyPolicyAnswer answer;
    const _PyPolicyGrant *grant;    /* that says YES or NO; NULL: $default */
    const _PyPolicyGrant **lists;   /* that may as well; raw memory */
    size_t n, capacity;
    bool failed;                    /* no memory: then the answer is NO */
} _PyPolicyFinding;

/* policy_permission_look.c.  Fills in what is all zero; the caller frees its
   lists. */
extern void _PyPolicyPermission_Look(_PyPolicyFinding *finding,
                                     const _PyPolicyAsked *asked);

/* The entry of a principal's own, if only by another name of its
   distribution; NULL. */
extern const _PyPolicyGrant *_PyPolicyPermission_Own(
    const _PyPolicyAsked *asked, const char *principal);

/* Has the ancestor dropped it?  Then nobody rides on its grant any more.
   DEPENDS when it dropped some targets, and none is given. */
extern _PyPolicyAnswer _PyPolicyPermission_IsDropped(
    const _PyPolicyAsked *asked, const char *ancestor,
    const _PyPolicyTarget *target);

/* policy_permission_list.c.  The grant's targets, compiled; they live for
   ever.  NULL when it has none, or when memory is short. */
extern const _PyPolicyTargets *_PyPolicyPermission_Compiled(
    const _PyPolicyGrant *grant);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_PERMISSION_LOOK_H */
