/* Is one principal an ancestor of another?

   A grant is passed down to what the granted one needs.  What that is, says
   first the policy ("$packages"), else the metadata of what is installed: a
   distribution is an ancestor of those that it requires.  Code of no
   distribution (a plain directory on the path) has nothing but its import
   statements, which the loader has noted; they lead to other such code, and
   to distributions, which then count as required.

   A namespace requires nothing: what is granted to it is granted to each
   package below it, and each of them passes it on, unless something else has
   been said about that package. */

#include "Python.h"
#include "pycore_distribution.h"
#include "pycore_policy_ancestor.h"
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
                    && _PyDistributions_Covers(installed, owner, wanted))
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

static bool
is_by_namespace(const _PyPolicy *policy, const char *granted,
                const char *name, _PyPolicyAncestor_Passes passes,
                const void *arg)
{
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    const char *package;
    size_t cursor = 0;
    while ((package = _PyDistributions_NextBelow(installed, granted,
                                                 &cursor)) != NULL)
    {
        if (_PyPolicyAncestor_IsBy(policy, package, name, NULL, NULL)
            && (passes == NULL || passes(arg, package)))
        {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyAncestor_IsBy(const _PyPolicy *policy, const char *granted,
                       const char *name, _PyPolicyAncestor_Passes passes,
                       const void *arg)
{
    uint32_t n;
    const char *const *packages;
    if (_PyPolicy_Packages(policy, granted, &n, &packages)) {
        for (uint32_t i = 0; i < n; i++) {
            if (strcmp(packages[i], name) == 0) {
                return true;
            }
        }
        return false;
    }
    const _PyDistributions *installed = _PyPrincipal_Distributions();
    if (installed == NULL) {
        return false;
    }
    int owner = _PyDistributions_OwnerOf(installed, granted);
    if (owner < 0 && _PyDistributions_IsContested(installed, granted)) {
        return false;
    }
    if (owner < 0) {
        return is_by_namespace(policy, granted, name, passes, arg)
               || imports_lead_to(granted, name, MAX_UNDECLARED);
    }
    int wanted = _PyDistributions_OwnerOf(installed, name);
    return wanted >= 0 && _PyDistributions_Covers(installed, owner, wanted);
}

bool
_PyPolicyAncestor_Is(const _PyPolicy *policy, const char *granted,
                     const char *name)
{
    return _PyPolicyAncestor_IsBy(policy, granted, name, NULL, NULL);
}
