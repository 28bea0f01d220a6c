/* Which key of a policy speaks of a module, or of an audit event? */

#ifndef Py_INTERNAL_POLICY_RULE_H
#define Py_INTERNAL_POLICY_RULE_H
#ifdef __cplusplus
extern "C" {
#endif

#include "pycore_policy.h"

/* The longest key that is the module (the first `len` bytes of `name`), a
   package that holds it, or the module that it implements.  NULL: the policy
   does not restrict it. */
extern const _PyPolicyRule *_PyPolicyRule_OfModule(const _PyPolicy *policy,
                                                   const char *name,
                                                   size_t len);

/* Likewise, but in a note (policy.h) the key "*" counts as well where `whole`:
   where it is what is imported, and not a package that holds it. */
extern const _PyPolicyRule *_PyPolicyRule_OfImport(const _PyPolicy *policy,
                                                   const char *name,
                                                   size_t len, bool whole);

/* The same for the module that raises this audit event. */
extern const _PyPolicyRule *_PyPolicyRule_OfEvent(const _PyPolicy *policy,
                                                  const char *event);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_RULE_H */
