/* What does a program that is started from here get to know?

   Whatever environment the caller composes, one variable is put into it
   below exec: the policies in force, and who started the program.  If that
   program is an interpreter of this kind, or starts one, it is judged as its
   starter to its end.  An entry of that name that is already there is left
   out: nobody else writes it. */

#include "Python.h"
#include "pycore_policy_child.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"
#include "pycore_pystate.h"       // _PyThreadState_GET()

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

char *const *
_PyPolicyGate_MakeChildEnviron(char *const *envp)
{
    char *const *from = envp != NULL ? envp : environ;
    uint32_t acting = _PyPolicyStack_Acting(_PyThreadState_GET()).set;
    char *variable = _PyPolicySetup_ChildVariable(acting);
    if (variable == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    size_t n = 0, name = strcspn(variable, "=") + 1;
    while (from != NULL && from[n] != NULL) {
        n++;
    }
    char **result = PyMem_RawMalloc((n + 2) * sizeof(char *));
    if (result == NULL) {
        free(variable);
        PyErr_NoMemory();
        return NULL;
    }
    /* Ours is first, which is also how it is found again to be freed. */
    size_t out = 0;
    result[out++] = variable;
    for (size_t i = 0; i < n; i++) {
        if (strncmp(from[i], variable, name) != 0) {
            result[out++] = from[i];
        }
    }
    result[out] = NULL;
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
        error = posix_spawn(&pid, "/bin/sh", NULL, &attributes, argv, envp);
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
