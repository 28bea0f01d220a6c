/* A verdict of no becomes one record; the exception, the line on standard
   error and the line in the log are all made from it. */

#ifndef Py_INTERNAL_POLICY_DENIAL_H
#define Py_INTERNAL_POLICY_DENIAL_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy.h"
#include "pycore_principal.h"

#include <string.h>               // strcmp()

/* One step of the chain that led to the access, innermost first.  Steps of
   the standard library are left out; neighbours of the same set are one. */
typedef struct {
    uint32_t set;               /* whose code (a set id without flags) */
    PyCodeObject *code;         /* borrowed from a live frame; NULL for a
                                   step that has no frame: what a thread or
                                   a deferred call inherited */
    int line;                   /* 1-based, 0 when unknown */
} _PyPolicyStep;

#define _PyPolicyDenial_MAX_STEPS 32

typedef enum {
    _PyPolicy_IMPORT,
    _PyPolicy_EVENT,            /* of a module that a key restricts */
    _PyPolicy_ACCESS,           /* a capability, or an event by its name */
} _PyPolicyKind;

typedef struct {
    _PyPolicyKind kind;
    const char *what;           /* module or audit event, UTF-8 */
    const char *imported;       /* the module whose import this refuses;
                                   NULL: it is not about an import */
    const char *module;         /* what a module key restricts: the module
                                   itself, or the one whose event this is;
                                   NULL for an access */
    const _PyPolicy *policy;    /* the policy that refuses … */
    const _PyPolicyRule *rule;  /* … and its key; NULL for an access */
    const struct _PyPolicyAccess *access;   /* … or what was asked for … */
    const _PyPolicyGrant *grant;    /* … and the entry that refuses it; NULL:
                                       "$default" does */
    const char *taken;          /* "drop" or "permit" when the policy is one
                                   of those; else NULL */
    uint32_t acting;            /* set id of everybody acting; APPLICATION
                                   when nobody was */
    const char *principal;      /* the first that is not covered:
                                   "__main__" for the application,
                                   "<unknown>" when nobody can be named */
    /* Would `principal` be covered in this policy if `granted` stood in the
       rule's list?  For the edit that a message proposes: a dependency that
       the user knows rather than one that he has never heard of.  NULL when
       nobody can say; then the message names the refused one. */
    bool (*covers)(const _PyPolicy *policy, const char *granted,
                   const char *principal);
    size_t n_steps;
    _PyPolicyStep steps[_PyPolicyDenial_MAX_STEPS];
} _PyPolicyDenial;

static inline bool
_PyPolicyStep_IsDependency(const _PyPolicyStep *step)
{
    return step->set >= _PyPrincipal_FIRST;
}

/* By the name that is refused, not by who acts: a host stands for whoever it
   serves, and an unknown may act jointly with others. */
static inline bool
_PyPolicyDenial_IsApplication(const _PyPolicyDenial *denial)
{
    return strcmp(denial->principal, "__main__") == 0;
}

static inline bool
_PyPolicyDenial_IsUnknown(const _PyPolicyDenial *denial)
{
    return strcmp(denial->principal, "<unknown>") == 0;
}

/* Log it as the policy's `$log` says and, unless that policy is in audit
   mode, raise.  An exception that is pending is kept in audit mode and
   becomes the context otherwise.  Returns 0 in audit mode, else -1 with
   ImportDenied or AccessDenied set (or MemoryError; never without one).
   Nothing in it runs Python code of others: no repr of foreign objects, no
   sys.stderr, no import.  Writing the log may wait, and lets other threads
   run meanwhile: hold no lock. */
extern int _PyPolicyDenial_Report(PyThreadState *tstate,
                                  const _PyPolicyDenial *denial);

/* The exception classes of this interpreter, made on first use; borrowed.
   NULL with an exception set when memory is short. */
PyAPI_FUNC(PyObject *) _PyPolicyDenial_SecurityError(PyThreadState *tstate);
PyAPI_FUNC(PyObject *) _PyPolicyDenial_ImportDenied(PyThreadState *tstate);
PyAPI_FUNC(PyObject *) _PyPolicyDenial_AccessDenied(PyThreadState *tstate);

/* Interpreter shutdown: drop the classes. */
extern void _PyPolicyDenial_Clear(PyInterpreterState *interp);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_DENIAL_H */
