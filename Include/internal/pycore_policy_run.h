/* Which program does this start, and may it? */

#ifndef Py_INTERNAL_POLICY_RUN_H
#define Py_INTERNAL_POLICY_RUN_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>

#include "pycore_policy.h"

/* Start-up (policy_setup.c), when all policies are read: remember the PATH on
   which the names in them are looked up, and what they are there.
   `inherited`: the PATH with which the interpreter that started this one was
   started; NULL for the process's own.  0, or -1 when memory is short. */
extern int _PyPolicyRun_Start(const _PyPolicy *const *policies, size_t n,
                              const char *inherited);

/* Without a policy nobody looked at the PATH: remember what it is now. */
extern void _PyPolicyRun_Remember(void);

/* The PATH that is remembered.  Lives for ever. */
extern const char *_PyPolicyRun_SearchPath(void);

/* What would be judged: the file that a program's name stands for on that
   PATH, or a path leads to.  `text` is where the target's may be put, *names
   where its names are (PyMem_RawFree).  0, or -1 when memory is short. */
extern int _PyPolicyRun_Find(const char *program, char text[],
                             const char ***names, _PyPolicyTarget *target);

/* Each judges what exec will run, by whatever file that is when it is asked.
   0, or -1 with an exception set: AccessDenied, or OSError when exec could
   only fail, so that nothing can be put there between the two. */

/* `path` as execve() takes it, in this process, or in a child that has the
   same current directory but perhaps other descriptors. */
extern int _PyPolicyRun_Judge(const char *event, const char *path,
                              bool child);

/* A descriptor, as fexecve() takes it. */
extern int _PyPolicyRun_JudgeDescriptor(const char *event, int fd);

/* In a child with other descriptors, whose current directory is `dir` (NULL:
   as here).  Each path (NULL at the end) that exec could only fail on becomes
   one on which it does.  `known`: nothing else happens in the child before. */
extern int _PyPolicyRun_JudgeAll(const char *event, char *const *paths,
                                 const char *dir, bool known);

/* A name, looked up on the process's PATH as posix_spawnp() does. */
extern int _PyPolicyRun_JudgeSearched(const char *event, const char *name);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_RUN_H */
