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

/* --- What was meant?  (policy_remedy_meant.c) --------------------------- */

typedef enum {
    _PyPolicyMeant_ITSELF,
    _PyPolicyMeant_DISTRIBUTION,    /* PyYAML, which is imported as yaml */
    _PyPolicyMeant_MISSPELT,
} _PyPolicyMeant;

/* A policy names `written` where `principal` needs the grant.  Is the one
   meant to be the other? */
extern _PyPolicyMeant _PyPolicyRemedy_Meant(const char *written,
                                            const char *principal);

/* Does this dependency do little but call others: a server, a test runner?
   It is known by name, so that is no reason to allow it anything. */
extern bool _PyPolicyRemedy_CallsEveryone(const char *principal);

/* The dependency that has made code of a file of the application's, where
   the policy does not trust it to; NULL when none has.  *file becomes the
   step's file. */
extern const char *_PyPolicyRemedy_Loader(const _PyPolicyDenial *denial,
                                          PyObject **file);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_REMEDY_H */
