/* Whose lists of targets have to be looked at? */

#ifndef Py_INTERNAL_POLICY_KNOWN_H
#define Py_INTERNAL_POLICY_KNOWN_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_access.h"
#include "pycore_policy_stack.h"

/* Where one policy alone speaks of the capability: may those who act use it
   on the target, by what was found before?  No when in doubt. */
extern bool _PyPolicyKnown_Allows(const _PyPolicyAccess *access,
                                  const _PyPolicyActing *acting);

/* Likewise: are all of them granted the capability as a whole?  1, 0: it
   depends on the target, or -1: it is not known yet. */
extern int _PyPolicyKnown_IsWhole(_PyPolicyCapability capability,
                                  const _PyPolicyActing *acting);

/* It is allowed, as has been found out the long way. */
extern void _PyPolicyKnown_Remember(const _PyPolicyAccess *access,
                                    const _PyPolicyActing *acting);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_KNOWN_H */
