/* What does a program that is started from here get to know? */

#ifndef Py_INTERNAL_POLICY_CHILD_H
#define Py_INTERNAL_POLICY_CHILD_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_principal.h"     // _PyPolicy_Active

PyAPI_FUNC(char *const *) _PyPolicyGate_MakeChildEnviron(char *const *envp);
PyAPI_FUNC(void) _PyPolicyGate_FreeChildEnviron(char *const *made,
                                                char *const *envp);

/* --- Seams: what upstream's code calls ---------------------------------- */

/* The environment for a program that is started now, instead of `envp`
   (NULL: the process's own).  Without a policy `envp` itself.  NULL with an
   exception set when memory is short, but also when `envp` is NULL and there
   is no policy: ask PyErr_Occurred().  Entries are borrowed from `envp`. */
static inline char *const *
_PyPolicyGate_ChildEnviron(char *const *envp)
{
    return _PyPolicy_Active ? _PyPolicyGate_MakeChildEnviron(envp) : envp;
}

/* os.system() with that environment; no GIL is needed.  Returns the wait
   status, or -1 with errno set (system(3)). */
extern long _PyPolicyGate_RunShell(const char *command, char *const *envp);

static inline long
_PyPolicyGate_System(const char *command, char *const *envp)
{
    return envp != NULL ? _PyPolicyGate_RunShell(command, envp)
                        : system(command);
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_CHILD_H */
