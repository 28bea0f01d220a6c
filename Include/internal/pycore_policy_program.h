#ifndef Py_INTERNAL_POLICY_PROGRAM_H
#define Py_INTERNAL_POLICY_PROGRAM_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_find.h"

/* Fill in found->program and, with `look`, add the place where a policy would
   lie with it.  Needs found->venv.  0, or -1 when it has been said that this
   is impossible. */
extern int _PyPolicyProgram_Find(const PyConfig *config,
                                 _PyPolicyFound *found, bool look);

/* The directory that this user's own installations lie below, as the site
   module finds it: true when there is one (and it fits).  `database`: where
   HOME is not set, ask the system's list of users. */
extern bool _PyPolicyProgram_UserBase(char *buffer, size_t size,
                                      bool database);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_PROGRAM_H
