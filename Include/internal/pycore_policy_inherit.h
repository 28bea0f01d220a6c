#ifndef Py_INTERNAL_POLICY_INHERIT_H
#define Py_INTERNAL_POLICY_INHERIT_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_find.h"
#include "pycore_policy_target.h" // _PyPolicyPlace

/* What an interpreter hands to the interpreters that it starts. */

/* Add what this process was handed to *found.  0, or -1 when it is malformed,
   which has been said. */
extern int _PyPolicyInherit_Read(_PyPolicyFound *found);

typedef struct {
    const _PyPolicySource *sources;
    uint64_t key;                       /* of the sources' marks */
    const char *const *application;     /* its directories */
    const char *const *installed;       /* those of dependencies */
    const char *search;                 /* the PATH on which names of programs
                                           are looked up */
    const char *cache;                  /* of compiled code, or NULL */
    const _PyPolicyPlace *places;       /* $TMP and $HOME among others */
    const char *const *dropped;         /* the notes of what was dropped */
    size_t n_sources, n_application, n_installed, n_places, n_dropped;
} _PyPolicyHanded;

/* The part of the value that is the same for every child, for
   _PyPolicyInherit_Variable(): "NAME={…", open at its end.
   PyMem_RawFree; NULL when memory is short, not said. */
extern char *_PyPolicyInherit_Prefix(const _PyPolicyHanded *handed);

/* The same, completed with the principals of the set.  As above. */
extern char *_PyPolicyInherit_Variable(const char *prefix, uint32_t set);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_INHERIT_H
