/* Which edit of the policy would allow it? */

#ifndef Py_INTERNAL_POLICY_REMEDY_H
#define Py_INTERNAL_POLICY_REMEDY_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_message.h"

/* Add the narrowest edit that would allow what was refused, as a sentence
   without a newline; nothing when there is none to propose. */
extern void _PyPolicyRemedy_Add(_PyPolicyMessage *text,
                                const _PyPolicyDenial *denial);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_REMEDY_H */
