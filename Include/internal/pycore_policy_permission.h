/* What does one policy say of one principal and one operation? */

#ifndef Py_INTERNAL_POLICY_PERMISSION_H
#define Py_INTERNAL_POLICY_PERMISSION_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy.h"
#include "pycore_policy_target.h"

typedef enum {
    _PyPolicyPermission_NO,
    _PyPolicyPermission_YES,
    _PyPolicyPermission_DEPENDS,    /* on the target, which was not given */
} _PyPolicyAnswer;

/* Does the policy's "$permissions" or "$default" restrict the capability, or
   name the event (NULL: none in particular), for anybody? */
extern bool _PyPolicyPermission_Speaks(const _PyPolicy *policy,
                                       _PyPolicyCapability capability,
                                       const char *event);

/* May this principal ("__main__": the application) do it?  `target` may be
   NULL: then the answer is DEPENDS where a list would have to be looked at.
   *grant, when asked for, becomes the entry that decides, or NULL where
   "$default" does.  *ancestor, when asked for, becomes the principal on whose
   grant it rides, "" when it is its own, "*"'s or nobody's.  No when memory
   is short. */
extern _PyPolicyAnswer _PyPolicyPermission_Ask(
    const _PyPolicy *policy, const char *principal,
    _PyPolicyCapability capability, const char *event,
    const _PyPolicyTarget *target, const _PyPolicyGrant **grant,
    const char **ancestor);

/* What has been found for a principal and a capability, when that is a yes or
   lists of targets, and no event is named in the policy; NULL when it has not
   been asked for yet.  Immutable, lives for ever.  Does it hold the target?
   (A no may have become a yes since.  What was dropped is not looked at: only
   where no drop speaks of the capability.) */
typedef struct _PyPolicyRecord _PyPolicyRecord;
extern const _PyPolicyRecord *_PyPolicyPermission_Record(
    const _PyPolicy *policy, const char *principal,
    _PyPolicyCapability capability);
extern bool _PyPolicyPermission_IsList(const _PyPolicyRecord *record);
extern bool _PyPolicyPermission_Holds(const _PyPolicyRecord *record,
                                      const _PyPolicyTarget *target);

/* "__main__": true: may the application do anything at all? */
extern bool _PyPolicyPermission_ApplicationFree(const _PyPolicy *policy);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_PERMISSION_H */
