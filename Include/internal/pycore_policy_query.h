#ifndef Py_INTERNAL_POLICY_QUERY_H
#define Py_INTERNAL_POLICY_QUERY_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_permission.h"   // _PyPolicyAnswer

typedef enum {
    _PyPolicyQuery_MODULE,      /* an import */
    _PyPolicyQuery_BUILTIN,     /* a call of builtins.NAME */
    _PyPolicyQuery_CAPABILITY,
    _PyPolicyQuery_EVENT,
} _PyPolicyQueryKind;

typedef struct {
    _PyPolicyQueryKind kind;
    _PyPolicyAnswer answer;
    /* The entry that decides: the first that refuses, else one on whose
       targets it depends, else the last that allows.  NULL: none speaks of
       it.  A line of 0: the file as a whole ("$default"). */
    const char *file;
    int line;
    const char *key;            /* a module key, or whose entry it is */
    const char *ancestor;       /* on whose grant it rides, else "" */
    /* Decided before any entry: true for what is free to everyone (or
       protected from everyone), like the standard library's files. */
    bool fixed;
} _PyPolicyQueryResult;

/* What would be said if exactly this principal ("__main__": the application)
   did it?  `what` is a module, builtins.NAME, a capability or an audit event;
   `target` a str, bytes or path-like object as the operation would take it,
   or NULL.  Nothing is done or logged.  0, or -1 with an exception set:
   ValueError where the target is none. */
PyAPI_FUNC(int) _PyPolicyQuery_Ask(
    const char *principal, const char *what, PyObject *target,
    _PyPolicyQueryResult *result);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_QUERY_H
