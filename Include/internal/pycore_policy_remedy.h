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

#include <stdbool.h>
#include <stddef.h>

/* Add the narrowest edit that would allow what was refused, as a sentence
   without a newline; nothing when there is none to propose. */
extern void _PyPolicyRemedy_Add(_PyPolicyMessage *text,
                                const _PyPolicyDenial *denial);

/* --- Whose names?  (policy_remedy_names.c) ------------------------------ */

#define _PyPolicyAdditions_MAX 8

typedef struct {
    const char *names[_PyPolicyAdditions_MAX];
    size_t n;
    bool more;                  /* than fit */
} _PyPolicyAdditions;

extern void _PyPolicyAdditions_Add(_PyPolicyAdditions *added,
                                   const char *name);

/* Who has to be named in the list of the module that was refused; or whose
   entries have to allow the access that was.  And who has to be passed over
   for it, that is, to be named in "$hosts". */
extern void _PyPolicyRemedy_FindNames(const _PyPolicyDenial *denial,
                                      _PyPolicyAdditions *added,
                                      _PyPolicyAdditions *hosts);

/* Does this principal's own entry refuse it?  Then only that one helps. */
extern bool _PyPolicyRemedy_HasEntry(const _PyPolicyDenial *denial,
                                     const char *principal);

/* --- What does its entry say?  (policy_remedy_grant.c) ------------------ */

/* add "example.com:443" to the list of "net" of "requests" in "$permissions",
   or as much more as is not there yet.  What there is to know beside it is
   added to `note`. */
extern void _PyPolicyRemedy_AddGrant(_PyPolicyMessage *text,
                                     const _PyPolicyDenial *denial,
                                     const char *principal,
                                     _PyPolicyMessage *note);

/* ["example.com:443"], or the word for all where there is no target. */
extern void _PyPolicyRemedy_AddTargets(_PyPolicyMessage *text,
                                       const _PyPolicyDenial *denial,
                                       const char *all);

/* What the edit would allow beyond what was refused. */
extern void _PyPolicyRemedy_NoteWide(_PyPolicyMessage *note,
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
