/* Who stands on the stack beyond the application? */

#ifndef Py_INTERNAL_POLICY_BEYOND_H
#define Py_INTERNAL_POLICY_BEYOND_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What the names of such principals begin with: nothing on a disk can be
   called so (a slash, and not at the beginning). */
#define _PyPolicyBeyond_PREFIX "beyond/"

/* Is a policy in force that wants to know?  Set once, at start. */
extern int _PyPolicyBeyond_Wanted;

/* The set, met beyond the application: each of its members by its name
   there.  UNKNOWN when memory is short. */
extern uint32_t _PyPolicyBeyond_Of(uint32_t set);

/* The set without those in it: STDLIB when nobody is left. */
extern uint32_t _PyPolicyBeyond_Strip(uint32_t set);

/* All of the set by the names that they bear before it. */
extern uint32_t _PyPolicyBeyond_Plain(uint32_t set);

/* By which name is this one known before it?  NULL: it stands there. */
static inline const char *
_PyPolicyBeyond_Name(const char *principal)
{
    return principal[0] == 'b'
           && strncmp(principal, _PyPolicyBeyond_PREFIX,
                      sizeof(_PyPolicyBeyond_PREFIX) - 1) == 0
           ? principal + sizeof(_PyPolicyBeyond_PREFIX) - 1 : NULL;
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_BEYOND_H */
