/* What does a program that is started from here get to know?

   First policy_run.c is asked whether it may be started.  A program that
   inherits its environment then gets what whoever starts it may see
   (policy_environ.c); one that is given an environment gets that.  In either,
   a variable that makes the dynamic linker or an interpreter run other code
   needs `ffi`, unless it stands in the process's environment just so: then
   nobody has set it for this program.

   Whatever environment the caller composes, one variable is put into it
   below exec: the policies in force, and who started the program.  If that
   program is an interpreter of this kind, or starts one, it is judged as its
   starter to its end.  An entry of that name that is already there is left
   out: nobody else writes it. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_child.h"
#include "pycore_policy_environ.h"
#include "pycore_policy_run.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

#define SHELL "/bin/sh"           /* what system(3) runs */

/* --- Which program ------------------------------------------------------ */

int
_PyPolicyGate_JudgeProgram(_PyPolicyChildHow how, const char *path, int fd)
{
    switch (how) {
        case _PyPolicyChild_EXEC:
            return fd >= 0 ? _PyPolicyRun_JudgeDescriptor("os.exec", fd)
                           : _PyPolicyRun_Judge("os.exec", path, false);
        case _PyPolicyChild_SPAWN:
            return _PyPolicyRun_Judge("os.posix_spawn", path, true);
        case _PyPolicyChild_SEARCH:
            return _PyPolicyRun_JudgeSearched("os.posix_spawn", path);
        case _PyPolicyChild_SHELL:
            return _PyPolicyRun_Judge("os.system", SHELL, false);
    }
    Py_UNREACHABLE();
}

int
_PyPolicyGate_JudgePrograms(char *const *paths, const char *dir, bool known)
{
    return _PyPolicyRun_JudgeAll("_posixsubprocess.fork_exec", paths, dir,
                                 known);
}

/* --- With which environment --------------------------------------------- */

static bool
is_unchanged(const char *entry)
{
    for (char **e = environ; e != NULL && *e != NULL; e++) {
        if (strcmp(*e, entry) == 0) {
            return true;
        }
    }
    return false;
}

static int
judge_variable(const char *entry)
{
    size_t len = strcspn(entry, "=");
    if (!_PyPolicyEnviron_IsLoaders(entry, len)
        || _PyPolicySetup_IsOwnVariable(entry) || is_unchanged(entry))
    {
        return 0;
    }
    PyObject *name = PyBytes_FromStringAndSize(entry, (Py_ssize_t)len);
    if (name == NULL) {
        return -1;
    }
    _PyPolicyAccess access = {
        .capability = _PyPolicy_FFI,
        .target = {.text = PyBytes_AS_STRING(name), .len = len, .port = -1},
    };
    int result = _PyPolicyGate_Access(_PyThreadState_GET(), &access);
    Py_DECREF(name);
    return result;
}

/* A copy of the pointers, the first of which is left free. */
static char **
copy_given(char *const *envp)
{
    size_t n = 0;
    while (envp[n] != NULL) {
        n++;
    }
    char **result = PyMem_RawMalloc((n + 2) * sizeof(char *));
    if (result == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    memcpy(result + 1, envp, (n + 1) * sizeof(char *));
    return result;
}

char *const *
_PyPolicyGate_MakeChildEnviron(char *const *envp)
{
    bool inherits = envp == NULL || envp == environ;
    char **result = inherits
        ? _PyPolicyEnviron_Inherited(environ, 1) : copy_given(envp);
    if (result == NULL) {
        return NULL;
    }
    bool restricts = _PyPolicyGate_Restricts(_PyPolicy_FFI);
    size_t out = 1;
    for (size_t i = 1; result[i] != NULL; i++) {
        if (restricts && judge_variable(result[i]) < 0) {
            PyMem_RawFree(result);
            return NULL;
        }
        if (!_PyPolicySetup_IsOwnVariable(result[i])) {
            result[out++] = result[i];
        }
    }
    result[out] = NULL;
    /* Ours is first, which is also how it is found again to be freed. */
    uint32_t acting = _PyPolicyStack_Acting(_PyThreadState_GET()).set;
    result[0] = _PyPolicySetup_ChildVariable(acting);
    if (result[0] == NULL) {
        PyErr_NoMemory();
        PyMem_RawFree(result);
        return NULL;
    }
    return result;
}

void
_PyPolicyGate_FreeChildEnviron(char *const *made, char *const *envp)
{
    if (made != NULL && made != envp) {
        free(made[0]);
        PyMem_RawFree((void *)made);
    }
}

/* --- system() ----------------------------------------------------------- */

/* system(3) as POSIX describes it, but for the environment: the signals are
   set aside for the time, the status is waited for.  The caller has released
   the GIL. */
static int
run_shell(const char *command, char *const *envp)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, on_int, on_quit;
    sigset_t block, mask, defaults;
    posix_spawnattr_t attributes;
    char *argv[] = {"sh", "-c", "--", (char *)command, NULL};
    pid_t pid;
    int status = -1;

    sigemptyset(&ignore.sa_mask);
    sigaction(SIGINT, &ignore, &on_int);
    sigaction(SIGQUIT, &ignore, &on_quit);
    sigemptyset(&block);
    sigaddset(&block, SIGCHLD);
    sigprocmask(SIG_BLOCK, &block, &mask);
    sigemptyset(&defaults);
    if (on_int.sa_handler != SIG_IGN) {
        sigaddset(&defaults, SIGINT);
    }
    if (on_quit.sa_handler != SIG_IGN) {
        sigaddset(&defaults, SIGQUIT);
    }
    int error = posix_spawnattr_init(&attributes);
    if (error == 0) {
        posix_spawnattr_setsigmask(&attributes, &mask);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF
                                              | POSIX_SPAWN_SETSIGMASK);
        error = posix_spawn(&pid, SHELL, NULL, &attributes, argv, envp);
        posix_spawnattr_destroy(&attributes);
    }
    if (error == 0) {
        while (waitpid(pid, &status, 0) < 0) {
            if (errno != EINTR) {
                status = -1;
                break;
            }
        }
    }
    else {
        errno = error;
    }
    int saved = errno;
    sigaction(SIGINT, &on_int, NULL);
    sigaction(SIGQUIT, &on_quit, NULL);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    errno = saved;
    return status;
}

long
_PyPolicyGate_RunShell(const char *command, char *const *envp)
{
    return run_shell(command, envp);
}
