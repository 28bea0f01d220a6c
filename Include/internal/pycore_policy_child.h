/* What does a program that is started from here get to know? */

#ifndef Py_INTERNAL_POLICY_CHILD_H
#define Py_INTERNAL_POLICY_CHILD_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>

#include "pycore_principal.h"     // _PyPolicy_Active

/* How a program is found. */
typedef enum {
    _PyPolicyChild_EXEC,        /* execve() in this process */
    _PyPolicyChild_SPAWN,       /* posix_spawn() */
    _PyPolicyChild_SEARCH,      /* posix_spawnp() */
    _PyPolicyChild_SHELL,       /* system() */
} _PyPolicyChildHow;

PyAPI_FUNC(int) _PyPolicyGate_JudgeProgram(_PyPolicyChildHow how,
                                           const char *path, int fd);
PyAPI_FUNC(int) _PyPolicyGate_JudgePrograms(char *const *paths,
                                            const char *dir, bool known);
PyAPI_FUNC(char *const *) _PyPolicyGate_MakeChildEnviron(char *const *envp);
PyAPI_FUNC(void) _PyPolicyGate_FreeChildEnviron(char *const *made,
                                                char *const *envp);

/* --- Seams: what upstream's code calls ---------------------------------- */

/* The environment for a program that is started now, instead of `envp`
   (NULL, or the process's own, when the program inherits that).  Without a
   policy `envp` itself.  NULL with an exception set when the program or a
   variable is refused, or memory is short; but also when `envp` is NULL and
   there is no policy: ask PyErr_Occurred().  Entries are borrowed. */
static inline char *const *
_PyPolicyGate_Child(_PyPolicyChildHow how, const char *path, int fd,
                    char *const *envp)
{
    return !_PyPolicy_Judges ? envp
           : _PyPolicyGate_JudgeProgram(how, path, fd) < 0 ? NULL
           : !_PyPolicy_Active ? envp
           : _PyPolicyGate_MakeChildEnviron(envp);
}

/* The same for _posixsubprocess.c, whose child goes to `dir` (or NULL), and
   may run Python code, before it tries each of the paths.  Paths that do not
   name a program now are made invalid.  What Python code may still change, an
   environment that is inherited, is left NULL: */
static inline char *const *
_PyPolicyGate_ForkedChild(char *const *paths, const char *dir,
                          bool runs_python, char *const *envp)
{
    return !_PyPolicy_Judges ? envp
           : _PyPolicyGate_JudgePrograms(paths, dir, !runs_python) < 0 ? NULL
           : !_PyPolicy_Active ? envp
           : envp == NULL && runs_python ? NULL
           : _PyPolicyGate_MakeChildEnviron(envp);
}

/* … and made in the child, when that code has run.  NULL without a policy, or
   with an exception set. */
static inline char *const *
_PyPolicyGate_ForkedEnviron(void)
{
    return _PyPolicy_Active ? _PyPolicyGate_MakeChildEnviron(NULL) : NULL;
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
