#ifndef Py_INTERNAL_POLICY_ROOTS_H
#define Py_INTERNAL_POLICY_ROOTS_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_find.h"

/* Which directories hold the standard library, dependencies, the application?
   Each registers with _PyPrincipal_AddRoot(), in the order in which these
   must be called.  0, or -1 when it has been said what went wrong. */

/* The standard library, and what is installed for it. */
extern int _PyPolicyRoots_Installed(const PyConfig *config,
                                    const _PyPolicyFound *found);

/* A directory or an archive that the application was found in.  One that
   belongs to somebody else is left out without a word. */
extern int _PyPolicyRoots_Application(const char *path);

/* One that the interpreter that started this one has checked. */
extern int _PyPolicyRoots_Inherited(const char *path);

/* One that a policy names in "$app", relative to that policy's directory;
   `policy` is its name for a message, since this one must be right. */
extern int _PyPolicyRoots_Named(const char *policy, const char *dir,
                                const char *name);

/* PYTHONPATH: last, since it depends on where the application is. */
extern int _PyPolicyRoots_SearchPath(const PyConfig *config,
                                     const _PyPolicyFound *found);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_ROOTS_H
