/* Is one principal an ancestor of another?

   A grant is passed down to what the granted one needs.  What that is, says
   first the policy ("$packages"), else the metadata of what is installed: a
   distribution is an ancestor of those that it requires.  Where a lock is in
   force it says so instead, and what has changed since passes nothing down.
   Code of no
   distribution (a plain directory on the path) has nothing but its import
   statements, which the loader has noted; they lead to other such code, and
   to distributions, which then count as required.

   All top-level names of one distribution are one principal.  A name in a
   policy may be a namespace's: then it stands for the principals below it,
   each of which is asked for itself, since the policy may say more of it.
   They are the owners that the metadata shows, code of no distribution that
   has import statements, and the keys of "$packages"; nobody else passes
   anything down. */

#include "Python.h"
#include "pycore_distribution.h"
#include "pycore_policy_ancestor.h"
#include "pycore_policy_setup.h"
#include "pycore_principal.h"

#include <string.h>

/* Granted and asked for have no distribution in common: do the statements of
   the granted one lead to the other? */
static bool
imports_lead_to(const char *granted, const char *name, int depth)
{
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    uint32_t set = _PyPrincipal_Named(granted);
    if (installed == NULL || set == _PyPrincipal_UNKNOWN || depth == 0) {
        return false;
    }
    if (_PyPrincipal_DoesImport(set, name)) {
        return true;
    }
    int wanted = _PyDistributions_OwnerOf(installed, name);
    const void *cursor = NULL;
    const char *imported;
    while ((imported = _PyPrincipal_NextImport(set, &cursor)) != NULL) {
        char prefix[256];
        size_t len = strlen(imported);
        if (len >= sizeof(prefix)) {
            continue;
        }
        memcpy(prefix, imported, len + 1);
        for (;;) {
            int owner = _PyDistributions_OwnerOf(installed, prefix);
            if (owner >= 0) {
                if (wanted >= 0
                    && _PyDistributions_Requires(installed, owner, wanted))
                {
                    return true;
                }
                break;
            }
            if (strcmp(prefix, granted) != 0
                && imports_lead_to(prefix, name, depth - 1))
            {
                return true;
            }
            char *dot = strrchr(prefix, '.');
            if (dot == NULL) {
                break;
            }
            *dot = '\0';
        }
    }
    return false;
}

/* How deep a chain of packages without metadata may be. */
#define MAX_UNDECLARED 8

/* Is this, or another name of the same distribution, in the list? */
static bool
is_listed(const char *const *names, uint32_t n, const char *name)
{
    for (uint32_t i = 0; i < n; i++) {
        size_t cursor = 0;
        const char *one = name;
        for (; one != NULL; one = _PyPolicyAncestor_NextSame(name, &cursor)) {
            if (_PyPolicy_NameCovers(names[i], one)) {
                return true;
            }
        }
    }
    return false;
}

bool
_PyPolicyAncestor_Passes(const _PyPolicy *policy, const char *granted,
                         const char *name)
{
    if (!_PyPolicySetup_Trusts(policy, granted)) {
        return false;
    }
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    if (installed == NULL) {
        return false;
    }
    int owner = _PyDistributions_OwnerOf(installed, granted);
    int wanted = _PyDistributions_OwnerOf(installed, name);
    if (owner >= 0 && owner == wanted) {
        return true;
    }
    size_t cursor = 0;
    const char *one = granted;
    for (; one != NULL; one = _PyPolicyAncestor_NextSame(granted, &cursor)) {
        uint32_t n;
        const char *const *packages;
        if (_PyPolicy_Packages(policy, one, &n, &packages)) {
            return is_listed(packages, n, name);
        }
    }
    if (owner < 0) {
        return !_PyDistributions_IsContested(installed, granted)
               && imports_lead_to(granted, name, MAX_UNDECLARED);
    }
    return wanted >= 0 && _PyDistributions_Covers(installed, owner, wanted);
}

bool
_PyPolicyAncestor_Is(const _PyPolicy *policy, const char *granted,
                     const char *name)
{
    _PyPolicyNamed cursor = {0};
    const char *one;
    while ((one = _PyPolicyAncestor_NextNamed(policy, granted, &cursor))) {
        if (_PyPolicyAncestor_Passes(policy, one, name)) {
            return true;
        }
    }
    return false;
}


/* --- Names for names ---------------------------------------------------- */

const char *
_PyPolicyAncestor_NextNamed(const _PyPolicy *policy, const char *name,
                            _PyPolicyNamed *cursor)
{
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    const char *one;
    uint32_t n;
    const char *const *packages;
    if (!cursor->begun) {
        cursor->begun = true;
        /* Nothing lies below a package that is somebody's. */
        cursor->alone = installed == NULL
            || _PyDistributions_OwnerOf(installed, name) >= 0
            || _PyDistributions_IsContested(installed, name);
        return name;
    }
    if (cursor->alone) {
        return NULL;
    }
    one = _PyDistributions_Below(installed, name, &cursor->owner);
    if (one != NULL) {
        return one;
    }
    while ((one = _PyPrincipal_NextImporter(&cursor->importer))) {
        if (strcmp(one, name) != 0 && _PyPolicy_NameCovers(name, one)) {
            return one;
        }
    }
    while ((one = _PyPolicy_PackageAt(policy, cursor->package, &n,
                                      &packages)))
    {
        cursor->package++;
        if (strcmp(one, name) != 0 && _PyPolicy_NameCovers(name, one)) {
            return one;
        }
    }
    return NULL;
}

const char *
_PyPolicyAncestor_NextSame(const char *principal, size_t *cursor)
{
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    if (installed == NULL) {
        return NULL;
    }
    int owner = _PyDistributions_OwnerOf(installed, principal);
    const char *one;
    while ((one = _PyDistributions_Principal(installed, owner, (*cursor)++))) {
        if (strcmp(one, principal) != 0
            && _PyDistributions_OwnerOf(installed, one) == owner)
        {
            return one;
        }
    }
    return NULL;
}
