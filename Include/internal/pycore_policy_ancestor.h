/* Is one principal an ancestor of another? */

#ifndef Py_INTERNAL_POLICY_ANCESTOR_H
#define Py_INTERNAL_POLICY_ANCESTOR_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy.h"

/* Does `name` ride on what `granted` was granted in that policy?  Both are
   principals' names.  A yes holds for ever; a no may become a yes when more
   code is loaded. */
extern bool _PyPolicyAncestor_Is(const _PyPolicy *policy,
                                 const char *granted, const char *name);

/* The same; but when `granted` is a namespace, only of the packages below it
   that may pass the grant on. */
typedef bool (*_PyPolicyAncestor_Passes)(const void *arg,
                                         const char *principal);
extern bool _PyPolicyAncestor_IsBy(const _PyPolicy *policy,
                                   const char *granted, const char *name,
                                   _PyPolicyAncestor_Passes passes,
                                   const void *arg);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_ANCESTOR_H */
