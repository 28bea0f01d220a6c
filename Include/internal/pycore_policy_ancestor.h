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

/* Does `name` ride on what `granted` was granted in that policy?  `granted`
   is a name as it may stand there, a namespace too, and `name` a principal's.
   A yes holds for ever; a no may become a yes when more code is loaded. */
extern bool _PyPolicyAncestor_Is(const _PyPolicy *policy,
                                 const char *granted, const char *name);

/* The same for one principal that is granted something itself. */
extern bool _PyPolicyAncestor_Passes(const _PyPolicy *policy,
                                     const char *granted, const char *name);

/* Whom a name in that policy names: the name itself, and if it is a
   namespace, the principals that are known below it; one for each call, NULL
   behind the last.  The cursor is zeroed before the first. */
typedef struct {
    size_t owner, importer;
    uint32_t package;
    bool begun, alone;
} _PyPolicyNamed;

extern const char *_PyPolicyAncestor_NextNamed(const _PyPolicy *policy,
                                               const char *name,
                                               _PyPolicyNamed *cursor);

/* The other names of the distribution that owns a principal, which are the
   same principal; one for each call, NULL behind the last.  *cursor is 0
   before the first. */
extern const char *_PyPolicyAncestor_NextSame(const char *principal,
                                              size_t *cursor);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_ANCESTOR_H */
