/* A module file that is being loaded: what principal_load.c, which the import
   system calls, and principal_pyc.c, which knows compiled files, share. */

#ifndef Py_INTERNAL_PRINCIPAL_PYC_H
#define Py_INTERNAL_PRINCIPAL_PYC_H
#ifdef __cplusplus
extern "C" {
#endif

#ifndef Py_BUILD_CORE
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_lock.h"   // _PyPolicyLock_PIN
#include "pycore_principal_read.h"

#include <stdbool.h>

typedef struct {
    PyObject *imp;              /* the module _imp */
    PyObject *loader;           /* that importlib made for it */
    PyObject *name;             /* of the module, for errors */
    PyObject *path;             /* of the source */
    _PyPrincipalDir dir;        /* its directory */
    struct stat st;             /* of the source */
    PyObject *source;           /* bytes, when it has been read */
    PyObject *cache;            /* where importlib would have the compiled
                                   file, None for nowhere; NULL: to be asked */
    bool is_usual;              /* that is where the interpreter would */
    char *canonical;            /* the name that its place gives it */
    uint32_t set;
    char pin[_PyPolicyLock_PIN];    /* what a lock says of the source, or "" */
    int hash_based;             /* the compiled file was: keep to it */
    int checked;
} _PyPrincipalLoad;

/* Read the source unless that has been done: 0, or -1 with an exception. */
extern int _PyPrincipalLoad_NeedSource(_PyPrincipalLoad *load);

/* The same for `cache`. */
extern int _PyPrincipalLoad_NeedCache(_PyPrincipalLoad *load);

/* What this build's compiled files begin with; 0: not to be told. */
extern uint32_t _PyPrincipalPyc_Magic(void);

/* Where the interpreter itself keeps the compiled file of a source: a str,
   None for nowhere, or NULL with an exception set.  And would that function
   of importlib say the same, the way things are? */
extern PyObject *_PyPrincipalPyc_OwnPath(PyObject *path);
extern bool _PyPrincipalPyc_IsUsual(PyObject *cache_from_source);

/* The code of a compiled file that is to be believed; NULL without an
   exception when the source has to be compiled.  The load has its cache. */
extern PyObject *_PyPrincipalPyc_Load(_PyPrincipalLoad *load);

/* Have the import system write it: 0, or -1 with an exception set. */
extern int _PyPrincipalPyc_Write(_PyPrincipalLoad *load, PyObject *code);

/* The marshalled code; NULL with an exception set. */
extern PyObject *_PyPrincipal_Marshal(PyObject *code);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_PRINCIPAL_PYC_H */
