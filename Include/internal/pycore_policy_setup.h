/* The only file that knows start-up order: find the policies, read them,
   freeze them, switch on. */

#ifndef Py_INTERNAL_POLICY_SETUP_H
#define Py_INTERNAL_POLICY_SETUP_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_interp.h"         // PyInterpreterState.policy
#include "pycore_policy.h"
#include "pycore_policy_lock.h"

#include <string.h>

/* What hands all this to child interpreters.  Written below exec; not to be
   seen or set by Python code. */
#define _PyPolicySetup_VARIABLE "_PYTHON_IMPORTPOLICY"

/* All policies in force, in the order in which they were found, and behind
   them one for each drop().  The array never changes, but a later call may
   give a longer one.  Each must allow. */
PyAPI_FUNC(size_t) _PyPolicySetup_Policies(const _PyPolicy *const **policies);

/* Put one more in force, from the note of a drop (pycore_policy_narrow.h).
   -1 with *error filled as by _PyPolicy_Parse().  The caller says so with
   _PyPolicyAccess_Changed(). */
extern int _PyPolicySetup_Drop(const char *note, _PyPolicyError *error);

/* Is it one of those?  Is there any? */
extern bool _PyPolicySetup_IsDrop(const _PyPolicy *policy);
extern bool _PyPolicySetup_HasDrops(void);

/* Was it read from a file? */
extern bool _PyPolicySetup_IsLoaded(const _PyPolicy *policy);

/* May this principal be granted anything by that policy?  Not while a lock is
   in force that it does not agree with (pycore_policy_lock.h); what the
   program itself takes away, it takes from everyone. */
static inline bool
_PyPolicySetup_Trusts(const _PyPolicy *policy, const char *principal)
{
    return !_PyPolicyLock_InForce || !_PyPolicySetup_IsLoaded(policy)
           || _PyPolicyLock_DoesTrust(principal);
}

/* What the process inherited from the interpreter that started it: the set
   that acts in everything done here (STDLIB, that is nobody, by default). */
extern uint32_t _PyPolicySetup_Starter(void);

/* Does the runtime itself just now make this interpreter?  Nobody acts then,
   and what it loads and sets is its own. */
static inline bool
_PyPolicySetup_IsMaking(PyInterpreterState *interp)
{
    return interp->policy.prepared == 0;
}

/* Has the application begun?  Before that an access that nobody acts in is
   the interpreter's own. */
extern bool _PyPolicySetup_Started(void);

/* For messages and `importpolicy.policy()`: where policy number i came from
   ("beside the script", "PYTHONPOLICY", …; "inherited: …" when the
   interpreter that started this one found it there) and its content's SHA-256
   in hexadecimal digits (NULL when memory is short, not said).  Live for
   ever. */
PyAPI_FUNC(const char *) _PyPolicySetup_Origin(size_t i);
PyAPI_FUNC(const char *) _PyPolicySetup_Digest(size_t i);

/* The lock that was found beside policy number i, or NULL. */
PyAPI_FUNC(const char *) _PyPolicySetup_Lock(size_t i);

/* --- Seams: what upstream's code calls ---------------------------------- */

/* pylifecycle.c, init_interp_main(), main interpreter only, after
   interpreter_update_config() and before _PyImport_InitExternal().  An
   invalid policy ends the process here: one line on standard error, exit
   status 2.

   Policies are found once in the life of a process.  Initialising again after
   Py_Finalize() keeps those that are in force, and looks again only while
   there are none. */
extern PyStatus _PyPolicySetup_Init(PyThreadState *tstate);

/* pystate.c, _PyInterpreterState_SetRunningMain(): the application begins.
   In a program that embeds the interpreter, and may never say so, it begins
   when initialisation ends: pylifecycle.c, at the end of init_interp_main(),
   where config->parse_argv is 0. */
extern void _PyPolicySetup_Start(PyInterpreterState *interp);

/* The environment variable that hands all this to a child interpreter started
   now by the set `acting`: "NAME=value" from malloc(), or NULL when memory is
   short (the child must then not be started).  An empty string when no policy
   is in force. */
extern char *_PyPolicySetup_ChildVariable(uint32_t acting);

/* posixmodule.c, convertenviron() ("NAME=value"), os.putenv() and
   os.unsetenv() (a name alone): is this the interpreter's own variable, which
   Python code neither sees nor sets? */
static inline bool
_PyPolicySetup_IsOwnVariable(const char *entry)
{
    size_t n = sizeof(_PyPolicySetup_VARIABLE) - 1;
    return strncmp(entry, _PyPolicySetup_VARIABLE, n) == 0
        && (entry[n] == '=' || entry[n] == '\0');
}

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_SETUP_H */
