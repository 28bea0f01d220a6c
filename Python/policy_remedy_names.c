/* Whose names would a policy have to say?

   Granting exactly the dependency that was refused is narrow, but as a rule
   nobody has heard of it: it came with something else.  So the chain is
   searched from its outer end, where the application is, for a dependency
   whose grant covers the refused one: "requests" rather than "urllib3".
   Everybody who acts must be covered in the end, so there may be several.

   Whether one name covers another is the gate's knowledge (distributions,
   "$packages"); it comes with the record as a function. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_permission.h"
#include "pycore_policy_remedy.h"

#include <string.h>

static bool
covers(const _PyPolicyDenial *denial, const char *granted,
       const char *principal)
{
    return _PyPolicy_NameCovers(granted, principal)
           || (denial->covers != NULL
               && denial->covers(denial->policy, granted, principal));
}

static bool
is_covered(const _PyPolicyDenial *denial, const _PyPolicyAdditions *added,
           const char *principal)
{
    const _PyPolicyRule *rule = denial->rule;
    for (uint32_t i = 0; i < rule->n_names; i++) {
        if (covers(denial, rule->names[i], principal)) {
            return true;
        }
    }
    for (size_t i = 0; i < added->n; i++) {
        if (covers(denial, added->names[i], principal)) {
            return true;
        }
    }
    return false;
}

/* The dependency nearest to the application whose grant would do. */
static const char *
best_grant(const _PyPolicyDenial *denial, const char *principal)
{
    for (size_t i = denial->n_steps; i-- > 0; ) {
        const uint32_t *members;
        size_t n = 0;
        if (_PyPolicyStep_IsDependency(&denial->steps[i])) {
            n = _PyPrincipal_Members(denial->steps[i].set, &members);
        }
        for (size_t k = 0; k < n; k++) {
            const char *name = _PyPrincipal_Name(members[k]);
            if (!_PyPolicy_IsHost(denial->policy, name)
                && covers(denial, name, principal))
            {
                return name;
            }
        }
    }
    return principal;
}

void
_PyPolicyAdditions_Add(_PyPolicyAdditions *added, const char *name)
{
    for (size_t i = 0; i < added->n; i++) {
        if (strcmp(added->names[i], name) == 0) {
            return;
        }
    }
    if (added->n == _PyPolicyAdditions_MAX) {
        added->more = true;
        return;
    }
    added->names[added->n++] = name;
}

/* The innermost is never passed over. */
static bool
is_innermost(const _PyPolicyDenial *denial, uint32_t principal)
{
    const uint32_t *members;
    size_t n = denial->n_steps > 0
               ? _PyPrincipal_Members(denial->steps[0].set, &members) : 0;
    for (size_t i = 0; i < n; i++) {
        if (members[i] == principal) {
            return true;
        }
    }
    return false;
}

/* Should it be passed over rather than granted anything? */
static bool
is_forgotten_host(const _PyPolicyDenial *denial, uint32_t principal)
{
    const char *name = _PyPrincipal_Name(principal);
    return _PyPolicyRemedy_CallsEveryone(name)
           && !_PyPolicy_IsHost(denial->policy, name)
           && !is_innermost(denial, principal);
}

/* Who acts and is not passed over, with "$hosts" that were forgotten apart;
   one for each call, NULL behind the last. */
static const char *
next_judged(const _PyPolicyDenial *denial, size_t *cursor,
            _PyPolicyAdditions *hosts)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(denial->acting, &members);
    while (*cursor < n) {
        uint32_t principal = members[(*cursor)++];
        const char *name = _PyPrincipal_Name(principal);
        if (is_forgotten_host(denial, principal)) {
            _PyPolicyAdditions_Add(hosts, name);
        }
        else if (principal != 0
                 && (!_PyPolicy_IsHost(denial->policy, name)
                     || strcmp(name, denial->principal) == 0))
        {
            return name;
        }
    }
    return NULL;
}

bool
_PyPolicyRemedy_HasEntry(const _PyPolicyDenial *denial, const char *principal)
{
    const _PyPolicyAccess *access = denial->access;
    const char *name = _PyPolicyCapability_Name(access->capability);
    return _PyPolicy_GrantOf(denial->policy, principal, access->event) != NULL
           || (name != NULL
               && _PyPolicy_GrantOf(denial->policy, principal, name) != NULL);
}

static bool
may(const _PyPolicyDenial *denial, const char *principal)
{
    return _PyPolicyPermission_Ask(
               denial->policy, principal, denial->access->capability,
               denial->access->event, &denial->access->target, NULL, NULL)
           == _PyPolicyPermission_YES;
}

void
_PyPolicyRemedy_FindNames(const _PyPolicyDenial *denial,
                          _PyPolicyAdditions *added,
                          _PyPolicyAdditions *hosts)
{
    bool access = denial->kind == _PyPolicy_ACCESS;
    size_t cursor = 0;
    const char *name;
    if (_PyPolicyDenial_IsApplication(denial)) {
        _PyPolicyAdditions_Add(added, "__main__");
        return;
    }
    while ((name = next_judged(denial, &cursor, hosts)) != NULL) {
        if (access ? may(denial, name) : is_covered(denial, added, name)) {
            continue;
        }
        bool own = access && _PyPolicyRemedy_HasEntry(denial, name);
        _PyPolicyAdditions_Add(added, own ? name : best_grant(denial, name));
    }
}
