/* Which edit of the policy would allow it?

   The narrowest, and one that its reader understands.  Granting exactly the
   dependency that was refused is narrow, but as a rule nobody has heard of
   it: it came with something else.  So the chain is searched from its outer
   end, where the application is, for a dependency whose grant covers the
   refused one: "requests" rather than "urllib3".  Everybody who acts must be
   covered in the end, so one edit may add several names.

   Whether one name covers another is the gate's knowledge (distributions,
   "$packages"); it comes with the record as a function.  Nothing here grants
   anything, and nothing else follows from what is proposed. */

#include "Python.h"
#include "pycore_policy_access.h"
#include "pycore_policy_lock.h"
#include "pycore_policy_message.h"
#include "pycore_policy_permission.h"
#include "pycore_policy_remedy.h"
#include "pycore_policy_setup.h"

#include <string.h>

/* Names in a proposed list; beyond that the sentence says what to add. */
#define MAX_LISTED 6
#define MAX_ADDED 8

typedef struct {
    const char *names[MAX_ADDED];
    size_t n;
    bool more;                  /* than fit */
} Additions;

static bool
covers(const _PyPolicyDenial *denial, const char *granted,
       const char *principal)
{
    return _PyPolicy_NameCovers(granted, principal)
           || (denial->covers != NULL
               && denial->covers(denial->policy, granted, principal));
}

static bool
is_covered(const _PyPolicyDenial *denial, const Additions *added,
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

static void
find_additions(const _PyPolicyDenial *denial, Additions *added)
{
    if (_PyPolicyDenial_IsApplication(denial)) {
        added->names[added->n++] = "__main__";
        return;
    }
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(denial->acting, &members);
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        bool host = _PyPolicy_IsHost(denial->policy, name)
                    && strcmp(name, denial->principal) != 0;
        if (host || is_covered(denial, added, name)) {
            continue;
        }
        if (added->n == MAX_ADDED) {
            added->more = true;
            break;
        }
        added->names[added->n++] = best_grant(denial, name);
    }
}

static void
add_listed(_PyPolicyMessage *text, const char *name, bool *first)
{
    if (!*first) {
        _PyPolicyMessage_Add(text, ", ");
    }
    *first = false;
    _PyPolicyMessage_AddQuoted(text, name);
}

/* "socket": ["requests", "httpx"] */
static void
add_entry(_PyPolicyMessage *text, const _PyPolicyRule *rule,
          const Additions *added)
{
    bool first = true;
    _PyPolicyMessage_AddQuoted(text, rule->key);
    _PyPolicyMessage_Add(text, ": [");
    if (rule->application) {
        add_listed(text, "__main__", &first);
    }
    for (uint32_t i = 0; i < rule->n_names; i++) {
        add_listed(text, rule->names[i], &first);
    }
    for (size_t i = 0; i < added->n; i++) {
        add_listed(text, added->names[i], &first);
    }
    _PyPolicyMessage_Add(text, "]");
}

static void
add_edit(_PyPolicyMessage *text, const _PyPolicyRule *rule,
         const Additions *added)
{
    if (rule->n_names + added->n <= MAX_LISTED && !added->more) {
        _PyPolicyMessage_Add(text, "to allow it, write ");
        add_entry(text, rule, added);
        return;
    }
    bool first = true;
    _PyPolicyMessage_Add(text, "to allow it, add ");
    for (size_t i = 0; i < added->n; i++) {
        add_listed(text, added->names[i], &first);
    }
    if (added->more) {
        _PyPolicyMessage_Add(text, " and others");
    }
    _PyPolicyMessage_Add(text, " to the list of ");
    _PyPolicyMessage_AddQuoted(text, rule->key);
}

/* Does this principal's own entry refuse it?  Then only that one helps. */
static bool
has_entry(const _PyPolicyDenial *denial, const char *principal)
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

/* Whose entries have to change. */
static void
find_grantees(const _PyPolicyDenial *denial, Additions *added)
{
    if (_PyPolicyDenial_IsApplication(denial)) {
        added->names[added->n++] = "__main__";
        return;
    }
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(denial->acting, &members);
    for (size_t i = 0; i < n && added->n < MAX_ADDED; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        bool host = _PyPolicy_IsHost(denial->policy, name)
                    && strcmp(name, denial->principal) != 0;
        if (members[i] == 0 || host || may(denial, name)) {
            continue;
        }
        if (!has_entry(denial, name)) {
            name = best_grant(denial, name);
        }
        bool known = false;
        for (size_t k = 0; k < added->n; k++) {
            known |= strcmp(added->names[k], name) == 0;
        }
        if (!known) {
            added->names[added->n++] = name;
        }
    }
}

/* "requests": {"net": ["example.com:443"]} */
static void
add_grant(_PyPolicyMessage *text, const _PyPolicyDenial *denial,
          const char *principal)
{
    const char *name = _PyPolicyCapability_Name(denial->access->capability);
    _PyPolicyMessage target = {0};
    bool named = _PyPolicyMessage_AddTarget(&target, denial);
    _PyPolicyMessage_AddQuoted(text, principal);
    _PyPolicyMessage_Add(text, ": {");
    _PyPolicyMessage_AddQuoted(text, name ? name : denial->what);
    _PyPolicyMessage_Add(text, named ? ": [" : ": true");
    if (named) {
        _PyPolicyMessage_AddQuoted(text, target.data ? target.data : "");
        _PyPolicyMessage_Add(text, "]");
    }
    _PyPolicyMessage_Add(text, "}");
    text->failed |= target.failed;
    _PyPolicyMessage_Clear(&target);
}

static void
add_grants(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    Additions added = {.n = 0};
    find_grantees(denial, &added);
    for (size_t i = 0; i < added.n; i++) {
        _PyPolicyMessage_Add(text, i > 0 ? ", " : "to allow it, add ");
        add_grant(text, denial, added.names[i]);
    }
    if (added.n > 0) {
        _PyPolicyMessage_Add(text, " to \"$permissions\"");
    }
}

static bool
add_why(_PyPolicyMessage *text, const _PyPolicyDenial *denial,
        const char *principal)
{
    char why[512];
    if (_PyPolicySetup_Trusts(denial->policy, principal)
        || !_PyPolicyLock_Why(principal, why, sizeof(why)))
    {
        return false;
    }
    _PyPolicyMessage_Add(text, why);
    return true;
}

static bool
is_granted(const _PyPolicyDenial *denial, const char *principal)
{
    return denial->rule != NULL
           ? _PyPolicy_RuleNames(denial->rule, principal)
           : has_entry(denial, principal);
}

/* Whoever is not what was locked is not to be granted more, but looked at.
   So is one who would have passed a grant down. */
static bool
add_lock(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    if (!_PyPolicyLock_InForce || add_why(text, denial, denial->principal)) {
        return _PyPolicyLock_InForce;
    }
    for (size_t i = 0; i < denial->n_steps; i++) {
        const uint32_t *members;
        size_t n = _PyPolicyStep_IsDependency(&denial->steps[i])
            ? _PyPrincipal_Members(denial->steps[i].set, &members) : 0;
        for (size_t k = 0; k < n; k++) {
            const char *name = _PyPrincipal_Name(members[k]);
            if (is_granted(denial, name) && add_why(text, denial, name)) {
                return true;
            }
        }
    }
    return false;
}

void
_PyPolicyRemedy_Add(_PyPolicyMessage *text, const _PyPolicyDenial *denial)
{
    const _PyPolicyRule *rule = denial->rule;
    if (_PyPolicyDenial_IsUnknown(denial)) {
        _PyPolicyMessage_Add(text, "no entry allows it, since nobody can say "
                                   "whom this is for");
        return;
    }
    if (denial->taken != NULL) {
        _PyPolicyMessage_Add(text, strcmp(denial->taken, "drop") == 0
            ? "importpolicy.drop() there took it away for the rest of the "
              "process"
            : "importpolicy.permit() there narrows what is done inside of "
              "its block");
        return;
    }
    if (add_lock(text, denial)) {
        return;
    }
    if (denial->kind == _PyPolicy_ACCESS && denial->access->never) {
        _PyPolicyMessage_Add(text, "no entry allows it: what the policies are "
                                   "read from is not for dependencies to "
                                   "write");
        return;
    }
    if (denial->kind == _PyPolicy_ACCESS) {
        add_grants(text, denial);
        return;
    }
    Additions added = {.n = 0};
    find_additions(denial, &added);
    if (added.n == 0) {
        return;
    }
    if (rule->n_names == 0 && !rule->application) {
        _PyPolicyMessage_AddQuoted(text, rule->key);
        _PyPolicyMessage_Add(text, ": [] allows it to nobody; ");
    }
    add_edit(text, rule, &added);
}
