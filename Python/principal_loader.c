/* Whose is what a trusted loader makes?

   Some packages make code that is not theirs: _pytest compiles the tests of
   the application after it has rewritten their assertions, typeguard and
   beartype do so with annotations, cloudpickle builds again what was a
   function in another process.  By the ordinary rule all of that would be
   their own, for they made it.  A policy names them in "$loaders", and then
   it belongs to the file that the code says it comes from, jointly with
   whoever else is acting, hosts and the loader itself aside.

   That trusts them to name the right file, which is why every policy in
   force must name them.  A name that is no file's ("<string>") is the
   loader's own business, as ever, and so is one of the standard library's: a
   loader makes nothing transparent.  A file that is not there, or in nobody's
   root, is nobody's. */

#include "Python.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_principal_directory.h"
#include "pycore_principal_loader.h"

#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath()

typedef bool (*predicate)(const _PyPolicy *, const char *);

static bool
every_policy(predicate says, const char *name)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies);
    for (size_t i = 0; i < n; i++) {
        if (!says(policies[i], name)
            || !_PyPolicySetup_Trusts(policies[i], name))
        {
            return false;
        }
    }
    return n > 0;
}

bool
_PyPrincipal_IsLoader(uint32_t set)
{
    const uint32_t *members;
    return set >= _PyPrincipal_FIRST
           && _PyPrincipal_Members(set, &members) == 1
           && every_policy(_PyPolicy_IsLoader,
                           _PyPrincipal_Name(members[0]));
}

bool
_PyPrincipal_AnyLoaders(void)
{
    const _PyPolicy *const *policies;
    const char *const *loaders;
    size_t n = _PyPolicySetup_Policies(&policies);
    for (size_t i = 0; i < n; i++) {
        if (_PyPolicy_Loaders(policies[i], &loaders) > 0) {
            return true;
        }
    }
    return false;
}

uint32_t
_PyPrincipal_BesidesLoader(PyThreadState *tstate, uint32_t loader)
{
    const uint32_t *members, *own;
    uint32_t others = _PyPrincipal_STDLIB;
    size_t n = _PyPrincipal_Members(
        _PyPolicyBeyond_Strip(_PyPolicyStack_Acting(tstate).set), &members);
    (void)_PyPrincipal_Members(loader, &own);
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (members[i] == 0) {
            return _PyPrincipal_UNKNOWN;
        }
        if (members[i] != own[0] && !every_policy(_PyPolicy_IsHost, name)) {
            others = _PyPrincipal_Join(others, _PyPrincipal_Named(name));
        }
    }
    return others;
}

/* The file's principal; STDLIB when it is no file's name. */
static uint32_t
owner_of(PyObject *filename)
{
    char path[PATH_MAX];
    PyObject *encoded;
    if (!PyUnicode_Check(filename) || PyUnicode_GET_LENGTH(filename) == 0
        || PyUnicode_READ_CHAR(filename, 0) == '<')
    {
        return _PyPrincipal_STDLIB;
    }
    if (!PyUnicode_FSConverter(filename, &encoded)) {
        PyErr_Clear();
        return _PyPrincipal_UNKNOWN;
    }
    const char *file;
    const _PyPrincipalPlace *place =
        realpath(PyBytes_AS_STRING(encoded), path) != NULL
        ? _PyPrincipalPlace_OfPath(path, NULL, &file) : NULL;
    Py_DECREF(encoded);
    if (place == NULL || place->root == NULL) {
        return _PyPrincipal_UNKNOWN;
    }
    return _PyPrincipal_OfFile(path, NULL, NULL);
}

uint32_t
_PyPrincipal_MadeByLoader(PyThreadState *tstate, uint32_t loader,
                          PyObject *filename)
{
    uint32_t owner = owner_of(filename);
    if (owner == _PyPrincipal_STDLIB) {
        return loader;
    }
    return _PyPrincipal_Join(owner,
                             _PyPrincipal_BesidesLoader(tstate, loader));
}
